"""Transfers of money, and the chains that book it together with the places it pays for."""

from kiosk.domain import chart_places
from kiosk.domain.chart import (
    AccountCode,
    TransferCode,
    customer_account_id,
    event_account_id,
    linked,
)
from kiosk.domain.events import Event
from kiosk.domain.money import CURRENCIES
from kiosk.domain.orders import Order, Payment
from ledger.ids import derived_id
from ledger.types import Transfer


def pay_held(event: Event, order: Order, payment: Payment) -> list[Transfer]:
    """One chain: post every held place, book the money and charge for the places."""
    places = chart_places.post(order)
    return linked([*places, *_receipt(event, order, payment), *_charge(event, order, payment)])


def pay_late(event: Event, order: Order, payment: Payment) -> list[Transfer]:
    """One chain: take every place afresh, book the money and charge for the places."""
    places = chart_places.take(event, order, payment.id)
    return linked([*places, *_receipt(event, order, payment), *_charge(event, order, payment)])


def pay_alone(event: Event, order: Order, payment: Payment) -> list[Transfer]:
    """Book the money and charge nothing: the customer's credit balance is the refund due."""
    return _receipt(event, order, payment)


def _receipt(event: Event, order: Order, payment: Payment) -> list[Transfer]:
    if not payment.amount:
        return []
    return [
        Transfer(
            id=derived_id("receipt", payment.id),
            debit_account_id=event_account_id(event, AccountCode.CASH),
            credit_account_id=customer_account_id(order.id),
            amount=payment.amount.minor,
            user_data_128=order.id,
            ledger=CURRENCIES[event.currency].number,
            code=TransferCode.RECEIPT,
        )
    ]


def _charge(event: Event, order: Order, payment: Payment) -> list[Transfer]:
    if not order.total:
        return []
    return [
        Transfer(
            id=derived_id("charge", payment.id),
            debit_account_id=customer_account_id(order.id),
            credit_account_id=event_account_id(event, AccountCode.SALES),
            amount=order.total.minor,
            user_data_128=order.id,
            ledger=CURRENCIES[event.currency].number,
            code=TransferCode.CHARGE,
        )
    ]
