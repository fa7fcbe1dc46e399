"""What the door needs: claims by what is presented, acceptances, and the wishes to admit."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select, update

from kiosk.domain.admission import ClaimRecord
from kiosk.domain.events import CodeOfConduct, Event
from kiosk.domain.orders import OrderState
from kiosk.domain.people import Attendee
from kiosk.store.orders import attendee_id, claims
from kiosk.store.tables import (
    ASKED,
    AdmissionOutcome,
    AdmissionRow,
    ClaimRow,
    ConductRow,
    EventRow,
    OrderRow,
)
from kiosk.store.upserts import insert_missing


@dataclass(frozen=True, slots=True)
class Wish:
    """One scan that should admit the holder of a claim: stored before the ledger is asked."""

    claim_id: int
    entry: int
    nonce: int
    terminal: int


def claim_by_id(session: Session, claim_id: int) -> ClaimRecord | None:
    """The claim a signed ticket names."""
    return _claim(session, ClaimRow.id == claim_id)


def claim_by_number(session: Session, ticket_number: str) -> ClaimRecord | None:
    """The claim a typed ticket number names."""
    return _claim(session, ClaimRow.ticket_number == ticket_number)


def has_accepted(session: Session, event: Event, attendee: Attendee) -> bool:
    """Whether somebody accepted the Code of Conduct as it reads now, in any language."""
    return (
        session.exec(
            select(ConductRow.language)
            .where(ConductRow.event_id == event.id)
            .where(ConductRow.attendee_id == attendee_id(attendee))
            .where(col(ConductRow.digest).in_([text.digest for text in event.conduct.values()]))
        ).first()
        is not None
    )


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Somebody accepts a text, now and here."""

    event_id: int
    attendee: Attendee
    conduct: CodeOfConduct
    accepted_at: datetime
    terminal: int


def accept(session: Session, acceptance: Acceptance) -> None:
    """Record an acceptance; an earlier one of the same text stays."""
    values = {
        "event_id": acceptance.event_id,
        "attendee_id": attendee_id(acceptance.attendee),
        "digest": acceptance.conduct.digest,
        "language": acceptance.conduct.language,
        "accepted_at": acceptance.accepted_at,
        "terminal_number": acceptance.terminal,
    }
    insert_missing(session, ConductRow, values)


def ask(session: Session, wish: Wish, at: datetime) -> None:
    """Store a wish before the ledger is asked, again if it was given up."""
    _insert(session, wish, at)
    refused = col(AdmissionRow.outcome) == AdmissionOutcome.REFUSED
    asked = update(AdmissionRow).where(*_is(wish), refused)
    session.execute(asked.values(outcome=AdmissionOutcome.ASKED))


def admitted(session: Session, wish: Wish, at: datetime) -> None:
    """Record that the ledger made this wish come true, whoever made it."""
    _insert(session, wish, at)
    outcome = {"outcome": AdmissionOutcome.ADMITTED, "admitted_at": at}
    session.execute(update(AdmissionRow).where(*_is(wish)).values(**outcome))


def refused(session: Session, wish: Wish) -> None:
    """Record that a wish did not come true."""
    asked = col(AdmissionRow.outcome) == AdmissionOutcome.ASKED
    row = update(AdmissionRow).where(*_is(wish), asked)
    session.execute(row.values(outcome=AdmissionOutcome.REFUSED))


def unanswered(session: Session) -> list[Wish]:
    """The wishes whose answer was not recorded."""
    rows = session.exec(select(AdmissionRow).where(ASKED).order_by(col(AdmissionRow.asked_at)))
    return [Wish(row.claim_id, row.entry, row.nonce, row.terminal_number) for row in rows]


def _claim(session: Session, condition: ColumnElement[bool] | bool) -> ClaimRecord | None:
    row = session.exec(
        select(EventRow.id, EventRow.name, OrderRow.state)
        .join(ClaimRow, col(ClaimRow.event_id) == EventRow.id)
        .join(OrderRow, col(OrderRow.id) == ClaimRow.order_id)
        .where(condition)
    ).first()
    if row is None:
        return None
    event_id, event_name, state = row
    [claim] = claims(session, condition)
    return ClaimRecord(claim, event_id, event_name, OrderState(state))


def _insert(session: Session, wish: Wish, at: datetime) -> None:
    values = {
        "claim_id": wish.claim_id,
        "entry": wish.entry,
        "nonce": wish.nonce,
        "terminal_number": wish.terminal,
        "asked_at": at,
        "outcome": AdmissionOutcome.ASKED,
    }
    insert_missing(session, AdmissionRow, values)


def _is(wish: Wish) -> tuple[ColumnElement[bool], ...]:
    return (
        col(AdmissionRow.claim_id) == wish.claim_id,
        col(AdmissionRow.entry) == wish.entry,
        col(AdmissionRow.nonce) == wish.nonce,
        col(AdmissionRow.terminal_number) == wish.terminal,
    )
