"""Requests on the store, and calls: a request with the future of whoever waits for its answer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ledger import guards, requests
from ledger._store import Store
from ledger.engine import LedgerError
from ledger.records import AccountRecord, TransferRecord
from ledger.types import CreateAccountResult, CreateTransferResult

_Answer = TypeVar("_Answer")
_Answer_co = TypeVar("_Answer_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Request(Generic[_Answer_co]):
    """What to do in a transaction at the time given in ns, and what must be loaded before it."""

    execute: Callable[[Store, int], _Answer_co]
    accounts: list[AccountRecord] = field(default_factory=list)
    transfers: list[TransferRecord] = field(default_factory=list)
    size: int = 0
    """How many events it creates; 0 for one that only reads."""


def creating_accounts(accounts: list[AccountRecord]) -> Request[list[CreateAccountResult]]:
    """The request to create these accounts."""

    def execute(store: Store, now: int) -> list[CreateAccountResult]:
        return requests.create_accounts(store.books, accounts, now)

    return Request(execute, accounts=accounts, size=len(accounts))


def creating_transfers(transfers: list[TransferRecord]) -> Request[list[CreateTransferResult]]:
    """The request to create these transfers."""

    def execute(store: Store, now: int) -> list[CreateTransferResult]:
        known = store.books.transfers
        settled = (known.get(id_) for id_ in guards.imported_settlements(transfers))
        guards.refuse_imported_settlements((p.id, p.timeout) for p in settled if p is not None)
        return requests.create_transfers(store.books, transfers, now)

    return Request(execute, transfers=transfers, size=len(transfers))


def selecting(select: Callable[[Store], _Answer]) -> Request[_Answer]:
    """The request to look something up."""
    return Request(lambda store, now: select(store))


class Call(Generic[_Answer_co]):
    """A request on its way, executed on the ledger's thread, waited for in an event loop."""

    __slots__ = ("_answers", "_error", "_future", "request")

    def __init__(self, request: Request[_Answer_co], future: "asyncio.Future[_Answer_co]") -> None:
        self.request = request
        self._future = future
        self._answers: list[_Answer_co] = []
        self._error: LedgerError | None = None

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Where the answer is waited for."""
        return self._future.get_loop()

    def execute(self, store: Store, now: int) -> None:
        """Do it, and keep the answer until it is durable."""
        try:
            self._answers.append(self.request.execute(store, now))
        except LedgerError as error:
            self._error = error

    def fail(self, error: LedgerError) -> None:
        """Keep an error as the answer."""
        self._error = error

    def resolve(self) -> None:
        """Give the answer to whoever still waits for it; call this in the loop."""
        if self._future.done():
            return
        if self._error is not None:
            self._future.set_exception(self._error)
        else:
            self._future.set_result(self._answers[0])
