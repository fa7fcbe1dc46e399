"""Bring tickets to another person: all that go together, or none."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from functools import partial

from sqlmodel import Session

from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.chart import TransferCode
from kiosk.domain.chart_places import step_id
from kiosk.domain.claim_transfers import ChangeFault, ClaimTransfer, TicketKept, pass_on
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.orders import SlotClaim
from kiosk.services.backing import Backing
from kiosk.services.booking import book
from kiosk.services.catalog import Catalog
from kiosk.services.steps import Steps
from kiosk.store import audit, claim_transfers, door


class ClaimTransfers:
    """Finishes transfers that are stored. Every step may be repeated, by several at once too."""

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog
        self._steps = Steps(backing, catalog)

    async def finish(self, transfer: ClaimTransfer) -> None:
        """Ask the ledger, and record its answer; raises `TicketKept` if something was faster."""
        claims = await self._store.transaction(partial(_claims, transfer=transfer))
        chain = pass_on(self._catalog.event, transfer, claims)
        refusal = await book(self._ledger, chain)
        if refusal is None:
            await self._store.transaction(partial(self._record, transfer))
            return
        kept = await self._find_out(transfer)
        if kept is None:
            raise LedgerContradicts(f"transfer {transfer.id:x}", refusal.name)
        await self._store.transaction(
            lambda session: claim_transfers.close(session, transfer, is_done=False)
        )
        raise kept

    async def unfinished(self) -> list[tuple[int, ClaimTransfer]]:
        """What a crash left of this event, each with the order of its first ticket."""
        event_id = self._catalog.event.id
        return await self._store.transaction(
            lambda session: claim_transfers.unfinished(session, event_id)
        )

    async def finish_of(self, claim_ids: Collection[int]) -> None:
        """Finish whatever transfers these claims are parts of, whoever began them."""
        for _, transfer in await self.unfinished():
            if any(passed.claim_id in claim_ids for passed in transfer.claims):
                # Whoever began it hears why not; the ticket is as it was.
                with suppress(TicketKept):
                    await self.finish(transfer)

    def _record(self, transfer: ClaimTransfer, session: Session) -> None:
        if not claim_transfers.close(session, transfer, is_done=True):
            return
        now, actor = self._clock.now(), Actor(transfer.terminal, transfer.staff)
        to = transfer.receiver
        for passed in transfer.claims:
            record = door.claim_by_id(session, passed.claim_id)
            assert record is not None
            after = replace(
                record.claim,
                version=passed.version,
                ticket_number=passed.ticket_number,
                holder=to,
                passed_on=not claim_transfers.is_buyer(session, passed.claim_id, to),
            )
            claim_transfers.replace_ticket(session, record.claim, after, now)
            door.done(session, transfer.wish(passed), now)
            detail = f"version {passed.version}, to {to.name} <{to.email}>"
            action = Action.TICKET_TRANSFERRED
            audit.record(session, AuditEntry(now, actor, action, passed.claim_id, detail))

    async def _find_out(self, transfer: ClaimTransfer) -> TicketKept | None:
        """Which ticket something else was faster with, and what that was."""
        ids = {step_id(one.claim_id, one.step): one for one in transfer.claims}
        for found in await self._ledger.lookup_transfers(list(ids)):
            passed = ids[found.id]
            match found.code:
                case TransferCode.TAKE_BACK:
                    return TicketKept(passed.claim_id, ChangeFault.NOT_PAID)
                case TransferCode.PASS_ON if found.user_data_64 == transfer.nonce:
                    continue
                case _:
                    await self._steps.find_out(transfer.wish(passed))
                    return TicketKept(passed.claim_id, ChangeFault.USED)
        return None


def _claims(session: Session, transfer: ClaimTransfer) -> list[SlotClaim]:
    records = [door.claim_by_id(session, passed.claim_id) for passed in transfer.claims]
    return [record.claim for record in records if record]
