"""A screen ends once, however fast the keys come, and no late answer finds it half taken down."""

import asyncio
import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module

import pytest
from textual import work
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Digits, Static

import kiosk.screens
from kiosk.screens.ending import EndingScreen
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


async def test_a_screen_answers_once_and_closes_no_other() -> None:
    app: App[None] = App()
    answers: list[int | None] = []
    async with app.run_test():
        below, asking = EndingScreen[None](), EndingScreen[int]()
        await app.push_screen(below)
        await app.push_screen(asking, answers.append)
        await asyncio.gather(asking.dismiss(1), asking.dismiss(2))
        assert answers == [1]
        assert app.screen is below


def screens() -> Iterator[type[Screen[object]]]:
    """Every screen there is."""
    for module in pkgutil.iter_modules(kiosk.screens.__path__, "kiosk.screens."):
        for _, one in inspect.getmembers(import_module(module.name), inspect.isclass):
            if issubclass(one, Screen) and one.__module__ == module.name:
                yield one


@pytest.mark.parametrize("screen", screens(), ids=lambda screen: screen.__name__)
def test_every_screen_ends_so(screen: type[Screen[object]]) -> None:
    assert issubclass(screen, EndingScreen)
