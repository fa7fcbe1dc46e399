"""What is on sale, and how much of it is left: the ledger's word."""

from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain import chart
from kiosk.domain.chart import AccountCode
from kiosk.domain.errors import SaleState
from kiosk.domain.events import Event, EventSlot
from kiosk.services.backing import Backing
from kiosk.services.opening import Opening


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
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._opening = Opening(backing)

    async def open(self, event: Event) -> Event:
        """Make `event` known to the store and count its places on the ledger, however often.

        Raises `EventChanged`, nothing being changed, if that would break what was sold under its
        key before, and `SigningKeyMissing`.
        """
        self.signing_key = await self._opening.key(event)
        self.event = await self._opening.open(event, self.signing_key)
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


def sale_state(slot: EventSlot, at: datetime) -> SaleState:
    """Whether a slot can be bought at `at`, were there places left."""
    if not slot.public:
        return SaleState.NOT_PUBLIC
    if slot.sale.is_before(at):
        return SaleState.UPCOMING
    return SaleState.ENDED if slot.sale.is_after(at) else SaleState.OPEN
