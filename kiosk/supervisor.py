"""Keep the app on the screen: when our own mistake ends it, say so calmly and begin again."""

import asyncio
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol, TextIO

from kiosk.clock import Clock

_ALL_COLOURS = {"xterm", "tmux", "alacritty", "kitty", "foot", "wezterm"}
"""Terminals that draw 24-bit colours; a login by another machine loses the word for it."""
_PAINTS_PER_SECOND = "120"
ENDS_MAX = 5
ENDS_WITHIN = timedelta(minutes=1)
_CALM_PAGE = (
    "\x1b[2J\x1b[H\n\n\n      O N E   M O M E N T ,   P L E A S E\n\n      We are back at once.\n"
)


def prepare_for_painting(environment: MutableMapping[str, str]) -> None:
    """Tell the user interface what it would not find out; call it before it is loaded.

    It may paint more often than it would: what follows a key press then waits less. And a
    terminal has all colours where it has them and does not say so itself.
    """
    environment.setdefault("TEXTUAL_FPS", _PAINTS_PER_SECOND)
    if environment.get("TERM", "").partition("-")[0] in _ALL_COLOURS:
        environment.setdefault("COLORTERM", "truecolor")


class Runnable(Protocol):
    """An app, as far as its supervisor is concerned."""

    async def run_async(self) -> object:
        """Run until it is closed, or until an error ended it."""

    @property
    def return_code(self) -> int | None:
        """0 when it was closed, another number after an error."""


async def keep_running(
    make_app: Callable[[], Runnable], clock: Clock, screen: TextIO = sys.stdout
) -> int:
    """Run app after app until one is closed by the staff or by SIGTERM; the exit status.

    What went wrong is in the log. After five ends within a minute the next would be no better:
    whoever started the kiosk should know.
    """
    ends: deque[datetime] = deque(maxlen=ENDS_MAX)
    while True:
        app = make_app()
        with _ended_in_order():
            await app.run_async()
        if not app.return_code:
            return 0
        ends.append(clock.now())
        if len(ends) == ENDS_MAX and ends[-1] - ends[0] <= ENDS_WITHIN:
            return app.return_code
        screen.write(_CALM_PAGE)
        screen.flush()


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Have a service manager's SIGTERM end the app as the staff would: the terminal stays usable.

    Not so SIGHUP, which ends us at once: without a terminal there is nothing to leave usable,
    and Textual would wait for ever to write to it.
    """
    loop, running = asyncio.get_running_loop(), asyncio.current_task()
    assert running is not None

    def end() -> None:
        # Whoever is impatient and asks twice is not to break off the first end.
        if not running.cancelling():
            running.cancel()

    loop.add_signal_handler(signal.SIGTERM, end)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
