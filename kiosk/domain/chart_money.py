"""Transfers of money, and the chains that book it together with the places it pays for."""

from kiosk.domain import chart_discounts, chart_packs, chart_places
from kiosk.domain.chart import (
    AccountCode,
    TransferCode,
    beside,
    cash_account_id,
    customer_account_id,
    event_account_id,
    linked,
    receivable_account_id,
)
from kiosk.domain.events import Event
from kiosk.domain.money import CURRENCIES, Money
from kiosk.domain.orders import Method, Order, Payment
from ledger.types import Transfer


def pay_held(event: Event, order: Order, payment: Payment) -> list[Transfer]:
    """One chain: post what is held, book every instrument and charge for the places."""
    held = [*chart_places.post(order), *chart_discounts.post_use(order)]
    if order.packs:
        held += chart_packs.issue_held(event, order, payment)
    return linked([*held, *_claim_payment(event, order, payment)])


def pay_late(event: Event, order: Order, payment: Payment) -> list[Transfer]:
    """One chain: take what was held afresh, book every instrument and charge for the places."""
    taken = [
        *chart_places.take(event, order, payment.id),
        *chart_discounts.take_use(event, order, payment.id),
    ]
    if order.packs:
        taken += chart_packs.issue(event, order, payment)
    return linked([*taken, *_claim_payment(event, order, payment)])


def pay_alone(event: Event, order: Order, payment: Payment) -> list[Transfer]:
    """Book the money and charge nothing: the customer's credit balance is the refund due."""
    return _without_nothing([receipt(event, order, payment)])


def receipt(event: Event, order: Order, payment: Payment) -> Transfer:
    """Book money that came in."""
    transfer = move(event, order, payment.amount, TransferCode.RECEIPT)
    transfer.id = beside(payment.id, "receipt", payment.id)
    transfer.debit_account_id = cash_account_id(event, payment.provider)
    transfer.credit_account_id = customer_account_id(order.id)
    return transfer


def move(event: Event, order: Order, amount: Money, code: TransferCode) -> Transfer:
    """A transfer of money for an order, between accounts that are still to be named."""
    return Transfer(
        amount=amount.minor,
        user_data_128=order.id,
        ledger=CURRENCIES[event.currency].number,
        code=code,
    )


def _claim_payment(event: Event, order: Order, payment: Payment) -> list[Transfer]:
    # In this order the customer never owes: whatever pays comes before what is paid.
    invoiced = payment.method is Method.INVOICE
    transfers = [_credit_note(event, order, payment)] if invoiced else []
    transfers.append(receipt(event, order, payment))
    if order.granted:
        transfers.append(_discount(event, order, payment))
    transfers.append(_charge(event, order, payment))
    if invoiced:
        transfers.append(_set_off(event, order, payment))
    return _without_nothing(transfers)


def _discount(event: Event, order: Order, payment: Payment) -> Transfer:
    transfer = move(event, order, order.granted, TransferCode.DISCOUNT)
    transfer.id = beside(payment.id, "discount", payment.id)
    transfer.debit_account_id = event_account_id(event, AccountCode.DISCOUNTS)
    transfer.credit_account_id = customer_account_id(order.id)
    return transfer


def _charge(event: Event, order: Order, payment: Payment) -> Transfer:
    transfer = move(event, order, order.total, TransferCode.CHARGE)
    transfer.id = beside(payment.id, "charge", payment.id)
    transfer.debit_account_id = customer_account_id(order.id)
    transfer.credit_account_id = event_account_id(event, AccountCode.SALES)
    return transfer


def _credit_note(event: Event, order: Order, payment: Payment) -> Transfer:
    """Make the attendee owe the whole price."""
    transfer = move(event, order, order.total, TransferCode.CREDIT_NOTE)
    transfer.id = beside(payment.id, "credit-note", payment.id)
    transfer.debit_account_id = receivable_account_id(order.id)
    transfer.credit_account_id = customer_account_id(order.id)
    return transfer


def _set_off(event: Event, order: Order, payment: Payment) -> Transfer:
    """Lower what is owed by the discount."""
    transfer = move(event, order, order.granted, TransferCode.SET_OFF)
    transfer.id = beside(payment.id, "set-off", payment.id)
    transfer.debit_account_id = customer_account_id(order.id)
    transfer.credit_account_id = receivable_account_id(order.id)
    return transfer


def _without_nothing(transfers: list[Transfer]) -> list[Transfer]:
    return [transfer for transfer in transfers if transfer.amount]
