"""Whoever presses a key goes first."""

import asyncio
from typing import Final

KEY_SECONDS: Final = 0.1
"""The longest that one key is waited for: some paint nothing."""
PAINT_SECONDS: Final = 0.02
"""After a paint, another one may follow: one screen goes, and the next one comes."""
PATIENCE_SECONDS: Final = 0.2
"""The longest that keys which follow one another are waited for: one may be held down."""


class Courtesy:
    """Keeps a crowd of buyers from beginning anything while a screen answers a key.

    They share one process and one event loop with the screen, and would have it wait for a turn of
    each of them, over and over. They lose little: a person presses a few keys a second.
    """

    def __init__(self) -> None:
        self._answered = asyncio.Event()
        self._answered.set()
        self._began = 0.0
        self._ends = 0.0
        self._end: asyncio.TimerHandle | None = None

    def key_pressed(self) -> None:
        """Somebody pressed a key just now, or a screen opens that answers one."""
        now = asyncio.get_running_loop().time()
        if self._answered.is_set():
            self._answered.clear()
            self._began = now
        self._ends = min(now + KEY_SECONDS, self._began + PATIENCE_SECONDS)
        self._end_at(self._ends)

    def painted(self) -> None:
        """The screen shows something new."""
        if not self._answered.is_set():
            now = asyncio.get_running_loop().time()
            self._end_at(min(now + PAINT_SECONDS, self._ends))

    async def after_you(self) -> None:
        """Wait until no key is being answered."""
        await self._answered.wait()

    def _end_at(self, when: float) -> None:
        if self._end:
            self._end.cancel()
        self._end = asyncio.get_running_loop().call_at(when, self._go_on)

    def _go_on(self) -> None:
        self._answered.set()
        # It would keep the screen that had it set.
        self._end = None
