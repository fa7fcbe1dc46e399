"""What the door needs: claims by what is presented, acceptances, and the steps of claims."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Row, Select, bindparam, select, update
from sqlmodel import Session

from kiosk.domain.admission import ClaimRecord, Reason
from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.entries import History, Standing, Step, StepKind, Wish
from kiosk.domain.events import CodeOfConduct, Event
from kiosk.domain.orders import OrderState
from kiosk.domain.people import Attendee
from kiosk.store import audit
from kiosk.store.order_rows import attendee_id, claim_of, claims_where
from kiosk.store.tables import ASKED, METADATA, StepOutcome
from kiosk.store.upserts import insert_missing

_CLAIMS: Final = METADATA.tables["claim"]
_CONDUCT: Final = METADATA.tables["conduct_acceptance"]
_EVENTS: Final = METADATA.tables["event"]
_ORDERS: Final = METADATA.tables["orders"]
_STEPS: Final = METADATA.tables["door_step"]


def _with_order(condition: ColumnElement[bool]) -> Select[*tuple[object, ...]]:
    query = claims_where(condition).join(_ORDERS, _ORDERS.c.id == _CLAIMS.c.order_id)
    return query.add_columns(_EVENTS.c.name.label("event_name"), _ORDERS.c.state)


_HAS_ID: Final = _CLAIMS.c.id == bindparam("value")
_HAS_NUMBER: Final = _CLAIMS.c.ticket_number == bindparam("value")
_BY_ID: Final = (select(_CLAIMS.c.id).where(_HAS_ID).with_for_update(), _with_order(_HAS_ID))
_BY_NUMBER: Final = (
    select(_CLAIMS.c.id).where(_HAS_NUMBER).with_for_update(),
    _with_order(_HAS_NUMBER),
)
"""How a claim is locked, and how it is read then."""
_ACCEPTED: Final = (
    select(_CONDUCT.c.language)
    .where(_CONDUCT.c.event_id == bindparam("event_id"))
    .where(_CONDUCT.c.attendee_id == bindparam("attendee_id"))
    .where(_CONDUCT.c.digest.in_(bindparam("digests", expanding=True)))
)
_HISTORY: Final = (
    select(_STEPS)
    .where(_STEPS.c.claim_id == bindparam("claim_id"))
    .where(_STEPS.c.outcome != StepOutcome.REFUSED)
    .order_by(_STEPS.c.step, _STEPS.c.asked_at)
)
_TAKEN: Final = (
    select(_STEPS)
    .where(_STEPS.c.claim_id.in_(bindparam("claim_ids", expanding=True)))
    .where(_STEPS.c.outcome == StepOutcome.DONE)
    .order_by(_STEPS.c.step)
)
_UNANSWERED: Final = select(_STEPS).where(ASKED).order_by(_STEPS.c.asked_at)
_IS_WISH: Final = (
    (_STEPS.c.claim_id == bindparam("of"))
    & (_STEPS.c.step == bindparam("number"))
    & (_STEPS.c.nonce == bindparam("by"))
    & (_STEPS.c.terminal_number == bindparam("at"))
)
_ATTEMPT: Final = select(_STEPS.c.attempt).where(_IS_WISH)
_ASK_AGAIN: Final = (
    update(_STEPS)
    .where(_IS_WISH, _STEPS.c.outcome == StepOutcome.REFUSED)
    .values(outcome=StepOutcome.ASKED, attempt=_STEPS.c.attempt + 1)
)
_REQUEST: Final = (_STEPS.c.asked_at, _STEPS.c.staff, _STEPS.c.reason)
_DONE: Final = (
    update(_STEPS)
    .where(_IS_WISH, _STEPS.c.outcome != StepOutcome.DONE)
    .values(outcome=StepOutcome.DONE, kind=bindparam("what"), done_at=bindparam("when"))
    .returning(*_REQUEST)
)
_REFUSED: Final = (
    update(_STEPS)
    .where(_IS_WISH, _STEPS.c.outcome == StepOutcome.ASKED)
    .values(outcome=StepOutcome.REFUSED)
    .returning(*_REQUEST)
)
_ACTIONS: Final = {
    StepKind.ENTER: Action.ADMITTED,
    StepKind.RETURN: Action.ADMITTED,
    StepKind.LEAVE: Action.LET_OUT,
    StepKind.UNDO: Action.ADMISSION_UNDONE,
}
"""What goes on record here; whoever passes a ticket on records that."""


def claim_by_id(session: Session, claim_id: int) -> ClaimRecord | None:
    """The claim a signed ticket names, locked until the unit of work ends."""
    return _claim(session, _BY_ID, claim_id)


def claim_by_number(session: Session, ticket_number: str) -> ClaimRecord | None:
    """The claim a typed ticket number names, locked until the unit of work ends."""
    return _claim(session, _BY_NUMBER, ticket_number)


def has_accepted(session: Session, event: Event, attendee: Attendee) -> bool:
    """Whether somebody accepted the Code of Conduct as it reads now, in any language."""
    values = {
        "event_id": event.id,
        "attendee_id": attendee_id(attendee),
        "digests": [text.digest for text in event.conduct.values()],
    }
    return session.connection().execute(_ACCEPTED, values).first() is not None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Somebody accepts a text, now and here."""

    event_id: int
    attendee: Attendee
    conduct: CodeOfConduct
    accepted_at: datetime
    terminal: int
    staff: str = ""


def accept(session: Session, acceptance: Acceptance) -> None:
    """Record an acceptance; an earlier one of the same text stays."""
    conduct, who = acceptance.conduct, attendee_id(acceptance.attendee)
    values = {
        "event_id": acceptance.event_id,
        "attendee_id": who,
        "digest": conduct.digest,
        "language": conduct.language,
        "accepted_at": acceptance.accepted_at,
        "terminal_number": acceptance.terminal,
    }
    if insert_missing(session, _CONDUCT, values):
        actor = Actor(acceptance.terminal, acceptance.staff)
        detail = f"{conduct.language} {conduct.digest.hex()}"
        entry = AuditEntry(acceptance.accepted_at, actor, Action.CONDUCT_ACCEPTED, who, detail)
        audit.record(session, entry)


def history(session: Session, claim_id: int) -> History:
    """What a claim has been through at the door, and what it is asked for now."""
    rows = session.connection().execute(_HISTORY, {"claim_id": claim_id}).all()
    taken = [_step(row) for row in rows if row.outcome == StepOutcome.DONE]
    asked = tuple(_wish(row) for row in rows if row.outcome == StepOutcome.ASKED)
    return History(Standing.after(taken), asked)


def standings(session: Session, claim_ids: Sequence[int]) -> dict[int, Standing]:
    """What each of these claims has been through at the door."""
    taken: dict[int, list[Step]] = {claim_id: [] for claim_id in claim_ids}
    for row in session.connection().execute(_TAKEN, {"claim_ids": claim_ids}):
        taken[row.claim_id].append(_step(row))
    new = Standing()
    return {of: Standing.after(steps) if steps else new for of, steps in taken.items()}


@dataclass(frozen=True, slots=True)
class Request:
    """When and by whom a step is asked for."""

    at: datetime
    """By the clock of the terminal."""
    staff: str = ""
    reason: str = ""
    """Why an admission is undone."""


def ask(session: Session, wish: Wish, request: Request) -> Wish:
    """Store a wish before the ledger is asked; given up before, it is another attempt."""
    if _insert(session, wish, request):
        return wish
    connection = session.connection()
    connection.execute(_ASK_AGAIN, _key(wish))
    return replace(wish, attempt=connection.execute(_ATTEMPT, _key(wish)).scalar_one())


def done(session: Session, wish: Wish, at: datetime) -> None:
    """Record that the ledger made this wish come true at `at`, whoever made it."""
    values = _key(wish) | {"what": wish.kind, "when": at}
    asked = session.connection().execute(_DONE, values).first()
    # A wish is stored before it comes true: it is missing only where a store was put back.
    if asked is None and _insert(session, wish, Request(at)):
        asked = session.connection().execute(_DONE, values).first()
    if asked is not None and wish.kind in _ACTIONS:
        actor = Actor(wish.terminal, asked.staff)
        entry = AuditEntry(asked.asked_at, actor, _ACTIONS[wish.kind], wish.claim_id, asked.reason)
        audit.record(session, entry)


def refused(session: Session, wish: Wish, reason: Reason | None = None) -> None:
    """Record that a wish did not come true; with a reason, that it is why nobody may pass."""
    asked = session.connection().execute(_REFUSED, _key(wish)).first()
    if asked is not None and reason is not None:
        actor = Actor(wish.terminal, asked.staff)
        turn_away(session, wish.claim_id, reason, actor, asked.asked_at)


def turn_away(
    session: Session, claim_id: int | None, reason: Reason, actor: Actor, at: datetime
) -> None:
    """Put on record that the holder of a claim may not pass; None is somebody without one."""
    entry = AuditEntry(at, actor, Action.TURNED_AWAY, claim_id, reason.value)
    audit.record(session, entry)


def unanswered(session: Session) -> list[Wish]:
    """The wishes whose answer was not recorded."""
    return [_wish(row) for row in session.connection().execute(_UNANSWERED)]


def _claim(
    session: Session,
    statements: tuple[Select[*tuple[object, ...]], Select[*tuple[object, ...]]],
    value: int | str,
) -> ClaimRecord | None:
    connection, (lock, query) = session.connection(), statements
    # Whoever changes a claim, or asks for a step of it, knows what the others did before. On
    # SQLite one unit of work locks everything.
    if connection.dialect.name != "sqlite":
        connection.execute(lock, {"value": value})
    row = connection.execute(query, {"value": value}).first()
    if row is None:
        return None
    return ClaimRecord(claim_of(row), row.event_id, row.event_name, OrderState(row.state))


def _insert(session: Session, wish: Wish, request: Request) -> bool:
    """Whether there was no such wish."""
    values = {
        "claim_id": wish.claim_id,
        "step": wish.number,
        "nonce": wish.nonce,
        "terminal_number": wish.terminal,
        "kind": wish.kind,
        "attempt": wish.attempt,
        "staff": request.staff,
        "reason": request.reason,
        "asked_at": request.at,
        "outcome": StepOutcome.ASKED,
    }
    return bool(insert_missing(session, _STEPS, values))


def _key(wish: Wish) -> dict[str, object]:
    return {"of": wish.claim_id, "number": wish.number, "by": wish.nonce, "at": wish.terminal}


def _step(row: Row[*tuple[object, ...]]) -> Step:
    return Step(
        number=row.step,
        kind=StepKind(row.kind),
        nonce=row.nonce,
        terminal=row.terminal_number,
        asked_at=row.asked_at,
        done_at=row.done_at,
    )


def _wish(row: Row[*tuple[object, ...]]) -> Wish:
    return Wish(
        claim_id=row.claim_id,
        number=row.step,
        kind=StepKind(row.kind),
        nonce=row.nonce,
        terminal=row.terminal_number,
        attempt=row.attempt,
    )
