"""Keep the app on the screen: when our own mistake ends it, say so calmly and begin again."""

import asyncio
import logging
import os
import select
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
_LOOK_SECONDS = 1.0
HUNG_UP = 128 + signal.SIGHUP
"""The exit status of a kiosk whose terminal went away, as a shell would tell it."""
ENDS_MAX = 5
ENDS_WITHIN = timedelta(minutes=1)
_CALM_PAGE = (
    "\x1b[2J\x1b[H\n\n\n      O N E   M O M E N T ,   P L E A S E\n\n      We are back at once.\n"
)

log = logging.getLogger(__name__)


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
    """Run app after app until one is closed by the staff or by a signal; the exit status.

    What went wrong is in the log. After five ends within a minute the next would be no better:
    whoever started the kiosk should know.
    """
    ends: deque[datetime] = deque(maxlen=ENDS_MAX)
    while True:
        app = make_app()
        with _ended_in_order() as terminal:
            await app.run_async()
        if terminal.is_gone:
            return HUNG_UP
        if not app.return_code:
            return 0
        ends.append(clock.now())
        if len(ends) == ENDS_MAX and ends[-1] - ends[0] <= ENDS_WITHIN:
            return app.return_code
        screen.write(_CALM_PAGE)
        screen.flush()


class _Terminal:
    """The terminal that the kiosk is shown on, which may go away: its window, its line."""

    def __init__(self) -> None:
        self._files = [file for file in (0, 1, 2) if os.isatty(file)]
        self.is_gone = False

    def look(self) -> bool:
        """Whether it is gone; then nothing is left that a write could wait for or fail on."""
        gone = [file for file in self._files if _has_hung_up(file)]
        if gone and not self.is_gone:
            self.is_gone = True
            log.warning("the terminal is gone")
            nowhere = os.open(os.devnull, os.O_RDWR)
            for file in gone:
                os.dup2(nowhere, file)
            os.close(nowhere)
        return self.is_gone


def _has_hung_up(file: int) -> bool:
    poll = select.poll()
    poll.register(file, 0)
    return any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0))


@contextmanager
def _ended_in_order() -> Iterator[_Terminal]:
    """Have what a service manager or a terminal says end the app as the staff would.

    After SIGTERM the terminal stays usable. One that went away may have told us so by SIGHUP, and
    under `nohup` or in a session of another nobody tells us: we look.
    """
    loop, running, terminal = asyncio.get_running_loop(), asyncio.current_task(), _Terminal()
    assert running is not None

    def end() -> None:
        # Whoever is impatient and asks twice is not to break off the first end.
        if not running.cancelling():
            running.cancel()

    async def watch() -> None:
        while not terminal.look():
            await asyncio.sleep(_LOOK_SECONDS)
        end()

    def hang_up(*_: object) -> None:
        # With it comes SIGCONT, at which Textual would set up a terminal that is no more.
        signal.signal(signal.SIGCONT, lambda *_: None)
        terminal.look()
        loop.call_soon_threadsafe(end)

    loop.add_signal_handler(signal.SIGTERM, end)
    before = signal.signal(signal.SIGHUP, hang_up)
    watching = asyncio.create_task(watch())
    try:
        yield terminal
    finally:
        watching.cancel()
        signal.signal(signal.SIGHUP, before)
        loop.remove_signal_handler(signal.SIGTERM)
