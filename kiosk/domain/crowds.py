"""How many came, and when; and how many are where now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

SPAN: Final = timedelta(minutes=5)
"""Admissions are counted in spans of this length, numbered since 1970."""
_SEVERAL: Final = (1, 3, 12)
"""So many of them are drawn as one: five minutes, a quarter of an hour, an hour."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Presence:
    """How many people are somewhere."""

    title: str
    inside: int
    limit: int | None
    """How many may be there; None if nobody said."""


@dataclass(frozen=True, slots=True)
class Bars:
    """Admissions as they are drawn: one number for each `span` from `begins` on."""

    begins: datetime
    span: timedelta
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """Admissions by the numbers of spans, up to the one that is not over."""

    counts: Mapping[int, int]
    last: int

    def bars(self, most: int) -> Bars:
        """From the first admission on in at most so many bars; the newest, if that is too long."""
        first = min((at for at, count in self.counts.items() if count), default=self.last)
        several = next(
            (one for one in _SEVERAL if self.last // one - first // one < most), _SEVERAL[-1]
        )
        end = self.last // several
        start = max(first // several, end - most + 1)
        sums = dict.fromkeys(range(start, end + 1), 0)
        for at, count in self.counts.items():
            if at // several in sums:
                sums[at // several] += count
        return Bars(span_start(start * several), SPAN * several, tuple(sums.values()))


def span_number(at: datetime) -> int:
    """In which span an instant is."""
    return (at - _EPOCH) // SPAN


def span_start(number: int) -> datetime:
    """When a span begins."""
    return _EPOCH + number * SPAN
