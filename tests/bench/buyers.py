"""Crowds of buyers: each does one thing after the other, as soon as it may."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter, process_time

Deed = Callable[[int], Awaitable[object]]


@dataclass(slots=True)
class Crowd:
    """So many buyers who share the numbers they are known by."""

    buyers: int
    deed: Deed
    numbers: "count[int]"
    milliseconds: list[float] = field(default_factory=list)
    """What each deed took."""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    """Of this process: what else the machine does counts for less than in `seconds`."""

    @property
    def per_second(self) -> float:
        """Deeds."""
        return len(self.milliseconds) / self.seconds

    async def do(self, deeds: int) -> None:
        """So many deeds, shared among the buyers."""
        left = iter(range(deeds))
        await self._measure(lambda: next(left, None) is not None)

    async def rush(self, seconds: float) -> None:
        """As many deeds as fit."""
        end = perf_counter() + seconds
        await self._measure(lambda: perf_counter() < end)

    async def _measure(self, goes_on: Callable[[], bool]) -> None:
        start, cpu_start = perf_counter(), process_time()
        await asyncio.gather(*(self._buyer(goes_on) for _ in range(self.buyers)))
        self.seconds += perf_counter() - start
        self.cpu_seconds += process_time() - cpu_start

    async def _buyer(self, goes_on: Callable[[], bool]) -> None:
        while goes_on():
            start = perf_counter()
            await self.deed(next(self.numbers))
            self.milliseconds.append((perf_counter() - start) * 1000)
