"""Is anybody still there?"""

from datetime import timedelta
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kiosk.clock import Clock
from kiosk.screens.base import Desk
from kiosk.screens.ending import EndingScreen

WARNING_SECONDS = 45
HOME_SECONDS = 60


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


class StillThereScreen(EndingScreen[None], ModalScreen[None]):
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
        width: 100%;
        height: 1;
        content-align: center middle;
        background: $hurry;
        color: $ground;
    }
    """

    def __init__(self, text: str) -> None:
        super().__init__(Content(text))

    def say(self, text: str) -> None:
        """Count on."""
        self.update(Content(text))
