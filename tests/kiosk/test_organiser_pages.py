"""The organiser's pages are mounted as they are opened, by keys and taps that may cross."""

import asyncio
from collections.abc import Callable

import pytest
from textual import events
from textual.widgets import ContentSwitcher

from kiosk.screens.organiser import PAGES, OrganiserScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.widgets.frame import KeyHint
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import Play, playing, until, until_screen
from tests.kiosk.staff_ways import to_organiser

Touch = tuple[Callable[[Play, str], None], str]
"""A tap or a key, and which."""

TURNS = pytest.mark.parametrize("turns", [0, 2, 5, 12, 30])
"""Of the event loop, between the one and the other."""


async def watching(pilot: Play) -> OrganiserScreen:
    """The organiser's screen, with figures for every page."""
    await to_organiser(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, OrganiserScreen)
    await until(pilot, lambda: screen._report and screen._crowd)
    return screen


def tap(pilot: Play, label: str) -> None:
    """Touch a hint in the footer; it is answered beside whatever keys are."""
    hint = next(one for one in pilot.app.screen.query(KeyHint) if one._key.label == label)
    hint.post_message(events.Click(hint, 1, 0, 0, 0, 1, False, False, False))


def press(pilot: Play, key: str) -> None:
    """Press a key, and wait for nothing."""
    pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))


async def some(turns: int) -> None:
    """Let so many turns of the event loop go by."""
    for _ in range(turns):
        await asyncio.sleep(0)


@pytest.mark.parametrize("page", PAGES[1:])
@TURNS
async def test_a_key_and_a_tap_open_one_page_after_the_other(page: str, turns: int) -> None:
    async with playing(Fakes().services) as (_, pilot):
        screen = await watching(pilot)
        press(pilot, str(PAGES.index(page) + 1))
        await some(turns)
        tap(pilot, "←→")
        switcher = screen.query_one(ContentSwitcher)
        # Whichever came first: the tap led on from there, or the key away from where it led.
        after = PAGES[(PAGES.index(page) + 1) % len(PAGES)]
        await until(pilot, lambda: len(switcher.children) > 1 and not screen._turning.locked())
        await until(pilot, lambda: switcher.current in (page, after))
        assert [one.id for one in switcher.children if one.display] == [switcher.current]
        assert screen._page == PAGES.index(switcher.current or "")


@pytest.mark.parametrize(
    ("opens", "locks"), [((tap, "←→"), (press, "f9")), ((press, "2"), (tap, "F9"))]
)
@TURNS
async def test_whoever_locks_while_a_page_is_opened_is_home(
    opens: Touch, locks: Touch, turns: int
) -> None:
    async with playing(Fakes().services) as (_, pilot):
        await watching(pilot)
        for does, what in (opens, locks):
            does(pilot, what)
            await some(turns)
        await until_screen(pilot, WelcomeScreen)
