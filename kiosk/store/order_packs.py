"""Packs of tokens that orders buy, in and out of their table."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import BindParameter, Connection, Row, bindparam, func, select, update
from sqlmodel import Session

from kiosk.domain.money import Money
from kiosk.domain.orders import Order, OrderState
from kiosk.domain.packs import OrderedPack
from kiosk.store.pack_tables import METADATA, OrderPackRow

PACKS: Final = METADATA.tables[OrderPackRow.__tablename__]

_ORDERS: Final = METADATA.tables["orders"]
_IDS: Final[BindParameter[object]] = bindparam("ids", expanding=True)
_OF: Final = select(PACKS).where(PACKS.c.order_id.in_(_IDS)).order_by(PACKS.c.position)
_BIND: Final = (
    update(PACKS)
    .where(PACKS.c.order_id == bindparam("of"), PACKS.c.position == bindparam("at"))
    .values(wallet_id=bindparam("new_wallet"), expires_at=bindparam("new_expiry"))
)
_WAITING: Final = (OrderState.PLACED, OrderState.HELD)
_ON_ORDER: Final = (
    select(func.coalesce(func.sum(PACKS.c["count"] * PACKS.c.tokens), 0))
    .join(_ORDERS, _ORDERS.c.id == PACKS.c.order_id)
    .where(_ORDERS.c.event_id == bindparam("event"), _ORDERS.c.state.in_(_WAITING))
    .where(_ORDERS.c.attendee_id == bindparam("attendee"), _ORDERS.c.id != bindparam("but"))
    .where(PACKS.c.token_number == bindparam("token"))
)
_LAST: Final = (
    select(func.max(_ORDERS.c.held_until))
    .join(PACKS, PACKS.c.order_id == _ORDERS.c.id)
    .where(_ORDERS.c.event_id == bindparam("event"), _ORDERS.c.state == OrderState.HELD)
    .where(PACKS.c.token_number == bindparam("token"))
)


def pack_of(row: Row[*tuple[object, ...]], currency: str) -> OrderedPack:
    """The packs in a row."""
    return OrderedPack(
        position=row.position,
        key=row.key,
        token_number=row.token_number,
        count=row._mapping["count"],
        tokens=row.tokens,
        price=Money(row.price_minor, currency),
        wallet=row.wallet_id,
        expires_at=row.expires_at,
    )


def pack_values(event_id: int, order_id: int, pack: OrderedPack) -> dict[str, object]:
    """The row of packs of one kind."""
    return {
        "order_id": order_id,
        "position": pack.position,
        "event_id": event_id,
        "key": pack.key,
        "token_number": pack.token_number,
        "count": pack.count,
        "tokens": pack.tokens,
        "price_minor": pack.price.minor,
        "wallet_id": pack.wallet,
        "expires_at": pack.expires_at,
    }


def rows_of(connection: Connection, order_ids: Sequence[int]) -> Iterable[Row[*tuple[object, ...]]]:
    """What `pack_of` reads, of several orders."""
    return connection.execute(_OF, {"ids": order_ids})


def bind(connection: Connection, changes: Iterable[tuple[Order, Order]]) -> None:
    """Store where tokens go and when they expire, of orders for which that was just decided."""
    bound = [
        {
            "of": after.id,
            "at": pack.position,
            "new_wallet": pack.wallet,
            "new_expiry": pack.expires_at,
        }
        for before, after in changes
        if after.packs is not before.packs
        for pack in after.packs
    ]
    if bound:
        connection.execute(_BIND, bound)


def on_order(session: Session, event_id: int, attendee: int, token_number: int, *, but: int) -> int:
    """How many tokens somebody is buying just now, by other orders than one."""
    values = {"event": event_id, "attendee": attendee, "token": token_number, "but": but}
    found: int = session.connection().execute(_ON_ORDER, values).scalar_one()
    return int(found)


def last_hold_ends(session: Session, event_id: int, token_number: int) -> datetime | None:
    """When the last of the present holds on a kind of token runs out; None if none is held."""
    values = {"event": event_id, "token": token_number}
    ends: datetime | None = session.connection().execute(_LAST, values).scalar_one()
    return ends
