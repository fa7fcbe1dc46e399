"""A list to pick from without having the focus: the field beside it keeps hearing the scanner."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from kiosk.widgets.plain import cut, fit

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PickRow:
    """One line: what can be picked, and at the right what is to know; `why_not` if it cannot.

    Before it stands a number, if it has one: those of all rows end in one column.
    """

    text: str
    note: str = ""
    why_not: str = ""
    number: str = ""

    @property
    def aside(self) -> str:
        """What stands at the right."""
        return self.why_not or self.note


class ToldRows(Sequence[PickRow], Generic[T]):
    """A row for each of many things, told only once it is in view: there may be thousands."""

    def __init__(self, things: Sequence[T], tell: Callable[[T], PickRow]) -> None:
        self._things = things
        self._tell = tell

    def __len__(self) -> int:
        return len(self._things)

    @overload
    def __getitem__(self, at: int) -> PickRow: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[PickRow]: ...

    def __getitem__(self, at: int | slice) -> PickRow | Sequence[PickRow]:
        if isinstance(at, slice):
            return [self._tell(thing) for thing in self._things[at]]
        return self._tell(self._things[at])


class PickList(Widget):
    """Shows rows of which one is marked; its screen moves the mark and picks.

    Without `picks` it is only read, and nothing is marked.
    """

    DEFAULT_CSS = """
    PickList { width: 100%; height: auto; max-height: 12; color: $ink; }
    """

    class Picked(Message):
        """A row was touched."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, rows: Sequence[PickRow] = (), *, picks: bool = True) -> None:
        super().__init__()
        self._rows = rows
        self._picks = picks
        self._mark = 0

    @property
    def rows(self) -> Sequence[PickRow]:
        """What there is to pick from."""
        return self._rows

    @property
    def mark(self) -> int | None:
        """The index of the marked row, or None if there is no row."""
        return self._mark if self._rows else None

    def show(self, rows: Sequence[PickRow], mark: int | None = None) -> None:
        """Show other rows; the mark stays as near as it can."""
        self._rows = rows
        self.move_to(self._mark if mark is None else mark)
        self.refresh(layout=True)

    def move(self, by: int) -> None:
        """Move the mark, round the ends."""
        if self._rows:
            self.move_to((self._mark + by) % len(self._rows))

    def move_to(self, index: int) -> None:
        """Put the mark on a row."""
        self._mark = max(0, min(index, len(self._rows) - 1))
        self.refresh()

    def render(self) -> RenderResult:
        width, height = self.content_size
        first = self._first(height)
        shown = self._rows[first : first + height]
        columns = max((len(row.number) for row in shown), default=0)
        lines = [
            self._line(row, width, columns, is_marked=self._picks and index == self._mark)
            for index, row in enumerate(shown, first)
        ]
        return Content("\n").join(lines)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._rows)

    def _first(self, height: int) -> int:
        """The first row in view: the marked one always is."""
        return max(0, min(self._mark - height // 2, len(self._rows) - height))

    def _line(self, row: PickRow, width: int, columns: int, *, is_marked: bool) -> Content:
        number = f"{row.number:>{columns}}  " if columns else ""
        aside = cut(row.aside, width // 2)
        text = fit(row.text, width - len(Content(aside)) - len(number) - 4)
        style = "$lifted-quiet" if row.why_not else "bold $ink" if is_marked else "$ink"
        return Content.assemble(
            ("▌ " if is_marked else "  ", "$tiger-text"),
            (number, style),
            (text, style),
            "  ",
            (aside, "$lifted-quiet"),
        )

    def on_click(self, click: events.Click) -> None:
        click.stop()
        index = self._first(self.content_size.height) + click.y
        if self._picks and index < len(self._rows):
            self.move_to(index)
            self.post_message(self.Picked(index))
