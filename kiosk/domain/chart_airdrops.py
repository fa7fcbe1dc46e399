"""Airdrops on the ledger of their token.

    debt --reserve--> reserved --submit--> waiting --confirm--> bill
                         ^------fail-----------'

Reserved and waiting are accounts of one person each. They cannot go below nothing, and neither can
debt, so the ledger gives no more than was emitted, and nothing twice.
"""

from collections.abc import Iterable
from datetime import datetime

from kiosk.domain.airdrops import Row
from kiosk.domain.chart import AccountCode, TransferCode
from kiosk.domain.chart_tokens import bill_account, token_account_id, token_ledger
from kiosk.domain.events import Event
from ledger.ids import derived_id
from ledger.types import Account, AccountFlags, Transfer


def reserved_account_id(event: Event, token_number: int, wallet_id: int) -> int:
    """What somebody should receive."""
    return derived_id("token-reserved", event.id, token_number, wallet_id)


def waiting_account_id(event: Event, token_number: int, wallet_id: int) -> int:
    """What was sent to somebody over a chain that has not confirmed it."""
    return derived_id("token-waiting", event.id, token_number, wallet_id)


def row_accounts(event: Event, token_number: int, rows: Iterable[Row]) -> list[Account]:
    """The accounts that the owners of rows need."""
    return [
        Account(
            id=account_id,
            user_data_128=row.wallet_id,
            ledger=token_ledger(token_number),
            code=code,
            flags=AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS,
        )
        for row in rows
        for account_id, code in (
            (reserved_account_id(event, token_number, row.wallet_id), AccountCode.RESERVED),
            (waiting_account_id(event, token_number, row.wallet_id), AccountCode.WAITING),
        )
    ]


def row_bill_id(row: Row) -> int:
    """The bill that a row becomes."""
    return derived_id("airdrop-bill", row.airdrop_id, row.position)


def row_bill(token_number: int, row: Row, expires_at: datetime | None) -> Account:
    """The account of the bill that a row becomes."""
    return bill_account(
        row_bill_id(row), token_number=token_number, owner=row.wallet_id, expires_at=expires_at
    )


def reserve(event: Event, token_number: int, row: Row) -> Transfer:
    """Set a row's tokens aside for its owner."""
    debt = token_account_id(event, token_number, AccountCode.DEBT)
    reserved = reserved_account_id(event, token_number, row.wallet_id)
    return _transfer(row, token_number, debt, reserved, TransferCode.RESERVE)


def submit(event: Event, token_number: int, row: Row) -> Transfer:
    """A row is on its way over the chain."""
    reserved = reserved_account_id(event, token_number, row.wallet_id)
    waiting = waiting_account_id(event, token_number, row.wallet_id)
    return _transfer(row, token_number, reserved, waiting, TransferCode.SUBMIT)


def confirm(event: Event, token_number: int, row: Row) -> Transfer:
    """The chain has confirmed a row: a bill of its owner."""
    waiting = waiting_account_id(event, token_number, row.wallet_id)
    return _transfer(row, token_number, waiting, row_bill_id(row), TransferCode.CONFIRM)


def fail(event: Event, token_number: int, row: Row) -> Transfer:
    """The chain will never confirm it: set aside as before."""
    reserved = reserved_account_id(event, token_number, row.wallet_id)
    waiting = waiting_account_id(event, token_number, row.wallet_id)
    return _transfer(row, token_number, waiting, reserved, TransferCode.FAIL)


def deliver(event: Event, token_number: int, row: Row) -> Transfer:
    """A row that needs no chain becomes a bill at once."""
    reserved = reserved_account_id(event, token_number, row.wallet_id)
    return _transfer(row, token_number, reserved, row_bill_id(row), TransferCode.CONFIRM)


def release(event: Event, token_number: int, row: Row) -> Transfer:
    """What was set aside is taken back."""
    debt = token_account_id(event, token_number, AccountCode.DEBT)
    reserved = reserved_account_id(event, token_number, row.wallet_id)
    return _transfer(row, token_number, reserved, debt, TransferCode.CLAW_BACK)


def _transfer(row: Row, token_number: int, debit: int, credit: int, code: TransferCode) -> Transfer:
    # What is tried again is tried under its next attempt.
    return Transfer(
        id=derived_id("airdrop", code, row.airdrop_id, row.position, row.attempt),
        debit_account_id=debit,
        credit_account_id=credit,
        amount=row.amount,
        user_data_128=row.airdrop_id,
        user_data_64=row.position,
        ledger=token_ledger(token_number),
        code=code,
    )
