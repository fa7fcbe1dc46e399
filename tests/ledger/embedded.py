"""A small ledger file for tests of the SQLite engine alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ledger.sqlite import SqliteLedger
from ledger.types import AccountFlags, Transfer
from ledger.types import CreateTransferStatus as T
from tests.ledger.factories import FakeClock, a_transfer, an_account

LIMITED = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
BANK, ALICE, BOB = 1, 2, 3


@asynccontextmanager
async def opened(path: Path, clock: FakeClock) -> AsyncIterator[SqliteLedger]:
    """The ledger in this file, until the end of the block."""
    ledger = SqliteLedger(path, clock)
    yield ledger
    await ledger.close()


@asynccontextmanager
async def with_accounts(path: Path, clock: FakeClock) -> AsyncIterator[SqliteLedger]:
    """A new ledger with a bank, with Alice who cannot spend more than she has, and with Bob."""
    async with opened(path, clock) as ledger:
        accounts = [an_account(id=BANK), an_account(id=ALICE, flags=LIMITED), an_account(id=BOB)]
        await ledger.create_accounts(accounts)
        yield ledger


def pay(amount: int = 1, **fields: int) -> Transfer:
    """A transfer from the bank to Bob."""
    usual = {"debit_account_id": BANK, "credit_account_id": BOB, "amount": amount}
    return a_transfer(**(usual | fields))


async def statuses(ledger: SqliteLedger, *transfers: Transfer) -> list[T]:
    """What the transfers of one request are told."""
    return [result.status for result in await ledger.create_transfers(list(transfers))]


async def balance_of(ledger: SqliteLedger, account_id: int) -> tuple[int, int, int, int]:
    """Debits pending and posted, credits pending and posted."""
    [account] = await ledger.lookup_accounts([account_id])
    debits = account.debits_pending, account.debits_posted
    return *debits, account.credits_pending, account.credits_posted
