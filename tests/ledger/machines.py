"""State machines that drive a ledger beside the model and compare every answer."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TypeAlias, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ledger.engine import Ledger
from ledger.ids import new_id
from ledger.sqlite import SqliteLedger
from ledger.types import (
    Account,
    AccountFlags,
    CreateAccountResult,
    CreateTransferResult,
    Transfer,
    TransferFlags,
)
from tests.ledger.drafts import (
    ACCOUNTS,
    KINDS,
    OPENED,
    Draft,
    Names,
    account_requests,
    filter_drafts,
    import_steps,
    movement_requests,
    transfer_requests,
)
from tests.ledger.factories import FakeClock
from tests.ledger.model import Model

Answer = TypeVar("Answer")
Event: TypeAlias = Account | Transfer
Result: TypeAlias = CreateAccountResult | CreateTransferResult
RESOLVING = TransferFlags.POST_PENDING_TRANSFER | TransferFlags.VOID_PENDING_TRANSFER
_bases = count(2**30, 16)


class LedgerMachine(RuleBasedStateMachine):
    """Random requests to a ledger and to the model: the same answers, and books that balance."""

    hold_seconds = 1
    """The unit of timeouts."""

    def __init__(self, runner: asyncio.Runner, ledger: Ledger, clock: Callable[[], int]) -> None:
        super().__init__()
        self.runner = runner
        self.ledger = ledger
        self.model = Model(clock)
        self.names = Names(new_id(), next(_bases), self.hold_seconds)
        self.requests: list[list[Transfer]] = []

    def run(self, request: Coroutine[object, object, Answer]) -> Answer:
        """Wait for an answer."""
        return self.runner.run(request)

    @initialize()
    def open_accounts_with_funds(self) -> None:
        """One account of each kind with something on it, lest all is refused for want of it."""
        drafts = [
            {"id": number, "ledger": 1, "code": 1, "flags": int(flags)}
            for number, flags in enumerate(KINDS[:OPENED], 1)
        ]
        self.create_accounts(drafts)
        common = {"fresh": 1, "id": 0, "amount": 20, "ledger": 1, "code": 1, "flags": 0}
        to_limited = {"debit_account_id": 1, "credit_account_id": 2}
        from_limited = {"debit_account_id": 3, "credit_account_id": 4}
        self.create_transfers([common | to_limited, common | from_limited])

    @rule(drafts=account_requests)
    def create_accounts(self, drafts: list[Draft]) -> None:
        """Create accounts in one request."""
        accounts = [self.names.account(draft) for draft in drafts]
        answered = self.run(self.ledger.create_accounts(accounts))
        self.follow(accounts, answered)
        assert _told(answered) == _told(self.run(self.model.create_accounts(accounts)))

    @rule(drafts=transfer_requests)
    def create_transfers(self, drafts: list[Draft]) -> None:
        """Create transfers in one request."""
        self.send(self.named(drafts))

    @rule(requests=st.lists(transfer_requests, min_size=2, max_size=4))
    def create_transfers_at_once(self, requests: list[list[Draft]]) -> None:
        """Several callers at the same time: each is answered as if it came after the others."""
        named = [self.named(drafts) for drafts in requests]

        async def at_once() -> list[list[CreateTransferResult]]:
            return await asyncio.gather(*map(self.ledger.create_transfers, named))

        for transfers, answered in zip(named, self.run(at_once()), strict=True):
            self.compare(transfers, answered)

    @rule(drafts=account_requests, steps=import_steps)
    def import_accounts(self, drafts: list[Draft], steps: list[int]) -> None:
        """Create accounts of the recent past."""
        stamps = self.recent(steps)
        accounts = [
            replace(
                self.names.account(draft),
                flags=draft["flags"] | AccountFlags.IMPORTED,
                timestamp=stamp,
            )
            for draft, stamp in zip(drafts, stamps, strict=False)
        ]
        answered = self.run(self.ledger.create_accounts(accounts))
        self.follow(accounts, answered)
        assert _told(answered) == _told(self.run(self.model.create_accounts(accounts)))

    # No posts or voids: a server does not survive the import of one of a hold with a timeout.
    @rule(drafts=movement_requests, steps=import_steps)
    def import_transfers(self, drafts: list[Draft], steps: list[int]) -> None:
        """Create transfers of the recent past."""
        imported = [
            draft | {"timeout": 0, "flags": draft["flags"] & ~RESOLVING | TransferFlags.IMPORTED}
            for draft in drafts
        ]
        stamps = self.recent(steps)
        self.send(
            [
                replace(transfer, timestamp=stamp)
                for transfer, stamp in zip(self.named(imported), stamps, strict=False)
            ]
        )

    @rule(age=st.integers(0, 20))
    def retry(self, age: int) -> None:
        """Send an earlier request twice more: what is created exists, what is burnt stays so."""
        transfers = self.requests[-1 - age % len(self.requests)]
        for once, again in zip(self.send(transfers), self.send(transfers), strict=True):
            if once.status.name == "CREATED" and again.status.name != "LINKED_EVENT_FAILED":
                assert _told([again]) == [("EXISTS", once.timestamp)]
            if once.status.name == "ID_ALREADY_FAILED":
                assert again.status.name in ("ID_ALREADY_FAILED", "LINKED_EVENT_FAILED")

    @rule(draft=filter_drafts(), account=st.sampled_from((*ACCOUNTS[:5], 0)))
    def ask(self, draft: Draft, account: int) -> None:
        """All four kinds of question, with the same conditions."""
        times = sorted(transfer.timestamp for transfer in self.model.state.transfers.values())
        query = self.names.query(draft, times)
        sides = self.names.account_filter(draft, times, account)
        for kind, question in (
            ("query_accounts", query),
            ("query_transfers", query),
            ("get_account_transfers", sides),
            ("get_account_balances", sides),
        ):
            answered, expected = (
                self.run(getattr(each, kind)(question)) for each in (self.ledger, self.model)
            )
            assert answered == expected, (kind, question)

    @invariant()
    def accounts_and_transfers_are_those_of_the_model(self) -> None:
        """Look everything up."""
        ids = [self.names.id(number) for number in ACCOUNTS]
        accounts = self.run(self.ledger.lookup_accounts(ids))
        assert accounts == self.run(self.model.lookup_accounts(ids))
        ids = self.names.used[-20:]
        transfers = self.run(self.ledger.lookup_transfers(ids))
        assert transfers == self.run(self.model.lookup_transfers(ids))
        _require_balanced(accounts)

    def named(self, drafts: list[Draft]) -> list[Transfer]:
        """The transfers of a request, where places stand for the newest holds."""
        stored = self.model.state.transfers.values()
        holds = [transfer.id for transfer in stored if transfer.flags & TransferFlags.PENDING]
        return self.names.transfers(drafts, holds[::-1])

    def send(self, transfers: list[Transfer]) -> list[CreateTransferResult]:
        """Create transfers, and compare the answer with the model's."""
        answered = self.run(self.ledger.create_transfers(transfers))
        self.compare(transfers, answered)
        return answered

    def compare(self, transfers: list[Transfer], answered: list[CreateTransferResult]) -> None:
        """Require the answer to a request that the model has not had yet."""
        self.requests.append(transfers)
        self.follow(transfers, answered)
        assert _told(answered) == _told(self.run(self.model.create_transfers(transfers)))

    def follow(self, events: Sequence[Event], answered: Sequence[Result]) -> None:
        """Have the model's next request happen when the ledger's did; nothing if clocks agree."""

    def recent(self, steps: list[int]) -> list[int]:
        """Timestamps after the newest object of all."""
        state = self.model.state
        newest = max(state.account_times() | state.transfer_times())
        stamps = []
        for step in steps:
            newest += step
            stamps.append(newest)
        return stamps


class SqliteMachine(LedgerMachine):
    """An SQLite file on the clock of the model: time passes, and the file is opened again."""

    def __init__(self, runner: asyncio.Runner, path: Path) -> None:
        self.clock = FakeClock(step=0)
        self.path = path
        super().__init__(runner, SqliteLedger(path, self.clock), self.clock)

    @rule(seconds=st.sampled_from((0.000_000_001, 0.3, 1, 1, 2, 5)))
    def pass_time(self, seconds: float) -> None:
        """Holds run out."""
        self.clock.advance(seconds=seconds)

    @rule()
    def reopen(self) -> None:
        """Nothing is lost or changed by closing the file."""
        self.run(self.ledger.close())
        self.ledger = SqliteLedger(self.path, self.clock)

    def teardown(self) -> None:
        """Let go of the file."""
        self.run(self.ledger.close())


class ServerMachine(LedgerMachine):
    """A server on the real clock: the model follows its timestamps, and nothing runs out."""

    hold_seconds = 3600

    def __init__(self, runner: asyncio.Runner, ledger: Ledger) -> None:
        super().__init__(runner, ledger, time.time_ns)

    def follow(self, events: Sequence[Event], answered: Sequence[Result]) -> None:
        """Every result with a timestamp of its own tells when the request happened."""
        for i, (event, result) in enumerate(zip(events, answered, strict=True)):
            # What exists or was imported answers with another time.
            if result.status.name != "EXISTS" and result.timestamp != event.timestamp:
                self.model.next_timestamp = result.timestamp - i
                return


def _told(results: Sequence[Result]) -> list[tuple[str, int]]:
    return [(result.status.name, result.timestamp) for result in results]


def _require_balanced(accounts: list[Account]) -> None:
    """Debits equal credits on each ledger, and no account is beyond its limit."""
    pending: defaultdict[int, int] = defaultdict(int)
    posted: defaultdict[int, int] = defaultdict(int)
    for account in accounts:
        pending[account.ledger] += account.debits_pending - account.credits_pending
        posted[account.ledger] += account.debits_posted - account.credits_posted
        debited = account.debits_pending + account.debits_posted
        credited = account.credits_pending + account.credits_posted
        if account.flags & AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS:
            assert debited <= account.credits_posted
        if account.flags & AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS:
            assert credited <= account.debits_posted
    assert not any(pending.values())
    assert not any(posted.values())
