"""Rows of orders and what hangs on them, to domain values and back."""

from typing import Final

from sqlalchemy import ColumnElement, Row, Select, select

from kiosk.domain.discounts import AppliedDiscount, DiscountState
from kiosk.domain.goodies import GoodiePiece, GoodieState
from kiosk.domain.money import Money
from kiosk.domain.orders import Booking, Method, Order, Payment, SlotClaim
from kiosk.domain.people import Attendee
from kiosk.store.tables import METADATA
from ledger.ids import derived_id

_ATTENDEES: Final = METADATA.tables["attendee"]
_CLAIMS: Final = METADATA.tables["claim"]
_EVENTS: Final = METADATA.tables["event"]
_SLOTS: Final = METADATA.tables["slot"]


def attendee_id(attendee: Attendee) -> int:
    """The row of somebody under this name and address."""
    return derived_id("attendee", attendee.email, attendee.name)


def claims_where(condition: ColumnElement[bool]) -> Select[*tuple[object, ...]]:
    """A query for claims with all that `claim_of` wants, in the order they were chosen."""
    return (
        select(_CLAIMS, _SLOTS.c.key, _EVENTS.c.currency, _ATTENDEES.c.name, _ATTENDEES.c.email)
        .join(
            _SLOTS,
            (_SLOTS.c.event_id == _CLAIMS.c.event_id) & (_SLOTS.c.number == _CLAIMS.c.slot_number),
        )
        .join(_EVENTS, _EVENTS.c.id == _CLAIMS.c.event_id)
        .join(_ATTENDEES, _ATTENDEES.c.id == _CLAIMS.c.holder_id)
        .where(condition)
        .order_by(_CLAIMS.c.position)
    )


def claim_of(row: Row[*tuple[object, ...]]) -> SlotClaim:
    """The claim in a row of `claims_where`."""
    return SlotClaim(
        id=row.id,
        slot_key=row.key,
        slot_number=row.slot_number,
        ticket_number=row.ticket_number,
        version=row.version,
        price=Money(row.price_minor, row.currency),
        holder=Attendee(row.name, row.email),
        pool_number=row.pool_number,
        note=row.note,
        revoked=row.revoked,
        passed_on=row.passed_on,
    )


def order_values(event_id: int, order: Order, attendee: int) -> dict[str, object]:
    """The row of a new order."""
    return {
        "id": order.id,
        "event_id": event_id,
        "attendee_id": attendee,
        "state": order.state,
        "attempt": order.attempt,
        "hold_seconds": order.hold_seconds,
        "placed_at": order.placed_at,
        "held_until": order.held_until,
        "settled": order.settled,
        "revision": order.revision,
        "pieces": len(order.goodies),
        "packs": len(order.packs),
    }


def piece_of(row: Row[*tuple[object, ...]]) -> GoodiePiece:
    """The piece in a row."""
    return GoodiePiece(row.position, row.key, row.goodie_number, GoodieState(row.state))


def piece_values(event_id: int, order_id: int, piece: GoodiePiece) -> dict[str, object]:
    """The row of a piece."""
    return {
        "order_id": order_id,
        "position": piece.position,
        "event_id": event_id,
        "goodie_number": piece.goodie_number,
        "state": piece.state,
    }


def claim_values(event_id: int, order: Order, position: int, holder_id: int) -> dict[str, object]:
    """The row of a claim; whoever has many knows their holders' rows."""
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
        "holder_id": holder_id,
        "pool_number": claim.pool_number,
    }


def payment_values(order_id: int, payment: Payment) -> dict[str, object]:
    """The row of a payment."""
    return {
        "id": payment.id,
        "order_id": order_id,
        "method": payment.method,
        "amount_minor": payment.amount.minor,
        "tendered_minor": payment.tendered.minor,
        "taken_by": payment.taken_by,
        "taken_at": payment.taken_at,
        "booking": payment.booking,
        "provider": payment.provider,
        "reference": payment.reference,
    }


def payment_of(row: Row[*tuple[object, ...]], currency: str) -> Payment:
    """The payment in a row."""
    return Payment(
        id=row.id,
        method=Method(row.method),
        amount=Money(row.amount_minor, currency),
        tendered=Money(row.tendered_minor, currency),
        taken_by=row.taken_by,
        taken_at=row.taken_at,
        booking=Booking(row.booking),
        provider=row.provider,
        reference=row.reference,
    )


def discount_values(order_id: int, discount: AppliedDiscount) -> dict[str, object]:
    """The row of a discount."""
    return {
        "order_id": order_id,
        "code": discount.code,
        "amount_minor": discount.amount.minor,
        "is_limited": discount.is_limited,
        "attempt": discount.attempt,
        "asked_at": discount.asked_at,
        "state": discount.state,
    }


def discount_of(row: Row[*tuple[object, ...]], currency: str) -> AppliedDiscount:
    """The discount in a row."""
    return AppliedDiscount(
        code=row.code,
        amount=Money(row.amount_minor, currency),
        is_limited=row.is_limited,
        attempt=row.attempt,
        asked_at=row.asked_at,
        state=DiscountState(row.state),
    )
