"""Tickets on their way to another person, and those that newer ones replaced."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Row, bindparam, insert, select, text, update
from sqlmodel import Session

from kiosk.domain.claim_transfers import ClaimTransfer, PassedClaim
from kiosk.domain.orders import OrderState, SlotClaim
from kiosk.domain.people import Attendee
from kiosk.domain.refunds import RefundReason, RefundState
from kiosk.store.claim_tables import TransferOutcome
from kiosk.store.order_rows import attendee_id, claim_of, claims_where
from kiosk.store.refund_tables import METADATA
from kiosk.store.upserts import insert_missing

_ATTENDEES: Final = METADATA.tables["attendee"]
_CLAIMS: Final = METADATA.tables["claim"]
_FORMER: Final = METADATA.tables["former_ticket"]
_ORDERS: Final = METADATA.tables["orders"]
_REFUNDS: Final = METADATA.tables["refund"]
_TRANSFERS: Final = METADATA.tables["claim_transfer"]

# The condition of a partial index, in the same words; refunds have a column of this name too.
_IS_ASKED: Final = text("claim_transfer.outcome = 'asked'")

_PASSING: Final = (
    select(_TRANSFERS, _CLAIMS.c.order_id, _ATTENDEES.c.name, _ATTENDEES.c.email)
    .join(_CLAIMS, _CLAIMS.c.id == _TRANSFERS.c.claim_id)
    .join(_ATTENDEES, _ATTENDEES.c.id == _TRANSFERS.c.receiver_id)
    .where(_IS_ASKED)
    .where(_CLAIMS.c.event_id == bindparam("of_event"))
    .order_by(_TRANSFERS.c.id, _TRANSFERS.c.claim_id)
)
_OPEN_FOR: Final = (
    select(_TRANSFERS.c.id).where(_IS_ASKED).where(_TRANSFERS.c.claim_id == bindparam("of_claim"))
)
_CLOSE: Final = (
    update(_TRANSFERS)
    .where(_TRANSFERS.c.id == bindparam("of_transfer"))
    .where(_TRANSFERS.c.outcome == TransferOutcome.ASKED)
    .values(outcome=bindparam("what"))
    .returning(_TRANSFERS.c.claim_id)
)
_REPLACE: Final = (
    update(_CLAIMS)
    .where(_CLAIMS.c.id == bindparam("of_claim"), _CLAIMS.c.version == bindparam("before"))
    .values(
        version=bindparam("after"),
        ticket_number=bindparam("number"),
        holder_id=bindparam("holder"),
        passed_on=bindparam("passed"),
    )
    .returning(_CLAIMS.c.order_id)
)
# Copies of the order that somebody has in hand are old now.
_TOUCH: Final = (
    update(_ORDERS)
    .where(_ORDERS.c.id == bindparam("of_order"))
    .values(revision=_ORDERS.c.revision + 1)
)
_BUYER: Final = (
    select(_ATTENDEES.c.email)
    .join(_ORDERS, _ORDERS.c.attendee_id == _ATTENDEES.c.id)
    .join(_CLAIMS, _CLAIMS.c.order_id == _ORDERS.c.id)
    .where(_CLAIMS.c.id == bindparam("of_claim"))
)
_RETURNING: Final = (
    select(_REFUNDS.c.id)
    .where(_REFUNDS.c.order_id == bindparam("of_order"))
    .where(_REFUNDS.c.reason == RefundReason.RETURNED, _REFUNDS.c.state == RefundState.ASKED)
)
_HELD_BY: Final = (
    claims_where(_ATTENDEES.c.email == bindparam("of_email"))
    .join(_ORDERS, _ORDERS.c.id == _CLAIMS.c.order_id)
    .where(_CLAIMS.c.event_id == bindparam("of_event"), _CLAIMS.c.revoked == "")
    .where(_ORDERS.c.state.in_((OrderState.PLACED, OrderState.HELD, OrderState.PAID)))
)


def add(session: Session, transfer: ClaimTransfer) -> None:
    """Store a transfer before the ledger is asked."""
    receiver, to = attendee_id(transfer.receiver), transfer.receiver
    insert_missing(session, _ATTENDEES, {"id": receiver, "name": to.name, "email": to.email})
    rows = [
        {
            "claim_id": passed.claim_id,
            "id": transfer.id,
            "entry": passed.step,
            "version": passed.version,
            "ticket_number": passed.ticket_number,
            "receiver_id": receiver,
            "terminal_number": transfer.terminal,
            "staff": transfer.staff,
            "asked_at": transfer.asked_at,
            "outcome": TransferOutcome.ASKED,
        }
        for passed in transfer.claims
    ]
    session.connection().execute(insert(_TRANSFERS), rows)


def unfinished(session: Session, event_id: int) -> list[tuple[int, ClaimTransfer]]:
    """The transfers whose answer was not recorded, the oldest first.

    Each comes with the order of its first ticket.
    """
    found: dict[int, list[Row[*tuple[object, ...]]]] = {}
    for row in session.connection().execute(_PASSING, {"of_event": event_id}):
        found.setdefault(row.id, []).append(row)
    return [(rows[0].order_id, _transfer(rows)) for rows in found.values()]


def is_passing(session: Session, claim_id: int) -> bool:
    """Whether a claim may be on its way to another person."""
    return session.connection().scalar(_OPEN_FOR, {"of_claim": claim_id}) is not None


def is_returning(session: Session, order_id: int) -> bool:
    """Whether an order is just being refunded."""
    return session.connection().scalar(_RETURNING, {"of_order": order_id}) is not None


def is_buyer(session: Session, claim_id: int, attendee: Attendee) -> bool:
    """Whether somebody bought the order of a claim, under whatever name."""
    return session.connection().scalar(_BUYER, {"of_claim": claim_id}) == attendee.email


def close(session: Session, transfer: ClaimTransfer, *, is_done: bool) -> bool:
    """Record what the ledger said; False if somebody has recorded it already."""
    what = TransferOutcome.DONE if is_done else TransferOutcome.REFUSED
    values = {"of_transfer": transfer.id, "what": what}
    return bool(session.connection().execute(_CLOSE, values).all())


def replace_ticket(
    session: Session, before: SlotClaim, after: SlotClaim, ended_at: datetime
) -> None:
    """Make a claim's ticket another one: the one before is known as a former one from now on."""
    values = {
        "claim_id": before.id,
        "version": before.version,
        "ticket_number": before.ticket_number,
        "holder_id": attendee_id(before.holder),
        "ended_at": ended_at,
    }
    connection = session.connection()
    connection.execute(insert(_FORMER), values)
    changed = {
        "of_claim": before.id,
        "before": before.version,
        "after": after.version,
        "number": after.ticket_number,
        "holder": attendee_id(after.holder),
        "passed": after.passed_on,
    }
    order_id = connection.execute(_REPLACE, changed).scalar_one()
    connection.execute(_TOUCH, {"of_order": order_id})


def mark(session: Session, claim: SlotClaim) -> None:
    """Store what is noted about a claim, and why it was revoked."""
    connection = session.connection()
    marked = update(_CLAIMS).where(_CLAIMS.c.id == claim.id)
    marked = marked.values(note=claim.note, revoked=claim.revoked)
    order_id = connection.execute(marked.returning(_CLAIMS.c.order_id)).scalar_one()
    connection.execute(_TOUCH, {"of_order": order_id})


def held_by(session: Session, event_id: int, email: str) -> list[SlotClaim]:
    """The claims of somebody that are paid, or being paid."""
    values = {"of_event": event_id, "of_email": email}
    return [claim_of(row) for row in session.connection().execute(_HELD_BY, values)]


def _transfer(rows: Sequence[Row[*tuple[object, ...]]]) -> ClaimTransfer:
    first = rows[0]
    return ClaimTransfer(
        id=first.id,
        claims=tuple(
            PassedClaim(row.claim_id, row.entry, row.version, row.ticket_number) for row in rows
        ),
        receiver=Attendee(first.name, first.email),
        terminal=first.terminal_number,
        staff=first.staff,
        asked_at=first.asked_at,
    )
