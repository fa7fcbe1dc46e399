"""Tickets as staff find them: who has one, what it was used for, and what would be said of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.domain.admission import ClaimRecord, Presented, Reason, Way, refusal
from kiosk.domain.claim_transfers import Candidate, ChangeFault, TicketKept, check_passable
from kiosk.domain.codes import format_number
from kiosk.domain.entries import EntryRule, Standing, Step, way_refusal
from kiosk.domain.errors import InvalidName, KioskError
from kiosk.domain.events import Event
from kiosk.domain.orders import OrderState
from kiosk.domain.people import NAME_MAX, Attendee, checked_name

FOUND_MAX: Final = 10
"""Tickets that one search shows."""


class ClaimState(StrEnum):
    """Where a ticket and its holder are."""

    OUT = "out"
    """Good, and not used yet."""
    IN = "in"
    LEFT = "left"
    """Used, and the holder has gone out again."""
    UNPAID = "unpaid"
    REFUNDED = "refunded"
    REVOKED = "revoked"


@dataclass(eq=False)
class SearchOff(KioskError):
    """Nobody is searched for at this terminal."""


@dataclass(eq=False)
class UnknownClaim(KioskError):
    """There is no ticket with this id."""

    claim_id: int


@dataclass(eq=False)
class InvalidNote(KioskError):
    """A note cannot be used: `too_long` or `control_character`."""

    reason: str

    def __str__(self) -> str:
        return f"{self.reason}: expected a note of at most {NAME_MAX} characters on one line"


@dataclass(frozen=True, slots=True)
class FoundClaim:
    """All that is on record about a ticket."""

    record: ClaimRecord
    order_id: int
    order_number: int
    standing: Standing
    terminal: str
    """Where its holder was last let in or out."""
    companions: int
    """Other tickets of its order that came to no other person and were not used yet."""
    goodies: int
    """Pieces that wait for it."""


@dataclass(frozen=True, slots=True)
class ClaimCard:
    """A ticket as staff see it."""

    claim_id: int
    order_id: int
    order_number: int
    version: int
    ticket_number: str
    """For typing, as `XXXX-XXXX-XXXX`."""
    holder: Attendee
    """Half-hidden."""
    slot_key: str
    state: ClaimState
    since: datetime | None
    """When the holder went in or out."""
    terminal: str
    """Where that was."""
    note: str
    """Text of staff, as they typed it."""
    revoked: str
    """Why the ticket admits nobody; "" if it does."""
    passed_on: bool
    """Whether it is another person's than the buyer gave it to."""
    refusal: Reason | None
    """What the door would say; None if it would let the holder in."""
    companions: int
    """How many more of the order are not in yet."""
    goodies: int
    """Pieces that wait to be handed out."""
    kept: ChangeFault | None = None
    """Why it cannot become another person's, as far as the ticket by itself says."""

    @property
    def is_used(self) -> bool:
        """Whether somebody is in with it, or was."""
        return self.since is not None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has found."""

    cards: tuple[ClaimCard, ...]
    more: bool = False
    """Whether there are more: type more."""


def card_of(found: FoundClaim, event: Event, now: datetime) -> ClaimCard:
    """How a ticket of `event` looks to staff at `now`."""
    record, claim, standing = found.record, found.record.claim, found.standing
    rule = EntryRule(event.slot(claim.slot_key).entry, ZoneInfo(event.timezone))
    refused = refusal(record, event, Presented(), now)
    returned = way_refusal(rule, standing.whereabouts, Way.IN, now)
    passed = last_passage(standing)
    return ClaimCard(
        claim_id=claim.id,
        order_id=found.order_id,
        order_number=found.order_number,
        version=claim.version,
        ticket_number=format_number(claim.ticket_number),
        holder=claim.holder.half_hidden,
        slot_key=claim.slot_key,
        state=_state(record, standing),
        since=passed.done_at if passed else None,
        terminal=found.terminal,
        note=claim.note,
        revoked=claim.revoked,
        passed_on=claim.passed_on,
        refusal=refused.reason if refused else returned,
        companions=found.companions,
        goodies=found.goodies,
        kept=_kept(found, event, now),
    )


def _kept(found: FoundClaim, event: Event, now: datetime) -> ChangeFault | None:
    try:
        check_passable(event, Candidate(found.record, found.standing), now)
    except TicketKept as kept:
        return kept.reason
    return None


def last_passage(standing: Standing) -> Step | None:
    """How the holder of a ticket went in or out, as far as it stands."""
    return standing.left or standing.entered


def checked_note(text: str) -> str:
    """The trimmed note, as long as a name at most, "" for none; raises `InvalidNote`."""
    try:
        return checked_name(text) if text.strip() else ""
    except InvalidName as invalid:
        raise InvalidNote(invalid.reason) from None


def _state(record: ClaimRecord, standing: Standing) -> ClaimState:
    match record.state:
        case OrderState.REFUNDED:
            return ClaimState.REFUNDED
        case OrderState.PAID if record.claim.revoked:
            return ClaimState.REVOKED
        case OrderState.PAID if standing.is_inside:
            return ClaimState.IN
        case OrderState.PAID:
            return ClaimState.LEFT if standing.is_redeemed else ClaimState.OUT
        case _:
            return ClaimState.UNPAID
