"""Packs of tokens that an order buys beside its tickets, or without any."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.events import Event
from kiosk.domain.money import Money


@dataclass(frozen=True, slots=True)
class OrderedPack:
    """So many packs of one kind; `position` counts the kinds of the order."""

    position: int
    key: str
    token_number: int
    count: int
    tokens: int
    """How many there are in one pack."""
    price: Money
    """Of one pack."""
    wallet: int | None = None
    """Where the tokens go. None until they are paid: only then is it decided when they expire."""
    expires_at: datetime | None = None

    @property
    def amount(self) -> int:
        """How many tokens that is."""
        return self.count * self.tokens

    @property
    def total(self) -> Money:
        """What they cost together."""
        return Money(self.price.minor * self.count, self.price.currency)


def packs_for(event: Event, basket: Mapping[str, int]) -> tuple[OrderedPack, ...]:
    """The packs that a basket asks for, in the order of the event."""
    wanted = [pack for pack in event.packs if pack.key in basket]
    return tuple(
        OrderedPack(
            position,
            pack.key,
            event.token(pack.token).number,
            basket[pack.key],
            pack.tokens,
            pack.price,
        )
        for position, pack in enumerate(wanted)
    )
