"""What a door knows by itself of every ticket of its event, while nobody can be asked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kiosk.domain.admission import Way
from kiosk.domain.entries import Whereabouts
from kiosk.domain.events import CodeOfConduct
from kiosk.domain.orders import OrderState
from kiosk.domain.people import Attendee

ACCEPTED_BYTES: Final = 8
"""What is kept of the digest of the text somebody accepted: enough to know it again."""


@dataclass(frozen=True, slots=True)
class Stay:
    """The latest entry on a ticket that was not undone, and how the holder left after it.

    A terminal is "" where it is not known.
    """

    entered_at: datetime
    entered_by: str
    left_at: datetime | None = None
    left_by: str = ""

    @property
    def whereabouts(self) -> Whereabouts:
        """As a policy of entries asks for it."""
        return Whereabouts(self.entered_at, is_inside=self.left_at is None)


@dataclass(frozen=True, slots=True)
class KnownHolder:
    """Who has a ticket: half hidden, for this stands on every door's disk."""

    id: int
    attendee: Attendee
    accepted: bytes = b""
    """The beginning of the digest of the text that was accepted last; b"" for none."""

    def has_accepted(self, texts: Collection[CodeOfConduct]) -> bool:
        """Whether one of `texts`, which say the same in several languages, was accepted."""
        return self.accepted in {text.digest[:ACCEPTED_BYTES] for text in texts}


@dataclass(frozen=True, slots=True)
class KnownClaim:
    """One ticket, as it was when it was last asked about."""

    id: int
    ticket_number: str
    version: int
    slot_number: int
    state: OrderState
    holder: KnownHolder
    revoked: str = ""
    note: str = ""
    stay: Stay | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """Somebody was let in or out on a ticket."""

    claim_id: int
    way: Way
    at: datetime
    terminal: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a copy has come: all claims up to `claim_id`, or all there are; then changes.

    `changes` counts the changes that are in it; those made since the copying began follow it.
    """

    changes: int
    claim_id: int = 0
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """What was read, and how far the copy has come with it."""

    claims: tuple[KnownClaim, ...]
    progress: Progress
    is_all: bool
    """Whether nothing newer was there to be read."""
