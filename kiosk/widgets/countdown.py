"""How long something is still held. It only asks the clock; it decides nothing."""

from datetime import datetime, timedelta

from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kiosk.clock import Clock

HURRY_SECONDS = 60
PULSE_SECONDS = 15


def minutes_and_seconds(left: timedelta) -> str:
    """`4:32`; never below `0:00`. A begun second counts as one, so `0:00` means over."""
    seconds = max(0, -(-left // timedelta(seconds=1)))
    return f"{seconds // 60}:{seconds % 60:02}"


class Countdown(Widget):
    """Counts down to an instant: amber from a minute on, and a pulse in the last 15 seconds."""

    DEFAULT_CSS = """
    Countdown {
        width: auto;
        height: 1;
        color: $ink;
        text-style: bold;
        &.-hurry { color: $hurry; }
        &.-pulse { text-style: bold reverse; }
    }
    """

    class Over(Message):
        """The instant has come. Said once."""

    def __init__(self, clock: Clock, until: datetime, prefix: str) -> None:
        super().__init__()
        self._clock = clock
        self._until = until
        self._prefix = prefix
        self._said_over = False
        self._last = ""

    @property
    def left(self) -> timedelta:
        """What is left; negative afterwards."""
        return self._until - self._clock.now()

    @property
    def is_over(self) -> bool:
        """Whether the instant has come."""
        return self.left <= timedelta()

    def on_mount(self) -> None:
        self.set_interval(1, self.tick)
        self.tick()

    def tick(self) -> None:
        """Look at the clock again."""
        seconds = -(-self.left // timedelta(seconds=1))
        self.set_class(seconds <= HURRY_SECONDS, "-hurry")
        still = self.app.animation_level == "none"
        self.set_class(seconds <= PULSE_SECONDS and not still and seconds % 2 == 1, "-pulse")
        if seconds <= 0 and not self._said_over:
            self._said_over = True
            self.post_message(self.Over())
        # Most seconds are as wide as the last one.
        text = self._text()
        self.refresh(layout=len(text) != len(self._last))
        self._last = text

    def render(self) -> RenderResult:
        return Content(self._text())

    def _text(self) -> str:
        return f"{self._prefix} {minutes_and_seconds(self.left)}".strip()
