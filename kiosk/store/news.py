"""What a door keeps a copy of, read from the store: everything once, then what has changed."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from sqlalchemy import BindParameter, ColumnElement, Row, Select, bindparam, func, select, text
from sqlmodel import Session

from kiosk.domain.knowledge import (
    ACCEPTED_BYTES,
    KnownClaim,
    KnownHolder,
    News,
    Progress,
    Stay,
)
from kiosk.domain.orders import OrderState
from kiosk.domain.people import Attendee
from kiosk.store import door
from kiosk.store.lane_tables import METADATA, ChangedSubject

CHANGES_MAX: Final = 500
"""So many changes are read at once: their ids stay below what databases take in a statement."""
PAGE_CLAIMS: Final = 1000
"""So many claims are read at once: whoever sells or scans meanwhile hardly waits."""

Rows: TypeAlias = Sequence[Row[*tuple[object, ...]]]

_ATTENDEES: Final = METADATA.tables["attendee"]
_CHANGES: Final = METADATA.tables["door_change"]
_CLAIMS: Final = METADATA.tables["claim"]
_CONDUCT: Final = METADATA.tables["conduct_acceptance"]
_ORDERS: Final = METADATA.tables["orders"]
_TERMINALS: Final = METADATA.tables["terminal"]

_IDS: Final[BindParameter[object]] = bindparam("ids", expanding=True)
_HOLDERS: Final[BindParameter[object]] = bindparam("holders", expanding=True)
_OF_EVENT: Final = _CLAIMS.c.event_id == bindparam("event_id")
_ON_RECORD: Final = (OrderState.PAID, OrderState.REFUNDED)
"""States of orders whose tickets somebody has, or had."""


def _claims(*conditions: ColumnElement[bool]) -> Select[*tuple[object, ...]]:
    return (
        select(
            *(_CLAIMS.c.id, _CLAIMS.c.ticket_number, _CLAIMS.c.version, _CLAIMS.c.slot_number),
            *(_CLAIMS.c.revoked, _CLAIMS.c.note),
            *(_CLAIMS.c.holder_id, _ATTENDEES.c.name, _ATTENDEES.c.email, _ORDERS.c.state),
        )
        .join(_ORDERS, _ORDERS.c.id == _CLAIMS.c.order_id)
        .join(_ATTENDEES, _ATTENDEES.c.id == _CLAIMS.c.holder_id)
        .where(_OF_EVENT, _ORDERS.c.state.in_(_ON_RECORD), *conditions)
    )


_PAGE: Final = (
    _claims(_CLAIMS.c.id > bindparam("after")).order_by(_CLAIMS.c.id).limit(bindparam("count"))
)
_CHANGED: Final = _claims(
    _CLAIMS.c.id.in_(_IDS) | _CLAIMS.c.order_id.in_(_IDS) | _CLAIMS.c.holder_id.in_(_HOLDERS)
)
_ACCEPTED: Final = (
    select(_CONDUCT.c.attendee_id, _CONDUCT.c.digest)
    .where(_CONDUCT.c.event_id == bindparam("event_id"), _CONDUCT.c.attendee_id.in_(_IDS))
    .order_by(_CONDUCT.c.accepted_at)
)
_NAMES: Final = select(_TERMINALS.c.number, _TERMINALS.c.name)
_NEWEST: Final = select(func.coalesce(func.max(_CHANGES.c.number), 0))
_SINCE: Final = (
    select(_CHANGES)
    .where(_CHANGES.c.number > bindparam("since"))
    .order_by(_CHANGES.c.number)
    .limit(CHANGES_MAX)
)


def begin(session: Session) -> Progress:
    """Where a new copy begins: what changes while it is made is read again afterwards."""
    return Progress(_newest(session))


def read(session: Session, event_id: int, progress: Progress) -> News | None:
    """What comes next; None if `progress` is of another history, and the copy has to begin anew."""
    if not progress.is_whole:
        return _page(session, event_id, progress)
    if progress.changes > _newest(session):
        return None
    return _changes(session, event_id, progress)


def _page(session: Session, event_id: int, progress: Progress) -> News:
    values = {"event_id": event_id, "after": progress.claim_id, "count": PAGE_CLAIMS}
    rows = session.connection().execute(_PAGE, values).all()
    is_last = len(rows) < PAGE_CLAIMS
    reached = rows[-1].id if rows else progress.claim_id
    claims = _known(session, event_id, rows)
    return News(claims, Progress(progress.changes, reached, is_last), is_all=False)


def _changes(session: Session, event_id: int, progress: Progress) -> News:
    changes = session.connection().execute(_SINCE, {"since": progress.changes}).all()
    if not changes:
        return News((), progress, is_all=True)
    holders = [one.id for one in changes if one.subject == ChangedSubject.HOLDER]
    ids = [one.id for one in changes if one.subject != ChangedSubject.HOLDER]
    values = {"event_id": event_id, "ids": ids, "holders": holders}
    rows = session.connection().execute(_CHANGED, values).all()
    reached = Progress(changes[-1].number, progress.claim_id, is_whole=True)
    return News(_known(session, event_id, rows), reached, is_all=len(changes) < CHANGES_MAX)


def _newest(session: Session) -> int:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        # A lower number may be committed after a higher one: once this lock is had, all are.
        connection.execute(text("LOCK TABLE door_change IN SHARE MODE"))
    newest: int = connection.execute(_NEWEST).scalar_one()
    return newest


def _known(session: Session, event_id: int, rows: Rows) -> tuple[KnownClaim, ...]:
    connection = session.connection()
    stays = stays_of(session, [row.id for row in rows])
    holders = {"event_id": event_id, "ids": list({row.holder_id for row in rows})}
    accepted = {row.attendee_id: row.digest for row in connection.execute(_ACCEPTED, holders)}
    return tuple(
        KnownClaim(
            id=row.id,
            ticket_number=row.ticket_number,
            version=row.version,
            slot_number=row.slot_number,
            state=OrderState(row.state),
            holder=KnownHolder(
                row.holder_id,
                Attendee(row.name, row.email).half_hidden,
                accepted.get(row.holder_id, b"")[:ACCEPTED_BYTES],
            ),
            revoked=row.revoked,
            note=row.note,
            stay=stays.get(row.id),
        )
        for row in rows
    )


def stays_of(session: Session, claim_ids: Sequence[int]) -> dict[int, Stay]:
    """By claim: what its steps at the door come to, where an entry of it stands."""
    standings = door.standings(session, claim_ids)
    names = {row.number: row.name for row in session.connection().execute(_NAMES)}
    return {
        claim_id: Stay(
            entered_at=entered.asked_at,
            entered_by=names[entered.terminal],
            left_at=left.asked_at if left else None,
            left_by=names[left.terminal] if left else "",
        )
        for claim_id, standing in standings.items()
        if (entered := standing.entered)
        for left in (standing.left,)
    }
