"""Choosing: how many of what, what keeps one from it, and what goes along."""

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.widgets import Input

from kiosk.domain.errors import RequiredSlotMissing, SoldOut, TooManyTickets
from kiosk.domain.events import Window
from kiosk.screens.choose import ChooseScreen
from kiosk.screens.code import CodeDialog
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.screens.you import YouScreen
from kiosk.widgets.target import Target
from kiosk.widgets.ticket_card import ChoiceCard
from tests.kiosk.attendee import tell, to_choose
from tests.kiosk.fake_events import NOON, an_event
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    Play,
    playing,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)


def claims_of(fakes: Fakes) -> dict[str, int]:
    """How many of which slot the first order holds."""
    slots = [claim.slot_key for claim in fakes.sales.orders[101].claims]
    return {slot: slots.count(slot) for slot in slots}


def counts_of(pilot: Play) -> list[int]:
    """What the steppers say."""
    steppers = [card.face.stepper for card in pilot.app.screen.query(ChoiceCard)]
    return [stepper.count if stepper else 0 for stepper in steppers]


async def test_several_kinds_are_chosen_with_keys_and_bought_in_one_order() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_choose(pilot)
        await pilot.press("down", "right", "right", "plus", "minus", "left", "right")
        await pilot.press("down", "right")
        await until_text(pilot, "3 tickets · 8.00 USD")
        assert counts_of(pilot) == [0, 2, 1, 0]
        await pilot.press("enter")
        await until_screen(pilot, YouScreen)
        text = text_of(pilot)
        assert "2 × General Admission · Regular" in text
        assert "Workshop: Profiling Go" in text
        assert "8.00 USD" in text
        await tell(pilot)
        await until_screen(pilot, PayScreen)
        assert claims_of(fakes) == {"regular": 2, "workshop": 1}


async def test_a_stub_is_touched_on_its_right_for_more_and_on_its_left_for_less() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_choose(pilot)
        card = app.screen.query(ChoiceCard).first()
        right, left = card.size.width - 4, card.size.width - 20
        for x, count in ((5, 1), (5, 1), (right, 2), (right, 3), (left, 2), (left, 1), (left, 0)):
            await pilot.click(ChoiceCard, offset=(x, 1))
            await pilot.pause()
            assert counts_of(pilot)[0] == count
        await pilot.click(ChoiceCard, offset=(left, 2))
        await pilot.pause()
        assert counts_of(pilot)[0] == 0


async def test_what_was_chosen_is_kept_on_the_way_back_and_is_another_order_when_it_changes() -> (
    None
):
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_choose(pilot)
        await pilot.press("right", "right", "enter")
        await until_screen(pilot, YouScreen)
        await tell(pilot)
        await until_screen(pilot, PayScreen)
        await pilot.press("escape")
        await until_screen(pilot, YouScreen)
        await pilot.press("escape")
        await until_screen(pilot, ChooseScreen)
        await until_text(pilot, "2 tickets · 6.00 USD")
        await pilot.press("left", "enter")
        await until_screen(pilot, YouScreen)
        await pilot.press("tab", "enter")
        await until_screen(pilot, PayScreen)
        assert len(fakes.sales.orders) == 2


async def test_no_more_are_taken_than_one_order_may_have() -> None:
    fakes = Fakes(an_event(order_max=3))
    async with playing(fakes.services) as (_, pilot):
        await to_choose(pilot)
        await pilot.press(*["right"] * 4)
        await until_text(pilot, "One order may have 3 tickets at most.")
        assert counts_of(pilot)[0] == 3
        await pilot.press("left", "down", "down", "right", "right")
        await until_text(pilot, "One order may have 3 tickets at most.")
        assert counts_of(pilot) == [2, 0, 1, 0]


async def test_no_more_are_taken_than_one_order_may_have_of_a_slot() -> None:
    async with playing(Fakes().services) as (_, pilot):
        await to_choose(pilot)
        await pilot.press("down", "down", "right", "right", "right")
        await until_text(pilot, "One order may have 2 of Workshop: Profiling Go at most.")
        assert counts_of(pilot) == [0, 0, 2, 0]


async def test_no_more_are_taken_than_are_left_also_when_others_were_quicker() -> None:
    fakes = Fakes()
    fakes.catalog.left["early"] = 2
    async with playing(fakes.services) as (app, pilot):
        await to_choose(pilot)
        await pilot.press("right", "right", "right")
        await until_text(pilot, "Only 2 of General Admission · Early Bird are left.")
        assert counts_of(pilot)[0] == 2
        await pilot.press("left", "right")
        fakes.catalog.left["early"] = 1
        assert isinstance(app.screen, ChooseScreen)
        app.screen.look()
        await until_text(pilot, "Only one of General Admission · Early Bird is left.")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, ChooseScreen)
        await pilot.press("left", "enter")
        await until_screen(pilot, YouScreen)


async def test_what_something_needs_is_said_and_enough_once_it_is_taken_too() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_choose(pilot)
        assert "needs General Admi" in text_of(pilot)
        await pilot.press("down", "down", "enter")
        await until_text(pilot, "Workshop: Profiling Go needs General Admission. Take one too")
        assert isinstance(app.screen, ChooseScreen)
        await pilot.press("up", "right", "enter")
        await until_screen(pilot, YouScreen)


async def test_who_does_not_own_what_is_needed_is_told_so_by_the_sale() -> None:
    fakes = Fakes()
    fakes.sales.refuse(RequiredSlotMissing("workshop", ("regular",), "ada@example.org"))
    async with playing(fakes.services) as (_, pilot):
        await to_choose(pilot)
        await pilot.press("down", "down", "enter")
        await until_text(pilot, "or press Enter again")
        await pilot.press("enter")
        await until_screen(pilot, YouScreen)
        await tell(pilot)
        await until_screen(pilot, NoticeScreen)
        await until_text(pilot, "There is no such ticket for ada@example.org yet.")
        await pilot.press("enter")
        await until_screen(pilot, ChooseScreen)


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (SoldOut("regular", 1, 0, 0, wanted=2), "You asked for 2 of General Admission · Regular"),
        (SoldOut("regular", 2, 3, 240, wanted=4), "3 are on hold and may come back within 4 min"),
        (TooManyTickets("regular", 2, 3), "One order may have 2 of General Admission"),
    ],
)
async def test_a_sale_that_was_refused_says_why(refusal: Exception, said: str) -> None:
    fakes = Fakes()
    fakes.sales.refuse(refusal)
    async with playing(fakes.services) as (_, pilot):
        await to_choose(pilot)
        await pilot.press("enter")
        await until_screen(pilot, YouScreen)
        await tell(pilot)
        await until_text(pilot, said)


async def test_the_goodie_is_named_with_how_many_are_left_until_none_is() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_choose(pilot)
        await until_text(pilot, "T-shirt for the first 100 buyers (12 left)")
        fakes.catalog.goodies_left = 0
        assert isinstance(app.screen, ChooseScreen)
        app.screen.look()
        await until(pilot, lambda: "T-shirt" not in text_of(pilot))


async def test_a_goodie_is_not_promised_for_what_it_does_not_come_with() -> None:
    async with playing(Fakes().services) as (_, pilot):
        await to_choose(pilot)
        await pilot.press("down", "down", "down", "right")
        await until_text(pilot, "1 ticket · 4.00 USD")
        assert "T-shirt" not in text_of(pilot)


async def test_a_code_shows_what_it_opens_and_goes_along_with_the_order() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_choose(pilot)
        await pilot.press("f2")
        await until_screen(pilot, CodeDialog)
        await type_in(pilot, "nothing")
        await until_text(pilot, "Nothing here is opened by this code.")
        app.screen.query_one(Input).clear()
        await type_in(pilot, " crew ")
        await until_screen(pilot, ChooseScreen)
        await until(pilot, lambda: len(counts_of(pilot)) == 5)
        await until(pilot, lambda: isinstance(app.focused, ChoiceCard))
        await pilot.press(*["down"] * 4, "right", "enter")
        await until_screen(pilot, YouScreen)
        await tell(pilot)
        await until_screen(pilot, PayScreen)
        assert claims_of(fakes) == {"crew": 1}
        assert fakes.sales.codes == ["crew"]


async def test_an_event_without_codes_asks_for_none() -> None:
    fakes = Fakes(an_event(access_codes=()))
    async with playing(fakes.services) as (app, pilot):
        await to_choose(pilot)
        assert "I have a code" not in text_of(pilot)
        await pilot.press("f2")
        await pilot.pause()
        assert isinstance(app.screen, ChooseScreen)


async def test_nothing_chosen_cannot_go_on_and_says_what_to_do() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_choose(pilot)
        await pilot.click("Target.-main")
        await pilot.pause()
        assert isinstance(app.screen, ChooseScreen)
        await until_text(pilot, "Please choose something first")


async def test_an_event_of_which_nothing_is_shown_says_so() -> None:
    event = an_event()
    fakes = Fakes(replace(event, slots=tuple(replace(one, public=False) for one in event.slots)))
    async with playing(fakes.services) as (_, pilot):
        await pilot.press("enter")
        await until_text(pilot, "Nothing is on sale here at the moment.")
        await pilot.press("enter", "right", "escape")
        await until_screen(pilot, WelcomeScreen)


async def test_three_cards_and_the_way_on_are_in_view_at_once_on_a_small_terminal() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_choose(pilot)
        assert text_of(pilot).count("╰─") == 3
        assert app.screen.query_one(Target).region.bottom <= 22
        await pilot.press("down", "down", "down")
        await until_text(pilot, "Party")


async def test_the_first_screen_names_what_is_on_sale_and_its_prices() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await until_text(
            pilot,
            "General Admission · from 3.00 USD Workshop: Profiling Go · free Party · 4.00 USD",
        )
        assert "Crew" not in text_of(pilot)


async def test_the_first_screen_names_a_few_and_says_that_there_is_more() -> None:
    event = an_event()
    slots = tuple(replace(event.slots[0], key=f"{at}", name=f"Talk {at}") for at in range(9))
    fakes = Fakes(replace(event, slots=slots))
    async with playing(fakes.services) as (_, pilot):
        await until_text(pilot, "Talk 2 · 3.00 USD and more")


@pytest.mark.parametrize(
    ("sale", "said"),
    [
        (Window(starts=NOON + timedelta(days=1)), "on sale from Sat 13 Mar 18:04"),
        (Window(ends=NOON), "Nothing is on sale here at the moment."),
    ],
)
async def test_before_and_after_the_sale_the_first_screen_says_so(sale: Window, said: str) -> None:
    event = an_event()
    fakes = Fakes(replace(event, slots=tuple(replace(one, sale=sale) for one in event.slots)))
    async with playing(fakes.services) as (_, pilot):
        await until_text(pilot, said)
