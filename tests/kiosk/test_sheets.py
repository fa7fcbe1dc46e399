"""What widgets look like: as Textual would have it, with less work."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.css.parse import parse
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widgets import Input, Static

from kiosk.screens.help import HelpScreen
from kiosk.widgets.theme import PALETTES, dress
from tests.kiosk.at_the_door import to_door
from tests.kiosk.attendee import to_pay, to_ticket
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import LARGE, Play, playing, until, until_screen
from tests.kiosk.staff_ways import to_organiser

Go = Callable[[Play], Awaitable[object]]


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing blinks between two looks."""
    monkeypatch.setattr(Input, "cursor_blink", False)


async def stay(pilot: Play) -> None:
    """On the first screen."""
    await pilot.pause()


async def to_help(pilot: Play) -> None:
    """On a screen that lets another one shine through."""
    await pilot.press("f1")
    await until_screen(pilot, HelpScreen)


EVERYWHERE = pytest.mark.parametrize(
    "go", [stay, to_help, to_pay, to_ticket, to_door, to_organiser]
)


@EVERYWHERE
async def test_every_widget_has_the_rules_textual_gives_it_in_every_palette(go: Go) -> None:
    async with playing(Fakes().services, size=LARGE) as (app, pilot):
        await go(pilot)
        for name in [*PALETTES, *PALETTES]:
            app.theme = name
            await pilot.pause()
            nodes = list(app.screen.walk_children(with_self=True))
            ours = rules_of(nodes)

            plain = Stylesheet(variables=app.get_css_variables())
            plain.source = dict(app.stylesheet.source)
            plain.parse()
            plain.update_nodes(nodes)

            assert rules_of(nodes) == ours
            assert len(ours) > 5


class Long(App[None]):
    """More than fits, with a bar beside it."""

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static("\n".join(map(str, range(100))))


@EVERYWHERE
async def test_nothing_stays_painted_in_the_palette_before(go: Go) -> None:
    async with playing(Fakes().services, size=LARGE) as (_, pilot):
        await go(pilot)
        await look_on_in_every_palette(pilot)


async def test_a_scroll_bar_does_not_stay_painted_either() -> None:
    app = Long()
    dress(app)
    async with app.run_test() as pilot:
        assert app.query_one(VerticalScroll).show_vertical_scrollbar
        await look_on_in_every_palette(pilot)


async def look_on_in_every_palette(pilot: Play) -> None:
    """Whatever is painted anew looks as it did."""
    app, before = pilot.app, painted(pilot)
    for name in [*list(PALETTES)[1:], next(iter(PALETTES))]:
        app.theme = name
        await pilot.pause()
        at_once = painted(pilot)
        for widget in app.screen.walk_children(with_self=True):
            widget.refresh()
        for scroll in app.screen.query(VerticalScroll):
            scroll.vertical_scrollbar.refresh()
        await pilot.pause()

        assert at_once == painted(pilot) != before
        before = at_once


async def test_a_palette_that_was_learned_is_put_on_without_parsing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed: list[str] = []

    def told(scope: str, css: str, *args: Any, **kwargs: Any) -> Iterator[object]:
        parsed.append(css)
        return iter(parse(scope, css, *args, **kwargs))

    async with playing(Fakes().services) as (app, pilot):
        await until(pilot, lambda: not [one for one in app.workers if one.group == "palettes"])
        monkeypatch.setattr("textual.css.stylesheet.parse", told)
        for name in ("paper", "contrast", "ink"):
            app.theme = name
            await pilot.pause()
            assert not parsed
        # What comes after that is parsed once in each, and stays.
        await to_help(pilot)
        app.theme = "paper"
        await pilot.pause()
        assert parsed
        parsed.clear()
        app.theme = "ink"
        await pilot.pause()
        app.theme = "paper"
        await pilot.pause()
        assert not parsed


@EVERYWHERE
async def test_no_colour_is_left_to_the_terminal(go: Go) -> None:
    async with playing(Fakes().services, size=LARGE) as (_, pilot):
        await go(pilot)
        styles = [segment.style for line in painted(pilot) for segment in line if segment.style]
        colours = [c for style in styles for c in (style.color, style.bgcolor) if c is not None]
        assert colours
        assert all(colour.triplet is not None for colour in colours)
        assert not any(style.dim for style in styles)


def rules_of(nodes: list[DOMNode]) -> list[RulesMap]:
    """The rules that sheets gave to each."""
    return [node.styles.base.get_rules() for node in nodes]


def painted(pilot: Play) -> list[list[Segment]]:
    """The lines on the terminal, with their colours."""
    return [list(strip) for strip in pilot.app.screen._compositor.render_strips()]
