"""Pieces of goodies that are handed out: each once, whatever ticket of its order opens it."""

from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.admission import Reason
from kiosk.domain.errors import KioskError

FIRST_ATTEMPT = 1
"""Counts the times a piece goes out; a second time needs the first one undone."""


@dataclass(eq=False)
class NothingHandedOut(KioskError):
    """The ticket opens no goodies, for the same reason that it would admit nobody."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class PieceCard:
    """One piece as the desk shows it; `attempt` is the time it goes out, or went out, now."""

    order_id: int
    position: int
    goodie_key: str
    goodie_number: int
    attempt: int = FIRST_ATTEMPT
    handed_at: datetime | None = None
    """When it was handed out; None while it waits."""
    terminal: str = ""
    """Where that was."""
    staff: str = ""
    """Who did it."""


@dataclass(frozen=True, slots=True)
class HandOut:
    """What came of one press: `piece` as it is now."""

    piece: PieceCard
    is_ours: bool
    """Whether it is this press that the piece went out by."""


@dataclass(frozen=True, slots=True)
class HandOutWish:
    """One press that should hand a piece out: stored before the ledger is asked."""

    order_id: int
    position: int
    attempt: int
    nonce: int
    terminal: int


@dataclass(frozen=True, slots=True)
class HandOutUndo:
    """A piece that went out by `attempt` is back; stored before the ledger is asked."""

    order_id: int
    position: int
    goodie_number: int
    attempt: int
    terminal: int
    staff: str
    reason: str
