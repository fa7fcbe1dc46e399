"""Tables for spreadsheets, read a page at a time in the order they were made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, literal, select
from sqlalchemy import cast as as_type
from sqlmodel import Session

from kiosk.domain.exports import Table
from kiosk.domain.spreadsheets import Cell
from kiosk.store.claim_tables import METADATA
from kiosk.store.pack_tables import OrderPackRow
from kiosk.store.refund_tables import RefundRow
from kiosk.store.types import Integer64
from kiosk.store.wallet_tables import WalletRow

PAGE: Final = 500
"""Orders, or moves of tokens, read at once: whoever sells meanwhile hardly waits."""

_TABLES: Final = METADATA.tables
_ORDERS, _CLAIMS, _STEPS = (_TABLES[name] for name in ("orders", "claim", "door_step"))
_PAYMENTS, _SETTLEMENTS = _TABLES["payment"], _TABLES["invoice_payment"]
_ASKED, _DISCOUNTS = _TABLES["provider_payment"], _TABLES["order_discount"]
_SLOTS, _TERMINALS = _TABLES["slot"], _TABLES["terminal"]
_REFUNDS = _TABLES[RefundRow.__tablename__]
_MOVES, _TOKENS, _WALLETS = (
    _TABLES["token_move"],
    _TABLES["token"],
    _TABLES[WalletRow.__tablename__],
)
_EVENTS, _PEOPLE, _PACKS = (
    _TABLES["event"],
    _TABLES["attendee"],
    _TABLES[OrderPackRow.__tablename__],
)

_CURRENCY: Final = _EVENTS.c.currency
_NUMBER: Final = _ORDERS.c.number.label("order_number")
_TOTAL: Final = (
    select(func.coalesce(func.sum(_CLAIMS.c.price_minor), 0))
    .where(_CLAIMS.c.order_id == _ORDERS.c.id)
    .scalar_subquery()
)
_PACKS_TOTAL: Final = (
    select(func.coalesce(func.sum(_PACKS.c.price_minor * _PACKS.c.count), 0))
    .where(_PACKS.c.order_id == _ORDERS.c.id)
    .scalar_subquery()
)
_SLOT_OF_CLAIM: Final = (_SLOTS.c.event_id == _CLAIMS.c.event_id) & (
    _SLOTS.c.number == _CLAIMS.c.slot_number
)


def _of_orders(
    *columns: ColumnElement[object] | ColumnElement[str] | ColumnElement[int],
) -> Select[*tuple[object, ...]]:
    """Columns of a window of orders; what else they come from is joined to these."""
    return (
        select(*columns)
        .select_from(_ORDERS)
        .join(_EVENTS, _EVENTS.c.id == _ORDERS.c.event_id)
        .where(_ORDERS.c.event_id == bindparam("event"))
        .where(_ORDERS.c.number > bindparam("after"), _ORDERS.c.number <= bindparam("last"))
    )


_QUERIES: Final[Mapping[Table, Sequence[Select[*tuple[object, ...]]]]] = {
    Table.ORDERS: (
        _of_orders(
            _NUMBER,
            _ORDERS.c.state,
            _PEOPLE.c.name.label("buyer_name"),
            _PEOPLE.c.email.label("buyer_email"),
            as_type(_TOTAL + _PACKS_TOTAL, Integer64).label("total_minor"),
            _DISCOUNTS.c.code.label("discount_code"),
            _DISCOUNTS.c.state.label("discount_state"),
            _DISCOUNTS.c.amount_minor.label("discount_minor"),
            _CURRENCY,
            _ORDERS.c.placed_at.label("placed_utc"),
            _ORDERS.c.held_until.label("held_until_utc"),
        )
        .join(_PEOPLE, _PEOPLE.c.id == _ORDERS.c.attendee_id)
        .outerjoin(_DISCOUNTS, _DISCOUNTS.c.order_id == _ORDERS.c.id)
        .order_by(_ORDERS.c.number),
    ),
    Table.TICKETS: (
        _of_orders(
            _CLAIMS.c.ticket_number,
            _NUMBER,
            _ORDERS.c.state.label("order_state"),
            _SLOTS.c.key.label("slot"),
            _CLAIMS.c.price_minor,
            _CURRENCY,
            _PEOPLE.c.name.label("holder_name"),
            _PEOPLE.c.email.label("holder_email"),
            _CLAIMS.c.version,
            _CLAIMS.c.passed_on,
            _CLAIMS.c.revoked,
            _CLAIMS.c.note,
        )
        .join(_CLAIMS, _CLAIMS.c.order_id == _ORDERS.c.id)
        .join(_PEOPLE, _PEOPLE.c.id == _CLAIMS.c.holder_id)
        .join(_SLOTS, _SLOT_OF_CLAIM)
        .order_by(_ORDERS.c.number, _CLAIMS.c.position),
    ),
    Table.PAYMENTS: (
        _of_orders(
            _NUMBER,
            literal("payment").label("kind"),
            _PAYMENTS.c.method,
            _PAYMENTS.c.provider.label("way"),
            _PAYMENTS.c.reference,
            _PAYMENTS.c.amount_minor,
            _CURRENCY,
            _PAYMENTS.c.taken_by,
            _PAYMENTS.c.taken_at.label("taken_utc"),
            _ORDERS.c.settled.label("is_booked"),
        )
        .join(_PAYMENTS, _PAYMENTS.c.order_id == _ORDERS.c.id)
        .order_by(_ORDERS.c.number),
        _of_orders(
            _NUMBER,
            literal("for an invoice"),
            literal("money"),
            _SETTLEMENTS.c.way,
            _SETTLEMENTS.c.reference,
            _SETTLEMENTS.c.amount_minor,
            _CURRENCY,
            _SETTLEMENTS.c.taken_by,
            _SETTLEMENTS.c.taken_at,
            _SETTLEMENTS.c.settled,
        )
        .join(_SETTLEMENTS, _SETTLEMENTS.c.order_id == _ORDERS.c.id)
        .order_by(_ORDERS.c.number, _SETTLEMENTS.c.taken_at),
        _of_orders(
            _NUMBER,
            literal("bought nothing"),
            literal("provider"),
            _ASKED.c.provider,
            _ASKED.c.reference,
            _ASKED.c.received_minor,
            _CURRENCY,
            literal(""),
            _ASKED.c.opened_at,
            _ASKED.c.settled,
        )
        .join(_ASKED, _ASKED.c.order_id == _ORDERS.c.id)
        .where(_ASKED.c.state == "surplus")
        .order_by(_ORDERS.c.number, _ASKED.c.opened_at),
    ),
    Table.ADMISSIONS: (
        _of_orders(
            _CLAIMS.c.ticket_number,
            _NUMBER,
            _SLOTS.c.key.label("slot"),
            _STEPS.c.step,
            _STEPS.c.kind,
            _STEPS.c.outcome,
            _TERMINALS.c.name.label("terminal"),
            _STEPS.c.staff,
            _STEPS.c.reason,
            _STEPS.c.asked_at.label("asked_utc"),
            _STEPS.c.done_at.label("done_utc"),
        )
        .join(_CLAIMS, _CLAIMS.c.order_id == _ORDERS.c.id)
        .join(_STEPS, _STEPS.c.claim_id == _CLAIMS.c.id)
        .join(_SLOTS, _SLOT_OF_CLAIM)
        .join(_TERMINALS, _TERMINALS.c.number == _STEPS.c.terminal_number)
        .order_by(_ORDERS.c.number, _CLAIMS.c.position, _STEPS.c.step, _STEPS.c.asked_at),
    ),
    Table.REFUNDS: (
        _of_orders(
            _NUMBER,
            _REFUNDS.c.reason,
            _REFUNDS.c.state,
            _REFUNDS.c.amount_minor,
            _CURRENCY,
            _REFUNDS.c.provider.label("way"),
            _REFUNDS.c.since.label("since_utc"),
            _REFUNDS.c.paid_by,
            _REFUNDS.c.done_at.label("done_utc"),
        )
        .join(_REFUNDS, _REFUNDS.c.order_id == _ORDERS.c.id)
        .order_by(_ORDERS.c.number, _REFUNDS.c.since),
    ),
}


def _of_moves() -> Select[*tuple[object, ...]]:
    givers, takers = _PEOPLE.alias("giver"), _PEOPLE.alias("taker")
    sources, goals = _WALLETS.alias("source"), _WALLETS.alias("goal")
    return (
        select(
            _MOVES.c.id,
            _TOKENS.c.key.label("token"),
            _MOVES.c.kind,
            _MOVES.c.state,
            _MOVES.c.amount,
            givers.c.name.label("from_name"),
            givers.c.email.label("from_email"),
            takers.c.name.label("to_name"),
            takers.c.email.label("to_email"),
            _MOVES.c.app.label("spent_at"),
            _NUMBER,
            _MOVES.c.note,
            _MOVES.c.asked_at.label("asked_utc"),
            _MOVES.c.done_at.label("done_utc"),
        )
        .select_from(_MOVES)
        .join(
            _TOKENS,
            (_TOKENS.c.event_id == _MOVES.c.event_id) & (_TOKENS.c.number == _MOVES.c.token_number),
        )
        .outerjoin(sources, sources.c.id == _MOVES.c.sender_id)
        .outerjoin(givers, givers.c.id == sources.c.attendee_id)
        .outerjoin(goals, goals.c.id == _MOVES.c.receiver_id)
        .outerjoin(takers, takers.c.id == goals.c.attendee_id)
        .outerjoin(_ORDERS, _ORDERS.c.id == _MOVES.c.order_id)
        .where(_MOVES.c.event_id == bindparam("event"))
        .where(_MOVES.c.id > bindparam("after", type_=_MOVES.c.id.type))
        .order_by(_MOVES.c.id)
        .limit(PAGE)
    )


_TOKEN_MOVES: Final = _of_moves()
_LAST: Final = select(func.coalesce(func.max(_ORDERS.c.number), 0)).where(
    _ORDERS.c.event_id == bindparam("event")
)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a table, and after what the next ones come; None if these are the last."""

    rows: Sequence[Sequence[Cell]]
    after: int | None


def columns(table: Table) -> list[str]:
    """The names of a table's columns."""
    if table is Table.TOKENS:
        return [column.name for column in _TOKEN_MOVES.selected_columns][1:]
    return [column.name for column in _QUERIES[table][0].selected_columns]


def last_order(session: Session, event_id: int) -> int:
    """The highest number of an order there is now, 0 if there is none."""
    number: int = session.execute(_LAST, {"event": event_id}).scalar_one()
    return number


def page(session: Session, event_id: int, table: Table, *, after: int, last: int) -> Page:
    """The next rows of a table, of orders up to the number `last`."""
    connection = session.connection()
    if table is Table.TOKENS:
        rows = connection.execute(_TOKEN_MOVES, {"event": event_id, "after": after}).all()
        following = rows[-1].id if len(rows) == PAGE else None
        return Page([row[1:] for row in _cells(rows)], following)
    upto = min(after + PAGE, last)
    values = {"event": event_id, "after": after, "last": upto}
    found = [row for query in _QUERIES[table] for row in connection.execute(query, values)]
    return Page(_cells(found), upto if upto < last else None)


def _cells(rows: Sequence[Row[*tuple[object, ...]]]) -> Sequence[Sequence[Cell]]:
    # The types of the columns say so.
    return cast("Sequence[Sequence[Cell]]", rows)
