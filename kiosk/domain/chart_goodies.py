"""Transfers of goodies: each piece by itself, for a ticket never waits for a present.

A piece is held beside the places, outside their chain. If that is refused, there is none left and
nothing is ever posted for it. What is granted is handed out once, as a place is redeemed once.
"""

from kiosk.domain.chart import (
    RESOURCE_TAGS,
    AccountCode,
    LedgerNumber,
    TransferCode,
    resource_account_id,
)
from kiosk.domain.chart_places import HOLD_MARGIN_SECONDS
from kiosk.domain.events import Event, ResourceKind
from kiosk.domain.goodies import GoodiePiece
from kiosk.domain.hand_outs import HandOutUndo, HandOutWish
from kiosk.domain.orders import Order
from ledger.ids import derived_id
from ledger.types import Transfer, TransferFlags


def hold(event: Event, order: Order) -> list[Transfer]:
    """Hold each piece the order asks for."""
    pieces = []
    for piece in order.goodies:
        transfer = _grant(event, order, piece)
        transfer.id = _hold_id(order, piece)
        transfer.code = TransferCode.HOLD
        transfer.flags = TransferFlags.PENDING
        transfer.timeout = order.hold_seconds + HOLD_MARGIN_SECONDS
        pieces.append(transfer)
    return pieces


def post(order: Order, piece: GoodiePiece) -> Transfer:
    """Grant a held piece."""
    return Transfer(
        id=derived_id("post-goodie", order.id, piece.position, order.attempt),
        pending_id=_hold_id(order, piece),
        amount=1,
        flags=TransferFlags.POST_PENDING_TRANSFER,
    )


def take(event: Event, order: Order, piece: GoodiePiece, payment_id: int) -> Transfer:
    """Grant a piece afresh, its hold being lost."""
    transfer = _grant(event, order, piece)
    transfer.id = derived_id("take-goodie", order.id, piece.position, payment_id)
    transfer.code = TransferCode.TAKE
    return transfer


def release(order: Order, piece: GoodiePiece) -> Transfer:
    """Give a held piece back."""
    return Transfer(
        id=derived_id("release-goodie", order.id, piece.position, order.attempt),
        pending_id=_hold_id(order, piece),
        flags=TransferFlags.VOID_PENDING_TRANSFER,
    )


def take_back(event: Event, order: Order, piece: GoodiePiece, attempt: int) -> Transfer:
    """Give a granted piece back that was not handed out, its order being refunded.

    It has the id that handing it out by `attempt` would have: of the two, one happens.
    """
    transfer = _grant(event, order, piece)
    transfer.id = hand_out_id(order.id, piece.position, attempt)
    transfer.code = TransferCode.TAKE_BACK
    transfer.debit_account_id, transfer.credit_account_id = (
        transfer.credit_account_id,
        transfer.debit_account_id,
    )
    return transfer


# The desk


def hand_out_id(order_id: int, position: int, attempt: int) -> int:
    """The id of handing a piece out; attempts after the first follow an undone one."""
    return derived_id("hand-out", order_id, position, attempt)


def hand_out(event: Event, goodie_number: int, wish: HandOutWish) -> Transfer:
    """Hand a piece out. Who asks again with the same nonce hears the same answer."""
    transfer = _redeem(event, goodie_number, wish.order_id)
    transfer.id = hand_out_id(wish.order_id, wish.position, wish.attempt)
    transfer.user_data_64 = wish.nonce
    transfer.user_data_32 = wish.terminal
    return transfer


def undo_hand_out(event: Event, undo: HandOutUndo) -> Transfer:
    """Take a piece back in that was handed out: the next attempt may hand it out anew."""
    transfer = _redeem(event, undo.goodie_number, undo.order_id)
    transfer.id = derived_id("undo-hand-out", undo.order_id, undo.position, undo.attempt)
    transfer.code = TransferCode.UNDO
    transfer.user_data_64 = undo.goodie_number
    transfer.user_data_32 = undo.terminal
    transfer.debit_account_id, transfer.credit_account_id = (
        transfer.credit_account_id,
        transfer.debit_account_id,
    )
    return transfer


def _redeem(event: Event, goodie_number: int, order_id: int) -> Transfer:
    kind = ResourceKind.GOODIE
    return Transfer(
        debit_account_id=resource_account_id(event, kind, goodie_number, AccountCode.SPENT),
        credit_account_id=resource_account_id(event, kind, goodie_number, AccountCode.REDEEMED),
        amount=1,
        user_data_128=order_id,
        ledger=LedgerNumber.GOODIES,
        code=TransferCode.REDEEM,
    )


def _hold_id(order: Order, piece: GoodiePiece) -> int:
    return derived_id("hold-goodie", order.id, piece.position, order.attempt)


def _grant(event: Event, order: Order, piece: GoodiePiece) -> Transfer:
    kind, number = ResourceKind.GOODIE, piece.goodie_number
    return Transfer(
        debit_account_id=resource_account_id(event, kind, number, AccountCode.BUDGET),
        credit_account_id=resource_account_id(event, kind, number, AccountCode.SPENT),
        amount=1,
        user_data_128=order.id,
        user_data_64=number,
        user_data_32=RESOURCE_TAGS[kind],
        ledger=LedgerNumber.GOODIES,
    )
