"""Orders with their claims and payment, in and out of the tables.

What a rush of buyers does is done to many orders at once: a statement for each table, not for each
row. Statements are built once: building one takes longer than SQLite takes to execute it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Final, TypeAlias

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    bindparam,
    delete,
    select,
    update,
)
from sqlmodel import Session, col, func
from sqlmodel import select as select_rows

from kiosk.domain.errors import UnknownOrder
from kiosk.domain.goodies import GoodieState
from kiosk.domain.orders import Order, OrderState
from kiosk.domain.people import Attendee
from kiosk.domain.refunds import RefundReason, RefundState
from kiosk.store import order_packs
from kiosk.store.many_rows import insert_missing_rows, insert_rows, update_rows
from kiosk.store.order_packs import PACKS, pack_of, pack_values
from kiosk.store.order_rows import (
    attendee_id,
    claim_of,
    claim_values,
    claims_where,
    discount_of,
    discount_values,
    order_values,
    payment_of,
    payment_values,
    piece_of,
    piece_values,
)
from kiosk.store.payment_tables import OrderDiscountRow
from kiosk.store.refund_tables import RefundRow
from kiosk.store.tables import HELD, METADATA, OPEN, ClaimRow, OrderRow

Changed: TypeAlias = tuple[tuple[str, object], ...]
"""Columns and what they are to hold."""
Change: TypeAlias = tuple[Order, Order]
"""An order as it was, and as it became."""
OneRow: TypeAlias = Row[*tuple[object, ...]]
Rows: TypeAlias = Sequence[OneRow]

_ATTENDEES: Final = METADATA.tables["attendee"]
_CLAIMS: Final = METADATA.tables["claim"]
_EVENTS: Final = METADATA.tables["event"]
_ORDERS: Final = METADATA.tables["orders"]
_PAYMENTS: Final = METADATA.tables["payment"]
_DISCOUNTS: Final = METADATA.tables[OrderDiscountRow.__tablename__]
_GOODIES: Final = METADATA.tables["goodie"]
_PIECES: Final = METADATA.tables["goodie_piece"]
_REFUNDS: Final = METADATA.tables[RefundRow.__tablename__]
_SLOTS: Final = METADATA.tables["slot"]
_CHANGING: Final = ("state", "attempt", "hold_seconds", "held_until", "settled", "asked_provider")
_changing: Final = attrgetter(*_CHANGING)
_after_number: Final = attrgetter(*(one.name for one in fields(Order)[2:]))
_IDS: Final[BindParameter[object]] = bindparam("ids", expanding=True)

_FIND: Final = (
    select(
        _ORDERS,
        *(_EVENTS.c.currency, _ATTENDEES.c.name, _ATTENDEES.c.email),
    )
    .join(_EVENTS, _EVENTS.c.id == _ORDERS.c.event_id)
    .join(_ATTENDEES, _ATTENDEES.c.id == _ORDERS.c.attendee_id)
    .where(_ORDERS.c.id.in_(_IDS))
    # In one order, so that terminals which lock several never wait for each other in a circle.
    .order_by(_ORDERS.c.id)
    .with_for_update(of=_ORDERS)
)
_FIND_CLAIMS: Final = claims_where(_CLAIMS.c.order_id.in_(_IDS))
# What changes with an order is read once it is locked: PostgreSQL has what is joined to a row from
# before it waited for the lock.
_FIND_DISCOUNTS: Final = select(_DISCOUNTS).where(_DISCOUNTS.c.order_id.in_(_IDS))
_FIND_PAYMENTS: Final = select(_PAYMENTS).where(_PAYMENTS.c.order_id.in_(_IDS))
_FIND_PIECES: Final = (
    select(_PIECES, _GOODIES.c.key)
    .join(
        _GOODIES,
        (_GOODIES.c.event_id == _PIECES.c.event_id)
        & (_GOODIES.c.number == _PIECES.c.goodie_number),
    )
    .where(_PIECES.c.order_id.in_(_IDS))
    .order_by(_PIECES.c.position)
)
_UPDATE_PIECES: Final = (
    update(_PIECES)
    .where(_PIECES.c.order_id.in_(_IDS), _PIECES.c.position == bindparam("at"))
    .values(state=bindparam("new_state"))
)
_DELETE_PAYMENTS: Final = delete(_PAYMENTS).where(_PAYMENTS.c.order_id.in_(_IDS))
_DELETE_DISCOUNTS: Final = delete(_DISCOUNTS).where(_DISCOUNTS.c.order_id.in_(_IDS))
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
        _CLAIMS.c.revoked == "",
        _ORDERS.c.state == OrderState.PAID,
        ~select(_REFUNDS.c.id)
        .where(_REFUNDS.c.order_id == _ORDERS.c.id)
        .where(_REFUNDS.c.reason == RefundReason.RETURNED, _REFUNDS.c.state == RefundState.ASKED)
        .exists(),
    )
)


def find(session: Session, order_id: int) -> Order | None:
    """The order, locked against other writers until the unit of work ends."""
    [found] = find_all(session.connection(), [order_id])
    return found


def get(session: Session, order_id: int) -> Order:
    """The order, locked as `find` does; raises `UnknownOrder`."""
    order = find(session, order_id)
    if order is None:
        raise UnknownOrder(order_id)
    return order


def id_of_number(session: Session, event_id: int, number: int) -> int | None:
    """The id of the order that people know by this number."""
    of_event = select_rows(OrderRow.id).where(OrderRow.event_id == event_id)
    return session.exec(of_event.where(OrderRow.number == number)).first()


def find_all(connection: Connection, order_ids: Sequence[int]) -> list[Order | None]:
    """Each order, locked against other writers until the unit of work ends."""
    ids = {"ids": order_ids}
    found = {row.id: row for row in connection.execute(_FIND, ids)}
    claims = _by_order(connection.execute(_FIND_CLAIMS, ids))
    payments = {row.order_id: row for row in connection.execute(_FIND_PAYMENTS, ids)}
    discounts = {row.order_id: row for row in connection.execute(_FIND_DISCOUNTS, ids)}
    with_pieces = [row.id for row in found.values() if row.pieces]
    pieces = _by_order(
        connection.execute(_FIND_PIECES, {"ids": with_pieces}) if with_pieces else ()
    )
    with_packs = [row.id for row in found.values() if row.packs]
    packs = _by_order(order_packs.rows_of(connection, with_packs) if with_packs else ())
    return [
        _order(
            found[id_],
            (claims[id_], pieces[id_], packs[id_]),
            (payments.get(id_), discounts.get(id_)),
        )
        if id_ in found
        else None
        for id_ in order_ids
    ]


def insert_all(connection: Connection, new: Sequence[tuple[int, Order]]) -> list[Order | None]:
    """Store new orders, each of the event of that id.

    They come back with their numbers; None for one whose id is stored already.
    """
    asked: dict[int, tuple[int, Order]] = {}
    for event_id, order in new:
        # Of two that are the same at once, the first is stored.
        asked.setdefault(order.id, (event_id, order))
    ids: dict[Attendee, int] = {}
    for _, order in asked.values():
        for person in (order.attendee, *(claim.holder for claim in order.claims)):
            if person not in ids:
                ids[person] = attendee_id(person)
    people = [{"id": id_, "name": one.name, "email": one.email} for one, id_ in ids.items()]
    # In one order, so that terminals which insert several never wait for each other in a circle.
    insert_missing_rows(connection, _ATTENDEES, sorted(people, key=itemgetter("id")))
    values = [order_values(of, order, ids[order.attendee]) for of, order in asked.values()]
    inserted = insert_missing_rows(connection, _ORDERS, values, (_ORDERS.c.id, _ORDERS.c.number))
    numbers: dict[int, int] = dict(inserted)
    claims, pieces, packs = [], [], []
    for event_id, order in map(asked.__getitem__, numbers):
        for position, claim in enumerate(order.claims):
            claims.append(claim_values(event_id, order, position, ids[claim.holder]))
        pieces += [piece_values(event_id, order.id, piece) for piece in order.goodies]
        packs += [pack_values(event_id, order.id, pack) for pack in order.packs]
    insert_rows(connection, _CLAIMS, claims)
    insert_rows(connection, _PIECES, pieces)
    insert_rows(connection, PACKS, packs)
    return [
        _numbered(order, numbers[order.id])
        if order.id in numbers and order is asked[order.id][1]
        else None
        for _, order in new
    ]


def write_all(connection: Connection, changes: Sequence[Change]) -> list[bool]:
    """Store orders as they became, if they still are what they were; whether each was stored.

    What an order became has a later revision. Changes that follow one another are stored at once.
    """
    written: set[int] = set()
    for turn in _in_turns(changes):
        whole = {id_: (steps[0][0], steps[-1][1]) for id_, steps in turn.items()}
        ids = _update_orders(connection, whole.values())
        _write_parts(connection, [whole[order_id] for order_id in ids])
        written.update(id(after) for order_id in ids for _, after in turn[order_id])
    return [id(after) in written for _, after in changes]


def change(session: Session, order: Order | int, transition: Callable[[Order], Order]) -> Order:
    """Apply a pure transition to the stored order; raises `UnknownOrder`, or what it raises.

    An order given whole is only read again if it has changed since it was read.
    """
    if isinstance(order, Order):
        if written := _write(session, order, transition):
            return written
        order = order.id
    before = get(session, order)
    written = _write(session, before, transition)
    assert written is not None, "it is locked"
    return written


def _write(session: Session, before: Order, transition: Callable[[Order], Order]) -> Order | None:
    after = transition(before)
    if after is before:
        return before
    return after if write_all(session.connection(), [(before, after)]) == [True] else None


def _order(
    row: OneRow, several: tuple[Rows, Rows, Rows], parts: tuple[OneRow | None, OneRow | None]
) -> Order:
    (claims, pieces, packs), (paid, discount) = several, parts
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
        asked_provider=row.asked_provider,
        payment=None if paid is None else payment_of(paid, row.currency),
        revision=row.revision,
        goodies=tuple(piece_of(piece) for piece in pieces),
        discount=None if discount is None else discount_of(discount, row.currency),
        packs=tuple(pack_of(pack, row.currency) for pack in packs),
    )


def _numbered(order: Order, number: int) -> Order:
    # What `replace` does, in a third of the time.
    return Order(*(order.id, number, *_after_number(order)))


def _by_order(rows: Iterable[OneRow]) -> Mapping[int, Rows]:
    found = defaultdict[int, list[OneRow]](list)
    for row in rows:
        found[row.order_id].append(row)
    return found


def _changed(before: Order, after: Order) -> Changed:
    values = zip(_CHANGING, _changing(before), _changing(after), strict=True)
    # What did not change is the same object: to compare it would take longer.
    return tuple([(name, value) for name, was, value in values if value is not was])


def _in_turns(changes: Iterable[Change]) -> Iterable[dict[int, list[Change]]]:
    """The changes by order, those that follow one another together; what else is asked for of
    the same order has a later turn."""
    turns: list[dict[int, list[Change]]] = []
    for change in changes:
        before = change[0]
        for turn in turns:
            steps = turn.setdefault(before.id, [])
            if not steps or steps[-1][1] is before:
                steps.append(change)
                break
        else:
            turns.append({before.id: [change]})
    return turns


def _update_orders(connection: Connection, changes: Iterable[Change]) -> set[int]:
    # Orders that change alike share a statement: in a rush, all of them do.
    alike = defaultdict[tuple[int, int, Changed], list[int]](list)
    for before, after in changes:
        alike[before.revision, after.revision, _changed(before, after)].append(before.id)
    updated: set[int] = set()
    for (seen, revision, changed), ids in alike.items():
        new = dict(changed, revision=revision)
        updated.update(update_rows(connection, _ORDERS.c.id, ids, {"revision": seen}, new))
    return updated


def _write_parts(connection: Connection, changes: Sequence[Change]) -> None:
    """The payments, discounts, goodies and packs of orders that were written."""
    paying = [one for one in changes if one[1].payment is not one[0].payment]
    if gone := [before.id for before, _ in paying if before.payment]:
        connection.execute(_DELETE_PAYMENTS, {"ids": gone})
    paid = [payment_values(after.id, after.payment) for _, after in paying if after.payment]
    insert_rows(connection, _PAYMENTS, paid)
    asking = [one for one in changes if one[1].discount is not one[0].discount]
    if gone := [before.id for before, _ in asking if before.discount]:
        connection.execute(_DELETE_DISCOUNTS, {"ids": gone})
    asked = [discount_values(after.id, after.discount) for _, after in asking if after.discount]
    insert_rows(connection, _DISCOUNTS, asked)
    moved = defaultdict[tuple[int, GoodieState], list[int]](list)
    for before, after in changes:
        for piece in after.goodies:
            if piece not in before.goodies:
                moved[piece.position, piece.state].append(after.id)
    for (position, state), ids in moved.items():
        connection.execute(_UPDATE_PIECES, {"ids": ids, "at": position, "new_state": state})
    order_packs.bind(connection, changes)


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
    """The keys of the slots somebody has a paid ticket for, by the holder's address.

    One that is being refunded just now counts no more.
    """
    return frozenset(session.scalars(_OWNED, {"event_id": event_id, "email": email}))
