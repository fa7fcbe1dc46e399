"""A ledger on a TigerBeetle cluster."""

import asyncio
from collections.abc import Sequence

from ledger.connection import Connection
from ledger.engine import LedgerError
from ledger.flags import TRANSFER_IMPORTED
from ledger.guards import imported_settlements, refuse_imported_settlements, require_accounts
from ledger.operations import Lanes
from ledger.types import (
    Account,
    AccountBalance,
    AccountFilter,
    CreateAccountResult,
    CreateTransferResult,
    QueryFilter,
    Transfer,
)


class TigerBeetleLedger:
    """The eight requests on a running cluster, joined into as few packets as they fit in.

    Each request executes whole, as the protocol says, with one exception: one of more events
    than the server takes at once (a development server: 253) is sent in several packets, between
    which other requests may execute. It is still never cut within a linked chain, and one with a
    chain that is longer raises `TooMuchDataError` before anything is executed.

    `LedgerUnavailable` comes when the deadline passes and means that the outcome is unknown. The
    same request asked again is safe, and so is the same that this class does by itself when the
    cluster drops its session or the cluster moves: what the first attempt did is not done again.
    The statuses then are those of a second attempt: `EXISTS` instead of `CREATED`, for a chain
    `EXISTS` and `LINKED_EVENT_FAILED`, and `ID_ALREADY_FAILED` instead of a transient failure.

    Cancelling a call never cancels what was sent, only what was still waiting. One event loop at a
    time: the next one may begin when the last one is closed.
    """

    def __init__(
        self,
        cluster_id: int,
        addresses: str,
        *,
        deadline_seconds: float = 5.0,
        engine: str = "TigerBeetle cluster",
    ) -> None:
        """Needs no server yet. Raises `LedgerError` for addresses which cannot be used."""
        self._connection = Connection(cluster_id, addresses, engine=engine)
        self._deadline_seconds = deadline_seconds
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lanes: Lanes | None = None

    @property
    def engine(self) -> str:
        """What runs at the other end, in words for a status line."""
        return self._connection.engine

    async def create_accounts(self, accounts: list[Account]) -> list[CreateAccountResult]:
        """Create accounts; a status for each."""
        return await self._current_lanes().create_accounts.ask(accounts)

    async def create_transfers(
        self, transfers: list[Transfer], accounts: Sequence[Account] = ()
    ) -> list[CreateTransferResult]:
        """Create transfers; a status for each. `accounts` are created by a request before.

        Raises `LedgerError` for an imported post or void of a transfer with a timeout: the server
        would stop for good.
        """
        # As an int: flags combined as flags take longer than all the rest of a transfer.
        if transfers and int(transfers[0].flags) & TRANSFER_IMPORTED:
            await self._refuse_what_stops_the_server(transfers)
        if accounts:
            require_accounts(accounts, await self._current_lanes().create_accounts.ask(accounts))
        return await self._current_lanes().create_transfers.ask(transfers)

    async def lookup_accounts(self, ids: list[int]) -> list[Account]:
        """The accounts found, in the order asked."""
        return await self._current_lanes().lookup_accounts.ask(ids)

    async def lookup_transfers(self, ids: list[int]) -> list[Transfer]:
        """The transfers found, in the order asked."""
        return await self._current_lanes().lookup_transfers.ask(ids)

    async def get_account_transfers(self, account_filter: AccountFilter) -> list[Transfer]:
        """Transfers of one account, by timestamp."""
        return await self._current_lanes().get_account_transfers.ask([account_filter])

    async def get_account_balances(self, account_filter: AccountFilter) -> list[AccountBalance]:
        """Balances of one account with `HISTORY` right after each of its transfers."""
        return await self._current_lanes().get_account_balances.ask([account_filter])

    async def query_accounts(self, query_filter: QueryFilter) -> list[Account]:
        """Accounts by their fields, by timestamp."""
        return await self._current_lanes().query_accounts.ask([query_filter])

    async def query_transfers(self, query_filter: QueryFilter) -> list[Transfer]:
        """Transfers by their fields, by timestamp."""
        return await self._current_lanes().query_transfers.ask([query_filter])

    async def move(self, addresses: str) -> None:
        """Go on with the same cluster at other addresses; what is under way is asked again there.

        Raises `LedgerError`, and stays where it is, for addresses which cannot be used.
        """
        self._connection.move(addresses)

    async def close(self) -> None:
        """End the connection; calls under way raise `LedgerClosed`. Twice is once."""
        if self._lanes:
            self._lanes.close()
        self._connection.close()

    async def _refuse_what_stops_the_server(self, transfers: list[Transfer]) -> None:
        settled = imported_settlements(transfers)
        if settled:
            pending = await self.lookup_transfers(settled)
            refuse_imported_settlements((transfer.id, transfer.timeout) for transfer in pending)

    def _current_lanes(self) -> Lanes:
        loop = asyncio.get_running_loop()
        if self._lanes is None or loop is not self._loop:
            if self._loop is not None and self._loop.is_running():
                raise LedgerError("one TigerBeetleLedger serves one event loop at a time")
            self._loop = loop
            self._lanes = Lanes(self._connection, self._deadline_seconds)
        return self._lanes
