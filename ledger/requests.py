"""One create request on the books: its timestamps, the import rule, linked chains, burnt ids."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from ledger import rules
from ledger.books import Books
from ledger.flags import ACCOUNT_IMPORTED, LINKED, TRANSFER_IMPORTED
from ledger.records import TIMESTAMP_MAX, AccountRecord, TransferRecord
from ledger.types import CreateAccountResult, CreateTransferResult
from ledger.types import CreateAccountStatus as AccountStatus
from ledger.types import CreateTransferStatus as TransferStatus

_Event = TypeVar("_Event", AccountRecord, TransferRecord)
_Status = TypeVar("_Status", AccountStatus, TransferStatus)


def create_accounts(
    books: Books, accounts: Sequence[AccountRecord], now: int
) -> list[CreateAccountResult]:
    """Execute the whole request at `now` (ns); the books have all that it names."""
    outcomes = _CreateAccounts(books, accounts, now).execute()
    return [CreateAccountResult(timestamp, status) for timestamp, status in outcomes]


def create_transfers(
    books: Books, transfers: Sequence[TransferRecord], now: int
) -> list[CreateTransferResult]:
    """Execute the whole request at `now` (ns); the books have all that it names."""
    outcomes = _CreateTransfers(books, transfers, now).execute()
    return [CreateTransferResult(timestamp, status) for timestamp, status in outcomes]


class _Create(ABC, Generic[_Event, _Status]):
    """What creating accounts and creating transfers have in common."""

    _imported: ClassVar[int]
    _statuses: type[_Status]

    def __init__(self, books: Books, events: Sequence[_Event], now: int) -> None:
        self._books = books
        self._events: Sequence[_Event] = events
        if events:
            books.last_timestamp = max(books.last_timestamp + 1, now) + len(events)
        self._end = books.last_timestamp
        self._first = self._end - len(events) + 1
        # The first event says what the whole request is, even if it fails.
        self._importing = bool(events) and bool(events[0].flags & self._imported)

    @abstractmethod
    def _create(self, event: _Event, at: int) -> tuple[int, _Status]:
        """Do one event by itself."""

    def execute(self) -> list[tuple[int, _Status]]:
        """Timestamp and status of each event."""
        outcomes: list[tuple[int, _Status]] = []
        for index, event in enumerate(self._events):
            if index < len(outcomes):
                continue  # It was part of a chain.
            if event.flags & LINKED:
                outcomes += self._execute_chain(index)
            else:
                outcomes.append(self._execute_event(event, self._first + index))
        return outcomes

    def _execute_event(self, event: _Event, at: int) -> tuple[int, _Status]:
        if self._importing or event.flags & self._imported:
            refusal = self._not_importable(event)
            if refusal is not None:
                return at, refusal
        elif event.timestamp:
            return at, self._statuses.TIMESTAMP_MUST_BE_ZERO
        return self._create(event, at)

    def _not_importable(self, event: _Event) -> _Status | None:
        if not self._importing:
            return self._statuses.IMPORTED_EVENT_NOT_EXPECTED
        if not event.flags & self._imported:
            return self._statuses.IMPORTED_EVENT_EXPECTED
        if not 0 < event.timestamp <= TIMESTAMP_MAX:
            return self._statuses.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE
        if event.timestamp >= self._end:
            return self._statuses.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE
        return None

    def _execute_chain(self, start: int) -> list[tuple[int, _Status]]:
        """The chain which begins at `start`: all of it happens, or nothing."""
        chain = self._chain(start)
        chain_open = bool(chain[-1].flags & LINKED)
        outcomes: list[tuple[int, _Status]] = []
        self._books.begin_chain()
        for at, event in enumerate(chain[:-1] if chain_open else chain, self._first + start):
            outcomes.append(self._execute_event(event, at))
            if outcomes[-1][1] is not self._statuses.CREATED:
                break
        else:
            if not chain_open:
                self._books.keep_chain()
                return outcomes
        self._books.undo_chain()
        return self._failed(outcomes, self._first + start, len(chain), chain_open=chain_open)

    def _chain(self, start: int) -> Sequence[_Event]:
        for last in range(start, len(self._events)):
            if not self._events[last].flags & LINKED:
                return self._events[start : last + 1]
        return self._events[start:]

    def _failed(
        self, outcomes: list[tuple[int, _Status]], first: int, length: int, *, chain_open: bool
    ) -> list[tuple[int, _Status]]:
        """What the events of a failed chain are told, given what those executed came to."""
        created, failed = self._statuses.CREATED, self._statuses.LINKED_EVENT_FAILED
        told = [(at, failed if status is created else status) for at, status in outcomes]
        told += [(first + index, failed) for index in range(len(outcomes), length)]
        if chain_open:
            told[-1] = self._end, self._statuses.LINKED_EVENT_CHAIN_OPEN
        return told


class _CreateAccounts(_Create[AccountRecord, AccountStatus]):
    _imported = ACCOUNT_IMPORTED
    _statuses = AccountStatus

    def _create(self, event: AccountRecord, at: int) -> tuple[int, AccountStatus]:
        outcome = rules.create_account(self._books, event, at)
        if isinstance(outcome, AccountRecord):
            self._books.create_account(outcome)
            return outcome.timestamp, AccountStatus.CREATED
        if outcome is AccountStatus.EXISTS:
            return self._books.accounts[event.id].timestamp, outcome
        return at, outcome


class _CreateTransfers(_Create[TransferRecord, TransferStatus]):
    _imported = TRANSFER_IMPORTED
    _statuses = TransferStatus

    def _create(self, event: TransferRecord, at: int) -> tuple[int, TransferStatus]:
        outcome = rules.create_transfer(self._books, event, at)
        if isinstance(outcome, rules.Moved):
            self._books.move(outcome)
            return outcome.transfer.timestamp, TransferStatus.CREATED
        if outcome is TransferStatus.EXISTS:
            return self._books.transfers[event.id].timestamp, outcome
        if outcome in rules.TRANSIENT:
            self._books.burn(event.id)
        return at, outcome
