"""Whoever presses a key goes first."""

import asyncio
from typing import Final

KEY_SECONDS: Final = 0.03
"""After so long a screen has answered a key, when nothing else begins meanwhile."""


class Courtesy:
    """Keeps a crowd of buyers from beginning anything while a screen answers a key.

    They share one process and one event loop with the screen, and would have it wait for a turn of
    each of them, over and over. They lose little: a person presses a few keys a second.
    """

    def __init__(self) -> None:
        self._until = 0.0

    def key_pressed(self) -> None:
        """Somebody pressed a key just now."""
        self._until = asyncio.get_running_loop().time() + KEY_SECONDS

    async def after_you(self) -> None:
        """Wait until no key is being answered."""
        while (left := self._until - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(left)
