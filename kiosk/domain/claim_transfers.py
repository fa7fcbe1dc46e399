"""What may become of a paid ticket: passed on to another person, replaced, revoked. Pure rules.

Passing on raises the version, gives the ticket a new number, and takes the next step of the claim
at the door. So of passing on, an admission and a refund in the same instant, one happens.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.admission import ClaimRecord
from kiosk.domain.chart import AccountCode, LedgerNumber, TransferCode, linked, slot_account_id
from kiosk.domain.chart_places import step_id
from kiosk.domain.entries import Standing, StepKind, Wish
from kiosk.domain.errors import KioskError
from kiosk.domain.events import Event
from kiosk.domain.orders import OrderState, SlotClaim
from kiosk.domain.people import Attendee
from kiosk.domain.signed_codes import VERSION_MAX
from ledger.types import Transfer


class ChangeFault(StrEnum):
    """Why a ticket stays as it is."""

    NOT_PAID = "not_paid"
    """It was not paid, or was refunded, or is being refunded just now."""
    REVOKED = "revoked"
    USED = "used"
    """Its holder is in, or was."""
    STARTED = "started"
    """What it is for has begun, or is over."""
    FROZEN = "frozen"
    """The event lets no tickets be passed on any more."""
    REQUIRES = "requires"
    """The receiver has none of `slot_keys`: pass one of them on together with it."""
    LEAVES = "leaves"
    """The holder would keep tickets for `slot_keys` that need it: those must go with it."""
    VERSIONS_USED_UP = "versions_used_up"
    """It was replaced as often as a ticket can be."""


@dataclass(eq=False)
class TicketKept(KioskError):
    """A ticket is not changed; all that was asked for together is as it was."""

    claim_id: int
    reason: ChangeFault
    slot_keys: tuple[str, ...] = ()


@dataclass(eq=False)
class TicketChanged(KioskError):
    """A ticket is not any more what the card in hand shows: look at it again."""

    claim_id: int


@dataclass(frozen=True, slots=True)
class PassedClaim:
    """One claim on its way to another person, and what its ticket becomes."""

    claim_id: int
    step: int
    """The number it takes among the steps of the claim."""
    version: int
    ticket_number: str


@dataclass(frozen=True, slots=True)
class ClaimTransfer:
    """Claims that go to one person together, or not at all: stored before the ledger is asked."""

    id: int
    claims: tuple[PassedClaim, ...]
    receiver: Attendee
    terminal: int
    staff: str
    asked_at: datetime

    @property
    def nonce(self) -> int:
        """Names it among the steps of its claims: 63 bits."""
        return self.id & (1 << 63) - 1 or 1

    def wish(self, passed: PassedClaim) -> Wish:
        """The step that one of its claims takes."""
        kind = StepKind.PASS_ON
        return Wish(passed.claim_id, passed.step, kind, self.nonce, self.terminal)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that is to change, with what is on record about it."""

    record: ClaimRecord
    standing: Standing

    @property
    def claim(self) -> SlotClaim:
        """The claim itself."""
        return self.record.claim


def pass_on(event: Event, transfer: ClaimTransfer, claims: Sequence[SlotClaim]) -> list[Transfer]:
    """One chain: take the next step of each claim. Nothing moves but the right to be admitted."""
    return linked(
        [
            Transfer(
                id=step_id(claim.id, passed.step),
                debit_account_id=slot_account_id(event, claim.slot_number, AccountCode.SPENT),
                credit_account_id=slot_account_id(event, claim.slot_number, AccountCode.REDEEMED),
                user_data_128=claim.id,
                user_data_64=transfer.nonce,
                user_data_32=transfer.terminal,
                ledger=LedgerNumber.TICKETS,
                code=TransferCode.PASS_ON,
            )
            for passed, claim in zip(transfer.claims, claims, strict=True)
        ]
    )


def check_good(record: ClaimRecord) -> None:
    """Raise `TicketKept` unless a ticket is paid and stands."""
    if record.state is not OrderState.PAID:
        raise TicketKept(record.claim.id, ChangeFault.NOT_PAID)
    if record.claim.revoked:
        raise TicketKept(record.claim.id, ChangeFault.REVOKED)


def check_replaceable(record: ClaimRecord) -> None:
    """Raise `TicketKept` unless a ticket may have a newer version."""
    check_good(record)
    if record.claim.version >= VERSION_MAX:
        raise TicketKept(record.claim.id, ChangeFault.VERSIONS_USED_UP)


def check_passable(event: Event, candidate: Candidate, now: datetime) -> None:
    """Raise `TicketKept` unless a ticket may become another person's, whatever else both have."""
    claim = candidate.claim
    check_replaceable(candidate.record)
    if candidate.standing.is_redeemed:
        raise TicketKept(claim.id, ChangeFault.USED)
    valid = event.slot(claim.slot_key).valid
    has_started = valid.starts is not None and not valid.is_before(now)
    if has_started or valid.is_after(now):
        raise TicketKept(claim.id, ChangeFault.STARTED)
    if event.transfer_until is not None and now >= event.transfer_until:
        raise TicketKept(claim.id, ChangeFault.FROZEN)


def check_received(event: Event, claims: Iterable[SlotClaim], owned: Collection[str]) -> None:
    """Raise `TicketKept` unless who owns tickets for `owned` may have `claims` too."""
    received = list(claims)
    having = {*owned, *(claim.slot_key for claim in received)}
    for claim in received:
        requires = event.slot(claim.slot_key).requires
        if requires and having.isdisjoint(requires):
            raise TicketKept(claim.id, ChangeFault.REQUIRES, requires)


def stranded_by(
    event: Event, going: Iterable[SlotClaim], kept: Iterable[SlotClaim], now: datetime
) -> tuple[str, ...]:
    """The slots among what somebody keeps that need a ticket which goes.

    What is over needs nothing any more.
    """
    gone = {claim.slot_key for claim in going}
    left = {claim.slot_key for claim in kept}
    return tuple(
        slot.key
        for slot in event.slots
        if slot.key in left
        and not slot.valid.is_after(now)
        and not gone.isdisjoint(slot.requires)
        and left.isdisjoint(slot.requires)
    )


def check_left(
    event: Event, going: Sequence[SlotClaim], kept: Sequence[SlotClaim], now: datetime
) -> None:
    """Raise `TicketKept` if what somebody keeps needs a ticket that goes."""
    if stranded := stranded_by(event, going, kept, now):
        needed = {key for slot_key in stranded for key in event.slot(slot_key).requires}
        culprit = next(claim for claim in going if claim.slot_key in needed)
        raise TicketKept(culprit.id, ChangeFault.LEAVES, stranded)
