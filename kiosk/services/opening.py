"""Open an event: give it its identity, and make the ledger count what it says there is."""

import asyncio
import logging

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session

from kiosk.domain import chart, chart_places
from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.chart import linked
from kiosk.domain.errors import EventChanged, LedgerContradicts, SigningKeyMissing
from kiosk.domain.events import Event, ResourceKind
from kiosk.services.backing import Backing
from kiosk.services.booking import open_accounts
from kiosk.services.discounts import fund_discounts
from kiosk.services.emission import emit_tokens
from kiosk.store import audit, capacities, events
from kiosk.store.capacities import CapacityBatch, CapacityChange
from ledger.chains import chain_refusal
from ledger.engine import LedgerUnavailable
from ledger.ids import new_id
from ledger.types import CreateTransferStatus as Status

log = logging.getLogger(__name__)


class Opening:
    """Opens events, and changes those that are open: everything that a file asks for, or nothing.

    It may be done again at any time and by several terminals at once; what a crash left half
    done is finished by the next who opens.
    """

    def __init__(self, backing: Backing) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._keys = backing.keys
        self._clock = backing.clock
        self.is_done = True
        """Whether the ledger has all that the event needs."""

    async def open(self, event: Event, signing_key: Ed25519PrivateKey) -> Event:
        """The event with its identity; raises `EventChanged` if it may not be as it says.

        An event that was opened before, with all that its file says, needs no ledger to be opened
        again; `is_done` is then False until it was opened once more. Otherwise
        `LedgerUnavailable` comes out.
        """
        public, now = signing_key.public_key().public_bytes_raw(), self._clock.now()

        def intend(session: Session) -> tuple[Event, CapacityBatch | None]:
            opened = events.identify(session, event, new_id(), public, now)
            batch = capacities.plan(session, opened)
            if batch is None:
                events.note(session, opened)
            return opened, batch

        opened, batch = await self._store.transaction(intend)
        try:
            await self._open_accounts(opened)
        except LedgerUnavailable:
            if batch is not None:
                raise
            log.warning("%s is open as far as that is possible without a ledger", event.key)
            self.is_done = False
            return opened
        self.is_done = True
        while batch is not None:
            await self._change_capacity(opened, batch)
            opened, batch = await self._store.transaction(intend)
        return opened

    async def key(self, event: Event) -> Ed25519PrivateKey:
        """The key that signs the event's tickets, made if it is new; raises `SigningKeyMissing`."""
        known = await self._store.transaction(lambda session: events.public_key(session, event.key))
        key = await asyncio.to_thread(self._keys.load, event.key)
        if key is None and known is None:
            key = await asyncio.to_thread(self._keys.make, event.key)
        if key is None or known not in (None, key.public_key().public_bytes_raw()):
            raise SigningKeyMissing(event.key, str(self._keys.path(event.key)))
        return key

    async def _open_accounts(self, event: Event) -> None:
        accounts = [chart.resource_accounts(event, one) for one in event.resources]
        flat = [account for one in accounts for account in one]
        await open_accounts(self._ledger, [*flat, *chart.event_accounts(event)])
        await fund_discounts(self._ledger, event)
        await emit_tokens(self._ledger, event)

    async def _change_capacity(self, event: Event, batch: CapacityBatch) -> None:
        transfers = [
            chart_places.change_capacity(
                event, one.resource, transfer_id=one.transfer_id, by=one.by
            )
            for one in batch.changes
        ]
        results = await self._ledger.create_transfers(linked(transfers))
        refusal = chain_refusal(results)
        if refusal not in (None, Status.EXCEEDS_CREDITS, Status.ID_ALREADY_FAILED):
            assert refusal is not None
            raise LedgerContradicts(f"capacity of {event.key}", refusal.name)
        await self._store.transaction(
            lambda session: self._answered(session, event, batch, done=refusal is None)
        )
        # Of a batch that somebody left behind nobody waits to hear: ours is planned next.
        if refusal is not None and batch.is_new:
            at = [result.status for result in results].index(refusal)
            raise EventChanged(event.key, await self._taken_already(event, batch.changes[at]))

    def _answered(
        self, session: Session, event: Event, batch: CapacityBatch, *, done: bool
    ) -> None:
        capacities.answered(session, event.id, batch, done=done)
        if done:
            detail = ", ".join(f"{one.resource.key} {one.by:+}" for one in batch.changes)
            now, nobody = self._clock.now(), Actor(None)
            entry = AuditEntry(now, nobody, Action.CAPACITY_CHANGED, event.id, detail)
            audit.record(session, entry)

    async def _taken_already(self, event: Event, change: CapacityChange) -> str:
        one = change.resource
        stock = chart.stock_code(one.kind)
        stock_id = chart.resource_account_id(event, one.kind, one.number, stock)
        [account] = await self._ledger.lookup_accounts([stock_id])
        before = one.capacity - change.by
        left = account.credits_posted - account.debits_posted - account.debits_pending
        is_hall = one.kind is ResourceKind.HALL
        what, where = ("limit", "inside") if is_hall else ("capacity", "sold or on hold")
        return (
            f"the {what} of {one.key} is {before} and cannot shrink to {one.capacity}:"
            f" {before - left} are {where}"
        )
