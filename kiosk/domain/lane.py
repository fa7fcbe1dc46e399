"""A lane: a door that goes on by itself when ledger or store do not answer."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from kiosk.domain.admission import Reason, Scan, Way
from kiosk.domain.people import Attendee

PAUSE_SECONDS_MIN: Final = 1.0
PAUSE_SECONDS_MAX: Final = 15.0
CALM_SECONDS_MIN: Final = 1.0
CALM_SECONDS_MAX: Final = 60.0
STEADY_SECONDS: Final = 60.0
"""So long on line, and what went before is forgiven."""

PASSED: Final = {Reason.ADMITTED: Way.IN, Reason.LEFT: Way.OUT}
"""What ledger and store say to who may pass, and which way that is."""


class Part(StrEnum):
    """What may fail to answer in time."""

    LEDGER = "ledger"
    """Without it nobody knows who was admitted elsewhere, or how full a hall is."""
    STORE = "store"
    """Without it nobody knows what became of a ticket since the last news."""


class LaneState(StrEnum):
    """How a lane judges."""

    ONLINE = "online"
    OFFLINE = "offline"
    """By signatures and local knowledge; whom it lets in is queued."""
    RETURNING = "returning"
    """Everything answers again, and the queue is being told; still judged as offline."""


@dataclass(frozen=True, slots=True)
class LaneStatus:
    """What a banner says."""

    state: LaneState = LaneState.ONLINE
    unchecked: frozenset[Part] = frozenset()
    """What did not answer."""
    since: datetime | None = None
    """When it stopped being on line."""
    queued: int = 0
    """People the lane let pass who are on disk and not told yet."""
    synced_at: datetime | None = None
    """How old the local knowledge is; None while there is none."""
    conflicts: int = 0
    """Reported and not acknowledged yet."""


@dataclass(frozen=True, slots=True)
class AcceptedOffline:
    """The Code of Conduct was accepted together with a scan."""

    language: str
    digest: bytes
    """SHA-256 of the exact text."""
    holder_id: int | None
    """Who accepted, where the lane knew whose ticket it is."""

    @property
    def detail(self) -> str:
        """As the audit has it."""
        return f"{self.language} {self.digest.hex()}"


@dataclass(frozen=True, slots=True)
class QueuedScan:
    """What was said to somebody offline: on disk before anybody was told."""

    scan: Scan
    claim_id: int
    """0 if what was presented names no ticket that is known."""
    at: datetime
    """By the clock of the lane."""
    conduct: AcceptedOffline | None = None
    turned_away: Reason | None = None
    """Why they could not pass; None for whom the lane let pass."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody was let in offline whom ledger and store, once they answered, would not have."""

    nonce: int
    terminal: str
    """The lane that let them in."""
    scanned_at: datetime
    """By that lane's clock."""
    reason: Reason
    found_at: datetime
    staff: str = ""
    ticket_number: str | None = None
    holder: Attendee | None = None
    slot_key: str | None = None
    other_at: datetime | None = None
    """When the other lane admitted, by that lane's clock."""
    other_terminal: str | None = None
    """The lane that admitted on the same ticket."""
    acknowledged_by: str = ""


@dataclass(frozen=True, slots=True)
class Patience:
    """When a lane that is by itself looks again, and when it trusts what answers.

    Each look in vain makes the next one wait twice as long. Each return that does not last makes
    the next one want twice as long a calm, so that nobody comes and goes with a bad link.
    """

    pause_seconds: float = PAUSE_SECONDS_MIN
    calm_seconds: float = CALM_SECONDS_MIN
    calm_since: datetime | None = None
    """Since when everything has answered."""
    returned_at: datetime | None = None

    def missed(self) -> Self:
        """There was no answer, once more."""
        longer = min(self.pause_seconds * 2, PAUSE_SECONDS_MAX)
        return replace(self, pause_seconds=longer, calm_since=None)

    def answered(self, now: datetime) -> Self:
        """Everything answers, still or again."""
        # A clock that was put back must not make anybody wait until it is that late again.
        since = min(self.calm_since or now, now)
        return replace(self, pause_seconds=PAUSE_SECONDS_MIN, calm_since=since)

    def is_over(self, now: datetime) -> bool:
        """Whether everything has answered for long enough."""
        since = self.calm_since
        return since is not None and (now - since).total_seconds() >= self.calm_seconds

    def returned(self, now: datetime) -> Self:
        """On line again."""
        return replace(self, returned_at=now)

    def left(self, now: datetime) -> Self:
        """Off line again; what went before is forgiven if it lasted."""
        before = self.returned_at
        if before is None or (now - before).total_seconds() >= STEADY_SECONDS:
            return type(self)()
        return type(self)(calm_seconds=min(self.calm_seconds * 2, CALM_SECONDS_MAX))
