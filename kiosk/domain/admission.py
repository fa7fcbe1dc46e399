"""The verdict at the door, and why. Pure: facts in, verdict out."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from kiosk.domain.codes import format_number
from kiosk.domain.events import EntryPolicy, Event, EventSlot, Window
from kiosk.domain.orders import OrderState, SlotClaim
from kiosk.domain.people import Attendee


class Way(StrEnum):
    """Which way somebody goes through a door."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Gate:
    """What a door leads to: the slots with these keys, or (None) every slot."""

    slots: frozenset[str] | None = None

    def leads_to(self, slot_key: str) -> bool:
        """Whether tickets for a slot are for this door."""
        return self.slots is None or slot_key in self.slots


EVERY_SLOT: Final = Gate()


@dataclass(frozen=True, slots=True)
class Scan:
    """Somebody presents a ticket at a door."""

    text: str
    """A QR's text, or a ticket number as typed."""
    nonce: int
    """Names the scan: asked about it again, the door gives the same answer."""
    staff: str = ""
    """Who works at the door; "" is nobody, where attendees check in themselves."""
    way: Way = Way.IN
    gate: Gate = EVERY_SLOT


class Colour(StrEnum):
    """How a verdict looks from two metres away; never said by colour alone."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"
    """Nothing that is known admits or refuses anybody."""


class Reason(StrEnum):
    """Why; stable words that outlive any wording on a screen."""

    ADMITTED = "admitted"
    LEFT = "left"
    """Out again, as an exit scan asked for."""
    ALREADY_IN = "already_in"
    """`at` and `terminal` say since when and where."""
    NOT_INSIDE = "not_inside"
    """An exit scan of somebody outside; `at` and `terminal` say how they left, if they did."""
    NO_RETURN = "no_return"
    """`policy` lets nobody who left back in, or not on the same day; `at` and `terminal` say how
    they left."""
    HALL_FULL = "hall_full"
    """`hall` takes nobody until somebody leaves."""
    WRONG_SLOT = "wrong_slot"
    """A good ticket, for another door."""
    TYPO = "typo"
    """A ticket number whose check symbol does not fit: type it again."""
    NOT_OURS = "not_ours"
    """Not a ticket of this system, or a forged one."""
    WALLET = "wallet"
    """The code of a wallet, which admits nobody."""
    UNKNOWN = "unknown"
    """Well-formed, but there is no such ticket."""
    OTHER_EVENT = "other_event"
    """A ticket of `other_event`."""
    UNPAID = "unpaid"
    REFUNDED = "refunded"
    REVOKED = "revoked"
    """The organiser has taken the right to be admitted back."""
    CONDUCT_REFUSED = "conduct_refused"
    """Its holder did not accept the Code of Conduct."""
    REPLACED = "replaced"
    """A newer version of this ticket was issued; only that one counts."""
    NOT_VALID_YET = "not_valid_yet"
    """`valid.starts` says from when."""
    NOT_VALID_ANY_MORE = "not_valid_any_more"
    """`valid.ends` says until when."""
    UNDONE = "undone"
    """The admission did not happen after all; `at` and `terminal` say when and where that was."""
    NOTHING_TO_UNDO = "nothing_to_undo"
    """No admission stands."""
    HISTORY_UNKNOWN = "history_unknown"
    """Good by its signature, but ledger or store are out of reach."""

    @property
    def colour(self) -> Colour:
        """The colour of every verdict with this reason."""
        match self:
            case Reason.ADMITTED | Reason.LEFT:
                return Colour.GREEN
            case Reason.ALREADY_IN | Reason.NOT_INSIDE:
                return Colour.AMBER
            case Reason.UNDONE | Reason.HISTORY_UNKNOWN:
                return Colour.GREY
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
    """When the holder was admitted, left, or what else the reason says."""
    terminal: str | None = None
    """Where that was."""
    other_event: str | None = None
    """The name of the event a ticket of another event is for."""
    claim_id: int | None = None
    entry: int = 0
    """Of an admission: which one of this ticket it is, from 1, those undone not counted."""
    policy: EntryPolicy | None = None
    hall: str | None = None
    """The name of the hall that the ticket leads to."""
    note: str = ""
    """What staff should know about the ticket: text of people."""

    @property
    def colour(self) -> Colour:
        """Green, amber, red or grey."""
        return self.reason.colour


@dataclass(frozen=True, slots=True)
class NeedsConduct:
    """A good ticket whose holder has not accepted the Code of Conduct yet."""

    text: str
    """What was scanned."""
    ticket_number: str
    holder: Attendee | None
    """None if only the ticket's signature is known."""
    slot_key: str
    claim_id: int

    @property
    def refused(self) -> Verdict:
        """What the door says if its holder does not accept it."""
        return Verdict(
            Reason.CONDUCT_REFUSED,
            ticket_number=self.ticket_number or None,
            holder=self.holder,
            slot_key=self.slot_key,
            claim_id=self.claim_id,
        )


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """What the store knows about the claim behind a scan."""

    claim: SlotClaim
    event_id: int
    event_name: str
    state: OrderState
    """Of the order the claim belongs to."""


@dataclass(frozen=True, slots=True)
class Presented:
    """How a ticket is presented: which way its holder wants to go, and where."""

    way: Way = Way.IN
    gate: Gate = EVERY_SLOT
    version: int | None = None
    """That of the scanned ticket; a typed number has none."""


def refusal(
    record: ClaimRecord, event: Event, presented: Presented, at: datetime
) -> Verdict | None:
    """Why the holder of a claim may not pass at `at`, or None if nothing about it is in the way.

    What the ticket was used for before is another matter: see `kiosk.domain.entries`.
    """
    if record.event_id != event.id:
        return Verdict(Reason.OTHER_EVENT, other_event=record.event_name)
    slot = event.slot(record.claim.slot_key)
    if not presented.gate.leads_to(slot.key):
        return verdict_on(record, event, Reason.WRONG_SLOT)
    # Whoever is inside may leave, whatever became of the ticket meanwhile.
    reason = None if presented.way is Way.OUT else _reason(record, slot, presented.version, at)
    return None if reason is None else verdict_on(record, event, reason)


def verdict_on(record: ClaimRecord, event: Event, reason: Reason) -> Verdict:
    """A verdict with all that is known of the ticket."""
    claim, slot = record.claim, event.slot(record.claim.slot_key)
    hall = event.hall_of(slot)
    return Verdict(
        reason,
        ticket_number=format_number(claim.ticket_number),
        holder=claim.holder,
        slot_key=claim.slot_key,
        valid=slot.valid,
        claim_id=claim.id,
        policy=slot.entry,
        hall=hall.name if hall else None,
        note=claim.note,
    )


def _reason(
    record: ClaimRecord, slot: EventSlot, presented_version: int | None, at: datetime
) -> Reason | None:
    if presented_version is not None and presented_version < record.claim.version:
        return Reason.REPLACED
    if record.claim.revoked:
        return Reason.REVOKED
    match record.state:
        case OrderState.PAID:
            pass
        case OrderState.REFUNDED:
            return Reason.REFUNDED
        case _:
            return Reason.UNPAID
    if slot.valid.is_before(at):
        return Reason.NOT_VALID_YET
    if slot.valid.is_after(at):
        return Reason.NOT_VALID_ANY_MORE
    return None
