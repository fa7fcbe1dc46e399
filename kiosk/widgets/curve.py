"""A curve of numbers over time, drawn in cells: one bar for each span of time."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from kiosk.domain.crowds import Bars, Curve
from kiosk.widgets.plain import cut

_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
_BAR_COLUMNS_MAX: Final = 6


def bar_rows(counts: tuple[int, ...], rows: int, columns: int) -> list[str]:
    """Bars of so many columns each, the highest as high as there are rows; the top row first.

    What is not nothing can be seen.
    """
    highest = max(counts, default=0)
    if not highest:
        return [" " * columns * len(counts)] * rows
    eighths = [max(1, count * rows * 8 // highest) if count else 0 for count in counts]
    # A gap between bars, where there is room for one.
    width = max(1, columns - 1)
    return [
        "".join(
            (_EIGHTHS[min(8, max(0, height - above * 8))] * width).ljust(columns)
            for height in eighths
        )
        for above in reversed(range(rows))
    ]


class CurvePlot(Widget):
    """Draws admissions up to now, below what `title` says of them; the last bar still grows."""

    DEFAULT_CSS = """
    CurvePlot { width: 100%; height: 1fr; min-height: 4; }
    """

    def __init__(
        self,
        title: Callable[[Bars], str],
        clock: Callable[[datetime], str],
        number: Callable[[int], str],
    ) -> None:
        super().__init__()
        self._title = title
        self._clock = clock
        self._number = number
        self._curve = Curve({}, 0)

    def show(self, curve: Curve) -> None:
        """Draw another curve."""
        if curve != self._curve:
            self._curve = curve
            self.refresh()

    def render(self) -> RenderResult:
        rows = self.content_size.height - 3
        if rows < 1 or self._plot_columns < 1:
            return Content("")
        bars = self._curve.bars(self._plot_columns)
        columns = max(1, min(_BAR_COLUMNS_MAX, self._plot_columns // len(bars.counts)))
        label = self._number(max(bars.counts)).rjust(self._label_columns)
        blank = " " * self._label_columns
        lines = [Content.styled(cut(self._title(bars), self.content_size.width), "$quiet")]
        lines += [
            Content.assemble(
                (f"{label if at == 0 else blank} ", "$quiet"),
                ("│", "$line"),
                (row[:-columns], "$ink"),
                (row[-columns:], "$tiger-text"),
            )
            for at, row in enumerate(bar_rows(bars.counts, rows, columns))
        ]
        zero = "0".rjust(self._label_columns)
        width = columns * len(bars.counts)
        lines.append(Content.assemble((f"{zero} ", "$quiet"), ("└" + "─" * width, "$line")))
        lines.append(Content.styled(f"{blank}  {self._times(bars, columns)}", "$quiet"))
        return Content("\n").join(lines)

    def _times(self, bars: Bars, columns: int) -> str:
        """When bars begin, below them, as many as stand apart."""
        line = ""
        for at in range(len(bars.counts)):
            place = at * columns
            if (not line or place >= len(line) + 4) and place + 5 <= self._plot_columns:
                line = line.ljust(place) + self._clock(bars.begins + at * bars.span)
        return line

    @property
    def _label_columns(self) -> int:
        return len(self._number(max(self._curve.counts.values(), default=0))) + 1

    @property
    def _plot_columns(self) -> int:
        return self.content_size.width - self._label_columns - 2
