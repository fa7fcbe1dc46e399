"""What is on sale, and how much of it is left: the ledger's word."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain import chart
from kiosk.domain.basket import opened_by, order_max, sale_state
from kiosk.domain.errors import SaleState
from kiosk.domain.events import ORDER_MAX_DEFAULT, Event, EventSlot, Pool, Resource
from kiosk.services.backing import Backing
from kiosk.services.opening import Opening


@dataclass(frozen=True, slots=True)
class Offer:
    """One slot as a buyer sees it now."""

    slot: EventSlot
    left: int
    """Places that can be had: of the slot, or of its pool where that has fewer."""
    on_hold: int
    """Places held by buyers who are paying; they may come back."""
    sale_state: SaleState
    order_max: int = ORDER_MAX_DEFAULT
    """How many of them one order may have."""
    pool: Pool | None = None
    """The pool, if it is what `left` and `on_hold` count."""

    @property
    def sold(self) -> EventSlot:
        """What it is an offer of."""
        return self.slot


@dataclass(frozen=True, slots=True)
class Places:
    """How many of something are free, and how many somebody holds while paying."""

    left: int
    on_hold: int


class Catalog:
    """The open event and its offers."""

    event: Event
    signing_key: Ed25519PrivateKey

    def __init__(self, backing: Backing) -> None:
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._opening = Opening(backing)

    async def open(self, event: Event) -> Event:
        """Make `event` known to the store and count its places on the ledger, however often.

        Raises `EventChanged`, nothing being changed, if that would break what was sold under its
        key before, and `SigningKeyMissing`. Without an answer of the ledger only an event that
        was open before can be opened; `finish_opening` does the rest when it answers.
        """
        self.signing_key = await self._opening.key(event)
        self.event = await self._opening.open(event, self.signing_key)
        return self.event

    async def finish_opening(self) -> None:
        """Have the ledger count what it could not when the event was opened, if anything."""
        if not self._opening.is_done:
            self.event = await self._opening.open(self.event, self.signing_key)

    async def offers(self, codes: Iterable[str] = ()) -> list[Offer]:
        """What everybody may buy, and what `codes` open, in the order of the event file."""
        now = self._clock.now()
        opened = opened_by(self.event, codes, now)
        shown = [slot for slot in self.event.slots if slot.public or slot.key in opened]
        slots = (slot.resource for slot in shown)
        pools = (pool.resource for slot in shown if (pool := self.event.pool_of(slot)))
        places = await self.places([*slots, *pools])
        return [self._offer(slot, places, sale_state(slot, now, opened)) for slot in shown]

    async def places(self, resources: Iterable[Resource]) -> dict[Resource, Places]:
        """How much of each slot, pool or goodie is free and on hold: the ledger's word."""
        ids = {
            chart.resource_account_id(
                self.event, one.kind, one.number, chart.stock_code(one.kind)
            ): one
            for one in resources
        }
        budgets = await self._ledger.lookup_accounts(list(ids))
        return {
            ids[budget.id]: Places(
                left=budget.credits_posted - budget.debits_posted - budget.debits_pending,
                on_hold=budget.debits_pending,
            )
            for budget in budgets
        }

    def _offer(self, slot: EventSlot, places: Mapping[Resource, Places], state: SaleState) -> Offer:
        own, pool = places[slot.resource], self.event.pool_of(slot)
        shared = places[pool.resource] if pool else own
        scarcest, limit = (shared, pool) if shared.left < own.left else (own, None)
        return Offer(
            slot,
            scarcest.left,
            scarcest.on_hold,
            state,
            order_max=order_max(self.event, slot),
            pool=limit,
        )
