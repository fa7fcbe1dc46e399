"""Several tickets: all for who buys them in one press, or each for somebody named."""

import pytest
from textual.widgets import Input

from kiosk.domain.errors import RequiredSlotMissing, SoldOut
from kiosk.domain.people import Attendee
from kiosk.screens.choose import ChooseScreen
from kiosk.screens.holders import HoldersScreen
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.you import YouScreen
from tests.kiosk.attendee import hand_over_cash, tell, to_choose, to_you
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    EACH_HOSTILE,
    Play,
    playing,
    text_of,
    until,
    until_screen,
    until_text,
)

ADA = Attendee("Ada Lovelace", "ada@example.org")
GRACE = Attendee("Grace Hopper", "grace@example.org")


async def to_you_with_three(pilot: Play) -> None:
    """Two admissions and a workshop are chosen."""
    await to_choose(pilot)
    await pilot.press("down", "right", "right", "down", "right", "enter")
    await until_screen(pilot, YouScreen)


def typed(pilot: Play) -> list[str]:
    """What is in the fields."""
    return [field.value for field in pilot.app.screen.query(Input)]


async def fill_in(pilot: Play, name: str, email: str) -> None:
    """Put somebody in the fields, in place of who is suggested."""
    fields = pilot.app.screen.query(Input)
    for field, text in zip(fields, (name, email), strict=True):
        field.focus()
        field.value = text
    await pilot.pause()


async def retype(pilot: Play, name: str, email: str) -> None:
    """Put somebody else in place of who is suggested, and go on."""
    await fill_in(pilot, name, email)
    await pilot.press("enter")


async def to_holders(pilot: Play) -> None:
    """On to whom each of three tickets is for."""
    await to_you_with_three(pilot)
    await fill_in(pilot, ADA.name, ADA.email)
    await pilot.press("f3")
    await until_screen(pilot, HoldersScreen)
    await until(pilot, lambda: isinstance(pilot.app.focused, Input))


async def test_one_press_buys_all_for_oneself() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_you_with_three(pilot)
        assert "Name each" in text_of(pilot)
        await tell(pilot)
        await until_screen(pilot, PayScreen)
        assert {claim.holder for claim in fakes.sales.orders[101].claims} == {ADA}


async def test_one_ticket_alone_offers_no_names_for_others() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_you(pilot)
        assert "Name each" not in text_of(pilot)
        await pilot.press("f3")
        assert isinstance(app.screen, YouScreen)


async def test_each_ticket_has_its_name_suggested_and_may_have_another() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_holders(pilot)
        assert "1 of 3" in text_of(pilot)
        assert typed(pilot) == [ADA.name, ADA.email]
        await pilot.press("enter")
        await until_text(pilot, "2 of 3")
        await retype(pilot, GRACE.name, GRACE.email)
        await until_text(pilot, "3 of 3")
        assert "Workshop: Profiling Go" in text_of(pilot)
        assert typed(pilot) == [ADA.name, ADA.email]
        await pilot.press("enter")
        await until_screen(pilot, PayScreen)
        order = fakes.sales.orders[101]
        assert [claim.holder for claim in order.claims] == [ADA, GRACE, ADA]
        assert order.attendee == ADA
        await hand_over_cash(pilot)
        await until_screen(pilot, TicketScreen)
        assert ADA.name in text_of(pilot)
        await pilot.press("right")
        await until_text(pilot, GRACE.name)


async def test_a_mistake_in_a_holder_is_said_and_nothing_is_held() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_holders(pilot)
        await retype(pilot, "", "grace")
        await until_text(pilot, "Please tell us a name.")
        assert "An e-mail address has an @ in it" in text_of(pilot)
        assert isinstance(app.screen, HoldersScreen)
        assert not fakes.sales.calls


async def test_the_way_back_keeps_who_was_named() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_holders(pilot)
        await retype(pilot, GRACE.name, GRACE.email)
        await until_text(pilot, "2 of 3")
        await pilot.press("escape")
        await until_text(pilot, "1 of 3")
        assert typed(pilot) == [GRACE.name, GRACE.email]
        await pilot.press("escape")
        await until_screen(pilot, YouScreen)
        assert typed(pilot) == [ADA.name, ADA.email]
        await pilot.press("f3")
        await until_screen(pilot, HoldersScreen)
        await until(pilot, lambda: typed(pilot) == [GRACE.name, GRACE.email])


async def test_after_sold_out_enter_asks_for_the_same_people_with_the_same_order() -> None:
    fakes = Fakes()
    fakes.sales.refuse(SoldOut("regular", 0, 3, 240))
    async with playing(fakes.services) as (_, pilot):
        await to_holders(pilot)
        await retype(pilot, GRACE.name, GRACE.email)
        await until_text(pilot, "2 of 3")
        await pilot.press("enter")
        await until_text(pilot, "3 of 3")
        await pilot.press("enter")
        await until_screen(pilot, NoticeScreen)
        await pilot.press("enter")
        await until_screen(pilot, YouScreen)
        assert "Enter Name each" in text_of(pilot)
        for screen in (HoldersScreen, HoldersScreen, HoldersScreen, PayScreen):
            await pilot.press("enter")
            await until_screen(pilot, screen)
        assert [claim.holder for claim in fakes.sales.orders[101].claims] == [GRACE, ADA, ADA]
        assert {order_id for _, order_id in fakes.sales.calls} == {101}


async def test_a_holder_without_what_a_ticket_requires_is_named() -> None:
    fakes = Fakes()
    fakes.sales.refuse(RequiredSlotMissing("workshop", ("regular",), GRACE.email))
    async with playing(fakes.services) as (_, pilot):
        await to_holders(pilot)
        for number in (2, 3):
            await pilot.press("enter")
            await until_text(pilot, f"{number} of 3")
        await retype(pilot, GRACE.name, GRACE.email)
        await until_text(pilot, f"There is no such ticket for {GRACE.email} yet.")
        await pilot.press("enter")
        await until_screen(pilot, ChooseScreen)


async def test_other_tickets_forget_whom_the_first_ones_were_for() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_holders(pilot)
        await retype(pilot, GRACE.name, GRACE.email)
        await until_text(pilot, "2 of 3")
        await pilot.press("escape")
        await until_text(pilot, "1 of 3")
        await pilot.press("escape")
        await until_screen(pilot, YouScreen)
        await pilot.press("escape")
        await until_screen(pilot, ChooseScreen)
        await until(pilot, lambda: app.focused)
        await pilot.press("right", "enter")
        await until_screen(pilot, YouScreen)
        await pilot.press("f3")
        await until_screen(pilot, HoldersScreen)
        await until(pilot, lambda: typed(pilot) == [ADA.name, ADA.email])


@pytest.mark.parametrize("name", EACH_HOSTILE)
async def test_any_name_is_a_holders_name(name: str) -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_holders(pilot)
        await retype(pilot, name, GRACE.email)
        await until_text(pilot, "2 of 3")
        await pilot.press("enter")
        await until_text(pilot, "3 of 3")
        await pilot.press("enter")
        await until_screen(pilot, PayScreen)
        assert fakes.sales.orders[101].claims[0].holder == Attendee(name, GRACE.email)
        await hand_over_cash(pilot)
        await until_screen(pilot, TicketScreen)
