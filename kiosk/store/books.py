"""What the store says of orders, tickets and tokens, to be compared with the ledger."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BindParameter, bindparam, func, select
from sqlmodel import Session

from kiosk.domain.invoices import invoice
from kiosk.domain.orders import Method, OrderState
from kiosk.domain.refunds import RefundState
from kiosk.store import orders, refunds
from kiosk.store.orders import Rows
from kiosk.store.schema import OPEN
from kiosk.store.wallet_tables import METADATA

PAGE: Final = 500
"""Orders read at once."""

_CLAIMS: Final = METADATA.tables["claim"]
_MOVES: Final = METADATA.tables["token_move"]
_ORDERS: Final = METADATA.tables["orders"]
_PAYMENTS: Final = METADATA.tables["payment"]
_REFUNDS: Final = METADATA.tables["refund"]
_SETTLEMENTS: Final = METADATA.tables["invoice_payment"]
_WALLETS: Final = METADATA.tables["wallet"]
_IDS: Final[BindParameter[object]] = bindparam("ids", expanding=True)

_PAGE: Final = (
    select(_ORDERS.c.id, _ORDERS.c.number, _ORDERS.c.state, _ORDERS.c.settled)
    .where(_ORDERS.c.event_id == bindparam("event"), _ORDERS.c.number > bindparam("after"))
    .order_by(_ORDERS.c.number)
    .limit(PAGE)
)
_PLACES: Final = (
    select(_CLAIMS.c.order_id, _CLAIMS.c.slot_number, func.count().label("tickets"))
    .where(_CLAIMS.c.order_id.in_(_IDS))
    .group_by(_CLAIMS.c.order_id, _CLAIMS.c.slot_number)
)
_PAID: Final = select(_PAYMENTS.c.order_id, _PAYMENTS.c.method).where(
    _PAYMENTS.c.order_id.in_(_IDS)
)
_BACK: Final = select(_REFUNDS.c.order_id, _REFUNDS.c.state, _REFUNDS.c.amount_minor).where(
    _REFUNDS.c.order_id.in_(_IDS)
)
_ARRIVING: Final = select(_SETTLEMENTS.c.order_id).where(_SETTLEMENTS.c.order_id.in_(_IDS), OPEN)
_WALLETS_OF_EVENT: Final = select(_WALLETS.c.id).where(
    _WALLETS.c.event_id == bindparam("event"), _WALLETS.c.id.in_(_IDS)
)
_MOVES_OF_EVENT: Final = select(_MOVES.c.id).where(
    _MOVES.c.event_id == bindparam("event"), _MOVES.c.id.in_(_IDS)
)


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What the store says of one order. Amounts are in the smallest unit of the currency."""

    id: int
    number: int
    is_moving: bool
    """Whether the ledger may know more or less of it than the store, just now."""
    has_money: bool
    """Whether any money was ever taken, or promised, for it."""
    due: int
    """What is to go back to its customer."""
    owed: int | None
    """What is still owed on its invoice; None if it has none."""
    issued: Mapping[int, int]
    """Tickets it has, by the number of the slot; of one that moves, what it may have."""


def page(session: Session, event_id: int, after: int) -> list[OrderFacts]:
    """The next orders with a number above `after`."""
    rows = session.connection().execute(_PAGE, {"event": event_id, "after": after}).all()
    return _facts(session, rows)


def wallets_of(session: Session, event_id: int, ids: Collection[int]) -> set[int]:
    """Which of these are wallets of an event: others may use the same ledger of tokens."""
    return set(session.scalars(_WALLETS_OF_EVENT, {"event": event_id, "ids": ids}))


def moves_of(session: Session, event_id: int, ids: Collection[int]) -> set[int]:
    """Which of these are moves of tokens of an event."""
    return set(session.scalars(_MOVES_OF_EVENT, {"event": event_id, "ids": ids}))


def _facts(session: Session, rows: Rows) -> list[OrderFacts]:
    ids, connection = {"ids": [row.id for row in rows]}, session.connection()
    methods = {row.order_id: row.method for row in connection.execute(_PAID, ids)}
    moving = {row.id for row in rows if not row.settled}
    moving.update(connection.execute(_ARRIVING, ids).scalars())
    due, with_refunds = Counter[int](), set[int]()
    for back in connection.execute(_BACK, ids):
        with_refunds.add(back.order_id)
        if back.state == RefundState.ASKED:
            moving.add(back.order_id)
        elif back.state == RefundState.DUE:
            due[back.order_id] += back.amount_minor
    sold = [row.id for row in rows if row.state == OrderState.PAID or row.id in moving]
    issued = _issued(session, sold)
    invoiced = [
        row.id
        for row in rows
        if row.state == OrderState.PAID and methods.get(row.id) == Method.INVOICE
    ]
    owed = _owed(session, invoiced)
    return [
        OrderFacts(
            id=row.id,
            number=row.number,
            is_moving=row.id in moving,
            has_money=row.id in methods or row.id in with_refunds,
            due=due[row.id],
            owed=owed.get(row.id),
            issued=issued[row.id],
        )
        for row in rows
    ]


def _issued(session: Session, ids: Sequence[int]) -> Mapping[int, Mapping[int, int]]:
    """Tickets by order, and by the number of their slot."""
    found = defaultdict[int, dict[int, int]](dict)
    for row in session.connection().execute(_PLACES, {"ids": ids}) if ids else ():
        found[row.order_id][row.slot_number] = row.tickets
    return found


def _owed(session: Session, ids: Sequence[int]) -> Mapping[int, int]:
    """What is still owed on invoices, by order."""
    return {
        order.id: invoice(order, refunds.payments_of(session, order.id)).outstanding.minor
        for order in (orders.find_all(session.connection(), ids) if ids else ())
        if order is not None
    }
