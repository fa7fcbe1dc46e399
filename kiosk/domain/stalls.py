"""Tokens that staff take at a stall: how many for what, and how long they may come back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from kiosk.domain.errors import KioskError
from kiosk.domain.events import Stall
from kiosk.domain.people import Attendee
from kiosk.domain.token_moves import Move, MoveKind, MovePart, bill_id
from kiosk.domain.tokens import Token
from ledger.ids import derived_id

SHIFT: Final = timedelta(hours=12)
"""Longer than anybody works at a stall: what was taken in it is listed, and may be given back."""


@dataclass(frozen=True, slots=True)
class Price:
    """So many tokens for something at a stall. By its id, asking twice is asking once."""

    id: int
    stall: Stall
    token: Token
    amount: int

    @property
    def takes_pin(self) -> bool:
        """Whether the owner of the wallet types their PIN for it."""
        return self.amount > self.token.limits.pin_above


@dataclass(frozen=True, slots=True)
class Taken:
    """Tokens that a stall took."""

    move_id: int
    stall: Stall
    token: Token
    amount: int
    owner: Attendee
    """Masked: whoever stands behind the desk reads it."""
    at: datetime
    is_back: bool = False
    """Whether they went back into the wallet."""


class BackFault(StrEnum):
    """Why tokens do not go back."""

    NOT_TAKEN = "not_taken"
    """No stall took them."""
    TOO_LATE = "too_late"
    """The shift in which they were taken is over."""


@dataclass(eq=False)
class NotGivenBack(KioskError):
    """The tokens stay where they are."""

    move_id: int
    fault: BackFault


@dataclass(eq=False)
class PinNeeded(KioskError):
    """So many tokens are not taken without the PIN of the wallet's owner; nothing was moved."""

    price: Price


def back_id(move_id: int) -> int:
    """The move that takes another one back: the same, whoever wants it."""
    return derived_id("give-back", move_id)


def given_back(
    spent: Move, expiries: dict[int, datetime | None], at: datetime, reason: str
) -> Move:
    """What was spent goes back: each part as a new bill that expires as the one it was spent from.

    `expiries` are those of the bills it was spent from.
    """
    move_id = back_id(spent.id)
    parts = []
    for position, part in enumerate(spent.parts):
        assert part.source is not None
        bill = bill_id(move_id, 1, position)
        parts.append(MovePart(part.source, bill, part.amount, expiries[part.source]))
    return Move(
        id=move_id,
        kind=MoveKind.GIVE_BACK,
        token_number=spent.token_number,
        amount=spent.amount,
        sender=None,
        receiver=spent.sender,
        asked_at=at,
        parts=tuple(parts),
        app=spent.app,
        note=reason,
        order_id=spent.order_id,
    )
