"""The ledger in an SQLite file: TigerBeetle's semantics without its server."""

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from ledger import guards, records, selections
from ledger._calls import Call
from ledger._groups import GroupCommit
from ledger._process import LedgerProcess
from ledger._requests import Request, creating_accounts, creating_transfers, selecting
from ledger._schema import BUSY_SECONDS, open_file
from ledger._store import Store
from ledger._transactions import Transactions
from ledger.types import (
    Account,
    AccountBalance,
    AccountFilter,
    CreateAccountResult,
    CreateTransferResult,
    QueryFilter,
    Transfer,
)

_Answer = TypeVar("_Answer")


class SqliteLedger:
    """A `Ledger` in one file, durable when it answers, for any number of tasks and processes.

    `clock` gives nanoseconds since the epoch; pending transfers expire by it. A `LedgerError`
    from a request means that nothing of it was executed, unless it is a `LedgerUnavailable`, or
    an `AccountRefused` for one of several accounts.
    """

    def __init__(
        self,
        path: Path | str,
        clock: Callable[[], int] = time.time_ns,
        *,
        busy_seconds: float = BUSY_SECONDS,
        own_process: bool = False,
    ) -> None:
        """Open the file, or make it; raises `LedgerError` if it cannot serve.

        A request waits `busy_seconds` for those of other processes, then it is unavailable.
        With `own_process`, requests are executed beside this process, which then has its time for
        itself, and only the event loop that runs now is served; else on a thread of this process.
        """
        connection = open_file(Path(path))
        self._executor: GroupCommit | LedgerProcess
        if own_process:
            connection.close()
            self._executor = LedgerProcess(Path(path), clock, busy_seconds)
        else:
            self._executor = GroupCommit(Transactions(Store(connection, busy_seconds), clock))

    @property
    def engine(self) -> str:
        """What runs, in words for a status line."""
        return "SQLite embedded"

    @property
    def pid(self) -> int | None:
        """The process that executes requests; None while it is being started."""
        return self._executor.pid

    async def create_accounts(self, accounts: list[Account]) -> list[CreateAccountResult]:
        """Create accounts; a status for each."""
        checked = records.account_records(accounts)
        guards.check_batch(checked)
        return await self._ask(creating_accounts(checked))

    async def create_transfers(
        self, transfers: list[Transfer], accounts: Sequence[Account] = ()
    ) -> list[CreateTransferResult]:
        """Create transfers; a status for each. `accounts` become durable together with them.

        Raises `LedgerError`, and executes nothing, if an imported transfer would post or void a
        pending one that has a timeout: the real server does not survive that.
        """
        checked = records.transfer_records(transfers)
        guards.check_batch(checked)
        needed = records.account_records(accounts)
        guards.check_batch(needed)
        return await self._ask(creating_transfers(checked, needed))

    async def lookup_accounts(self, ids: list[int]) -> list[Account]:
        """The accounts found, in the order asked."""
        cut = records.cut_ids(ids)
        guards.check_batch(cut)
        return await self._ask(selecting(partial(selections.lookup_accounts, ids=cut)))

    async def lookup_transfers(self, ids: list[int]) -> list[Transfer]:
        """The transfers found, in the order asked."""
        cut = records.cut_ids(ids)
        guards.check_batch(cut)
        return await self._ask(selecting(partial(selections.lookup_transfers, ids=cut)))

    async def get_account_transfers(self, account_filter: AccountFilter) -> list[Transfer]:
        """Transfers of one account, by timestamp."""
        wanted = records.account_filter(account_filter)
        guards.check_limit(wanted)
        return await self._ask(selecting(partial(selections.get_account_transfers, wanted=wanted)))

    async def get_account_balances(self, account_filter: AccountFilter) -> list[AccountBalance]:
        """Balances of one account with `HISTORY` right after each of its transfers."""
        wanted = records.account_filter(account_filter)
        guards.check_limit(wanted)
        return await self._ask(selecting(partial(selections.get_account_balances, wanted=wanted)))

    async def query_accounts(self, query_filter: QueryFilter) -> list[Account]:
        """Accounts by their fields, by timestamp."""
        wanted = records.query_filter(query_filter)
        guards.check_limit(wanted)
        return await self._ask(selecting(partial(selections.query_accounts, query=wanted)))

    async def query_transfers(self, query_filter: QueryFilter) -> list[Transfer]:
        """Transfers by their fields, by timestamp."""
        wanted = records.query_filter(query_filter)
        guards.check_limit(wanted)
        return await self._ask(selecting(partial(selections.query_transfers, query=wanted)))

    async def close(self) -> None:
        """Let go of the file; requests that were sent before are finished."""
        await self._executor.close()

    async def _ask(self, request: Request[_Answer]) -> _Answer:
        future: asyncio.Future[_Answer] = asyncio.get_running_loop().create_future()
        call: Call[_Answer] = Call(request, future)
        self._executor.submit(call)
        return await future
