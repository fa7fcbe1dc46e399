"""The verdict at the door, and why. Pure: facts in, verdict out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from kiosk.domain.codes import format_number
from kiosk.domain.events import Event, Window
from kiosk.domain.orders import OrderState, SlotClaim
from kiosk.domain.people import Attendee

FIRST_ENTRY: Final = 1
"""Counts the times a ticket lets its holder in; a second time needs the first one undone."""


class Colour(StrEnum):
    """How a verdict looks from two metres away; never said by colour alone."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"
    """Good by its signature, but its history is out of reach."""


class Reason(StrEnum):
    """Why; stable words that outlive any wording on a screen."""

    ADMITTED = "admitted"
    ALREADY_IN = "already_in"
    """`at` and `terminal` say when and where."""
    TYPO = "typo"
    """A ticket number whose check symbol does not fit: type it again."""
    NOT_OURS = "not_ours"
    """Not a ticket of this system, or a forged one."""
    UNKNOWN = "unknown"
    """Well-formed, but there is no such ticket."""
    OTHER_EVENT = "other_event"
    """A ticket of `other_event`."""
    UNPAID = "unpaid"
    REFUNDED = "refunded"
    REPLACED = "replaced"
    """A newer version of this ticket was issued; only that one counts."""
    NOT_VALID_YET = "not_valid_yet"
    """`valid.starts` says from when."""
    NOT_VALID_ANY_MORE = "not_valid_any_more"
    """`valid.ends` says until when."""

    @property
    def colour(self) -> Colour:
        """The colour of every verdict with this reason."""
        match self:
            case Reason.ADMITTED:
                return Colour.GREEN
            case Reason.ALREADY_IN:
                return Colour.AMBER
            case _:
                return Colour.RED


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the door says to one scan; facts that are not known are None."""

    reason: Reason
    ticket_number: str | None = None
    holder: Attendee | None = None
    slot_key: str | None = None
    valid: Window | None = None
    at: datetime | None = None
    """When the ticket was admitted (green and amber)."""
    terminal: str | None = None
    """Where the ticket was admitted (green and amber)."""
    other_event: str | None = None
    """The name of the event a ticket of another event is for."""

    @property
    def colour(self) -> Colour:
        """Green, amber or red."""
        return self.reason.colour


@dataclass(frozen=True, slots=True)
class NeedsConduct:
    """A good ticket whose holder has not accepted the Code of Conduct yet."""

    text: str
    """What was scanned."""
    ticket_number: str
    holder: Attendee
    slot_key: str


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """What the store knows about the claim behind a scan."""

    claim: SlotClaim
    event_id: int
    event_name: str
    state: OrderState
    """Of the order the claim belongs to."""


def refusal(
    record: ClaimRecord, event: Event, presented_version: int | None, at: datetime
) -> Verdict | None:
    """Why the holder of a claim is not admitted at `at`, or None if nothing is in the way.

    `presented_version` is that of the scanned ticket; a typed number has none.
    """
    if record.event_id != event.id:
        return Verdict(Reason.OTHER_EVENT, other_event=record.event_name)
    valid = event.slot(record.claim.slot_key).valid
    reason = _reason(record, valid, presented_version, at)
    return None if reason is None else verdict_on(record, event, reason)


def verdict_on(record: ClaimRecord, event: Event, reason: Reason) -> Verdict:
    """A verdict with all that is known of the ticket."""
    claim, valid = record.claim, event.slot(record.claim.slot_key).valid
    return Verdict(
        reason,
        ticket_number=format_number(claim.ticket_number),
        holder=claim.holder,
        slot_key=claim.slot_key,
        valid=valid,
    )


def _reason(
    record: ClaimRecord, valid: Window, presented_version: int | None, at: datetime
) -> Reason | None:
    if presented_version is not None and presented_version < record.claim.version:
        return Reason.REPLACED
    match record.state:
        case OrderState.PAID:
            pass
        case OrderState.REFUNDED:
            return Reason.REFUNDED
        case _:
            return Reason.UNPAID
    if valid.is_before(at):
        return Reason.NOT_VALID_YET
    if valid.is_after(at):
        return Reason.NOT_VALID_ANY_MORE
    return None
