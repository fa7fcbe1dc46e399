"""The organiser's page of the doors: who is inside, and how many came when."""

from textual.app import ComposeResult, RenderResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from kiosk.domain.crowds import Bars, Presence
from kiosk.screens.base import Desk
from kiosk.services.crowds import Crowd
from kiosk.widgets.curve import CurvePlot
from kiosk.widgets.plain import fit
from kiosk.widgets.stock_bar import shares
from kiosk.widgets.told import Told
from kiosk.words import Words

_TITLE_COLUMNS = 30
_NUMBER_COLUMNS = 17
_FULL_PERCENT = 90


class PresenceBars(Widget):
    """One row for each place: how full it is."""

    DEFAULT_CSS = """
    PresenceBars { width: 100%; height: auto; }
    """

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.words = words
        self._places: tuple[Presence, ...] = ()

    def show(self, places: tuple[Presence, ...]) -> None:
        """Show other places."""
        if places != self._places:
            self.refresh(layout=len(places) != len(self._places))
            self._places = places

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._places)

    def render(self) -> RenderResult:
        return Content("\n").join([self._row(one) for one in self._places])

    def _row(self, place: Presence) -> Content:
        width = self.content_size.width
        title_columns = min(_TITLE_COLUMNS, width // 3)
        cells = max(0, width - title_columns - _NUMBER_COLUMNS - 2)
        inside, words = place.inside, self.words
        if place.limit is None:
            full, room, number = 0, 0, words.number(inside)
        else:
            full, room = shares((inside, max(0, place.limit - inside)), cells)
            number = f"{words.number(inside)} / {words.number(place.limit)}"
        hurry = place.limit is not None and inside * 100 >= place.limit * _FULL_PERCENT
        return Content.assemble(
            (fit(place.title, title_columns), "bold $ink"),
            "  ",
            ("█" * full, "$hurry" if hurry else "$ink"),
            ("·" * room, "$quiet"),
            " " * (cells - full - room),
            (fit(number, _NUMBER_COLUMNS, right=True), "bold $hurry" if hurry else "$ink"),
        )


class DoorsPage(Vertical):
    """People in their places, the curve of admissions, and what doors let happen."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="doors")
        self.words = desk.words
        self._bars = PresenceBars(desk.words)
        self._plot = CurvePlot(self._title, desk.words.clock, desk.words.number)

    def compose(self) -> ComposeResult:
        yield Static(Content(self.words("inside now")), classes="heading")
        with VerticalScroll(id="presence", can_focus=False):
            yield self._bars
        yield Told("", id="conflicts")
        yield self._plot

    def show(self, crowd: Crowd) -> None:
        """Show other figures."""
        words = self.words
        self._bars.show(crowd.places)
        self._plot.show(crowd.curve)
        said = ""
        if crowd.conflicts:
            said = "▲ " + words.count(
                "1 was let in off line and should not have been: see to it at a door.",
                "{n} were let in off line and should not have been: see to it at a door.",
                crowd.conflicts,
            )
        conflicts = self.query_one("#conflicts", Static)
        conflicts.display = bool(said)
        conflicts.update(Content(said))

    def _title(self, bars: Bars) -> str:
        words = self.words
        minutes = int(bars.span.total_seconds()) // 60
        said = [words("admissions, each bar {n} minutes", n=minutes)]
        highest = max(bars.counts)
        if highest:
            at = words.clock(bars.begins + bars.counts.index(highest) * bars.span)
            said.append(words("most: {n} at {time}", n=words.number(highest), time=at))
            said.append(words("{n} in all", n=words.number(sum(bars.counts))))
        else:
            said.append(words("nobody came yet"))
        return " · ".join(said)

    @property
    def scroller(self) -> VerticalScroll:
        """What is scrolled of it."""
        return self.query_one("#presence", VerticalScroll)
