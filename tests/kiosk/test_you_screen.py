"""Who are you: mistakes, and what becomes of the hold that is asked for then."""

from textual import events
from textual.widgets import Input

from kiosk.domain.errors import HoldExpired, NotOnSale, SaleState, SoldOut
from kiosk.domain.events import Window
from kiosk.screens.choose import ChooseScreen
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.you import YouScreen
from kiosk.widgets.ticket_card import ChoiceCard
from tests.kiosk.attendee import (
    tell,
    to_you,
)
from tests.kiosk.fake_events import LEDGER_AWAY, NOON
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    playing,
    text_of,
    until,
    until_screen,
    until_text,
)


async def test_a_mistake_is_said_in_words_when_the_field_is_left() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_you(pilot)
        await pilot.press("tab", *"ada", "shift+tab")
        await until_text(pilot, "An e-mail address has an @ in it")
        await pilot.press("tab", "enter")
        await until_text(pilot, "Please tell us a name.")
        assert isinstance(app.screen, YouScreen)


async def test_going_back_keeps_what_was_typed() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_you(pilot)
        await pilot.press(*"Ada", "escape")
        await until_screen(pilot, ChooseScreen)
        await until(pilot, lambda: isinstance(app.focused, ChoiceCard))
        await pilot.press("enter")
        await until_screen(pilot, YouScreen)
        assert app.screen.query(Input).first().value == "Ada"


async def test_sold_out_says_what_others_hold_and_tries_again_with_the_same_order() -> None:
    fakes = Fakes()
    fakes.sales.refuse(SoldOut("regular", 0, 3, 240))
    async with playing(fakes.services) as (_, pilot):
        await to_you(pilot)
        await tell(pilot)
        await until_screen(pilot, NoticeScreen)
        assert "3 are on hold and may come back within 4 min" in text_of(pilot)
        await pilot.press("enter")
        await until_screen(pilot, YouScreen)
        await pilot.press("enter")
        await until_screen(pilot, PayScreen)
        assert len({order_id for _, order_id in fakes.sales.calls}) == 1


async def test_sold_out_for_good_leads_back_to_the_choice() -> None:
    fakes = Fakes()
    fakes.sales.refuse(SoldOut("regular", 0, 0, 0))
    async with playing(fakes.services) as (_, pilot):
        await to_you(pilot)
        await tell(pilot)
        await until_screen(pilot, NoticeScreen)
        assert "has just gone" in text_of(pilot)
        await pilot.press("enter")
        await until_screen(pilot, ChooseScreen)


async def test_not_on_sale_says_so() -> None:
    fakes = Fakes()
    fakes.sales.refuse(NotOnSale("regular", SaleState.UPCOMING, Window(starts=NOON)))
    async with playing(fakes.services) as (_, pilot):
        await to_you(pilot)
        await tell(pilot)
        await until_text(pilot, "can be bought from Fri 12 Mar 18:04")


async def test_an_unknown_hold_is_asked_for_again_with_the_same_order() -> None:
    fakes = Fakes()
    fakes.sales.refuse(LEDGER_AWAY)
    async with playing(fakes.services) as (_, pilot):
        await to_you(pilot)
        await tell(pilot)
        await until_text(pilot, "Nothing was taken. Press Enter to try again.")
        await pilot.press("enter")
        await until_screen(pilot, PayScreen)
        assert len(set(fakes.sales.calls)) == 1


async def test_other_details_after_an_unknown_hold_are_another_order() -> None:
    fakes = Fakes()
    fakes.sales.refuse(LEDGER_AWAY)
    async with playing(fakes.services) as (_, pilot):
        await to_you(pilot)
        await tell(pilot)
        await until_text(pilot, "Nothing was taken.")
        await pilot.press("end", "m", "enter")
        await until_screen(pilot, PayScreen)
        [first, second] = [order_id for _, order_id in fakes.sales.calls]
        assert first != second
        await pilot.press("escape")
        await until_screen(pilot, YouScreen)
        await pilot.press("escape")
        await until_screen(pilot, ChooseScreen)
        await pilot.press("escape")
        await until(pilot, lambda: ("cancel", first) in fakes.sales.calls)


async def test_an_order_that_has_ended_elsewhere_starts_over() -> None:
    fakes = Fakes()
    fakes.sales.refuse(HoldExpired(101))
    async with playing(fakes.services) as (_, pilot):
        await to_you(pilot)
        await tell(pilot)
        await until(pilot, lambda: len(fakes.sales.calls) == 1)
        await until_screen(pilot, YouScreen)
        await pilot.press("enter")
        await until_screen(pilot, PayScreen)
        assert {order_id for _, order_id in fakes.sales.calls} == {101, 102}


async def test_keys_that_come_in_one_burst_go_where_they_were_typed() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_you(pilot)
        for key in [*"Ada", "tab", *"ada", "shift+tab", *"!"]:
            # As a terminal hands them on: nobody waits until the one before is done with.
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        name, email = app.screen.query(Input)
        await until(pilot, lambda: (name.value, email.value) == ("Ada!", "ada"))
