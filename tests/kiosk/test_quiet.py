"""What stops the screen for a moment waits until nobody presses anything."""

import asyncio
from time import monotonic

import pytest

import kiosk.app
import kiosk.quiet
from kiosk.quiet import Quiet
from kiosk.screens.welcome import WelcomeScreen
from tests.kiosk.attendee import to_ticket
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import Play, playing, until, until_screen
from tests.kiosk.staff_ways import to_organiser

QUIET_SECONDS = 0.02
FORGET_SECONDS_MAX = 0.2


class Hand:
    """A clock that is moved by hand: however slow the machine, no time goes by."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    """The clock that the last key is remembered by; whoever waits looks at it often."""
    hand = Hand()
    monkeypatch.setattr(kiosk.quiet, "QUIET_SECONDS", QUIET_SECONDS)
    monkeypatch.setattr(kiosk.quiet, "monotonic", hand)
    return hand


async def some_turns() -> None:
    """Time enough for whoever waits to look at the clock again."""
    await asyncio.sleep(3 * QUIET_SECONDS)


async def test_it_is_quiet_some_time_after_the_last_key(hand: Hand) -> None:
    quiet = Quiet()
    waiting = asyncio.create_task(quiet.comes())
    for _ in range(5):
        hand.now += QUIET_SECONDS * 0.9
        await some_turns()
        assert not waiting.done()
        quiet.end()
    hand.now += QUIET_SECONDS
    await waiting
    await quiet.comes()


async def test_who_waits_long_enough_goes_on_all_the_same(hand: Hand) -> None:
    quiet = Quiet()
    waiting = asyncio.create_task(quiet.comes(within=FORGET_SECONDS_MAX))
    await asyncio.sleep(0)
    end = hand.now + FORGET_SECONDS_MAX
    while hand.now < end:
        assert not waiting.done()
        quiet.end()
        hand.now += QUIET_SECONDS / 2
        await some_turns()
    await waiting


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When what was shown was forgotten."""
    times: list[float] = []
    monkeypatch.setattr(kiosk.app, "FORGET_SECONDS", 0)
    monkeypatch.setattr(kiosk.app, "forget_what_was_shown", lambda: times.append(monotonic()))
    return times


async def go_on_pressing(pilot: Play, hand: Hand, times: int) -> None:
    """Whoever comes next looks for their language."""
    for _ in range(times):
        await pilot.press("right")
        hand.now += QUIET_SECONDS * 0.9
        await some_turns()


async def test_who_has_gone_is_forgotten_while_nobody_presses_anything(
    hand: Hand, forgotten: list[float]
) -> None:
    async with playing(Fakes().services) as (_, pilot):
        await to_ticket(pilot)
        await pilot.press("n")
        await until_screen(pilot, WelcomeScreen)
        await go_on_pressing(pilot, hand, 5)
        assert not forgotten
        hand.now += QUIET_SECONDS
        await until(pilot, lambda: forgotten)


async def test_who_has_gone_is_forgotten_even_if_nobody_leaves_the_keys_alone(
    hand: Hand, forgotten: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk.app, "FORGET_SECONDS_MAX", FORGET_SECONDS_MAX)
    async with playing(Fakes().services) as (_, pilot):
        await to_organiser(pilot)
        await pilot.press("f9")
        await until_screen(pilot, WelcomeScreen)
        while not forgotten:
            assert hand.now < 100 + 100 * FORGET_SECONDS_MAX
            await go_on_pressing(pilot, hand, 1)


async def test_one_look_is_for_all_who_have_gone_by_then(
    hand: Hand, forgotten: list[float]
) -> None:
    async with playing(Fakes().services) as (app, pilot):
        for _ in range(3):
            await to_organiser(pilot)
            await pilot.press("f9")
            await until_screen(pilot, WelcomeScreen)
        waiting = [one for one in app.workers if one.group == "forgetting"]
        assert len(waiting) == 3
        hand.now += QUIET_SECONDS
        await until(pilot, lambda: all(one.is_finished for one in waiting))
        assert len(forgotten) == 1
