"""A ledger and a store that stop answering, each in its own way, and answer again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TypeVar, cast

from sqlmodel import Session

from kiosk.domain.errors import StoreUnavailable
from kiosk.services.backing import Backing
from kiosk.store.database import BulkWork, Database
from ledger.engine import Ledger, LedgerUnavailable
from ledger.types import Account, CreateAccountResult, CreateTransferResult, Transfer

T = TypeVar("T")
Item = TypeVar("Item")


class Mode(Enum):
    """How somebody answers."""

    WELL = auto()
    REFUSES = auto()
    """At once: it cannot be reached."""
    SILENT = auto()
    """Never; nothing is done."""
    DOES_SILENTLY = auto()
    """Never; but what was asked is done."""


@dataclass
class Outage:
    """How ledger and store answer the terminal that stands on them now."""

    ledger: Mode = Mode.WELL
    store: Mode = Mode.WELL
    asked: list[str] = field(default_factory=list)
    """Who was asked, in turn."""

    def end(self) -> None:
        """Everything answers again."""
        self.ledger = self.store = Mode.WELL

    def wrap(self, backing: Backing) -> Backing:
        """What a terminal stands on that suffers from it."""
        return replace(
            backing,
            store=cast("Database", _Store(backing.store, self)),
            ledger=cast("Ledger", _Ledger(backing.ledger, self)),
        )


class _Store:
    def __init__(self, store: Database, outage: Outage) -> None:
        self._store = store
        self._outage = outage

    async def transaction(self, work: Callable[[Session], T]) -> T:
        self._outage.asked.append("store")
        mode, unavailable = self._outage.store, StoreUnavailable("nobody there")
        return await _answer(mode, lambda: self._store.transaction(work), unavailable)

    async def bulk(self, work: BulkWork[Item, T], item: Item) -> T:
        """Sales go on: only what a door asks for is tried."""
        return await self._store.bulk(work, item)

    def bulk_later(self, work: BulkWork[Item, T], item: Item) -> "asyncio.Future[T]":
        return self._store.bulk_later(work, item)


class _Ledger:
    def __init__(self, ledger: Ledger, outage: Outage) -> None:
        self._ledger = ledger
        self._outage = outage
        self.engine = ledger.engine

    async def create_accounts(self, accounts: list[Account]) -> list[CreateAccountResult]:
        return await self._ask(lambda: self._ledger.create_accounts(accounts))

    async def create_transfers(
        self, transfers: list[Transfer], accounts: Sequence[Account] = ()
    ) -> list[CreateTransferResult]:
        return await self._ask(lambda: self._ledger.create_transfers(transfers, accounts))

    async def lookup_accounts(self, ids: list[int]) -> list[Account]:
        return await self._ask(lambda: self._ledger.lookup_accounts(ids))

    async def lookup_transfers(self, ids: list[int]) -> list[Transfer]:
        return await self._ask(lambda: self._ledger.lookup_transfers(ids))

    async def _ask(self, ask: Callable[[], Awaitable[T]]) -> T:
        self._outage.asked.append("ledger")
        return await _answer(self._outage.ledger, ask, LedgerUnavailable("nobody there"))


async def _answer(mode: Mode, ask: Callable[[], Awaitable[T]], unavailable: Exception) -> T:
    if mode is Mode.REFUSES:
        raise unavailable
    if mode is Mode.WELL:
        return await ask()
    if mode is Mode.DOES_SILENTLY:
        await ask()
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")
