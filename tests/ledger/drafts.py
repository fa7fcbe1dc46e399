"""Random requests over small pools of ids, so that collisions, retries and refusals happen.

What Hypothesis draws are small numbers that stand for ids and moments: a failing example reads the
same on every engine, and the ids are new each time.
"""

from dataclasses import dataclass
from typing import TypeAlias

from hypothesis import strategies as st

from ledger.types import (
    AMOUNT_MAX,
    Account,
    AccountFilter,
    AccountFlags,
    QueryFilter,
    Transfer,
    TransferFlags,
)
from tests.ledger.factories import a_query, an_account_filter

ACCOUNT_POOL = range(1, 6)
TRANSFER_POOL = range(1, 13)
LEDGERS = (1, 2)
UNKNOWN = 99

Draft: TypeAlias = dict[str, int]

_PLAIN, _LINKED = 0, 1
_DEBIT_LIMIT = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
_CREDIT_LIMIT = AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS
_F = TransferFlags
_CLOSINGS = (_F.CLOSING_DEBIT, _F.CLOSING_CREDIT, _F.CLOSING_DEBIT | _F.CLOSING_CREDIT)
_BALANCINGS = (_F.BALANCING_DEBIT, _F.BALANCING_CREDIT, _F.BALANCING_DEBIT | _F.BALANCING_CREDIT)
_MOVEMENTS = (
    *(_PLAIN, _PLAIN, _F.PENDING, _F.PENDING, *_BALANCINGS),
    *(_F.PENDING | each for each in (*_BALANCINGS, *_CLOSINGS)),
)
_MISTAKES = (_F.CLOSING_DEBIT, _F.POST_PENDING_TRANSFER | _F.PENDING, 1 << 9)

# Zero, small numbers that meet each other, and those that overflow.
_amounts = st.sampled_from((0, 1, 1, 2, 3, 5, 8, AMOUNT_MAX - 2, AMOUNT_MAX))
_rarely_wrong = st.integers(0, 19)


@st.composite
def account_drafts(draw: st.DrawFn) -> Draft:
    """An account, most often a valid one."""
    kinds = (_PLAIN, _DEBIT_LIMIT, _CREDIT_LIMIT, _DEBIT_LIMIT | AccountFlags.HISTORY)
    flags = draw(st.sampled_from((*kinds, AccountFlags.HISTORY, AccountFlags.CLOSED)))
    draft = {
        "id": draw(st.sampled_from(ACCOUNT_POOL)),
        "ledger": draw(st.sampled_from((1, 1, 1, 2))),
        "code": draw(st.sampled_from((1, 1, 2))),
        "user_data_32": draw(st.sampled_from((0, 0, 7))),
        "flags": flags | draw(st.sampled_from((_PLAIN, _PLAIN, _LINKED))),
    }
    mistakes: list[Draft] = [{"id": 0}, {"ledger": 0}, {"code": 0}, {"debits_posted": 1}]
    mistakes += [{"flags": _DEBIT_LIMIT | _CREDIT_LIMIT}, {"flags": 1 << 6}, {"timestamp": 1}]
    wrong = draw(_rarely_wrong)
    return draft | (mistakes[wrong] if wrong < len(mistakes) else {})


@st.composite
def transfer_drafts(draw: st.DrawFn) -> Draft:
    """A transfer, most often one that could be executed."""
    draft = draw(_movement_drafts() | _movement_drafts() | _resolution_drafts())
    draft["user_data_64"] = draw(st.sampled_from((0, 0, 2**64 - 1)))
    draft["flags"] |= draw(st.sampled_from((_PLAIN, _PLAIN, _LINKED)))
    mistakes: list[Draft] = [{"id": 0}, {"ledger": 2}, {"code": 0}, {"debit_account_id": 0}]
    mistakes += [{"credit_account_id": UNKNOWN}, {"timeout": 3}, {"pending_id": UNKNOWN}]
    mistakes += [{"flags": int(flags)} for flags in _MISTAKES]
    wrong = draw(_rarely_wrong)
    return draft | (mistakes[wrong] if wrong < len(mistakes) else {})


@st.composite
def _movement_drafts(draw: st.DrawFn) -> Draft:
    flags = draw(st.sampled_from(_MOVEMENTS))
    timeouts = (0, 1, 2, 5) if flags & _F.PENDING else (0,)
    return {
        "id": draw(st.sampled_from(TRANSFER_POOL)),
        "debit_account_id": draw(st.sampled_from(ACCOUNT_POOL)),
        "credit_account_id": draw(st.sampled_from(ACCOUNT_POOL)),
        "amount": draw(_amounts),
        "timeout": draw(st.sampled_from(timeouts)),
        "ledger": 1,
        "code": draw(st.sampled_from((1, 1, 2))),
        "flags": int(flags),
    }


@st.composite
def _resolution_drafts(draw: st.DrawFn) -> Draft:
    flags = draw(st.sampled_from((_F.POST_PENDING_TRANSFER, _F.VOID_PENDING_TRANSFER)))
    everything = AMOUNT_MAX if flags & _F.POST_PENDING_TRANSFER else 0
    return {
        "id": draw(st.sampled_from(TRANSFER_POOL)),
        "pending_id": draw(st.sampled_from(TRANSFER_POOL)),
        "amount": draw(st.sampled_from((everything, everything, 0, 1, 3))),
        "debit_account_id": draw(st.sampled_from((0, 0, 0, 1))),
        "ledger": draw(st.sampled_from((0, 0, 1))),
        "code": draw(st.sampled_from((0, 0, 1))),
        "flags": int(flags),
    }


account_requests = st.lists(account_drafts(), min_size=1, max_size=4)
transfer_requests = st.lists(transfer_drafts(), min_size=1, max_size=6)
# How many nanoseconds after the newest object an imported one happened; 0 and less is too late.
import_steps = st.lists(st.integers(-1, 3), min_size=6, max_size=6)


@st.composite
def filter_drafts(draw: st.DrawFn) -> Draft:
    """Conditions, times as places in the sequence of all transfers, a limit."""
    zeros = st.sampled_from((0, 0, 0))
    return {
        "user_data_64": draw(st.sampled_from((0, 0, 2**64 - 1))),
        "user_data_32": draw(st.sampled_from((0, 0, 7))),
        "code": draw(st.sampled_from((0, 0, 1, 2))),
        "timestamp_min": draw(zeros | st.integers(0, 12)),
        "timestamp_max": draw(zeros | st.integers(0, 12)),
        "limit": draw(st.sampled_from((0, 1, 2, 5, 100, 8189))),
        "flags": draw(st.integers(0, 8)),
    }


@dataclass(frozen=True, slots=True)
class Names:
    """What the small numbers of drafts stand for in one example."""

    base_id: int
    base_ledger: int
    hold_seconds: int

    def id(self, number: int) -> int:
        """0 stays 0; any other number is an id of this example."""
        return self.base_id + number if number else 0

    def ledger(self, number: int) -> int:
        """0 stays 0; any other number is a ledger of this example."""
        return self.base_ledger + number if number else 0

    def account(self, draft: Draft) -> Account:
        """The account that a draft describes."""
        named = draft | {"id": self.id(draft["id"]), "ledger": self.ledger(draft["ledger"])}
        flags = AccountFlags(named.pop("flags"))
        return Account(**named, flags=flags)

    def transfer(self, draft: Draft) -> Transfer:
        """The transfer that a draft describes."""
        ids = ("id", "debit_account_id", "credit_account_id", "pending_id")
        named = draft | {name: self.id(draft.get(name, 0)) for name in ids}
        named["ledger"] = self.ledger(draft["ledger"])
        named["timeout"] = draft.get("timeout", 0) * self.hold_seconds
        flags = TransferFlags(named.pop("flags"))
        return Transfer(**named, flags=flags)

    def query(self, draft: Draft, times: list[int]) -> QueryFilter:
        """The query that a draft describes; always within the ledgers of this example."""
        return a_query(**self._timed(draft, times), ledger=self.ledger(1))

    def account_filter(self, draft: Draft, times: list[int], account: int) -> AccountFilter:
        """The filter that a draft describes."""
        return an_account_filter(self.id(account), **self._timed(draft, times))

    @staticmethod
    def _timed(draft: Draft, times: list[int]) -> Draft:
        moments = {
            name: times[min(draft[name], len(times) - 1)] if draft[name] and times else 0
            for name in ("timestamp_min", "timestamp_max")
        }
        return draft | moments
