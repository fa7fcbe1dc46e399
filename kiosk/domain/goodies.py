"""Goodies for the first buyers: which pieces an order may get, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.events import Event, Goodie, Per


class GoodieState(StrEnum):
    """Where a piece is. Nothing is ever granted that was not promised first."""

    ASKED = "asked"
    """The intent is stored and the ledger is asked to hold a piece."""
    PROMISED = "promised"
    """Held with the places of the order; if their hold is lost, asked for again with them."""
    GRANTED = "granted"
    """The buyer has a right to it."""
    NONE = "none"
    """None was left, or the order was not fulfilled."""


@dataclass(frozen=True, slots=True)
class GoodiePiece:
    """One piece of a goodie that an order may get; `position` counts those of the order."""

    position: int
    goodie_key: str
    goodie_number: int
    state: GoodieState = GoodieState.ASKED


def pieces_for(event: Event, basket: Mapping[str, int]) -> tuple[GoodiePiece, ...]:
    """The pieces that a basket asks for, one each per order or per ticket."""
    wanted = [goodie for goodie in event.goodies for _ in range(_pieces(goodie, basket))]
    return tuple(GoodiePiece(at, one.key, one.number) for at, one in enumerate(wanted))


def _pieces(goodie: Goodie, basket: Mapping[str, int]) -> int:
    tickets = sum(
        count for key, count in basket.items() if key in goodie.slot_keys or not goodie.slot_keys
    )
    return tickets if goodie.per is Per.TICKET else min(tickets, 1)
