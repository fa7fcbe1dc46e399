"""Orders with their claims and payment, in and out of the tables.

Statements are built once: building one takes longer than SQLite takes to execute it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, insert, select, update
from sqlmodel import Session, col, func
from sqlmodel import select as select_rows

from kiosk.domain.discounts import AppliedDiscount, DiscountState
from kiosk.domain.errors import UnknownOrder
from kiosk.domain.goodies import GoodiePiece, GoodieState
from kiosk.domain.money import Money
from kiosk.domain.orders import Booking, Method, Order, OrderState, Payment, SlotClaim
from kiosk.domain.people import Attendee
from kiosk.store import payment_tables
from kiosk.store.tables import HELD, METADATA, OPEN, ClaimRow, OrderRow
from kiosk.store.upserts import insert_missing
from ledger.ids import derived_id

_ATTENDEES: Final = METADATA.tables["attendee"]
_CLAIMS: Final = METADATA.tables["claim"]
_EVENTS: Final = METADATA.tables["event"]
_ORDERS: Final = METADATA.tables["orders"]
_PAYMENTS: Final = METADATA.tables["payment"]
_DISCOUNTS: Final = METADATA.tables[payment_tables.OrderDiscountRow.__tablename__]
_GOODIES: Final = METADATA.tables["goodie"]
_PIECES: Final = METADATA.tables["goodie_piece"]
_SLOTS: Final = METADATA.tables["slot"]
_CHANGING: Final = ("state", "attempt", "hold_seconds", "held_until", "settled", "revision")


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


_DISCOUNT_COLUMNS: Final = ("code", "amount_minor", "is_limited", "attempt", "asked_at", "state")
_FIND: Final = (
    select(
        _ORDERS,
        *(_EVENTS.c.currency, _ATTENDEES.c.name, _ATTENDEES.c.email),
        *(_DISCOUNTS.c[name].label(f"discount_{name}") for name in _DISCOUNT_COLUMNS),
    )
    .join(_EVENTS, _EVENTS.c.id == _ORDERS.c.event_id)
    .join(_ATTENDEES, _ATTENDEES.c.id == _ORDERS.c.attendee_id)
    .outerjoin(_DISCOUNTS, _DISCOUNTS.c.order_id == _ORDERS.c.id)
    .where(_ORDERS.c.id == bindparam("order_id"))
    .with_for_update(of=_ORDERS)
)
CLAIMS_OF_ORDER: Final = claims_where(_CLAIMS.c.order_id == bindparam("order_id"))
_PAYMENT_OF_ORDER: Final = select(_PAYMENTS).where(_PAYMENTS.c.order_id == bindparam("order_id"))
_PIECES_OF_ORDER: Final = (
    select(_PIECES, _GOODIES.c.key)
    .join(
        _GOODIES,
        (_GOODIES.c.event_id == _PIECES.c.event_id)
        & (_GOODIES.c.number == _PIECES.c.goodie_number),
    )
    .where(_PIECES.c.order_id == bindparam("order_id"))
    .order_by(_PIECES.c.position)
)
_UPDATE_PIECE: Final = (
    update(_PIECES)
    .where(_PIECES.c.order_id == bindparam("of"), _PIECES.c.position == bindparam("at"))
    .values(state=bindparam("new_state"))
)
_INSERT_ORDER: Final = insert(_ORDERS).returning(_ORDERS.c.number)
_UPDATE_ORDER: Final = (
    update(_ORDERS)
    .where(_ORDERS.c.id == bindparam("order_id"), _ORDERS.c.revision == bindparam("seen"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_DELETE_DISCOUNT: Final = delete(_DISCOUNTS).where(_DISCOUNTS.c.order_id == bindparam("order_id"))
_OWNED: Final = (
    select(_SLOTS.c.key)
    .distinct()
    .select_from(_ATTENDEES)
    .join(_CLAIMS, _CLAIMS.c.holder_id == _ATTENDEES.c.id)
    .join(_ORDERS, _ORDERS.c.id == _CLAIMS.c.order_id)
    .join(
        _SLOTS,
        (_SLOTS.c.event_id == _CLAIMS.c.event_id) & (_SLOTS.c.number == _CLAIMS.c.slot_number),
    )
    .where(
        _ATTENDEES.c.email == bindparam("email"),
        _CLAIMS.c.event_id == bindparam("event_id"),
        _ORDERS.c.state == OrderState.PAID,
    )
)
_DELETE_PAYMENT: Final = delete(_PAYMENTS).where(_PAYMENTS.c.order_id == bindparam("order_id"))


def attendee_id(attendee: Attendee) -> int:
    """The row of somebody under this name and address."""
    return derived_id("attendee", attendee.email, attendee.name)


def find(session: Session, order_id: int) -> Order | None:
    """The order, locked against other writers until the unit of work ends."""
    connection = session.connection()
    row = connection.execute(_FIND, {"order_id": order_id}).first()
    if row is None:
        return None
    claims = connection.execute(CLAIMS_OF_ORDER, {"order_id": order_id})
    paid = connection.execute(_PAYMENT_OF_ORDER, {"order_id": order_id}).first()
    pieces = connection.execute(_PIECES_OF_ORDER, {"order_id": order_id}) if row.pieces else ()
    return Order(
        id=row.id,
        number=row.number,
        state=OrderState(row.state),
        attendee=Attendee(row.name, row.email),
        claims=tuple(claim_of(claim) for claim in claims),
        attempt=row.attempt,
        hold_seconds=row.hold_seconds,
        placed_at=row.placed_at,
        held_until=row.held_until,
        settled=row.settled,
        payment=None if paid is None else _payment(paid, row.currency),
        revision=row.revision,
        goodies=tuple(_piece(piece) for piece in pieces),
        discount=None if row.discount_code is None else _discount(row),
    )


def insert_order(session: Session, event_id: int, order: Order) -> Order:
    """Store a new order; it comes back with its number."""
    for person in {order.attendee, *(claim.holder for claim in order.claims)}:
        row = {"id": attendee_id(person), "name": person.name, "email": person.email}
        insert_missing(session, _ATTENDEES, row)
    values = {
        "id": order.id,
        "event_id": event_id,
        "attendee_id": attendee_id(order.attendee),
        "placed_at": order.placed_at,
        "pieces": len(order.goodies),
        **_changing(order),
    }
    connection = session.connection()
    number = connection.execute(_INSERT_ORDER, values).scalar_one()
    places = range(len(order.claims))
    connection.execute(insert(_CLAIMS), [_claim_values(event_id, order, at) for at in places])
    if order.goodies:
        pieces = [_piece_values(event_id, order.id, piece) for piece in order.goodies]
        connection.execute(insert(_PIECES), pieces)
    return replace(order, number=number)


def change(session: Session, order: Order | int, transition: Callable[[Order], Order]) -> Order:
    """Apply a pure transition to the stored order; raises `UnknownOrder`, or what it raises.

    An order given whole is only read again if it has changed since it was read.
    """
    if isinstance(order, Order):
        after = _write(session, order, transition)
        if after is not None:
            return after
        order = order.id
    before = find(session, order)
    if before is None:
        raise UnknownOrder(order)
    after = _write(session, before, transition)
    assert after is not None, "it is locked"
    return after


def _write(session: Session, before: Order, transition: Callable[[Order], Order]) -> Order | None:
    """The order after `transition`, or None if `before` is not what is stored any more."""
    after = transition(before)
    if after == before:
        return before
    after = replace(after, revision=before.revision + 1)
    connection = session.connection()
    values = {f"new_{name}": value for name, value in _changing(after).items()}
    seen = {"order_id": before.id, "seen": before.revision}
    if connection.execute(_UPDATE_ORDER, values | seen).rowcount == 0:
        return None
    changed = [one for one in after.goodies if one not in before.goodies]
    if changed:
        rows = [{"of": before.id, "at": one.position, "new_state": one.state} for one in changed]
        connection.execute(_UPDATE_PIECE, rows)
    if after.payment != before.payment:
        if before.payment is not None:
            connection.execute(_DELETE_PAYMENT, {"order_id": before.id})
        if after.payment is not None:
            connection.execute(insert(_PAYMENTS), _payment_values(before.id, after.payment))
    if after.discount != before.discount:
        assert after.discount is not None, "what was asked for stays on record"
        connection.execute(_DELETE_DISCOUNT, {"order_id": before.id})
        connection.execute(insert(_DISCOUNTS), _discount_values(before.id, after.discount))
    return after


def unfinished(session: Session, event_id: int, now: datetime) -> Sequence[int]:
    """The ids of orders the ledger must be asked about: unsettled ones and holds that are over."""
    of_event = select_rows(OrderRow.id).where(OrderRow.event_id == event_id)
    unsettled = session.exec(of_event.where(OPEN).order_by(col(OrderRow.held_until))).all()
    over = session.exec(
        of_event.where(HELD).where(OrderRow.held_until <= now).order_by(col(OrderRow.held_until))
    ).all()
    # An order that is being paid late is both.
    return list(dict.fromkeys([*unsettled, *over]))


def last_hold_ends(
    session: Session, event_id: int, slot_numbers: Collection[int]
) -> datetime | None:
    """When the last of the present holds on some slots runs out; None if nothing is held."""
    return session.exec(
        select_rows(func.max(OrderRow.held_until))
        .join(ClaimRow, col(ClaimRow.order_id) == OrderRow.id)
        .where(OrderRow.event_id == event_id, col(ClaimRow.slot_number).in_(slot_numbers))
        .where(HELD)
    ).one()


def owned_slots(session: Session, event_id: int, email: str) -> frozenset[str]:
    """The keys of the slots somebody has a paid ticket for, by the holder's address."""
    return frozenset(session.scalars(_OWNED, {"event_id": event_id, "email": email}))


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
    )


def _piece(row: Row[*tuple[object, ...]]) -> GoodiePiece:
    return GoodiePiece(row.position, row.key, row.goodie_number, GoodieState(row.state))


def _piece_values(event_id: int, order_id: int, piece: GoodiePiece) -> dict[str, object]:
    return {
        "order_id": order_id,
        "position": piece.position,
        "event_id": event_id,
        "goodie_number": piece.goodie_number,
        "state": piece.state,
    }


def _changing(order: Order) -> dict[str, object]:
    return {
        "state": order.state,
        "attempt": order.attempt,
        "hold_seconds": order.hold_seconds,
        "held_until": order.held_until,
        "settled": order.settled,
        "revision": order.revision,
    }


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
        "pool_number": claim.pool_number,
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
        "provider": payment.provider,
        "reference": payment.reference,
    }


def _payment(row: Row[*tuple[object, ...]], currency: str) -> Payment:
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


def _discount_values(order_id: int, discount: AppliedDiscount) -> dict[str, object]:
    return {
        "order_id": order_id,
        "code": discount.code,
        "amount_minor": discount.amount.minor,
        "is_limited": discount.is_limited,
        "attempt": discount.attempt,
        "asked_at": discount.asked_at,
        "state": discount.state,
    }


def _discount(row: Row[*tuple[object, ...]]) -> AppliedDiscount:
    return AppliedDiscount(
        code=row.discount_code,
        amount=Money(row.discount_amount_minor, row.currency),
        is_limited=row.discount_is_limited,
        attempt=row.discount_attempt,
        asked_at=row.discount_asked_at,
        state=DiscountState(row.discount_state),
    )
