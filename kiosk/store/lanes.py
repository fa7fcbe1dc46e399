"""What lanes tell the store when they come back: acceptances, and conflicts for people to see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Row, bindparam, func, select, update
from sqlmodel import Session

from kiosk.domain.admission import Reason
from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.codes import format_number
from kiosk.domain.knowledge import Stay
from kiosk.domain.lane import Conflict, QueuedScan
from kiosk.domain.people import Attendee
from kiosk.store import audit
from kiosk.store.lane_tables import METADATA, UNREAD
from kiosk.store.news import stays_of
from kiosk.store.pairings import require_paired
from kiosk.store.upserts import insert_missing

CONFLICTS_MAX: Final = 500
"""So many are shown: nobody reads more."""

_ATTENDEES: Final = METADATA.tables["attendee"]
_CLAIMS: Final = METADATA.tables["claim"]
_CONDUCT: Final = METADATA.tables["conduct_acceptance"]
_CONFLICTS: Final = METADATA.tables["lane_conflict"]
_SLOTS: Final = METADATA.tables["slot"]
_TERMINALS: Final = METADATA.tables["terminal"]

_HOLDERS: Final = select(_CLAIMS.c.id, _CLAIMS.c.holder_id).where(
    _CLAIMS.c.id.in_(bindparam("ids", expanding=True))
)
_KNOWN: Final = select(_ATTENDEES.c.id).where(_ATTENDEES.c.id.in_(bindparam("ids", expanding=True)))
_OF_EVENT: Final = _CONFLICTS.c.event_id == bindparam("event_id")
_COUNT: Final = select(func.count()).select_from(_CONFLICTS).where(_OF_EVENT, UNREAD)
_FIND: Final = (
    select(
        _CONFLICTS,
        *(_TERMINALS.c.name.label("terminal"), _CLAIMS.c.ticket_number),
        *(_SLOTS.c.key.label("slot_key"), _ATTENDEES.c.name, _ATTENDEES.c.email),
    )
    .join(_TERMINALS, _TERMINALS.c.number == _CONFLICTS.c.terminal_number)
    .outerjoin(_CLAIMS, _CLAIMS.c.id == _CONFLICTS.c.claim_id)
    .outerjoin(
        _SLOTS,
        (_SLOTS.c.event_id == _CLAIMS.c.event_id) & (_SLOTS.c.number == _CLAIMS.c.slot_number),
    )
    .outerjoin(_ATTENDEES, _ATTENDEES.c.id == _CLAIMS.c.holder_id)
    .where(_OF_EVENT)
    .order_by(_CONFLICTS.c.acknowledged_at.is_not(None), _CONFLICTS.c.scanned_at.desc())
    .limit(CONFLICTS_MAX)
)


@dataclass(frozen=True, slots=True)
class Lane:
    """Which terminal tells, of which event."""

    terminal_number: int
    event_id: int


@dataclass(frozen=True, slots=True)
class Found:
    """A scan of the queue that ledger and store, once they answered, refused."""

    queued: QueuedScan
    reason: Reason


def accept(session: Session, lane: Lane, scans: Sequence[QueuedScan]) -> None:
    """Record the acceptances that came with `scans`; earlier ones of the same text stay."""
    accepting = [(one, one.conduct) for one in scans if one.conduct]
    if not accepting:
        return
    connection = session.connection()
    unknown = [one.claim_id for one, conduct in accepting if conduct.holder_id is None]
    holders: Mapping[int, int] = {
        row.id: row.holder_id for row in connection.execute(_HOLDERS, {"ids": unknown})
    }
    by = [conduct.holder_id or holders.get(one.claim_id, 0) for one, conduct in accepting]
    # A store that was restored from long ago may not know them: no reason to keep the others.
    known = set(connection.execute(_KNOWN, {"ids": by}).scalars())
    entries: dict[tuple[int, bytes], AuditEntry] = {}
    rows = []
    for holder_id, (one, conduct) in zip(by, accepting, strict=True):
        key = (holder_id, conduct.digest)
        if holder_id not in known or key in entries:
            continue
        rows.append(
            {
                "event_id": lane.event_id,
                "attendee_id": holder_id,
                "digest": conduct.digest,
                "language": conduct.language,
                "accepted_at": one.at,
                "terminal_number": lane.terminal_number,
            }
        )
        entries[key] = _entry(lane, one, Action.CONDUCT_ACCEPTED, holder_id, conduct.detail)
    if rows:
        fresh = insert_missing(session, _CONDUCT, rows)
        audit.record(session, *(entries[row.attendee_id, row.digest] for row in fresh))


def turn_away(session: Session, lane: Lane, scans: Sequence[QueuedScan]) -> None:
    """Put on record who could not pass; told again after a crash, it is on record twice."""
    audit.record(
        session,
        *(
            _entry(lane, one, Action.TURNED_AWAY, one.claim_id or None, one.turned_away)
            for one in scans
            if one.turned_away
        ),
    )


def report(session: Session, lane: Lane, found: Sequence[Found], at: datetime) -> None:
    """Store conflicts, each once, with what else happened to the same tickets."""
    if not found:
        return
    stays = stays_of(session, [one.queued.claim_id for one in found])
    rows = [
        {
            "terminal_number": lane.terminal_number,
            "nonce": one.queued.scan.nonce,
            "event_id": lane.event_id,
            "claim_id": one.queued.claim_id,
            "reason": one.reason,
            "staff": one.queued.scan.staff,
            "scanned_at": one.queued.at,
            "found_at": at,
            **_other(stays.get(one.queued.claim_id)),
            "acknowledged_by": "",
            "acknowledged_at": None,
        }
        for one in found
    ]
    fresh = {row.nonce for row in insert_missing(session, _CONFLICTS, rows)}
    audit.record(
        session,
        *(
            replace(
                _entry(lane, one.queued, Action.CONFLICT_FOUND, one.queued.claim_id, one.reason),
                at=at,
            )
            for one in found
            if one.queued.scan.nonce in fresh
        ),
    )


def count(session: Session, event_id: int) -> int:
    """How many conflicts nobody has acknowledged."""
    found: int = session.connection().execute(_COUNT, {"event_id": event_id}).scalar_one()
    return found


def conflicts(session: Session, event_id: int) -> list[Conflict]:
    """Those that nobody has acknowledged first, and the newest of them first."""
    return [_conflict(row) for row in session.connection().execute(_FIND, {"event_id": event_id})]


def acknowledge(session: Session, lane: Lane, conflict: Conflict, by: str, at: datetime) -> None:
    """Record that somebody at `lane` has seen to it, unless somebody had; raises `NotPaired`."""
    require_paired(session, lane.terminal_number)
    statement = update(_CONFLICTS).where(*_is(conflict), UNREAD).returning(_CONFLICTS.c.claim_id)
    seen = statement.values(acknowledged_by=by, acknowledged_at=at)
    claim_id = session.connection().execute(seen).scalar()
    if claim_id is not None:
        detail = f"{conflict.reason}, let pass by {conflict.terminal}"
        actor = Actor(lane.terminal_number, by)
        action = Action.CONFLICT_ACKNOWLEDGED
        audit.record(session, AuditEntry(at, actor, action, claim_id, detail))


def _entry(
    lane: Lane, queued: QueuedScan, action: Action, subject: int | None, detail: str
) -> AuditEntry:
    actor = Actor(lane.terminal_number, queued.scan.staff)
    return AuditEntry(queued.at, actor, action, subject, detail)


def _other(stay: Stay | None) -> dict[str, object]:
    """Who else let somebody in on the ticket, by the clock of that terminal."""
    if stay is None:
        return {"other_at": None, "other_terminal": ""}
    return {"other_at": stay.entered_at, "other_terminal": stay.entered_by}


def _is(conflict: Conflict) -> tuple[ColumnElement[bool], ...]:
    number = select(_TERMINALS.c.number).where(_TERMINALS.c.name == conflict.terminal)
    return (
        _CONFLICTS.c.terminal_number == number.scalar_subquery(),
        _CONFLICTS.c.nonce == conflict.nonce,
    )


def _conflict(row: Row[*tuple[object, ...]]) -> Conflict:
    known = row.ticket_number is not None
    return Conflict(
        nonce=row.nonce,
        terminal=row.terminal,
        scanned_at=row.scanned_at,
        reason=Reason(row.reason),
        found_at=row.found_at,
        staff=row.staff,
        ticket_number=format_number(row.ticket_number) if known else None,
        holder=Attendee(row.name, row.email) if known else None,
        slot_key=row.slot_key,
        other_at=row.other_at,
        other_terminal=row.other_terminal or None,
        acknowledged_by=row.acknowledged_by,
    )
