"""Stand-ins that tests set by hand."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = datetime(2027, 2, 1, 12, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        """The instant it was set to."""
        return self._now

    def nanoseconds(self) -> int:
        """The same in nanoseconds since 1970, as a ledger wants it."""
        return (self._now - _EPOCH) // timedelta(microseconds=1) * 1000

    def advance(self, *, seconds: float = 0, minutes: float = 0, days: float = 0) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds, minutes=minutes, days=days)
