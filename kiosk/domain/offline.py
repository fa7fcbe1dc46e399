"""The verdict of a door that can ask nobody: by the signature and by what it knows itself.

It is never green. Grey lets somebody pass against whom nothing is known; red and amber are for what
is known: nobody is refused because something is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from kiosk.domain.admission import (
    ClaimRecord,
    NeedsConduct,
    Presented,
    Reason,
    Scan,
    Verdict,
    Way,
    refusal,
    verdict_on,
)
from kiosk.domain.entries import EntryRule, way_refusal
from kiosk.domain.events import Event, EventSlot
from kiosk.domain.knowledge import KnownClaim, KnownHolder, Stay
from kiosk.domain.lane import QueuedScan
from kiosk.domain.money import zero
from kiosk.domain.orders import OrderState, SlotClaim
from kiosk.domain.people import Attendee
from kiosk.domain.presented import Named
from kiosk.domain.tickets import Payload


@dataclass(frozen=True, slots=True)
class Local:
    """What a lane knows of a ticket."""

    lane: str
    known: KnownClaim | None
    """By the last news; None if there was none of this ticket."""
    queued: tuple[QueuedScan, ...] = ()
    """What this lane has done with it since, unknown to anybody else."""
    has_accepted: bool = False
    """Whether its holder accepted the Code of Conduct on this lane."""

    @property
    def stay(self) -> Stay | None:
        """What the news and the queue come to."""
        return _after(self.known.stay if self.known else None, self.queued, self.lane)


def judge(
    event: Event, named: Named, scan: Scan, local: Local, at: datetime
) -> Verdict | NeedsConduct:
    """The verdict at `at`. `HISTORY_UNKNOWN` lets the holder pass."""
    known = _newest(local.known, named.payload)
    if known is None:
        return Verdict(Reason.UNKNOWN)
    slot = next((slot for slot in event.slots if slot.number == known.slot_number), None)
    if slot is None:
        # A newer event file than ours has it.
        return Verdict(Reason.HISTORY_UNKNOWN, claim_id=known.id)
    record = _record(event, known, slot)
    refused = refusal(record, event, Presented(scan.way, scan.gate, named.version), at)
    if refused is None:
        refused = _already(event, record, local.stay, scan.way, at)
    if refused is not None:
        return _spoken(refused, known)
    accepted = local.has_accepted or known.holder.has_accepted(event.conduct.values())
    if scan.way is Way.IN and local.stay is None and not accepted:
        passed = _spoken(verdict_on(record, event, Reason.HISTORY_UNKNOWN), known)
        number = passed.ticket_number or ""
        return NeedsConduct(scan.text, number, passed.holder, slot.key, known.id)
    return _spoken(verdict_on(record, event, Reason.HISTORY_UNKNOWN), known)


def _newest(known: KnownClaim | None, payload: Payload | None) -> KnownClaim | None:
    """What is known by the news, or by a signature that is newer."""
    if payload is None or (known is not None and payload.version <= known.version):
        return known
    return KnownClaim(
        id=payload.claim_id,
        ticket_number="",
        version=payload.version,
        slot_number=payload.slot_number,
        # It would not have been signed otherwise.
        state=OrderState.PAID,
        holder=KnownHolder(0, Attendee("", "")),
    )


def _record(event: Event, known: KnownClaim, slot: EventSlot) -> ClaimRecord:
    claim = SlotClaim(
        id=known.id,
        slot_key=slot.key,
        slot_number=slot.number,
        ticket_number=known.ticket_number,
        version=known.version,
        price=zero(event.currency),
        holder=known.holder.attendee,
        note=known.note,
        revoked=known.revoked,
    )
    return ClaimRecord(claim, event.id, event.name, known.state)


def _spoken(verdict: Verdict, known: KnownClaim) -> Verdict:
    """The verdict without what only a signature stands for."""
    if known.holder.id:
        return verdict
    return replace(verdict, ticket_number=None, holder=None)


def _already(
    event: Event, record: ClaimRecord, stay: Stay | None, way: Way, at: datetime
) -> Verdict | None:
    if stay is None:
        return None
    slot = event.slot(record.claim.slot_key)
    rule = EntryRule(slot.entry, ZoneInfo(event.timezone))
    reason = way_refusal(rule, stay.whereabouts, way, at)
    if reason is None:
        return None
    verdict = verdict_on(record, event, reason)
    if stay.left_at is None:
        return replace(verdict, at=stay.entered_at, terminal=stay.entered_by)
    return replace(verdict, at=stay.left_at, terminal=stay.left_by)


def _after(stay: Stay | None, queued: Iterable[QueuedScan], lane: str) -> Stay | None:
    for one in queued:
        if one.scan.way is Way.IN:
            stay = Stay(one.at, lane)
        elif stay is not None:
            stay = replace(stay, left_at=one.at, left_by=lane)
    return stay
