"""Refunds, and money for invoices, in and out of the tables."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Row, bindparam, insert, select, text, update
from sqlmodel import Session

from kiosk.domain.invoices import InvoicePayment, NotInvoiced
from kiosk.domain.money import Money
from kiosk.domain.orders import OrderState
from kiosk.domain.refunds import Refund, RefundReason, RefundState, UnknownRefund
from kiosk.store.refund_tables import METADATA
from kiosk.store.schema import INVOICED
from kiosk.store.upserts import insert_missing

_ORDERS: Final = METADATA.tables["orders"]
_EVENTS: Final = METADATA.tables["event"]
_PAYMENTS: Final = METADATA.tables["payment"]
_REFUNDS: Final = METADATA.tables["refund"]
_INVOICED: Final = METADATA.tables["invoice_payment"]

# The conditions of partial indexes, in the same words; orders have columns of these names too.
_IS_UNPAID: Final = text("refund.state IN ('due', 'asked')")
_IS_OPEN: Final = text("invoice_payment.settled = 0")

_REFUND: Final = (
    select(_REFUNDS, _EVENTS.c.currency)
    .join(_ORDERS, _ORDERS.c.id == _REFUNDS.c.order_id)
    .join(_EVENTS, _EVENTS.c.id == _ORDERS.c.event_id)
)
_FIND: Final = _REFUND.where(_REFUNDS.c.id == bindparam("refund_id")).with_for_update(of=_REFUNDS)
_OF_ORDER: Final = _REFUND.where(_REFUNDS.c.order_id == bindparam("order_id")).order_by(
    _REFUNDS.c.since, _REFUNDS.c.id
)
_UNPAID: Final = (
    _REFUND.where(_ORDERS.c.event_id == bindparam("event_id"))
    .where(_IS_UNPAID)
    .order_by(_REFUNDS.c.since, _REFUNDS.c.id)
)
_PAYMENT: Final = (
    select(_INVOICED, _EVENTS.c.currency)
    .join(_ORDERS, _ORDERS.c.id == _INVOICED.c.order_id)
    .join(_EVENTS, _EVENTS.c.id == _ORDERS.c.event_id)
)
_PAYMENTS_OF_ORDER: Final = _PAYMENT.where(_INVOICED.c.order_id == bindparam("order_id")).order_by(
    _INVOICED.c.taken_at, _INVOICED.c.id
)
_OPEN_PAYMENTS: Final = (
    _PAYMENT.where(_ORDERS.c.event_id == bindparam("event_id"))
    .where(_IS_OPEN)
    .order_by(_INVOICED.c.taken_at)
)
_INVOICED_ORDERS: Final = (
    select(_PAYMENTS.c.order_id)
    .join(_ORDERS, _ORDERS.c.id == _PAYMENTS.c.order_id)
    .where(_ORDERS.c.event_id == bindparam("event_id"), _ORDERS.c.state == OrderState.PAID)
    .where(INVOICED)
    .order_by(_ORDERS.c.number)
)
_CHANGE: Final = (
    update(_REFUNDS)
    .where(_REFUNDS.c.id == bindparam("refund_id"))
    .values({name: bindparam(f"new_{name}") for name in ("state", "paid_by", "done_at")})
)
_SETTLE: Final = (
    update(_INVOICED).where(_INVOICED.c.id == bindparam("payment_id")).values(settled=True)
)


def add(session: Session, refund: Refund) -> None:
    """Store a refund, once."""
    values = {
        "id": refund.id,
        "order_id": refund.order_id,
        "payment_id": refund.payment_id,
        "reason": refund.reason,
        "amount_minor": refund.amount.minor,
        "provider": refund.provider,
        "since": refund.since,
        **_changing(refund),
    }
    insert_missing(session, _REFUNDS, values)


def find(session: Session, refund_id: int) -> Refund:
    """The refund, locked until the unit of work ends; raises `UnknownRefund`."""
    row = session.connection().execute(_FIND, {"refund_id": refund_id}).first()
    if row is None:
        raise UnknownRefund(refund_id)
    return _refund(row)


def of_order(session: Session, order_id: int) -> list[Refund]:
    """All refunds of an order, the first one first."""
    rows = session.connection().execute(_OF_ORDER, {"order_id": order_id})
    return [_refund(row) for row in rows]


def unpaid(session: Session, event_id: int) -> Sequence[Refund]:
    """The refunds whose money is still here, or may be, the oldest first."""
    rows = session.connection().execute(_UNPAID, {"event_id": event_id})
    return [_refund(row) for row in rows]


def change(session: Session, refund_id: int, transition: Callable[[Refund], Refund]) -> Refund:
    """Apply a pure transition to the stored refund."""
    before = find(session, refund_id)
    after = transition(before)
    if after != before:
        values = {f"new_{name}": value for name, value in _changing(after).items()}
        session.connection().execute(_CHANGE, values | {"refund_id": refund_id})
    return after


def check_not_returning(session: Session, order_id: int) -> None:
    """Raise `NotInvoiced` if the order is being given back: its debt goes with it."""
    returning = (RefundState.ASKED, RefundState.DONE)
    for one in of_order(session, order_id):
        if one.reason is RefundReason.RETURNED and one.state in returning:
            raise NotInvoiced(order_id)


def add_payment(session: Session, paid: InvoicePayment) -> None:
    """Store money for an invoice before the ledger is asked."""
    values = {
        "id": paid.id,
        "order_id": paid.order_id,
        "amount_minor": paid.amount.minor,
        "way": paid.way,
        "reference": paid.reference,
        "taken_by": paid.taken_by,
        "taken_at": paid.taken_at,
        "settled": paid.settled,
    }
    session.connection().execute(insert(_INVOICED), values)


def payments_of(session: Session, order_id: int) -> tuple[InvoicePayment, ...]:
    """The money that came in for the invoice of an order."""
    rows = session.connection().execute(_PAYMENTS_OF_ORDER, {"order_id": order_id})
    return tuple(_paid(row) for row in rows)


def invoiced(session: Session, event_id: int) -> list[int]:
    """The orders that have tickets for an invoice, the oldest first; paid by now, or not."""
    return list(session.scalars(_INVOICED_ORDERS, {"event_id": event_id}))


def open_payments(session: Session, event_id: int) -> list[InvoicePayment]:
    """Money for invoices that the ledger may not have booked."""
    rows = session.connection().execute(_OPEN_PAYMENTS, {"event_id": event_id})
    return [_paid(row) for row in rows]


def settle(session: Session, paid: InvoicePayment) -> None:
    """The ledger has booked it."""
    session.connection().execute(_SETTLE, {"payment_id": paid.id})


def _changing(refund: Refund) -> dict[str, str | datetime | None]:
    return {"state": refund.state, "paid_by": refund.paid_by, "done_at": refund.done_at}


def _refund(row: Row[*tuple[object, ...]]) -> Refund:
    return Refund(
        id=row.id,
        order_id=row.order_id,
        payment_id=row.payment_id,
        reason=RefundReason(row.reason),
        amount=Money(row.amount_minor, row.currency),
        provider=row.provider,
        since=row.since,
        state=RefundState(row.state),
        paid_by=row.paid_by,
        done_at=row.done_at,
    )


def _paid(row: Row[*tuple[object, ...]]) -> InvoicePayment:
    return InvoicePayment(
        id=row.id,
        order_id=row.order_id,
        amount=Money(row.amount_minor, row.currency),
        way=row.way,
        reference=row.reference,
        taken_by=row.taken_by,
        taken_at=row.taken_at,
        settled=row.settled,
    )
