"""F1 explains every screen on an attendee's way, and nothing is lost by asking."""

import pytest

from kiosk.domain.errors import SoldOut
from kiosk.domain.orders import OrderState
from kiosk.screens.help import HelpScreen
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.phone import PhoneScreen
from kiosk.screens.silence import StillThereScreen
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.widgets.target import Target
from kiosk.words import LANGUAGES
from tests.kiosk.attendee import SHORT_HOLD, tell, to_choose, to_pay, to_ticket, to_you
from tests.kiosk.fake_events import an_event
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    LARGE,
    SMALL,
    Play,
    playing,
    rows_of,
    sentence_of,
    text_of,
    until_screen,
    until_text,
)


async def ask_for_help(pilot: Play, title: str) -> None:
    """Open the help, read its title, close it again."""
    below = pilot.app.screen
    await pilot.press("f1")
    await until_screen(pilot, HelpScreen)
    await until_text(pilot, title)
    assert "Staff at the desk help you with everything else." in sentence_of(pilot)
    await pilot.press("escape")
    await until_screen(pilot, type(below))
    assert pilot.app.screen is below


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)], ids=str)
async def test_every_screen_on_the_way_has_its_help(size: tuple[int, int]) -> None:
    fakes = Fakes()
    async with playing(fakes.services, size=size) as (_, pilot):
        await ask_for_help(pilot, "Buy tickets here")
        fakes.sales.refuse(SoldOut("regular", 0, 0, 0))
        await to_choose(pilot)
        await ask_for_help(pilot, "Choosing tickets")
        await pilot.press("escape")
        await until_screen(pilot, WelcomeScreen)
        await to_you(pilot)
        await ask_for_help(pilot, "Whom the tickets are for")
        await tell(pilot)
        await until_screen(pilot, NoticeScreen)
        await ask_for_help(pilot, "What now?")
        await pilot.press("escape")


async def test_paying_and_the_tickets_have_their_help() -> None:
    async with playing(Fakes().services) as (_, pilot):
        await to_pay(pilot)
        await ask_for_help(pilot, "Paying")
        await pilot.press("right", "enter")
        await until_screen(pilot, PhoneScreen)
        await ask_for_help(pilot, "Paying with your phone")
        await pilot.press("escape")
        await until_screen(pilot, PayScreen)
        await pilot.press("escape")
    async with playing(Fakes().services) as (_, pilot):
        await to_ticket(pilot)
        await ask_for_help(pilot, "Your tickets")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_help_speaks_the_language_and_names_the_keys(language: str) -> None:
    async with playing(Fakes().services) as (_, pilot):
        await pilot.press(*["right"] * LANGUAGES.index(language))
        await to_choose(pilot)
        await pilot.press("f1")
        await until_screen(pilot, HelpScreen)
        title = {"en": "Choosing tickets", "es": "Elegir entradas", "de": "Tickets aussuchen"}
        await until_text(pilot, title[language])
        shown = text_of(pilot)
        assert all(key in shown for key in ("↑↓", "←→", "Enter", "F2", "Esc"))


async def test_the_help_can_be_touched_open_and_closed() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_ticket(pilot)
        await pilot.click(app.screen.query_one(".help", Target))
        await until_screen(pilot, HelpScreen)
        await pilot.click("#help")
        await until_screen(pilot, TicketScreen)


async def test_what_is_paid_meanwhile_takes_the_help_away() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        await pilot.press("right", "enter")
        await until_screen(pilot, PhoneScreen)
        phone = app.screen
        assert isinstance(phone, PhoneScreen)
        await pilot.press("f1")
        await until_screen(pilot, HelpScreen)
        fakes.sales.pay_by_phone(101)
        phone.look()
        await until_screen(pilot, TicketScreen)


async def test_the_end_of_the_hold_takes_the_help_away() -> None:
    fakes = Fakes(an_event(hold_seconds=SHORT_HOLD))
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        paying = app.screen
        assert isinstance(paying, PayScreen)
        await pilot.press("f1")
        await until_screen(pilot, HelpScreen)
        fakes.clock.advance(seconds=SHORT_HOLD)
        paying.countdown.tick()
        await until_screen(pilot, NoticeScreen)


async def test_help_that_nobody_reads_any_more_goes_home() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await pilot.press("f1")
        await until_screen(pilot, HelpScreen)
        fakes.clock.advance(seconds=60)
        app.tick()
        await until_screen(pilot, WelcomeScreen)
        await to_pay(pilot)
        await pilot.press("f1")
        await until_screen(pilot, HelpScreen)
        fakes.clock.advance(seconds=45)
        app.tick()
        await until_screen(pilot, StillThereScreen)
        fakes.clock.advance(seconds=15)
        app.tick()
        await until_screen(pilot, WelcomeScreen)
        assert fakes.sales.orders[101].state is OrderState.CANCELLED


async def test_the_footer_under_a_dialog_names_the_keys_of_the_dialog() -> None:
    async with playing(Fakes().services) as (_, pilot):
        await to_choose(pilot)
        await pilot.press("f2")
        await until_text(pilot, "Some tickets are for those with a code.")
        last = rows_of(pilot)[-1]
        assert "Use the code" in last
        assert "Start over" not in text_of(pilot)
