"""Is anybody still there?"""

from datetime import timedelta
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from kiosk.clock import Clock
from kiosk.screens.base import Desk
from kiosk.words import Words

WARNING_SECONDS = 45
HOME_SECONDS = 60
LOG_OUT_WARNING_SECONDS = 15
"""So long before staff are logged out they are told."""


class Silence:
    """How long nobody has touched anything."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since = clock.now()

    def end(self) -> None:
        """Somebody touched something."""
        self._since = self._clock.now()

    @property
    def seconds(self) -> int:
        """Whole seconds of silence."""
        return (self._clock.now() - self._since) // timedelta(seconds=1)


class StillThereScreen(ModalScreen[None]):
    """A band over the foot of the screen; any key or touch takes it away and does nothing else."""

    CSS_PATH = "silence.tcss"
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, desk: Desk, silence: Silence) -> None:
        super().__init__()
        self._words = desk.words
        self._silence = silence

    def compose(self) -> ComposeResult:
        yield Static(Content(self._line()), id="still-there")

    def on_mount(self) -> None:
        self.set_interval(1, self.tick)

    def tick(self) -> None:
        """Count on."""
        self.query_one("#still-there", Static).update(Content(self._line()))

    def _line(self) -> str:
        left = max(0, HOME_SECONDS - self._silence.seconds)
        return self._words.count(
            "Still there? Press any key: in one second this starts over.",
            "Still there? Press any key: in {n} seconds this starts over.",
            left,
        )

    def on_key(self, key: events.Key) -> None:
        key.stop()
        key.prevent_default()
        self.dismiss(None)

    def on_click(self, click: events.Click) -> None:
        click.stop()
        self.dismiss(None)


class LogOutBand(Static):
    """Over the foot of a staff mode; it takes no key away, for that may be a scan's first."""

    DEFAULT_CSS = """
    LogOutBand {
        dock: bottom;
        layer: band;
        width: 100%;
        height: 1;
        content-align: center middle;
        background: $hurry;
        color: $ground;
    }
    """


class StaffSilence:
    """How long nobody has touched a staff mode: one warning, then it is time to lock it."""

    def __init__(self, words: Words, silence: Silence) -> None:
        self._words = words
        self._silence = silence

    def is_over(self, mode: Screen[None], limit_seconds: int) -> bool:
        """Whether it is time, having warned before; never where there is no limit."""
        left = limit_seconds - self._silence.seconds
        bands = mode.query(LogOutBand)
        if limit_seconds and left <= 0:
            return True
        if not limit_seconds or left > LOG_OUT_WARNING_SECONDS:
            bands.remove()
            return False
        if not bands:
            mode.mount(LogOutBand(Content(self._line(left))))
        for band in bands:
            band.update(Content(self._line(left)))
        return False

    def _line(self, left: int) -> str:
        return self._words.count(
            "Still there? In one second this locks itself; any key keeps it open.",
            "Still there? In {n} seconds this locks itself; any key keeps it open.",
            left,
        )
