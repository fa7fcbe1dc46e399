"""Orders with their claims and payment, in and out of the tables."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, delete, func, insert, select, update

from kiosk.domain.errors import UnknownOrder
from kiosk.domain.money import Money
from kiosk.domain.orders import Booking, Method, Order, OrderState, Payment, SlotClaim
from kiosk.domain.people import Attendee
from kiosk.store.tables import (
    HELD,
    OPEN,
    AttendeeRow,
    ClaimRow,
    EventRow,
    OrderRow,
    PaymentRow,
    SlotRow,
)
from kiosk.store.upserts import insert_missing
from ledger.ids import derived_id


def attendee_id(attendee: Attendee) -> int:
    """The row of somebody under this name and address."""
    return derived_id("attendee", attendee.email, attendee.name)


def find(session: Session, order_id: int) -> Order | None:
    """The order, locked against other writers until the unit of work ends."""
    row = session.exec(
        select(OrderRow, EventRow.currency, AttendeeRow)
        .join(EventRow, col(EventRow.id) == OrderRow.event_id)
        .join(AttendeeRow, col(AttendeeRow.id) == OrderRow.attendee_id)
        .where(OrderRow.id == order_id)
        .with_for_update(of=OrderRow)
    ).first()
    if row is None:
        return None
    order, currency, attendee = row
    assert order.number is not None
    return Order(
        id=order.id,
        number=order.number,
        state=OrderState(order.state),
        attendee=Attendee(attendee.name, attendee.email),
        claims=tuple(claims(session, ClaimRow.order_id == order.id)),
        attempt=order.attempt,
        hold_seconds=order.hold_seconds,
        placed_at=order.placed_at,
        held_until=order.held_until,
        settled=order.settled,
        payment=_payment(session, order.id, currency),
    )


def claims(session: Session, condition: ColumnElement[bool] | bool) -> list[SlotClaim]:
    """The claims that meet `condition`, in the order they were chosen."""
    rows = session.exec(
        select(ClaimRow, SlotRow.key, EventRow.currency, AttendeeRow)
        .join(
            SlotRow,
            (col(SlotRow.event_id) == ClaimRow.event_id)
            & (col(SlotRow.number) == ClaimRow.slot_number),
        )
        .join(EventRow, col(EventRow.id) == ClaimRow.event_id)
        .join(AttendeeRow, col(AttendeeRow.id) == ClaimRow.holder_id)
        .where(condition)
        .order_by(col(ClaimRow.position))
    )
    return [
        SlotClaim(
            id=claim.id,
            slot_key=slot_key,
            slot_number=claim.slot_number,
            ticket_number=claim.ticket_number,
            version=claim.version,
            price=Money(claim.price_minor, currency),
            holder=Attendee(holder.name, holder.email),
        )
        for claim, slot_key, currency, holder in rows
    ]


def insert_order(session: Session, event_id: int, order: Order) -> Order:
    """Store a new order; it comes back with its number."""
    for person in {order.attendee, *(claim.holder for claim in order.claims)}:
        row = {"id": attendee_id(person), "name": person.name, "email": person.email}
        insert_missing(session, AttendeeRow, row)
    values = {
        "id": order.id,
        "event_id": event_id,
        "attendee_id": attendee_id(order.attendee),
        "placed_at": order.placed_at,
        **_changing(order),
    }
    number = session.execute(insert(OrderRow).values(**values).returning(col(OrderRow.number)))
    session.execute(insert(ClaimRow), [_claim_values(event_id, order, at) for at in _places(order)])
    return replace(order, number=number.scalar_one())


def change(session: Session, order_id: int, transition: Callable[[Order], Order]) -> Order:
    """Apply a pure transition to the stored order; raises `UnknownOrder`, or what it raises."""
    before = find(session, order_id)
    if before is None:
        raise UnknownOrder(order_id)
    after = transition(before)
    if after != before:
        row = update(OrderRow).where(col(OrderRow.id) == order_id)
        session.execute(row.values(**_changing(after)))
    if after.payment != before.payment:
        session.execute(delete(PaymentRow).where(col(PaymentRow.order_id) == order_id))
        if after.payment is not None:
            session.execute(insert(PaymentRow).values(**_payment_values(order_id, after.payment)))
    return after


def unfinished(session: Session, event_id: int, now: datetime) -> Sequence[int]:
    """The ids of orders the ledger must be asked about: unsettled ones and holds that are over."""
    of_event = select(OrderRow.id).where(OrderRow.event_id == event_id)
    unsettled = session.exec(of_event.where(OPEN).order_by(col(OrderRow.held_until))).all()
    over = session.exec(
        of_event.where(HELD).where(OrderRow.held_until <= now).order_by(col(OrderRow.held_until))
    ).all()
    # An order that is being paid late is both.
    return list(dict.fromkeys([*unsettled, *over]))


def last_hold_ends(session: Session, event_id: int, slot_number: int) -> datetime | None:
    """When the last of the present holds on a slot runs out; None if nothing is held."""
    return session.exec(
        select(func.max(OrderRow.held_until))
        .join(ClaimRow, col(ClaimRow.order_id) == OrderRow.id)
        .where(OrderRow.event_id == event_id, ClaimRow.slot_number == slot_number)
        .where(HELD)
    ).one()


def _changing(order: Order) -> dict[str, object]:
    return {
        "state": order.state,
        "attempt": order.attempt,
        "hold_seconds": order.hold_seconds,
        "held_until": order.held_until,
        "settled": order.settled,
    }


def _places(order: Order) -> range:
    return range(len(order.claims))


def _claim_values(event_id: int, order: Order, position: int) -> dict[str, object]:
    claim = order.claims[position]
    return {
        "id": claim.id,
        "order_id": order.id,
        "position": position,
        "event_id": event_id,
        "slot_number": claim.slot_number,
        "ticket_number": claim.ticket_number,
        "version": claim.version,
        "price_minor": claim.price.minor,
        "holder_id": attendee_id(claim.holder),
    }


def _payment_values(order_id: int, payment: Payment) -> dict[str, object]:
    return {
        "id": payment.id,
        "order_id": order_id,
        "method": payment.method,
        "amount_minor": payment.amount.minor,
        "tendered_minor": payment.tendered.minor,
        "taken_by": payment.taken_by,
        "taken_at": payment.taken_at,
        "booking": payment.booking,
    }


def _payment(session: Session, order_id: int, currency: str) -> Payment | None:
    row = session.exec(select(PaymentRow).where(PaymentRow.order_id == order_id)).first()
    if row is None:
        return None
    return Payment(
        id=row.id,
        method=Method(row.method),
        amount=Money(row.amount_minor, currency),
        tendered=Money(row.tendered_minor, currency),
        taken_by=row.taken_by,
        taken_at=row.taken_at,
        booking=Booking(row.booking),
    )
