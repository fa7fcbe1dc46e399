"""Random requests over small pools of ids, so that collisions, retries and refusals happen.

What Hypothesis draws are drafts of small numbers: a failing example reads the same on every engine,
and the ids are new each time. Most drafts are sensible, else a few mistakes would soon be all that
happens.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
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

Draft: TypeAlias = dict[str, int]

LINKED = 1
_DEBIT_LIMIT = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
_CREDIT_LIMIT = AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS
# The accounts of every example by their number from 1, with their flags; the first four are opened
# at the start.
KINDS = (
    *(0, _DEBIT_LIMIT | AccountFlags.HISTORY, _CREDIT_LIMIT, AccountFlags.HISTORY),
    *(0, _DEBIT_LIMIT, AccountFlags.CLOSED, AccountFlags.HISTORY | _CREDIT_LIMIT),
)
OPENED = 4
ACCOUNTS = range(1, len(KINDS) + 1)

_F = TransferFlags
_BALANCINGS = (_F.BALANCING_DEBIT, _F.BALANCING_CREDIT, _F.BALANCING_DEBIT | _F.BALANCING_CREDIT)
_CLOSINGS = (_F.CLOSING_DEBIT, _F.CLOSING_CREDIT, _F.CLOSING_DEBIT | _F.CLOSING_CREDIT)
_MOVEMENTS = (
    *((0,) * 6),
    *((_F.PENDING,) * 8),
    *_BALANCINGS,
    *(_F.PENDING | b for b in _BALANCINGS),
)

_ACCOUNT_MISTAKES: list[Draft] = [
    *({"id": 0}, {"ledger": 0}, {"ledger": 2}, {"code": 0}, {"code": 2}, {"user_data_32": 9}),
    *({"debits_posted": 1}, {"credits_pending": 1}, {"timestamp": 1}),
    *({"flags": int(_DEBIT_LIMIT | _CREDIT_LIMIT)}, {"flags": 1 << 6}),
]
_TRANSFER_MISTAKES: list[Draft] = [
    *({"fresh": 0}, {"id": 0}, {"ledger": 2}, {"code": 2}, {"code": 0}, {"timeout": 3}),
    *({"debit_account_id": 0}, {"credit_account_id": 99}, {"debit_account_id": 5}),
    *({"amount": AMOUNT_MAX}, {"amount": AMOUNT_MAX - 1}, {"pending_id": 99}, {"timestamp": 1}),
    *({"flags": int(_F.PENDING | flags)} for flags in _CLOSINGS),
    *({"flags": int(flags)} for flags in (_CLOSINGS[0], _F.POST_PENDING_TRANSFER | 2, 1 << 9)),
]
_linked = st.sampled_from((0, 0, 0, 0, LINKED))


def _mistaken(drafts: st.SearchStrategy[Draft], mistakes: list[Draft]) -> st.SearchStrategy[Draft]:
    """Sensible drafts, and now and then one with a mistake."""
    choices: list[Draft] = [{}] * (6 * len(mistakes)) + mistakes
    return st.builds(lambda draft, mistake: draft | mistake, drafts, st.sampled_from(choices))


@st.composite
def _accounts(draw: st.DrawFn) -> Draft:
    number = draw(st.sampled_from(ACCOUNTS))
    flags = int(KINDS[number - 1]) | draw(_linked)
    return {"id": number, "ledger": 1, "code": 1, "flags": flags}


@st.composite
def _movements(draw: st.DrawFn) -> Draft:
    flags = draw(st.sampled_from(_MOVEMENTS))
    amounts = (0, 1, 1, 2, 3, 5, 8) + (AMOUNT_MAX,) * 4 * bool(flags & _BALANCINGS[2])
    first = draw(st.sampled_from((1, 2, 3, 4) * 4 + (5,)))
    second = draw(st.sampled_from(ACCOUNTS[:OPENED]))
    return {
        # Of ten ids one was used before.
        "fresh": draw(st.sampled_from((1, 1, 1, 1, 1, 1, 1, 1, 1, 0))),
        "id": draw(st.integers(1, 8)),
        "debit_account_id": first,
        "credit_account_id": second % 4 + 1 if second == first else second,
        "amount": draw(st.sampled_from(amounts)),
        "timeout": draw(st.sampled_from((0, 1, 2, 5))) if flags & _F.PENDING else 0,
        "ledger": 1,
        "code": 1,
        "flags": int(flags) | draw(_linked),
        "user_data_64": draw(st.sampled_from((0, 0, 2**64 - 1))),
    }


@st.composite
def _resolutions(draw: st.DrawFn) -> Draft:
    flags = draw(st.sampled_from((_F.POST_PENDING_TRANSFER, _F.VOID_PENDING_TRANSFER)))
    everything = AMOUNT_MAX if flags & _F.POST_PENDING_TRANSFER else 0
    return {
        "fresh": draw(st.sampled_from((1, 1, 1, 1, 1, 0))),
        "id": draw(st.integers(1, 8)),
        "pending_id": draw(st.sampled_from((1, 1, 1, 2, 2, 3, 4, 5))),
        "amount": draw(st.sampled_from((everything, everything, everything, 0, 1, 3))),
        "debit_account_id": draw(st.sampled_from((0, 0, 0, 0, 1))),
        "credit_account_id": draw(st.sampled_from((0, 0, 0, 0, 2))),
        "ledger": draw(st.sampled_from((0, 0, 1))),
        "code": draw(st.sampled_from((0, 0, 1))),
        "flags": int(flags) | draw(_linked),
        "user_data_64": draw(st.sampled_from((0, 0, 7))),
    }


def _requests(drafts: st.SearchStrategy[Draft], largest: int) -> st.SearchStrategy[list[Draft]]:
    """Lists of drafts whose last chain is closed, most often."""

    def closed(drafts: list[Draft], left_open: bool) -> list[Draft]:
        last = drafts[-1]
        flags = last["flags"] if left_open else last["flags"] & ~LINKED
        return [*drafts[:-1], last | {"flags": flags}]

    left_open = st.sampled_from((False,) * 9 + (True,))
    return st.builds(closed, st.lists(drafts, min_size=1, max_size=largest), left_open)


account_requests = _requests(_mistaken(_accounts(), _ACCOUNT_MISTAKES), 4)
transfer_requests = _requests(_mistaken(_movements() | _resolutions(), _TRANSFER_MISTAKES), 6)
movement_requests = _requests(_mistaken(_movements(), _TRANSFER_MISTAKES), 6)
# How many nanoseconds after the newest object an imported one happened; 0 and less is too late.
import_steps = st.lists(st.sampled_from((1, 1, 1, 2, 3, 0, -1)), min_size=6, max_size=6)


@st.composite
def filter_drafts(draw: st.DrawFn) -> Draft:
    """Conditions, times as places in the sequence of all transfers, a limit."""
    place = st.sampled_from((0, 0, 0, *range(1, 13)))
    return {
        "user_data_64": draw(st.sampled_from((0, 0, 2**64 - 1))),
        "user_data_32": draw(st.sampled_from((0, 0, 0, 9))),
        "code": draw(st.sampled_from((0, 0, 1, 2))),
        "timestamp_min": draw(place),
        "timestamp_max": draw(place),
        "limit": draw(st.sampled_from((0, 1, 2, 5, 100, 100, 8189))),
        "flags": draw(st.integers(0, 8)),
    }


@dataclass(slots=True)
class Names:
    """What the small numbers of drafts stand for in one example."""

    base_id: int
    base_ledger: int
    hold_seconds: int
    """The unit of timeouts."""
    used: list[int] = field(default_factory=list)
    """The ids of all transfers that were ever sent, newest last."""
    _fresh: Iterator[int] = field(default_factory=lambda: count(1000))

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

    def transfers(self, drafts: list[Draft], holds: Sequence[int]) -> list[Transfer]:
        """The transfers of a request; `holds` are the ids of pending ones, newest first."""
        named = []
        held = list(holds)
        for draft in drafts:
            transfer = self._transfer(draft, held)
            if transfer.flags & _F.PENDING:
                held.insert(0, transfer.id)
            named.append(transfer)
        return named

    def _transfer(self, draft: Draft, holds: list[int]) -> Transfer:
        named = dict(draft)
        for name in ("debit_account_id", "credit_account_id"):
            named[name] = self.id(draft[name])
        place = draft.get("pending_id", 0)
        if place:
            named["pending_id"] = holds[place - 1] if place <= len(holds) else self.id(place)
        if named.pop("fresh") or draft["id"] > len(self.used):
            named["id"] = self.id(next(self._fresh))
            self.used.append(named["id"])
        else:
            named["id"] = self.used[-draft["id"]] if draft["id"] else 0
        named["ledger"] = self.ledger(draft["ledger"])
        named["timeout"] = draft.get("timeout", 0) * self.hold_seconds
        flags = TransferFlags(named.pop("flags"))
        return Transfer(**named, flags=flags)

    def query(self, draft: Draft, times: list[int]) -> QueryFilter:
        """The query that a draft describes; always within the first ledger of this example."""
        return a_query(**self._timed(draft, times), ledger=self.ledger(1))

    def account_filter(self, draft: Draft, times: list[int], account: int) -> AccountFilter:
        """The filter that a draft describes."""
        return an_account_filter(self.id(account), **self._timed(draft, times))

    @staticmethod
    def _timed(draft: Draft, times: list[int]) -> Draft:
        moments = {
            name: times[min(draft[name], len(times)) - 1] if draft[name] and times else 0
            for name in ("timestamp_min", "timestamp_max")
        }
        return draft | moments
