"""What the door needs: claims by what is presented, acceptances, and the wishes to admit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, bindparam
from sqlmodel import Session, col, select, update

from kiosk.domain.admission import ClaimRecord
from kiosk.domain.events import CodeOfConduct, Event
from kiosk.domain.orders import OrderState
from kiosk.domain.people import Attendee
from kiosk.store.order_rows import attendee_id, claim_of, claims_where
from kiosk.store.tables import ASKED, METADATA, AdmissionOutcome, AdmissionRow, ConductRow
from kiosk.store.upserts import insert_missing

_CLAIMS: Final = METADATA.tables["claim"]
_EVENTS: Final = METADATA.tables["event"]
_ORDERS: Final = METADATA.tables["orders"]


def _with_order(condition: ColumnElement[bool]) -> Select[*tuple[object, ...]]:
    query = claims_where(condition).join(_ORDERS, _ORDERS.c.id == _CLAIMS.c.order_id)
    return query.add_columns(_EVENTS.c.name.label("event_name"), _ORDERS.c.state)


_BY_ID: Final = _with_order(_CLAIMS.c.id == bindparam("value"))
_BY_NUMBER: Final = _with_order(_CLAIMS.c.ticket_number == bindparam("value"))


@dataclass(frozen=True, slots=True)
class Wish:
    """One scan that should admit the holder of a claim: stored before the ledger is asked."""

    claim_id: int
    entry: int
    nonce: int
    terminal: int


def claim_by_id(session: Session, claim_id: int) -> ClaimRecord | None:
    """The claim a signed ticket names."""
    return _claim(session, _BY_ID, claim_id)


def claim_by_number(session: Session, ticket_number: str) -> ClaimRecord | None:
    """The claim a typed ticket number names."""
    return _claim(session, _BY_NUMBER, ticket_number)


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
    insert_missing(session, METADATA.tables["conduct_acceptance"], values)


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


def _claim(
    session: Session, query: Select[*tuple[object, ...]], value: int | str
) -> ClaimRecord | None:
    row = session.connection().execute(query, {"value": value}).first()
    if row is None:
        return None
    return ClaimRecord(claim_of(row), row.event_id, row.event_name, OrderState(row.state))


def _insert(session: Session, wish: Wish, at: datetime) -> None:
    values = {
        "claim_id": wish.claim_id,
        "entry": wish.entry,
        "nonce": wish.nonce,
        "terminal_number": wish.terminal,
        "asked_at": at,
        "outcome": AdmissionOutcome.ASKED,
    }
    insert_missing(session, METADATA.tables["admission"], values)


def _is(wish: Wish) -> tuple[ColumnElement[bool], ...]:
    return (
        col(AdmissionRow.claim_id) == wish.claim_id,
        col(AdmissionRow.entry) == wish.entry,
        col(AdmissionRow.nonce) == wish.nonce,
        col(AdmissionRow.terminal_number) == wish.terminal,
    )
