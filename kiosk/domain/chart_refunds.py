"""Transfers that give money and places back, and those that pay an invoice."""

from collections.abc import Mapping, Sequence

from kiosk.domain import chart_discounts, chart_goodies, chart_packs, chart_places
from kiosk.domain.chart import (
    AccountCode,
    TransferCode,
    cash_account_id,
    customer_account_id,
    event_account_id,
    linked,
    receivable_account_id,
)
from kiosk.domain.chart_money import move
from kiosk.domain.claim_payment import claim_payment
from kiosk.domain.events import Event
from kiosk.domain.goodies import GoodieState
from kiosk.domain.invoices import InvoicePayment
from kiosk.domain.money import Money
from kiosk.domain.orders import Method, Order
from kiosk.domain.refunds import Refund
from ledger.ids import derived_id
from ledger.types import Transfer


def pay_out(event: Event, order: Order, refund: Refund) -> Transfer:
    """Give money back that bought nothing, the way it came."""
    transfer = move(event, order, refund.amount, TransferCode.REFUND)
    transfer.id = derived_id("refund", refund.id)
    transfer.debit_account_id = customer_account_id(order.id)
    transfer.credit_account_id = cash_account_id(event, refund.provider)
    return transfer


def take_back(
    event: Event,
    order: Order,
    refund: Refund,
    settlements: Sequence[InvoicePayment],
    next_steps: Mapping[int, int],
) -> list[Transfer]:
    """One chain: give every place back, and undo every instrument of the claim payment.

    The places go first: if one is used at the door before its claim takes the step that
    `next_steps` has by claim id, that is the reason the ledger gives. Tokens go back whole: of a
    bill that is touched nothing does, nor of anything else.
    """
    customer, sales = customer_account_id(order.id), event_account_id(event, AccountCode.SALES)
    payment = order.payment
    assert payment is not None
    undone = [
        _undo(event, order, refund, ("charge", order.total, sales, customer)),
        *(_undo(event, order, refund, part) for part in _parts(event, order, settlements)),
    ]
    return linked(
        [
            *chart_places.take_back(event, order.claims, next_steps),
            *chart_discounts.take_back_use(event, order, refund.id),
            *chart_packs.take_back(event, order, payment, refund),
            *(transfer for transfer in undone if transfer.amount),
        ]
    )


def take_back_goodies(event: Event, order: Order, attempts: Mapping[int, int]) -> list[Transfer]:
    """Give the pieces back that came with the order: each by itself, as they were given.

    `attempts` says by position which time a piece would be handed out.
    """
    granted = [one for one in order.goodies if one.state is GoodieState.GRANTED]
    return [chart_goodies.take_back(event, order, one, attempts[one.position]) for one in granted]


def settle(event: Event, order: Order, paid: InvoicePayment) -> Transfer:
    """Book money that came in for an invoice."""
    transfer = move(event, order, paid.amount, TransferCode.SETTLEMENT)
    transfer.id = derived_id("settlement", paid.id)
    transfer.debit_account_id = cash_account_id(event, paid.way)
    transfer.credit_account_id = receivable_account_id(order.id)
    return transfer


_Part = tuple[str, Money, int, int]
"""What is undone, how much of it, and from which account to which."""


def _parts(event: Event, order: Order, settlements: Sequence[InvoicePayment]) -> list[_Part]:
    customer, payment = customer_account_id(order.id), order.payment
    assert payment is not None
    discounts = event_account_id(event, AccountCode.DISCOUNTS)
    parts: list[_Part] = [("discount", order.granted, customer, discounts)]
    if payment.method is Method.INVOICE:
        paid = claim_payment(order, [one.instrument for one in settlements])
        owed = receivable_account_id(order.id)
        parts.append(("credit-note", paid.outstanding, customer, owed))
    else:
        cash = cash_account_id(event, payment.provider)
        parts.append(("receipt", payment.amount, customer, cash))
    for one in settlements:
        cash = cash_account_id(event, one.way)
        parts.append((f"settlement-{one.id:x}", one.amount, customer, cash))
    return parts


def _undo(event: Event, order: Order, refund: Refund, part: _Part) -> Transfer:
    what, amount, debit, credit = part
    transfer = move(event, order, amount, TransferCode.REFUND)
    transfer.id = derived_id("undo", refund.id, what)
    transfer.debit_account_id, transfer.credit_account_id = debit, credit
    return transfer
