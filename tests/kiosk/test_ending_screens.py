"""An answer that comes while its screen is being taken down finds nobody, and harms nobody."""

import asyncio

import pytest
from textual import work
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Digits, Static

from kiosk.screens.base import KioskScreen
from kiosk.screens.dialog import Dialog
from kiosk.screens.ending import EndingScreen
from kiosk.screens.new_ticket import NewTicketScreen
from tests.kiosk.playing import until


class LastToGo(Static):
    """Lets the answer come when everything else of the screen has gone."""

    def __init__(self, answer: asyncio.Event) -> None:
        super().__init__()
        self._answer = answer

    async def on_unmount(self) -> None:
        while self.screen.query(Digits):
            await asyncio.sleep(0)
        self._answer.set()
        for _ in range(10):  # whoever waits for it goes on in one of these turns
            await asyncio.sleep(0)


class AskingScreen(EndingScreen[None]):
    """Shows an answer that it has to wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Digits("")
        yield LastToGo(self.answer)

    def on_mount(self) -> None:
        self.ask()

    @work(group="ask")
    async def ask(self) -> None:
        """Ask, and show what was answered."""
        await self.answer.wait()
        self.query_one(Digits).update("7")


async def test_an_answer_is_not_shown_on_a_screen_that_is_going() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        below, asking = app.screen, AskingScreen()
        await app.push_screen(asking)
        await until(pilot, lambda: asking.workers)
        await app.pop_screen()
        assert app.screen is below
        assert asking.answer.is_set()


@pytest.mark.parametrize("screen", [KioskScreen, Dialog, NewTicketScreen])
def test_every_screen_that_asks_ends_so(screen: type[Screen[object]]) -> None:
    assert issubclass(screen, EndingScreen)
