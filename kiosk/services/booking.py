"""Ask the ledger for one chain, and hear a plain yes or why not."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from kiosk.domain.errors import LedgerContradicts
from ledger.chains import chain_refusal
from ledger.engine import AccountRefused, Ledger
from ledger.types import Account, CreateTransferResult, CreateTransferStatus, Transfer

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


async def book(
    ledger: Ledger, chain: list[Transfer], accounts: Sequence[Account] = ()
) -> CreateTransferStatus | None:
    """Make one chain happen, however often it is asked for; why it was refused, or None.

    `accounts` that it needs are opened before.
    """
    return chain_refusal(await transfer(ledger, chain, accounts))


async def transfer(
    ledger: Ledger, transfers: list[Transfer], accounts: Sequence[Account] = ()
) -> list[CreateTransferResult]:
    """Ask for transfers; `accounts` that they need are opened before."""
    try:
        return await ledger.create_transfers(transfers, accounts)
    except AccountRefused as refused:
        what = f"account {refused.account_id:032x}"
        raise LedgerContradicts(what, refused.status.name) from refused


async def open_accounts(ledger: Ledger, accounts: Sequence[Account]) -> None:
    """Make sure that the accounts are there."""
    await transfer(ledger, [], accounts)


def instant(timestamp: int) -> datetime:
    """When something happened, from the ledger's nanoseconds since 1970."""
    return _EPOCH + timedelta(microseconds=timestamp // 1000)
