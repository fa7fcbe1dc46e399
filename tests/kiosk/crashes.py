"""A crash at any step: before or after any answer of the ledger or the store."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar, cast

from sqlmodel import Session

from kiosk.services.backing import Backing
from kiosk.store.database import BulkWork, Database
from ledger.engine import Ledger
from ledger.types import (
    Account,
    CreateAccountResult,
    CreateTransferResult,
    Transfer,
)

T = TypeVar("T")
Item = TypeVar("Item")


class Crash(BaseException):
    """The process is gone: nothing may catch this, and nothing runs after it."""


class Fuse:
    """Counts the steps, and crashes at the one it is set to."""

    def __init__(self) -> None:
        self._left: int | None = None

    def set(self, steps: int | None) -> None:
        """Crash at step number `steps` from now, counted from 0; None never does."""
        self._left = steps

    def burn(self) -> None:
        """One step."""
        if self._left is None:
            return
        self._left -= 1
        if self._left < 0:
            raise Crash


class CrashingStore:
    """A store that crashes before a commit, or before anybody hears of it."""

    def __init__(self, store: Database, fuse: Fuse) -> None:
        self._store = store
        self._fuse = fuse

    async def transaction(self, work: Callable[[Session], T]) -> T:
        self._fuse.burn()
        result = await self._store.transaction(work)
        self._fuse.burn()
        return result

    async def bulk(self, work: BulkWork[Item, T], item: Item) -> T:
        self._fuse.burn()
        result = await self._store.bulk(work, item)
        self._fuse.burn()
        return result

    def bulk_later(self, work: BulkWork[Item, T], item: Item) -> "asyncio.Future[T]":
        # Nobody hears of the answer, so nobody crashes at it.
        self._fuse.burn()
        return self._store.bulk_later(work, item)


class CrashingLedger:
    """A ledger that crashes before a request, or before anybody hears its answer."""

    def __init__(self, ledger: Ledger, fuse: Fuse) -> None:
        self._ledger = ledger
        self._fuse = fuse
        self.engine = ledger.engine

    async def create_accounts(self, accounts: list[Account]) -> list[CreateAccountResult]:
        self._fuse.burn()
        results = await self._ledger.create_accounts(accounts)
        self._fuse.burn()
        return results

    async def create_transfers(
        self, transfers: list[Transfer], accounts: Sequence[Account] = ()
    ) -> list[CreateTransferResult]:
        self._fuse.burn()
        results = await self._ledger.create_transfers(transfers, accounts)
        self._fuse.burn()
        return results

    async def lookup_accounts(self, ids: list[int]) -> list[Account]:
        return await self._ledger.lookup_accounts(ids)

    async def lookup_transfers(self, ids: list[int]) -> list[Transfer]:
        return await self._ledger.lookup_transfers(ids)


def crashing(fuse: Fuse) -> Callable[[Backing], Backing]:
    """Wrap what services stand on."""

    def wrap(backing: Backing) -> Backing:
        return replace(
            backing,
            store=cast("Database", CrashingStore(backing.store, fuse)),
            ledger=cast("Ledger", CrashingLedger(backing.ledger, fuse)),
        )

    return wrap
