"""What is on sale, and how much of it is left: the ledger's word."""

from dataclasses import dataclass

from kiosk.domain.errors import SaleState
from kiosk.domain.events import Event, EventSlot


@dataclass(frozen=True, slots=True)
class Offer:
    """One slot as a buyer sees it now."""

    slot: EventSlot
    left: int
    on_hold: int
    """Places held by buyers who are paying; they may come back."""
    sale_state: SaleState


class Catalog:
    """The open event and its offers."""

    event: Event

    async def open(self, event: Event) -> Event:
        """Make `event` known to the store and fund its places on the ledger, however often."""
        raise NotImplementedError

    async def offers(self) -> list[Offer]:
        """The public slots in the order of the event file, with what is left of each."""
        raise NotImplementedError
