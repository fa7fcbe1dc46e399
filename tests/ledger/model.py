"""A small ledger in plain dictionaries, written from the semantics alone, to compare engines with.

Slow and without storage on purpose; it has the requests of `ledger.Ledger`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from tigerbeetle import bindings

from ledger.guards import require_accounts
from ledger.types import (
    BATCH_MAX,
    Account,
    AccountBalance,
    AccountFilter,
    AccountFilterFlags,
    AccountFlags,
    CreateAccountResult,
    CreateTransferResult,
    QueryFilter,
    TooMuchDataError,
    Transfer,
    TransferFlags,
)
from ledger.types import CreateAccountStatus as A
from ledger.types import CreateTransferStatus as T
from tests.ledger.model_checks import (
    MAX_128,
    MAX_TIMESTAMP,
    POST,
    VOID,
    Checks,
    State,
    Status,
    account_checks,
    import_checks,
    is_over,
    resolved_amount,
    settled_amount,
    transfer_checks,
)

TRANSIENT = {
    T.DEBIT_ACCOUNT_NOT_FOUND,
    T.CREDIT_ACCOUNT_NOT_FOUND,
    T.PENDING_TRANSFER_NOT_FOUND,
    T.EXCEEDS_CREDITS,
    T.EXCEEDS_DEBITS,
    T.DEBIT_ACCOUNT_ALREADY_CLOSED,
    T.CREDIT_ACCOUNT_ALREADY_CLOSED,
}

Event = TypeVar("Event", Account, Transfer)
Stored = TypeVar("Stored", Account, Transfer)
Outcome = tuple[int, Status]
"""Of one event: timestamp and status."""


class Model:
    """What a ledger answers, computed the plainest way; `clock` gives ns since the epoch."""

    engine = "model"

    def __init__(self, clock: Callable[[], int]) -> None:
        """Empty; `next_timestamp` is set before a request to have it begin at that very time."""
        self.clock = clock
        self.state = State()
        self.burnt: set[int] = set()
        self.last_timestamp = 0
        self.next_timestamp: int | None = None

    async def create_accounts(self, accounts: list[Account]) -> list[CreateAccountResult]:
        """Create accounts; a status for each."""
        for event in accounts:
            bindings.CAccount.from_param(event)  # raises IntegerOverflowError
        events = [replace(event, flags=event.flags & 0xFFFF) for event in accounts]
        outcomes = self._execute(events, A, self._create_account)
        return [CreateAccountResult(*outcome) for outcome in outcomes]

    async def create_transfers(
        self, transfers: list[Transfer], accounts: Sequence[Account] = ()
    ) -> list[CreateTransferResult]:
        """Create transfers; a status for each."""
        if accounts:
            require_accounts(accounts, await self.create_accounts(list(accounts)))
        for event in transfers:
            bindings.CTransfer.from_param(event)  # raises IntegerOverflowError
        events = [replace(event, flags=event.flags & 0xFFFF) for event in transfers]
        outcomes = self._execute(events, T, self._create_transfer)
        return [CreateTransferResult(*outcome) for outcome in outcomes]

    async def lookup_accounts(self, ids: list[int]) -> list[Account]:
        """The accounts found, in the order asked."""
        self._begin(ids)
        return [replace(self.state.accounts[i]) for i in _cut(ids) if i in self.state.accounts]

    async def lookup_transfers(self, ids: list[int]) -> list[Transfer]:
        """The transfers found, in the order asked."""
        self._begin(ids)
        return [replace(self.state.transfers[i]) for i in _cut(ids) if i in self.state.transfers]

    async def get_account_transfers(self, account_filter: AccountFilter) -> list[Transfer]:
        """Transfers of one account, by timestamp."""
        bindings.CAccountFilter.from_param(account_filter)
        self._begin(range(account_filter.limit))
        f, flags = account_filter, account_filter.flags & 0xFFFFFFFF
        valid = 0 < f.account_id < MAX_128 and flags & 3 and flags < 1 << 3
        if not valid:
            return []
        sides = [
            transfer
            for transfer in self.state.transfers.values()
            if (flags & AccountFilterFlags.DEBITS and transfer.debit_account_id == f.account_id)
            or (flags & AccountFilterFlags.CREDITS and transfer.credit_account_id == f.account_id)
        ]
        return _select(sides, f, reverse=bool(flags & AccountFilterFlags.REVERSED))

    async def get_account_balances(self, account_filter: AccountFilter) -> list[AccountBalance]:
        """Balances of one account with `HISTORY` right after each of its transfers."""
        transfers = await self.get_account_transfers(account_filter)
        keys = [(account_filter.account_id, transfer.timestamp) for transfer in transfers]
        return [replace(self.state.history[key]) for key in keys if key in self.state.history]

    async def query_accounts(self, query_filter: QueryFilter) -> list[Account]:
        """Accounts by their fields, by timestamp."""
        return self._query(self.state.accounts.values(), query_filter)

    async def query_transfers(self, query_filter: QueryFilter) -> list[Transfer]:
        """Transfers by their fields, by timestamp."""
        return self._query(self.state.transfers.values(), query_filter)

    async def close(self) -> None:
        """Nothing to let go of."""

    def _query(self, stored: Iterable[Stored], f: QueryFilter) -> list[Stored]:
        bindings.CQueryFilter.from_param(f)
        self._begin(range(f.limit))
        reverse = bool(f.flags & 1)
        return [] if f.flags & 0xFFFFFFFE else _select(stored, f, reverse=reverse)

    def _begin(self, arguments: Sequence[object]) -> None:
        """At the start of each request, release the pending transfers whose time is over."""
        if len(arguments) > BATCH_MAX:
            raise TooMuchDataError
        now = self.clock()
        for p in self.state.transfers.values():
            pending = p.flags & TransferFlags.PENDING and p.id not in self.state.fates
            if pending and is_over(p, now):
                self._release(p)
                self._reopen(p)
                self.state.fates[p.id] = T.PENDING_TRANSFER_EXPIRED

    def _execute(
        self,
        events: list[Event],
        statuses: type[Status],
        create: Callable[[Event, int], Outcome[Status]],
    ) -> list[Outcome[Status]]:
        """Run one request: give out timestamps, see to chains and import rules."""
        self._begin(events)
        first = self.next_timestamp or max(self.last_timestamp + 1, self.clock()) + 1
        self.next_timestamp = None
        end = first + len(events) - 1
        if events:
            self.last_timestamp = end
        outcomes: list[Outcome[Status]] = []
        for chain in _chains(events):
            before = self.state.copy() if len(chain) > 1 else self.state
            failed = False
            for i in chain:
                event, outcome = events[i], (first + i, statuses.CREATED)
                if event.flags & 1 and i == len(events) - 1:
                    outcome = (first + i, statuses.LINKED_EVENT_CHAIN_OPEN)
                elif failed:
                    outcome = (first + i, statuses.LINKED_EVENT_FAILED)
                elif broken := _violated(import_checks(event, events[0], end, statuses)):
                    outcome = (first + i, broken)
                else:
                    outcome = create(event, first + i)
                failed = failed or outcome[1] != statuses.CREATED
                outcomes.append(outcome)
            if failed:
                self.state = before
                for i in chain:
                    if outcomes[i][1] == statuses.CREATED:
                        outcomes[i] = (outcomes[i][0], statuses.LINKED_EVENT_FAILED)
        return outcomes

    def _create_account(self, a: Account, now: int) -> Outcome[A]:
        if status := _violated(account_checks(self.state, a)):
            return (self.state.accounts[a.id].timestamp if status == A.EXISTS else now), status
        timestamp = a.timestamp or now
        self.state.accounts[a.id] = replace(a, timestamp=timestamp)
        return timestamp, A.CREATED

    def _create_transfer(self, t: Transfer, now: int) -> Outcome[T]:
        if status := _violated(transfer_checks(self.state, self.burnt, t, now)):
            if status in TRANSIENT:
                self.burnt.add(t.id)
            return (self.state.transfers[t.id].timestamp if status == T.EXISTS else now), status
        timestamp = t.timestamp or now
        t = replace(t, timestamp=timestamp)
        stored = self._resolve(t) if t.flags & (POST | VOID) else self._move(t)
        self.state.transfers[t.id] = stored
        for account_id in (stored.debit_account_id, stored.credit_account_id):
            a = self.state.accounts[account_id]
            if a.flags & AccountFlags.HISTORY:
                self.state.history[a.id, timestamp] = AccountBalance(
                    a.debits_pending,
                    a.debits_posted,
                    a.credits_pending,
                    a.credits_posted,
                    timestamp,
                )
        return timestamp, T.CREATED

    def _move(self, t: Transfer) -> Transfer:
        dr, cr = self.state.accounts[t.debit_account_id], self.state.accounts[t.credit_account_id]
        t = replace(t, amount=settled_amount(t, dr, cr))
        phase = "pending" if t.flags & TransferFlags.PENDING else "posted"
        self._add(t, phase, t.amount)
        if t.flags & TransferFlags.CLOSING_DEBIT:
            self._set_closed(dr.id, closed=True)
        if t.flags & TransferFlags.CLOSING_CREDIT:
            self._set_closed(cr.id, closed=True)
        return t

    def _resolve(self, t: Transfer) -> Transfer:
        p = self.state.transfers[t.pending_id]
        t = replace(
            t,
            amount=resolved_amount(t, p),
            debit_account_id=p.debit_account_id,
            credit_account_id=p.credit_account_id,
            user_data_128=t.user_data_128 or p.user_data_128,
            user_data_64=t.user_data_64 or p.user_data_64,
            user_data_32=t.user_data_32 or p.user_data_32,
            ledger=p.ledger,
            code=p.code,
        )
        self._release(p)
        if t.flags & POST:
            self._add(t, "posted", t.amount)
            self.state.fates[p.id] = T.PENDING_TRANSFER_ALREADY_POSTED
        else:
            self._reopen(p)
            self.state.fates[p.id] = T.PENDING_TRANSFER_ALREADY_VOIDED
        return t

    def _release(self, p: Transfer) -> None:
        self._add(p, "pending", -p.amount)

    def _reopen(self, p: Transfer) -> None:
        if p.flags & TransferFlags.CLOSING_DEBIT:
            self._set_closed(p.debit_account_id, closed=False)
        if p.flags & TransferFlags.CLOSING_CREDIT:
            self._set_closed(p.credit_account_id, closed=False)

    def _add(self, t: Transfer, phase: str, amount: int) -> None:
        sides = {f"debits_{phase}": t.debit_account_id, f"credits_{phase}": t.credit_account_id}
        for total, account_id in sides.items():
            account = self.state.accounts[account_id]
            changed = {total: getattr(account, total) + amount}
            self.state.accounts[account_id] = replace(account, **changed)

    def _set_closed(self, account_id: int, *, closed: bool) -> None:
        account = self.state.accounts[account_id]
        flags = account.flags & ~AccountFlags.CLOSED
        if closed:
            flags |= AccountFlags.CLOSED
        self.state.accounts[account_id] = replace(account, flags=flags)


def _violated(checks: Checks[Status]) -> Status | None:
    return next((status for violated, status in checks if violated), None)


def _chains(events: Sequence[Account | Transfer]) -> Iterator[range]:
    """The events of a request by chain, single events being chains of one."""
    start = 0
    for i, event in enumerate(events):
        if not event.flags & 1:
            yield range(start, i + 1)
            start = i + 1
    if start < len(events):
        yield range(start, len(events))


def _cut(ids: Sequence[int]) -> list[int]:
    return [each & MAX_128 for each in ids]


def _select(
    stored: Iterable[Stored], f: AccountFilter | QueryFilter, *, reverse: bool
) -> list[Stored]:
    """What meets the conditions of a filter other than the account and its sides."""
    latest = f.timestamp_max or MAX_TIMESTAMP
    if max(f.timestamp_min, f.timestamp_max) > MAX_TIMESTAMP or f.timestamp_min > latest:
        return []
    conditions = ("user_data_128", "user_data_64", "user_data_32", "ledger", "code")
    wanted = {name: getattr(f, name, 0) for name in conditions}
    found = [
        each
        for each in stored
        if f.timestamp_min <= each.timestamp <= latest
        and all(getattr(each, name) == value for name, value in wanted.items() if value)
    ]
    found.sort(key=lambda each: each.timestamp, reverse=reverse)
    return [replace(each) for each in found[: f.limit]]
