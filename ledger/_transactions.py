"""Requests executed on a store, each as a whole, and made durable together."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import chain
from typing import TypeAlias, TypeVar

from ledger._requests import Request
from ledger._schema import ledger_error
from ledger._store import Store
from ledger.engine import LedgerError
from ledger.records import AccountRecord, TransferRecord

Outcome: TypeAlias = object
"""The answer to a request, or the `LedgerError` that it met."""

_Record = TypeVar("_Record", AccountRecord, TransferRecord)


class Transactions:
    """Owns the store. What is executed is answered by the `finish` after it, and durable then."""

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock
        self._outcomes: list[Outcome] = []
        self._durable = 0
        """Outcomes that nothing can undo any more."""
        self._begun = False
        self._writing = False

    def execute(self, requests: Sequence[Request[object]]) -> None:
        """Do more, together with what was executed before."""
        asked = len(self._outcomes) + len(requests)
        try:
            self._begin(writing=any(request.size for request in requests))
            self._execute(requests)
        except sqlite3.Error as error:
            self._undo(error, asked)

    def finish(self) -> list[Outcome]:
        """Make all that was executed durable; the outcome of each request since the last one."""
        try:
            self._commit()
        except sqlite3.Error as error:
            self._undo(error, len(self._outcomes))
        outcomes, self._outcomes, self._durable = self._outcomes, [], 0
        return outcomes

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def _begin(self, *, writing: bool) -> None:
        if self._begun and writing and not self._writing:
            # What was only read cannot become a writer: another process may have written since.
            self._commit()
        if not self._begun:
            self._store.begin(writing=writing)
            self._begun, self._writing = True, writing

    def _execute(self, requests: Sequence[Request[object]]) -> None:
        now = self._clock()
        if not self._writing and self._store.books.next_expiry <= now:
            self._store.abandon()
            self._store.begin(writing=True)
            self._writing = True
        self._store.expire(now)
        self._store.load_for_accounts(_flat(request.accounts for request in requests))
        self._store.load_for_transfers(_flat(request.transfers for request in requests))
        for request in requests:
            self._outcomes.append(self._outcome(request, now))

    def _outcome(self, request: Request[object], now: int) -> Outcome:
        try:
            return request.execute(self._store, now)
        except LedgerError as error:
            return error

    def _commit(self) -> None:
        if self._begun:
            self._store.commit()
            self._begun = False
            self._durable = len(self._outcomes)

    def _undo(self, error: sqlite3.Error, asked: int) -> None:
        """Undo all that is not durable; the error is its outcome, and that of the rest asked."""
        undone = False
        with suppress(sqlite3.Error):
            self._store.abandon()
            undone = True
        self._begun = False
        # Each its own: an exception collects the traceback of every task that it passes.
        failed = [ledger_error(error, undone=undone) for _ in range(asked - self._durable)]
        self._outcomes[self._durable :] = failed


def _flat(lists: Iterable[Sequence[_Record]]) -> Sequence[_Record]:
    found = [records for records in lists if records]
    return found[0] if len(found) == 1 else list(chain.from_iterable(found))
