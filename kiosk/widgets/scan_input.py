"""The one field of a scanning screen. A scanner is a keyboard that ends with Enter."""

from datetime import datetime, timedelta

from textual import events
from textual.message import Message
from textual.widgets import Input

from kiosk.clock import Clock

SAME_CODE_SECONDS = 2
LENGTH_MAX = 512


class ScanInput(Input):
    """Takes scanned or typed codes, and lets each through once in two seconds."""

    DEFAULT_CSS = """
    ScanInput {
        border: none;
        height: 1;
        padding: 0 1;
        background: $ground;
        color: $ink;
        &:focus { border: none; background-tint: transparent; }
        & > .input--placeholder { color: $quiet; }
    }
    """

    class Scanned(Message):
        """A whole code, upper case and without spaces."""

        def __init__(self, code: str) -> None:
            super().__init__()
            self.code = code

    def __init__(self, clock: Clock, *, placeholder: str = "") -> None:
        super().__init__(placeholder=placeholder, max_length=LENGTH_MAX, select_on_focus=False)
        self._clock = clock
        self._last: tuple[str, datetime] | None = None

    async def on_key(self, key: events.Key) -> None:
        # Here and at once: as a binding, Enter would be handled after the letters behind it, and
        # two scans in one breath would be one.
        if key.key == "enter":
            key.stop()
            key.prevent_default()
            await self.action_submit()

    async def action_submit(self) -> None:
        code = "".join(self.value.split()).upper()
        self.clear()
        if code and not self._just_seen(code):
            self.post_message(self.Scanned(code))

    def _just_seen(self, code: str) -> bool:
        now = self._clock.now()
        last, self._last = self._last, (code, now)
        return (
            last is not None
            and last[0] == code
            and timedelta() <= now - last[1] < timedelta(seconds=SAME_CODE_SECONDS)
        )
