"""A ledger file that is opened for each request and closed after it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from ledger.sqlite import SqliteLedger
from ledger.types import (
    Account,
    AccountBalance,
    AccountFilter,
    CreateAccountResult,
    CreateTransferResult,
    QueryFilter,
    Transfer,
)


class ReopeningLedger:
    """An `SqliteLedger` that can keep nothing in memory from one request to the next."""

    engine = "SQLite embedded, reopened"

    def __init__(self, path: Path, clock: Callable[[], int]) -> None:
        self.path = path
        self.clock = clock

    async def create_accounts(self, accounts: list[Account]) -> list[CreateAccountResult]:
        """As the protocol says."""
        async with self._opened() as ledger:
            return await ledger.create_accounts(accounts)

    async def create_transfers(
        self, transfers: list[Transfer], accounts: Sequence[Account] = ()
    ) -> list[CreateTransferResult]:
        """As the protocol says."""
        async with self._opened() as ledger:
            return await ledger.create_transfers(transfers, accounts)

    async def lookup_accounts(self, ids: list[int]) -> list[Account]:
        """As the protocol says."""
        async with self._opened() as ledger:
            return await ledger.lookup_accounts(ids)

    async def lookup_transfers(self, ids: list[int]) -> list[Transfer]:
        """As the protocol says."""
        async with self._opened() as ledger:
            return await ledger.lookup_transfers(ids)

    async def get_account_transfers(self, account_filter: AccountFilter) -> list[Transfer]:
        """As the protocol says."""
        async with self._opened() as ledger:
            return await ledger.get_account_transfers(account_filter)

    async def get_account_balances(self, account_filter: AccountFilter) -> list[AccountBalance]:
        """As the protocol says."""
        async with self._opened() as ledger:
            return await ledger.get_account_balances(account_filter)

    async def query_accounts(self, query_filter: QueryFilter) -> list[Account]:
        """As the protocol says."""
        async with self._opened() as ledger:
            return await ledger.query_accounts(query_filter)

    async def query_transfers(self, query_filter: QueryFilter) -> list[Transfer]:
        """As the protocol says."""
        async with self._opened() as ledger:
            return await ledger.query_transfers(query_filter)

    async def close(self) -> None:
        """It is closed already."""

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[SqliteLedger]:
        ledger = SqliteLedger(self.path, self.clock)
        try:
            yield ledger
        finally:
            await ledger.close()
