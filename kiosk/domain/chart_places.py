"""Transfers of places: funded, held, sold, given back, redeemed."""

from typing import Final

from kiosk.domain.chart import (
    AccountCode,
    LedgerNumber,
    TransferCode,
    linked,
    slot_account_id,
)
from kiosk.domain.events import Event, EventSlot
from kiosk.domain.orders import Order, SlotClaim
from ledger.ids import derived_id
from ledger.types import Transfer, TransferFlags

HOLD_MARGIN_SECONDS: Final = 30
"""How much longer the ledger keeps a hold than we do: `held_until` decides, this is the back-stop
that frees the places if no terminal is left to do it."""


def fund(event: Event, slot: EventSlot, *, total: int, amount: int) -> Transfer:
    """Bring a slot's funded capacity to `total` by adding `amount`."""
    return Transfer(
        id=derived_id("fund", event.id, slot.number, total),
        debit_account_id=slot_account_id(event, slot.number, AccountCode.OPERATOR),
        credit_account_id=slot_account_id(event, slot.number, AccountCode.BUDGET),
        amount=amount,
        user_data_128=event.id,
        user_data_64=slot.number,
        ledger=LedgerNumber.TICKETS,
        code=TransferCode.FUND,
    )


def hold(event: Event, order: Order) -> list[Transfer]:
    """One chain: hold every place of the order, or none."""
    timeout_seconds = order.hold_seconds + HOLD_MARGIN_SECONDS
    places = [_place(event, order, claim) for claim in order.claims]
    for claim, transfer in zip(order.claims, places, strict=True):
        transfer.id = _hold_id(order, claim)
        transfer.code = TransferCode.HOLD
        transfer.flags = TransferFlags.PENDING
        transfer.timeout = timeout_seconds
    return linked(places)


def release(order: Order) -> list[Transfer]:
    """Give each held place back. Not linked: one that timed out must not keep the others."""
    return [
        Transfer(
            id=derived_id("release", claim.id, order.attempt),
            pending_id=_hold_id(order, claim),
            flags=TransferFlags.VOID_PENDING_TRANSFER,
        )
        for claim in order.claims
    ]


def post(order: Order) -> list[Transfer]:
    """Sell every held place: the first part of a chain."""
    return [
        Transfer(
            id=derived_id("post", claim.id, order.attempt),
            pending_id=_hold_id(order, claim),
            amount=1,
            flags=TransferFlags.POST_PENDING_TRANSFER,
        )
        for claim in order.claims
    ]


def take(event: Event, order: Order, payment_id: int) -> list[Transfer]:
    """Sell every place afresh, its hold being lost: the first part of a chain."""
    places = [_place(event, order, claim) for claim in order.claims]
    for claim, transfer in zip(order.claims, places, strict=True):
        transfer.id = derived_id("take", claim.id, payment_id)
        transfer.code = TransferCode.TAKE
    return places


# The door


def redeem_id(claim_id: int, entry: int) -> int:
    """The id of a claim's admission; entries after the first follow an undone one."""
    return derived_id("redeem", claim_id, entry)


def redeem(event: Event, claim: SlotClaim, *, entry: int, nonce: int, terminal: int) -> Transfer:
    """Admit the holder of a claim. Who asks again with the same nonce hears the same answer."""
    return Transfer(
        id=redeem_id(claim.id, entry),
        debit_account_id=slot_account_id(event, claim.slot_number, AccountCode.SPENT),
        credit_account_id=slot_account_id(event, claim.slot_number, AccountCode.REDEEMED),
        amount=1,
        user_data_128=claim.id,
        user_data_64=nonce,
        user_data_32=terminal,
        ledger=LedgerNumber.TICKETS,
        code=TransferCode.REDEEM,
    )


def _hold_id(order: Order, claim: SlotClaim) -> int:
    return derived_id("hold", claim.id, order.attempt)


def _place(event: Event, order: Order, claim: SlotClaim) -> Transfer:
    return Transfer(
        debit_account_id=slot_account_id(event, claim.slot_number, AccountCode.BUDGET),
        credit_account_id=slot_account_id(event, claim.slot_number, AccountCode.SPENT),
        amount=1,
        user_data_128=claim.id,
        user_data_64=claim.slot_number,
        ledger=LedgerNumber.TICKETS,
    )
