"""For what stops the screen for a moment, and can wait until nobody presses anything."""

import asyncio
from math import inf
from time import monotonic
from typing import Final

QUIET_SECONDS: Final = 1.0
"""Without a key for so long somebody reads, or has gone."""


class Quiet:
    """Knows when the last key was pressed. It asks the machine's clock: so does whoever waits."""

    def __init__(self) -> None:
        self._touched = monotonic()

    def end(self) -> None:
        """Somebody pressed something just now."""
        self._touched = monotonic()

    async def comes(self, within: float = inf) -> None:
        """Return as soon as it is quiet, and after `within` seconds even if it is not."""
        end = monotonic() + within
        while (wait := min(self._touched + QUIET_SECONDS, end) - monotonic()) > 0:
            await asyncio.sleep(wait)
