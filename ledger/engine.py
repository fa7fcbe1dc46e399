"""What every ledger engine can do, and how it says that it cannot."""

from collections.abc import Sequence
from typing import Protocol

from ledger.types import (
    Account,
    AccountBalance,
    AccountFilter,
    CreateAccountResult,
    CreateAccountStatus,
    CreateTransferResult,
    QueryFilter,
    Transfer,
)


class LedgerError(Exception):
    """The ledger could not be opened or used as asked; the message says what was expected."""


class LedgerUnavailable(LedgerError):
    """No answer in time. The outcome is unknown: ask again with the same ids."""


class LedgerClosed(LedgerError):
    """The ledger was closed. A request that was under way may have been executed."""


class AccountRefused(LedgerError):
    """An account that transfers were to have can neither be created nor be used as it is there."""

    def __init__(self, account_id: int, status: CreateAccountStatus) -> None:
        super().__init__(account_id, status)
        self.account_id = account_id
        self.status = status

    def __str__(self) -> str:
        """Which one, and why not."""
        return f"account {self.account_id:032x}: {self.status.name}"


class Ledger(Protocol):
    """The eight requests of TigerBeetle's client, and `close`.

    Each request executes whole and serially, and is durable when it answers. `create_*` answer
    one result per event, in order. Raises `TooMuchDataError` above `BATCH_MAX`,
    `IntegerOverflowError` for a number outside its field, and `LedgerUnavailable`.
    """

    @property
    def engine(self) -> str:
        """What runs, in words for a status line: "SQLite embedded", "TigerBeetle 0.17.9 node"."""

    async def create_accounts(self, accounts: list[Account]) -> list[CreateAccountResult]:
        """Create accounts; a status for each."""

    async def create_transfers(
        self, transfers: list[Transfer], accounts: Sequence[Account] = ()
    ) -> list[CreateTransferResult]:
        """Create transfers; a status for each.

        Those of `accounts` that are not there are created before, as by a request of its own, with
        the transfers or without them. Raises `AccountRefused`, and creates no transfer, if one is
        neither `CREATED` nor `EXISTS`.
        """

    async def lookup_accounts(self, ids: list[int]) -> list[Account]:
        """The accounts found, in the order asked."""

    async def lookup_transfers(self, ids: list[int]) -> list[Transfer]:
        """The transfers found, in the order asked."""

    async def get_account_transfers(self, account_filter: AccountFilter) -> list[Transfer]:
        """Transfers of one account, by timestamp."""

    async def get_account_balances(self, account_filter: AccountFilter) -> list[AccountBalance]:
        """Balances of one account with `HISTORY` right after each of its transfers."""

    async def query_accounts(self, query_filter: QueryFilter) -> list[Account]:
        """Accounts by their fields, by timestamp."""

    async def query_transfers(self, query_filter: QueryFilter) -> list[Transfer]:
        """Transfers by their fields, by timestamp."""

    async def close(self) -> None:
        """Let go of files, connections and processes. Closing twice is closing once."""
