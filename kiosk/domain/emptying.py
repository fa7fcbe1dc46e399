"""Halls that are emptied: whoever is still counted as inside has gone home without a scan."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.domain.admission import Gate
from kiosk.domain.events import Event
from ledger.ids import derived_id

_NONCE_BITS: Final = 63
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Emptying:
    """Everybody is let out who came in before an instant: stored before the first of them is."""

    id: int
    gate: Gate
    """To what they were let in."""
    before: datetime
    """Whoever came in then or later stays in."""
    terminal: int | None = None
    staff: str = ""
    """Whose word it was; without one, and without a terminal, the event file's."""

    @property
    def nonce(self) -> int:
        """Names the steps that it takes; repeated, they are the same."""
        return derived_id("emptying", self.id) % (1 << _NONCE_BITS) or 1


def nightly(event: Event, now: datetime) -> Emptying | None:
    """The latest emptying that an event file asks for; the same one for whoever asks."""
    if event.emptied_at is None:
        return None
    zone = ZoneInfo(event.timezone)
    today = datetime.combine(now.astimezone(zone).date(), event.emptied_at, zone)
    local = today if today <= now else today - _DAY
    before = local.astimezone(UTC)
    return Emptying(derived_id("nightly", event.id, before.isoformat()), Gate(), before)
