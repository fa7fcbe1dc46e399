"""Tokens that orders buy: held with the places, issued when the order is paid.

    debt --hold--> income       pending: as if they would never be issued
    debt --issue--> bill        in one chain with the end of the hold

What a hold keeps is out of everybody's reach, and yet no bill comes to be before it is paid: when
tokens expire is decided by the moment in which they arrive.
"""

from kiosk.domain import chart_places, chart_tokens
from kiosk.domain.chart import AccountCode, TransferCode, linked
from kiosk.domain.events import Event
from kiosk.domain.orders import Order, Payment
from kiosk.domain.packs import OrderedPack
from kiosk.domain.refunds import Refund
from kiosk.domain.token_moves import Move, MoveKind, MovePart, bill_id
from ledger.ids import derived_id
from ledger.types import Account, Transfer, TransferFlags


def hold(event: Event, order: Order) -> list[Transfer]:
    """One chain: hold every place and every token of the order, or nothing."""
    places = chart_places.hold(event, order)
    if not order.packs:
        return places
    return linked([*places, *(_hold(event, order, pack) for pack in order.packs)])


def release(order: Order) -> list[Transfer]:
    """Give the held tokens back. Not linked: one that timed out must not keep the others."""
    return [_end("release-tokens", order, pack, order.attempt) for pack in order.packs]


def issue_held(event: Event, order: Order, payment: Payment) -> list[Transfer]:
    """Issue the tokens that are held: a part of a chain."""
    ends = [_end("take-tokens", order, pack, payment.id) for pack in order.packs]
    return [*ends, *issue(event, order, payment)]


def issue(event: Event, order: Order, payment: Payment) -> list[Transfer]:
    """Issue the tokens, their hold being lost: a part of a chain."""
    return [
        transfer
        for move in purchases(order, payment)
        for transfer in chart_tokens.transfers(event, move)
    ]


def bill_accounts(order: Order, payment: Payment) -> list[Account]:
    """The bills that the tokens become."""
    return [
        account
        for move in purchases(order, payment)
        for account in chart_tokens.bill_accounts(move)
    ]


def purchases(order: Order, payment: Payment) -> list[Move]:
    """The issue of the tokens of each kind of pack, once they are bound."""
    return [
        Move(
            id=_purchase_id(payment, pack),
            kind=MoveKind.ISSUE,
            token_number=pack.token_number,
            amount=pack.amount,
            sender=None,
            receiver=pack.wallet,
            asked_at=payment.taken_at,
            parts=(MovePart(None, _bill_id(payment, pack), pack.amount, pack.expires_at),),
            order_id=order.id,
        )
        for pack in order.packs
    ]


def returns(order: Order, payment: Payment, refund: Refund) -> list[Move]:
    """The tokens that go back when the order is refunded: whole bills, or none."""
    return [
        Move(
            id=derived_id("purchase-return", refund.id, pack.position),
            kind=MoveKind.CLAW_BACK,
            token_number=pack.token_number,
            amount=pack.amount,
            sender=pack.wallet,
            receiver=None,
            asked_at=refund.since,
            parts=(MovePart(_bill_id(payment, pack), None, pack.amount, empties=True),),
            order_id=order.id,
        )
        for pack in order.packs
    ]


def take_back(event: Event, order: Order, payment: Payment, refund: Refund) -> list[Transfer]:
    """Take unspent tokens back: a part of the chain that refunds their order."""
    return [
        transfer
        for move in returns(order, payment, refund)
        for transfer in chart_tokens.transfers(event, move)
    ]


def _hold(event: Event, order: Order, pack: OrderedPack) -> Transfer:
    number = pack.token_number
    return Transfer(
        id=_hold_id(order, pack),
        debit_account_id=chart_tokens.token_account_id(event, number, AccountCode.DEBT),
        credit_account_id=chart_tokens.token_account_id(event, number, AccountCode.INCOME),
        amount=pack.amount,
        user_data_128=order.id,
        user_data_64=pack.position,
        ledger=chart_tokens.token_ledger(number),
        code=TransferCode.HOLD,
        flags=TransferFlags.PENDING,
        timeout=order.hold_seconds + chart_places.HOLD_MARGIN_SECONDS,
    )


def _end(step: str, order: Order, pack: OrderedPack, of: int) -> Transfer:
    return Transfer(
        id=derived_id(step, order.id, pack.position, of),
        pending_id=_hold_id(order, pack),
        flags=TransferFlags.VOID_PENDING_TRANSFER,
    )


def _hold_id(order: Order, pack: OrderedPack) -> int:
    return derived_id("hold-tokens", order.id, pack.position, order.attempt)


def _purchase_id(payment: Payment, pack: OrderedPack) -> int:
    return derived_id("purchase", payment.id, pack.position)


def _bill_id(payment: Payment, pack: OrderedPack) -> int:
    return bill_id(_purchase_id(payment, pack), 1, 0)
