"""What is on sale, and how much of it is left: the ledger's word."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session

from kiosk.domain import chart, chart_places
from kiosk.domain.chart import AccountCode
from kiosk.domain.errors import LedgerContradicts, SaleState, SigningKeyMissing
from kiosk.domain.events import Event, EventSlot
from kiosk.services.backing import Backing
from kiosk.services.booking import book, open_accounts
from kiosk.store import events
from kiosk.store.events import FundingStep
from ledger.ids import new_id


@dataclass(frozen=True, slots=True)
class Offer:
    """One slot as a buyer sees it now."""

    slot: EventSlot
    left: int
    on_hold: int
    """Places held by buyers who are paying; they may come back."""
    sale_state: SaleState


@dataclass(frozen=True, slots=True)
class Places:
    """How many places of a slot are free, and how many somebody holds while paying."""

    left: int
    on_hold: int


class Catalog:
    """The open event and its offers."""

    event: Event
    signing_key: Ed25519PrivateKey

    def __init__(self, backing: Backing) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._keys = backing.keys
        self._clock = backing.clock

    async def open(self, event: Event) -> Event:
        """Make `event` known to the store and fund its places on the ledger, however often.

        Raises `EventChanged` if the file contradicts what was opened under its key before, and
        `SigningKeyMissing`.
        """
        self.signing_key = await self._open_key(event)
        public = self.signing_key.public_key().public_bytes_raw()
        now = self._clock.now()

        def intend(session: Session) -> tuple[Event, Sequence[FundingStep]]:
            opened = events.open_event(session, event, new_id(), public, now)
            return opened, events.plan_funding(session, opened)

        self.event, funding = await self._store.transaction(intend)
        await self._fund(self.event, funding)
        return self.event

    async def offers(self) -> list[Offer]:
        """The public slots in the order of the event file, with what is left of each."""
        public = [slot for slot in self.event.slots if slot.public]
        now = self._clock.now()
        places = await self.places([slot.number for slot in public])
        return [
            Offer(
                slot, places[slot.number].left, places[slot.number].on_hold, sale_state(slot, now)
            )
            for slot in public
        ]

    async def places(self, slot_numbers: list[int]) -> dict[int, Places]:
        """How many places of each slot are free and on hold, by slot number."""
        ids = {
            chart.slot_account_id(self.event, number, AccountCode.BUDGET): number
            for number in slot_numbers
        }
        budgets = await self._ledger.lookup_accounts(list(ids))
        return {
            ids[budget.id]: Places(
                left=budget.credits_posted - budget.debits_posted - budget.debits_pending,
                on_hold=budget.debits_pending,
            )
            for budget in budgets
        }

    async def _open_key(self, event: Event) -> Ed25519PrivateKey:
        known = await self._store.transaction(lambda session: events.public_key(session, event.key))
        key = await asyncio.to_thread(self._keys.load, event.key)
        if key is None and known is None:
            key = await asyncio.to_thread(self._keys.make, event.key)
        if key is None or known not in (None, key.public_key().public_bytes_raw()):
            raise SigningKeyMissing(event.key, str(self._keys.path(event.key)))
        return key

    async def _fund(self, event: Event, steps: Sequence[FundingStep]) -> None:
        slot_accounts = [chart.slot_accounts(event, slot) for slot in event.slots]
        await open_accounts(self._ledger, [*chain(*slot_accounts), *chart.event_accounts(event)])
        for step in steps:
            transfer = chart_places.fund(
                event, event.slot(step.slot_key), total=step.total, amount=step.amount
            )
            if refusal := await book(self._ledger, [transfer]):
                raise LedgerContradicts(f"funding of {step.slot_key}", refusal.name)


def sale_state(slot: EventSlot, at: datetime) -> SaleState:
    """Whether a slot can be bought at `at`, were there places left."""
    if not slot.public:
        return SaleState.NOT_PUBLIC
    if slot.sale.is_before(at):
        return SaleState.UPCOMING
    return SaleState.ENDED if slot.sale.is_after(at) else SaleState.OPEN
