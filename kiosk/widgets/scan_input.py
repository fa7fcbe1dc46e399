"""The one field of a scanning screen. A scanner is a keyboard that may end with Enter, or not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from textual import events
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from kiosk.clock import Clock
from kiosk.domain.scans import Ending, last_code, tidied

SAME_CODE_SECONDS = 2
SILENCE_SECONDS = 0.15
"""A scanner types a symbol every few milliseconds; after so long without one it has finished."""

LENGTH_MAX = 512
_MOVES = {"up": -1, "down": 1}
_ENDINGS = {"enter": Ending.ENTER, "ctrl+j": Ending.ENTER, "tab": Ending.TAB}


class ScanInput(Input):
    """Takes scanned or typed codes, and lets each through once in `same_code_seconds`.

    `whole` finds in what was typed the code that needs no Enter.
    """

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

    @dataclass
    class Scanned(Message):
        """A whole code, upper case and without spaces; what was typed for it, and its end."""

        code: str
        typed: str
        ending: Ending

    class Confirmed(Message):
        """Enter, with nothing typed."""

    @dataclass
    class Moved(Message):
        """An arrow up or down, in its turn among what else is pressed."""

        by: int

    def __init__(
        self,
        clock: Clock,
        *,
        placeholder: str = "",
        whole: Callable[[str], str | None] = last_code,
        same_code_seconds: int = SAME_CODE_SECONDS,
    ) -> None:
        super().__init__(placeholder=placeholder, select_on_focus=False)
        self._clock = clock
        self._whole = whole
        self._same_code = timedelta(seconds=same_code_seconds)
        self._silence: Timer | None = None
        self._last: tuple[str, datetime] | None = None

    def on_mount(self) -> None:
        self._silence = self.set_interval(SILENCE_SECONDS, self.hear_silence, pause=True)

    async def on_key(self, key: events.Key) -> None:
        # Here and at once: as a binding, Enter would be handled after the letters behind it, and
        # two scans in one breath would be one.
        ending = _ENDINGS.get(key.key)
        if ending is Ending.ENTER or (ending and self.value):
            key.stop()
            key.prevent_default()
            self._end(ending)
        elif by := _MOVES.get(key.key):
            self.post_message(self.Moved(by))

    async def action_submit(self) -> None:
        self._end(Ending.ENTER)

    def insert_text_at_cursor(self, text: str) -> None:
        # Wherever somebody left the cursor: a scan is never written into what is there.
        self.insert(text, len(self.value))

    def watch_value(self, value: str) -> None:
        """Wait for silence; of endless typing, the end counts."""
        if len(value) > LENGTH_MAX:
            self.value = value[-LENGTH_MAX:]
        if self._silence and value:
            self._silence.reset()
            self._silence.resume()

    def hear_silence(self) -> None:
        """Nothing was typed for a while: what is whole goes through, the rest waits."""
        if self._silence:
            self._silence.pause()
        if self._whole(self.value):
            self._end(Ending.SILENCE)

    def _end(self, ending: Ending) -> None:
        typed = self.value
        self.clear()
        code = self._whole(typed) or tidied(typed)
        if not code:
            self.post_message(self.Confirmed())
        elif not self._just_seen(code):
            self.post_message(self.Scanned(code, typed, ending))

    def _just_seen(self, code: str) -> bool:
        now = self._clock.now()
        last, self._last = self._last, (code, now)
        return (
            last is not None and last[0] == code and timedelta() <= now - last[1] < self._same_code
        )
