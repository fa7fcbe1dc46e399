"""Airdrops on the ledger of their token.

    debt --reserve--> reserved --submit--> waiting --confirm--> bill
                         ^------fail-----------'

Reserved and waiting are accounts of one person each. They cannot go below nothing, and neither can
debt, so the ledger gives no more than was emitted, and nothing twice.
"""

from collections.abc import Iterable

from kiosk.domain.airdrops import Share
from kiosk.domain.chart import AccountCode, TransferCode
from kiosk.domain.chart_tokens import token_account_id, token_ledger
from kiosk.domain.events import Event
from ledger.ids import derived_id
from ledger.types import Account, AccountFlags, Transfer, TransferFlags


def reserved_account_id(event: Event, token_number: int, wallet_id: int) -> int:
    """What somebody should receive."""
    return derived_id("token-reserved", event.id, token_number, wallet_id)


def waiting_account_id(event: Event, token_number: int, wallet_id: int) -> int:
    """What was sent to somebody over a chain that has not confirmed it."""
    return derived_id("token-waiting", event.id, token_number, wallet_id)


def share_accounts(event: Event, token_number: int, shares: Iterable[Share]) -> list[Account]:
    """The accounts that the owners of shares need."""
    return [
        Account(
            id=account_id,
            user_data_128=share.wallet_id,
            ledger=token_ledger(token_number),
            code=code,
            flags=AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS,
        )
        for share in shares
        for account_id, code in (
            (reserved_account_id(event, token_number, share.wallet_id), AccountCode.RESERVED),
            (waiting_account_id(event, token_number, share.wallet_id), AccountCode.WAITING),
        )
    ]


def share_bill_id(share: Share) -> int:
    """The bill that a share becomes."""
    return derived_id("airdrop-bill", share.airdrop_id, share.wallet_id)


def reserve(event: Event, token_number: int, share: Share) -> Transfer:
    """Set a share's tokens aside for its owner."""
    debt = token_account_id(event, token_number, AccountCode.DEBT)
    reserved = reserved_account_id(event, token_number, share.wallet_id)
    return _transfer(share, token_number, debt, reserved, TransferCode.RESERVE)


def submit(event: Event, token_number: int, share: Share) -> Transfer:
    """A share is on its way over the chain."""
    reserved = reserved_account_id(event, token_number, share.wallet_id)
    waiting = waiting_account_id(event, token_number, share.wallet_id)
    return _transfer(share, token_number, reserved, waiting, TransferCode.SUBMIT)


def confirm(event: Event, token_number: int, share: Share) -> Transfer:
    """The chain has confirmed a share: a bill of its owner."""
    waiting = waiting_account_id(event, token_number, share.wallet_id)
    return _transfer(share, token_number, waiting, share_bill_id(share), TransferCode.CONFIRM)


def fail(event: Event, token_number: int, share: Share) -> Transfer:
    """The chain will never confirm it: set aside as before."""
    reserved = reserved_account_id(event, token_number, share.wallet_id)
    waiting = waiting_account_id(event, token_number, share.wallet_id)
    return _transfer(share, token_number, waiting, reserved, TransferCode.FAIL)


def deliver(event: Event, token_number: int, share: Share) -> Transfer:
    """A share that needs no chain becomes a bill at once."""
    reserved = reserved_account_id(event, token_number, share.wallet_id)
    return _transfer(share, token_number, reserved, share_bill_id(share), TransferCode.CONFIRM)


def release(event: Event, token_number: int, share: Share) -> Transfer:
    """What was set aside is taken back."""
    debt = token_account_id(event, token_number, AccountCode.DEBT)
    reserved = reserved_account_id(event, token_number, share.wallet_id)
    return _transfer(share, token_number, reserved, debt, TransferCode.CLAW_BACK)


def take_back(event: Event, token_number: int, share: Share) -> Transfer:
    """What is unspent of the bill that a share became is taken back, be it nothing."""
    debt = token_account_id(event, token_number, AccountCode.DEBT)
    bill = share_bill_id(share)
    transfer = _transfer(share, token_number, bill, debt, TransferCode.CLAW_BACK)
    transfer.flags = TransferFlags.BALANCING_DEBIT
    return transfer


def _transfer(
    share: Share, token_number: int, debit: int, credit: int, code: TransferCode
) -> Transfer:
    # What is tried again is tried under its next attempt.
    return Transfer(
        id=derived_id("airdrop", code, share.airdrop_id, share.wallet_id, share.attempt),
        debit_account_id=debit,
        credit_account_id=credit,
        amount=share.amount,
        user_data_128=share.airdrop_id,
        user_data_64=share.position,
        ledger=token_ledger(token_number),
        code=code,
    )
