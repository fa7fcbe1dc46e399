"""A visit ends: its screens go, what it held is given back, and whoever comes next may begin."""

import asyncio

import pytest
from textual.await_complete import AwaitComplete

import kiosk.app
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.orders import Order, OrderState
from kiosk.screens.choose import ChooseScreen
from kiosk.screens.door import DoorScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.silence import StillThereScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.screens.you import YouScreen
from tests.kiosk.attendee import to_choose, to_pay, to_you
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import BellApp, Play, playing, until, until_screen
from tests.kiosk.staff_ways import to_organiser, unlock

HELD = 101


class SlowLedger:
    """Takes back what somebody held when it is told to, and not before."""

    def __init__(self, fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
        self.fakes = fakes
        self._cancel = fakes.sales.cancel
        self.asked, self.answers = asyncio.Event(), asyncio.Event()
        monkeypatch.setattr(fakes.sales, "cancel", self.cancel)

    async def cancel(self, order_id: int) -> Order:
        self.asked.set()
        await self.answers.wait()
        return await self._cancel(order_id)

    async def take_back(self, pilot: Play) -> None:
        """Answer, and wait until the places are free."""
        assert self.fakes.sales.orders[HELD].state is OrderState.HELD
        self.answers.set()
        await until(pilot, lambda: self.fakes.sales.orders[HELD].state is OrderState.CANCELLED)


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> SlowLedger:
    """The ledger behind new fakes."""
    return SlowLedger(Fakes(), monkeypatch)


def be_silent(fakes: Fakes, app: BellApp, seconds: int) -> None:
    fakes.clock.advance(seconds=seconds)
    app.tick()


async def until_closed(app: BellApp) -> None:
    """Wait until the kiosk is closed."""
    async with asyncio.timeout(5):
        while app.is_running:
            await asyncio.sleep(0.01)


async def test_nobody_waits_until_the_ledger_has_what_the_last_person_gave_back(
    ledger: SlowLedger,
) -> None:
    async with playing(ledger.fakes.services) as (app, pilot):
        await to_pay(pilot)
        be_silent(ledger.fakes, app, 60)
        await until_screen(pilot, WelcomeScreen)
        await ledger.asked.wait()
        await to_you(pilot)
        await ledger.take_back(pilot)
        assert isinstance(app.screen, YouScreen)


async def test_whatever_opens_while_the_screens_go_goes_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_choose(pilot)
        be_silent(fakes, app, 46)
        await until_screen(pilot, StillThereScreen)
        pop = app.pop_screen

        def pop_while_staff_come() -> AwaitComplete:
            monkeypatch.undo()
            popped = pop()
            app.action_staff()
            return popped

        monkeypatch.setattr(app, "pop_screen", pop_while_staff_come)
        be_silent(fakes, app, 14)
        await until(pilot, lambda: not any(isinstance(s, ChooseScreen) for s in app.screen_stack))
        await until_screen(pilot, WelcomeScreen)
        await to_choose(pilot)


async def test_staff_are_served_at_once_and_nobody_begins_under_their_hands(
    ledger: SlowLedger,
) -> None:
    async with playing(ledger.fakes.services) as (app, pilot):
        await to_pay(pilot)
        await unlock(pilot, "1111")
        await pilot.press("enter", "enter", "enter")
        await until_screen(pilot, DoorScreen)
        await ledger.asked.wait()
        assert [type(one) for one in app.screen_stack] == [WelcomeScreen, DoorScreen]
        await ledger.take_back(pilot)
        await pilot.press("f9")
        await until_screen(pilot, WelcomeScreen)
        await to_choose(pilot)


async def test_the_kiosk_closes_once_everything_is_given_back(
    ledger: SlowLedger,
) -> None:
    async with playing(ledger.fakes.services) as (app, pilot):
        await to_pay(pilot)
        await unlock(pilot, "4444")
        await pilot.press("up", "enter")
        await until_screen(pilot, WelcomeScreen)
        await ledger.asked.wait()
        await pilot.press("enter")
        assert [type(one) for one in app.screen_stack] == [WelcomeScreen]
        await ledger.take_back(pilot)
        await until_closed(app)


async def test_the_kiosk_waits_for_what_is_given_back_whoever_was_forgotten_meanwhile(
    ledger: SlowLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kiosk.app, "FORGET_SECONDS", 0)
    monkeypatch.setattr(kiosk.app, "FORGET_SECONDS_MAX", 0)
    async with playing(ledger.fakes.services) as (app, pilot):
        await to_pay(pilot)
        await to_organiser(pilot)
        await ledger.asked.wait()
        await pilot.press("f9")
        await until(pilot, lambda: [one for one in app.workers if one.group == "visit"])
        await until(pilot, lambda: not [one for one in app.workers if one.group == "forgetting"])
        await unlock(pilot, "4444")
        await pilot.press("up", "enter")
        await until_screen(pilot, WelcomeScreen)
        assert app.is_running
        await ledger.take_back(pilot)
        await until_closed(app)


async def test_books_that_do_not_fit_end_nothing_for_whoever_comes_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fakes, asked = Fakes(), asyncio.Event()

    async def contradict(order_id: int) -> Order:
        asked.set()
        raise LedgerContradicts(f"release of order {order_id}", "EXISTS_WITH_DIFFERENT_CODE")

    monkeypatch.setattr(fakes.sales, "cancel", contradict)
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        be_silent(fakes, app, 60)
        await until_screen(pilot, WelcomeScreen)
        await asked.wait()
        await to_pay(pilot)
        assert isinstance(app.screen, PayScreen)
