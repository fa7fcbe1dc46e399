"""The first screen is there before the books are open, and whoever is quicker waits calmly."""

import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kiosk.api.addresses import CannotListen
from kiosk.screens.choose import ChooseScreen
from kiosk.screens.door import DoorScreen
from kiosk.screens.moment import MomentScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.staff import StaffDialog
from kiosk.screens.welcome import WelcomeScreen
from kiosk.services.event_files import load_event
from kiosk.services.front import Front
from kiosk.settings import DEMO_EVENT, LOOPBACK, Settings
from kiosk.start import open_behind
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import Play, playing, text_of, type_in, until, until_screen, until_text
from tests.kiosk.test_signals import (
    LEAVES_THE_ALTERNATE_SCREEN,
    kiosk_in_a_terminal,
    read_to_the_end,
)


@asynccontextmanager
async def in_front() -> AsyncIterator[tuple[Fakes, Front, Play]]:
    """Somebody in front of a terminal whose books are not open yet."""
    fakes = Fakes()
    front = Front(fakes.event, fakes.clock)
    async with playing(front) as (_, pilot):
        await until_text(pilot, "Begin")
        yield fakes, front, pilot


async def test_the_first_screen_says_all_that_the_event_file_tells() -> None:
    async with in_front() as (fakes, _, pilot):
        text = text_of(pilot)
        assert fakes.event.name in text
        assert "4.00 USD" in text
        await pilot.press("right")
        await until_text(pilot, "Empezar")


async def test_who_begins_before_the_books_are_open_goes_on_by_itself() -> None:
    async with in_front() as (fakes, front, pilot):
        await pilot.press("right", "enter")
        await until_screen(pilot, MomentScreen)
        await until_text(pilot, "Sigue solo")
        front.open(fakes.services)
        await until_screen(pilot, ChooseScreen)
        await until_text(pilot, "¿Qué te gustaría?")
        assert len(pilot.app.screen_stack) == 2


async def test_who_begins_twice_begins_once() -> None:
    async with in_front() as (fakes, front, pilot):
        await pilot.press("enter", "enter", "enter")
        await until_screen(pilot, MomentScreen)
        assert len(pilot.app.screen_stack) == 2
        front.open(fakes.services)
        await until_screen(pilot, ChooseScreen)
        assert len(pilot.app.screen_stack) == 2


async def test_who_goes_back_while_waiting_is_home() -> None:
    async with in_front() as (fakes, front, pilot):
        await pilot.press("enter")
        await until_screen(pilot, MomentScreen)
        await pilot.press("escape")
        await until_screen(pilot, WelcomeScreen)
        front.open(fakes.services)
        await pilot.pause()
        assert isinstance(pilot.app.screen, WelcomeScreen)
        await pilot.press("enter")
        await until_screen(pilot, ChooseScreen)


async def test_the_staff_wait_too() -> None:
    async with in_front() as (fakes, front, pilot):
        await pilot.press("f10")
        await until_screen(pilot, MomentScreen)
        await pilot.press("f10")
        front.open(fakes.services)
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "1111")
        await until_screen(pilot, StaffDialog)


async def test_a_terminal_at_the_door_asks_for_a_pin_once_the_books_are_open() -> None:
    fakes = Fakes()
    front = Front(fakes.event, fakes.clock)
    async with playing(front, mode="door") as (_, pilot):
        await until_screen(pilot, MomentScreen)
        front.open(fakes.services)
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "1111")
        await until_screen(pilot, DoorScreen)
        await pilot.press("f9")
        await until_screen(pilot, WelcomeScreen)


@pytest.mark.parametrize("keys", [(), ("enter",)], ids=["at home", "waiting"])
async def test_the_app_ends_if_the_books_cannot_be_opened(keys: tuple[str, ...]) -> None:
    async with in_front() as (_, front, pilot):
        await pilot.press(*keys)
        front.give_up()
        await until(pilot, lambda: not pilot.app.is_running)
    assert pilot.app.return_code == 0


async def test_what_stands_in_the_way_ends_the_front_and_is_raised_after_it(
    tmp_path: Path,
) -> None:
    fakes = Fakes()
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        settings = Settings(home=tmp_path, ledger="embedded", http_port=port)
        front = Front(load_event(DEMO_EVENT), fakes.clock)
        front.show()
        with pytest.raises(CannotListen, match=str(port)):
            async with open_behind(front, settings):
                assert not await front.opened()


async def test_a_front_that_goes_early_leaves_nothing_open(tmp_path: Path) -> None:
    front = Front(load_event(DEMO_EVENT), Fakes().clock)
    async with open_behind(front, Settings(home=tmp_path, ledger="embedded")) as opening:
        pass
    assert opening.done()
    assert not front.is_open


def test_a_kiosk_that_is_told_to_end_while_it_opens_ends_in_order(tmp_path: Path) -> None:
    with kiosk_in_a_terminal(tmp_path, KIOSK_LEDGER="auto") as (kiosk, terminal):
        kiosk.send_signal(signal.SIGTERM)
        last_words = read_to_the_end(terminal)
        os.close(terminal)
        assert kiosk.wait() == 0
    assert LEAVES_THE_ALTERNATE_SCREEN in last_words
