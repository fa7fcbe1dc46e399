"""Change what tickets are: whose, of which version, whether they admit anybody, what is noted."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from kiosk.domain.admission import ClaimRecord
from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.claim_transfers import (
    Candidate,
    ChangeFault,
    ClaimTransfer,
    PassedClaim,
    TicketChanged,
    TicketKept,
    check_good,
    check_left,
    check_passable,
    check_received,
    check_replaceable,
)
from kiosk.domain.claims import ClaimCard, UnknownClaim, checked_note
from kiosk.domain.codes import ticket_number
from kiosk.domain.events import StaffMember
from kiosk.domain.orders import SlotClaim
from kiosk.domain.people import Attendee
from kiosk.domain.reasons import checked_reason
from kiosk.domain.rights import Right, require
from kiosk.domain.tickets import Ticket, issue
from kiosk.services.admission import Terminal
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.claim_transfers import ClaimTransfers
from kiosk.store import audit, claim_transfers, door, orders, pairings
from ledger.ids import new_id

T = TypeVar("T")


class TicketDesk:
    """Changes of tickets of one event, by the staff of one terminal.

    A change is of the tickets that somebody has before them: `TicketChanged` says that they are
    not any more what the cards show, `TicketKept` why they stay as they are, `NotAllowed` that a
    role may not. `LedgerUnavailable` or `StoreUnavailable` (of which one is `NotPaired`) mean that
    the outcome is unknown: look at the tickets again. Reconciliation finishes what was stored.
    """

    def __init__(
        self, backing: Backing, catalog: Catalog, terminal: Terminal, transfers: ClaimTransfers
    ) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._terminal = terminal.number
        self._transfers = transfers

    async def transfer(
        self, cards: Sequence[ClaimCard], to: Attendee, staff: StaffMember
    ) -> list[Ticket]:
        """Pass tickets on to one person, together or not at all: the tickets `to` has now.

        The ones before admit nobody from then on. What is theirs already stays as it is.
        """
        require(staff, Right.TRANSFER)
        intend = partial(self._intend, cards=cards, to=to, staff=staff)
        transfer = await self._settled(cards, intend)
        if transfer is not None:
            await self._transfers.finish(transfer)
        return await self._store.transaction(partial(self._tickets, cards=cards))

    async def reissue(self, card: ClaimCard, staff: StaffMember) -> Ticket:
        """Replace a lost ticket by a new one of the same holder; the lost one admits nobody."""
        require(staff, Right.REISSUE)
        now = self._clock.now()

        def replace_it(session: Session) -> None:
            record = self._look(session, card)
            check_replaceable(record)
            before = record.claim
            after = replace(before, version=before.version + 1, ticket_number=_new_number())
            claim_transfers.replace_ticket(session, before, after, now)
            detail = f"version {after.version}"
            self._audit(session, staff, Action.TICKET_REISSUED, card.claim_id, detail)

        await self._settled([card], replace_it)
        [ticket] = await self._store.transaction(partial(self._tickets, cards=[card]))
        return ticket

    async def revoke(self, cards: Sequence[ClaimCard], reason: str, staff: StaffMember) -> None:
        """Let tickets admit nobody, for a reason that stays on record; their money is as it was.

        Who is in stays in. Raises `InvalidReason`.
        """
        require(staff, Right.REVOKE)
        said = checked_reason(reason)

        def revoke(session: Session) -> None:
            records = [self._look(session, card) for card in _in_order(cards)]
            for record in records:
                check_good(record)
            going = [record.claim for record in records]
            self._check_left(session, going)
            for claim in going:
                claim_transfers.mark(session, replace(claim, revoked=said))
                self._audit(session, staff, Action.TICKET_REVOKED, claim.id, said)

        await self._settled(cards, revoke)

    async def restore(self, card: ClaimCard, staff: StaffMember) -> None:
        """Let a ticket that was revoked admit its holder again."""
        require(staff, Right.REVOKE)

        def restore(session: Session) -> None:
            claim = self._look(session, card).claim
            if claim.revoked:
                claim_transfers.mark(session, replace(claim, revoked=""))
                self._audit(session, staff, Action.TICKET_RESTORED, claim.id)

        await self._settled([card], restore)

    async def note(self, card: ClaimCard, text: str, staff: StaffMember) -> None:
        """Tell every door something about a ticket; "" takes that off again.

        Raises `InvalidNote`.
        """
        require(staff, Right.NOTE)
        noted = checked_note(text)

        def note(session: Session) -> None:
            claim = self._find(session, card.claim_id).claim
            claim_transfers.mark(session, replace(claim, note=noted))
            self._audit(session, staff, Action.TICKET_NOTED, claim.id, noted)

        await self._store.transaction(note)

    async def _settled(self, cards: Sequence[ClaimCard], work: Callable[[Session], T]) -> T:
        """Do `work` once no transfer of these tickets is left that a crash has interrupted."""
        await self._transfers.finish_of([card.claim_id for card in cards])
        return await self._store.transaction(work)

    def _intend(
        self, session: Session, cards: Sequence[ClaimCard], to: Attendee, staff: StaffMember
    ) -> ClaimTransfer | None:
        """The stored transfer of what is not theirs already, if anything is not."""
        event, now = self._catalog.event, self._clock.now()
        candidates = []
        for card in _in_order(cards):
            if self._find(session, card.claim_id).claim.holder == to:
                continue
            candidate = Candidate(
                self._look(session, card), door.history(session, card.claim_id).standing
            )
            check_passable(event, candidate, now)
            candidates.append(candidate)
        if not candidates:
            return None
        going = [candidate.claim for candidate in candidates]
        check_received(event, going, orders.owned_slots(session, event.id, to.email))
        # Whoever only changes their name keeps what they have.
        self._check_left(session, [one for one in going if one.holder.email != to.email])
        transfer = ClaimTransfer(
            id=new_id(),
            claims=tuple(_passed(candidate) for candidate in candidates),
            receiver=to,
            terminal=self._terminal,
            staff=staff.name,
            asked_at=now,
        )
        claim_transfers.add(session, transfer)
        return transfer

    def _check_left(self, session: Session, going: Sequence[SlotClaim]) -> None:
        event, now = self._catalog.event, self._clock.now()
        gone = {claim.id for claim in going}
        for email in {claim.holder.email for claim in going}:
            held = claim_transfers.held_by(session, event.id, email)
            kept = [claim for claim in held if claim.id not in gone]
            check_left(event, [one for one in going if one.holder.email == email], kept, now)

    def _look(self, session: Session, card: ClaimCard) -> ClaimRecord:
        """What is on record of a ticket that is as its card shows it."""
        record = self._find(session, card.claim_id)
        is_passing = claim_transfers.is_passing(session, card.claim_id)
        if is_passing or record.claim.version != card.version:
            raise TicketChanged(card.claim_id)
        if claim_transfers.is_returning(session, card.order_id):
            raise TicketKept(card.claim_id, ChangeFault.NOT_PAID)
        return record

    def _find(self, session: Session, claim_id: int) -> ClaimRecord:
        pairings.require_paired(session, self._terminal)
        record = door.claim_by_id(session, claim_id)
        if record is None or record.event_id != self._catalog.event.id:
            raise UnknownClaim(claim_id)
        return record

    def _tickets(self, session: Session, cards: Sequence[ClaimCard]) -> list[Ticket]:
        event, key = self._catalog.event, self._catalog.signing_key
        claims = [self._find(session, card.claim_id).claim for card in cards]
        return [issue(claim, event.slot(claim.slot_key), key) for claim in claims]

    def _audit(
        self, session: Session, staff: StaffMember, action: Action, claim_id: int, detail: str = ""
    ) -> None:
        actor = Actor(self._terminal, staff.name)
        audit.record(session, AuditEntry(self._clock.now(), actor, action, claim_id, detail))


def _in_order(cards: Sequence[ClaimCard]) -> list[ClaimCard]:
    """In one order, so that desks which lock several never wait for each other in a circle."""
    return sorted(cards, key=lambda card: card.claim_id)


def _passed(candidate: Candidate) -> PassedClaim:
    claim, step = candidate.claim, candidate.standing.next_number
    return PassedClaim(claim.id, step, claim.version + 1, _new_number())


def _new_number() -> str:
    # Who knows the number of the ticket before must not get in by it.
    return ticket_number(secrets.randbits(55))
