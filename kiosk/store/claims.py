"""All that is on record about tickets, whatever tables it is in."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BindParameter, Row, bindparam, func, select
from sqlmodel import Session

from kiosk.domain.admission import ClaimRecord
from kiosk.domain.claims import FoundClaim, last_passage
from kiosk.domain.entries import Standing
from kiosk.domain.goodies import GoodieState
from kiosk.domain.orders import OrderState
from kiosk.store import door
from kiosk.store.claim_tables import METADATA, HandOutOutcome
from kiosk.store.order_rows import claim_of, claims_where

_CLAIMS: Final = METADATA.tables["claim"]
_EVENTS: Final = METADATA.tables["event"]
_FORMER: Final = METADATA.tables["former_ticket"]
_HAND_OUTS: Final = METADATA.tables["hand_out"]
_ORDERS: Final = METADATA.tables["orders"]
_PIECES: Final = METADATA.tables["goodie_piece"]
_TERMINALS: Final = METADATA.tables["terminal"]
_UNDOS: Final = METADATA.tables["hand_out_undo"]
_IDS: Final[BindParameter[object]] = bindparam("ids", expanding=True)
_WITH_ORDER: Final = (
    claims_where(_CLAIMS.c.id.in_(_IDS))
    .join(_ORDERS, _ORDERS.c.id == _CLAIMS.c.order_id)
    .add_columns(
        _EVENTS.c.name.label("event_name"), _ORDERS.c.state, _ORDERS.c.number.label("order_number")
    )
)
_SIBLINGS: Final = (
    select(_CLAIMS.c.id, _CLAIMS.c.order_id)
    .where(
        _CLAIMS.c.order_id.in_(_IDS),
        _CLAIMS.c.passed_on == False,  # noqa: E712  a column, which `not` cannot ask
        _CLAIMS.c.revoked == "",
    )
    .order_by(_CLAIMS.c.position)
)
_WAITING: Final = (
    select(_PIECES.c.order_id, func.count().label("pieces"))
    .where(_PIECES.c.order_id.in_(_IDS), _PIECES.c.state == GoodieState.GRANTED)
    .where(
        ~select(_HAND_OUTS.c.nonce)
        .where(
            _HAND_OUTS.c.order_id == _PIECES.c.order_id,
            _HAND_OUTS.c.position == _PIECES.c.position,
            _HAND_OUTS.c.outcome == HandOutOutcome.HANDED,
            ~select(_UNDOS.c.attempt)
            .where(
                _UNDOS.c.order_id == _HAND_OUTS.c.order_id,
                _UNDOS.c.position == _HAND_OUTS.c.position,
                _UNDOS.c.attempt == _HAND_OUTS.c.attempt,
                _UNDOS.c.done_at.is_not(None),
            )
            .exists(),
        )
        .exists()
    )
    .group_by(_PIECES.c.order_id)
)
_FORMER_BY_NUMBER: Final = select(_FORMER).where(_FORMER.c.ticket_number == bindparam("number"))


@dataclass(frozen=True, slots=True)
class FormerTicket:
    """A ticket that a newer one replaced."""

    claim_id: int
    version: int


def former(session: Session, ticket_number: str) -> FormerTicket | None:
    """The replaced ticket that had this number."""
    row = session.connection().execute(_FORMER_BY_NUMBER, {"number": ticket_number}).first()
    return FormerTicket(row.claim_id, row.version) if row else None


def siblings(session: Session, order_id: int) -> list[int]:
    """The claims of an order that are the buyer's still and were not revoked."""
    rows = session.connection().execute(_SIBLINGS, {"ids": [order_id]})
    return [row.id for row in rows]


def facts(session: Session, claim_ids: Sequence[int]) -> list[FoundClaim]:
    """All that is on record about some claims, in their order; not of those that there are not."""
    connection = session.connection()
    rows = {row.id: row for row in connection.execute(_WITH_ORDER, {"ids": claim_ids})}
    order_ids = list({row.order_id for row in rows.values()})
    by_order = defaultdict[int, list[int]](list)
    for row in connection.execute(_SIBLINGS, {"ids": order_ids}):
        by_order[row.order_id].append(row.id)
    of_orders = {one for several in by_order.values() for one in several}
    standing = door.standings(session, [*(rows.keys() | of_orders)])
    pieces = connection.execute(_WAITING, {"ids": order_ids})
    waiting = {row.order_id: row.pieces for row in pieces}
    names = _names(session, [standing[one] for one in rows])
    return [
        _found(
            rows[one],
            standing[one],
            names,
            # Who was passed a ticket did not come with the buyer.
            companions=0
            if rows[one].passed_on
            else sum(
                other != one and not standing[other].is_redeemed
                for other in by_order[rows[one].order_id]
            ),
            goodies=waiting.get(rows[one].order_id, 0),
        )
        for one in claim_ids
        if one in rows
    ]


def _found(
    row: Row[*tuple[object, ...]],
    standing: Standing,
    names: dict[int, str],
    *,
    companions: int,
    goodies: int,
) -> FoundClaim:
    passed = last_passage(standing)
    return FoundClaim(
        record=ClaimRecord(claim_of(row), row.event_id, row.event_name, OrderState(row.state)),
        order_id=row.order_id,
        order_number=row.order_number,
        standing=standing,
        terminal=names[passed.terminal] if passed else "",
        companions=companions,
        goodies=goodies,
    )


def _names(session: Session, standings: Sequence[Standing]) -> dict[int, str]:
    passed = [last_passage(one) for one in standings]
    numbers = {one.terminal for one in passed if one}
    query = select(_TERMINALS.c.number, _TERMINALS.c.name).where(_TERMINALS.c.number.in_(numbers))
    return {row.number: row.name for row in session.connection().execute(query)}
