"""What is on offer while others buy, and while the books do not answer."""

from dataclasses import replace

from kiosk.domain.errors import SaleState
from kiosk.domain.events import Window
from kiosk.screens.choose import ChooseScreen
from tests.kiosk.attendee import to_choose
from tests.kiosk.fake_events import LEDGER_AWAY, NOON, an_event
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    playing,
    text_of,
    until_text,
)


async def test_what_is_left_is_shown_live_with_what_others_hold() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_choose(pilot)
        assert "61 left" in text_of(pilot)
        fakes.catalog.left = dict.fromkeys(fakes.catalog.left, 0)
        fakes.catalog.on_hold["early"] = 4
        assert isinstance(app.screen, ChooseScreen)
        app.screen.look()
        await until_text(pilot, "sold out")
        assert "4 are on hold and may come back within 5 min" in text_of(pilot)
        await pilot.press("enter")
        await until_text(pilot, "General Admission · Early Bird: sold out")
        assert isinstance(app.screen, ChooseScreen)


async def test_what_is_not_on_sale_yet_says_from_when() -> None:
    fakes = Fakes()
    fakes.catalog.states["early"] = SaleState.ENDED
    async with playing(fakes.services) as (_, pilot):
        await to_choose(pilot)
        assert "sale is over" in text_of(pilot)


async def test_the_choice_says_that_the_ledger_is_away_and_goes_on_by_itself() -> None:
    fakes = Fakes()
    fakes.catalog.refuse(LEDGER_AWAY)
    async with playing(fakes.services) as (app, pilot):
        await pilot.press("enter")
        await until_text(pilot, "The books do not answer just now.")
        assert isinstance(app.screen, ChooseScreen)
        app.screen.look()
        await until_text(pilot, "61 left")
        assert "do not answer" not in text_of(pilot)


async def test_who_asks_for_what_is_not_on_sale_yet_hears_from_when() -> None:
    event = an_event()
    slots = (replace(event.slots[0], sale=Window(starts=NOON)), *event.slots[1:])
    fakes = Fakes(replace(event, slots=slots))
    fakes.catalog.states["early"] = SaleState.UPCOMING
    async with playing(fakes.services) as (_, pilot):
        await to_choose(pilot)
        await pilot.press("up", "right")
        await until_text(pilot, "Early Bird: on sale from Fri 12 Mar 18:04.")


async def test_cards_out_of_sight_are_counted() -> None:
    event = an_event()
    slots = tuple(replace(event.slots[0], key=f"slot-{at}", number=at) for at in range(1, 6))
    async with playing(Fakes(replace(event, slots=slots)).services) as (_, pilot):
        await to_choose(pilot)
        await until_text(pilot, "↓ 2 more")
        await pilot.press("down", "down", "down")
        await until_text(pilot, "↑ 2 more")
        assert "↓ 2 more" not in text_of(pilot)
        await pilot.press("up", "up", "up")
        await until_text(pilot, "↓ 2 more")
