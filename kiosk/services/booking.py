"""Ask the ledger for one chain, and hear a plain yes or why not."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from kiosk.domain.errors import LedgerContradicts
from ledger.chains import chain_refusal
from ledger.engine import Ledger
from ledger.types import Account, CreateAccountStatus, CreateTransferStatus, Transfer

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


async def book(ledger: Ledger, chain: list[Transfer]) -> CreateTransferStatus | None:
    """Make one chain happen, however often it is asked for; why it was refused, or None."""
    return chain_refusal(await ledger.create_transfers(chain))


async def open_accounts(ledger: Ledger, accounts: Sequence[Account]) -> None:
    """Make sure that the accounts are there."""
    done = (CreateAccountStatus.CREATED, CreateAccountStatus.EXISTS)
    for account, result in zip(accounts, await ledger.create_accounts(list(accounts)), strict=True):
        if result.status not in done:
            raise LedgerContradicts(f"account {account.id:032x}", result.status.name)


def instant(timestamp: int) -> datetime:
    """When something happened, from the ledger's nanoseconds since 1970."""
    return _EPOCH + timedelta(microseconds=timestamp // 1000)
