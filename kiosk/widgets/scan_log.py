"""The last scans of a door, newest first."""

from collections import deque
from dataclasses import dataclass

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

LAST_SCANS = 10
_COLOURS = {"green": "$fine", "amber": "$hurry", "red": "$alert"}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One scan: when, how it looked, and what was said; all on one line and without controls."""

    clock: str
    look: str
    symbol: str
    text: str


class ScanLog(Widget):
    """Keeps the last ten scans in view, as far as there is room."""

    DEFAULT_CSS = """
    ScanLog {
        width: 100%;
        height: 1fr;
        padding: 0 2;
        color: $ink;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[LogLine] = deque(maxlen=LAST_SCANS)

    def add(self, line: LogLine) -> None:
        """One more scan."""
        self._lines.appendleft(line)
        self.refresh()

    def render(self) -> RenderResult:
        return Content("\n").join([self._row(line) for line in self._lines])

    def _row(self, line: LogLine) -> Content:
        colour = _COLOURS.get(line.look, "$quiet")
        return Content.assemble(
            (f"{line.clock}  ", "$quiet"), (line.symbol, colour), " ", line.text
        )
