"""What stops the screen for a moment waits until nobody presses anything."""

import asyncio
from time import monotonic

import pytest

import kiosk.app
import kiosk.quiet
from kiosk.quiet import Quiet
from kiosk.screens.organiser import OrganiserScreen
from kiosk.screens.welcome import WelcomeScreen
from tests.kiosk.attendee import to_ticket
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import Play, playing, until, until_screen
from tests.kiosk.staff_ways import to_organiser

QUIET_SECONDS = 0.3


@pytest.fixture(autouse=True)
def soon_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quiet comes after a third of a second."""
    monkeypatch.setattr(kiosk.quiet, "QUIET_SECONDS", QUIET_SECONDS)


async def waited(quiet: Quiet, within: float) -> float:
    """Seconds until it was quiet."""
    began = monotonic()
    await quiet.comes(within=within)
    return monotonic() - began


async def test_it_is_quiet_some_time_after_the_last_key() -> None:
    quiet = Quiet()
    asyncio.get_running_loop().call_later(QUIET_SECONDS / 2, quiet.end)
    assert QUIET_SECONDS * 1.4 <= await waited(quiet, 10) < 10
    assert await waited(quiet, 10) < QUIET_SECONDS


async def test_who_waits_long_enough_goes_on_all_the_same() -> None:
    quiet = Quiet()
    waiting = asyncio.create_task(waited(quiet, 3 * QUIET_SECONDS))
    while not waiting.done():
        quiet.end()
        await asyncio.sleep(QUIET_SECONDS / 3)
    assert await waiting >= 3 * QUIET_SECONDS


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When what was shown was forgotten."""
    times: list[float] = []
    monkeypatch.setattr(kiosk.app, "FORGET_SECONDS", 0)
    monkeypatch.setattr(kiosk.app, "forget_what_was_shown", lambda: times.append(monotonic()))
    return times


async def go_on_pressing(pilot: Play, times: int) -> None:
    """Whoever comes next looks for their language."""
    for _ in range(times):
        await pilot.press("right")
        await asyncio.sleep(QUIET_SECONDS / 10)


async def test_who_has_gone_is_forgotten_while_nobody_presses_anything(
    forgotten: list[float],
) -> None:
    async with playing(Fakes().services) as (_, pilot):
        await to_ticket(pilot)
        await pilot.press("n")
        await until_screen(pilot, WelcomeScreen)
        await go_on_pressing(pilot, 15)
        assert not forgotten
        await until(pilot, lambda: forgotten)


async def test_who_has_gone_is_forgotten_even_if_nobody_leaves_the_keys_alone(
    forgotten: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk.app, "FORGET_SECONDS_MAX", QUIET_SECONDS / 2)
    async with playing(Fakes().services) as (_, pilot):
        await to_organiser(pilot)
        assert isinstance(pilot.app.screen, OrganiserScreen)
        await pilot.press("f9")
        await until_screen(pilot, WelcomeScreen)
        await go_on_pressing(pilot, 15)
        assert forgotten
