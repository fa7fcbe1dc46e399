"""The organiser's view: live figures, and what is said when the books are away."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.events import Role
from kiosk.screens.door import DoorScreen
from kiosk.screens.organiser import OrganiserScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.staff import StaffDialog
from kiosk.screens.welcome import WelcomeScreen
from kiosk.services.stats import Health
from kiosk.widgets.stock_bar import shares
from tests.kiosk.attendee import to_pay
from tests.kiosk.factories import PIN, a_cashier, a_slot, an_event
from tests.kiosk.fake_events import LEDGER_AWAY
from tests.kiosk.fake_figures import half_sold
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    LARGE,
    SMALL,
    Play,
    playing,
    rows_of,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)
from tests.kiosk.world import World


async def unlock(pilot: Play, pin: str) -> None:
    """The staff's chord, and a PIN."""
    await pilot.press("f10")
    await until_screen(pilot, PinDialog)
    await type_in(pilot, pin)
    await until_screen(pilot, StaffDialog)


async def to_organiser(pilot: Play, pin: str = "4444") -> None:
    """The organiser's view."""
    await unlock(pilot, pin)
    await pilot.press("down", "enter")
    await until_screen(pilot, OrganiserScreen)


def numbers_under(pilot: Play, title: str) -> list[str]:
    """The numbers in the row below a title."""
    rows = rows_of(pilot)
    at = next(at for at, row in enumerate(rows) if title in row)
    return re.findall(r"[\d,]+", rows[at + 1])[:4]


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
async def test_every_figure_is_there_and_follows_what_happens(size: tuple[int, int]) -> None:
    fakes = Fakes()
    fakes.stats.now = half_sold(fakes.event)
    async with playing(fakes.services, size=size) as (app, pilot):
        await to_organiser(pilot)
        await until_text(pilot, "2 refunds are due")
        assert numbers_under(pilot, "General Admission · Regular") == ["121", "4", "75", "33"]
        assert numbers_under(pilot, "T-shirt") == ["88", "2", "10", "41"]
        text = text_of(pilot)
        for figure in ("843.50", "424.00", "1,276.00", "12.50", "8.00", "ledger fake 1.0 ms"):
            assert figure in text
        [first, *others] = fakes.stats.now.slots
        slots = (replace(first, sold=199, left=1), *others)
        fakes.stats.now = replace(fakes.stats.now, slots=slots)
        assert isinstance(app.screen, OrganiserScreen)
        app.screen.look()
        await until(
            pilot,
            lambda: numbers_under(pilot, "General Admission · Early") == ["199", "0", "1", "180"],
        )


async def test_places_sold_elsewhere_show_at_once(world: World) -> None:
    event = an_event(a_slot(), staff=(a_cashier("Noor", PIN, Role.ORGANISER),))
    here = await world.open(event)
    async with playing(here.services) as (app, pilot):
        await to_organiser(pilot, PIN)
        await until_text(pilot, "no refund is due")
        assert numbers_under(pilot, "General Admission") == ["0", "0", "10", "0"]
        await here.sell()
        await here.hold()
        assert isinstance(app.screen, OrganiserScreen)
        app.screen.look()
        await until(
            pilot, lambda: numbers_under(pilot, "General Admission") == ["1", "1", "8", "0"]
        )
        assert re.search(r"cash +4.00", text_of(pilot))


async def test_a_ledger_that_is_away_is_a_lamp_and_the_last_figures_stay() -> None:
    fakes = Fakes()
    fakes.stats.now = half_sold(fakes.event)
    async with playing(fakes.services) as (app, pilot):
        await to_organiser(pilot)
        await until_text(pilot, "2 refunds are due")
        fakes.stats.now = replace(fakes.stats.now, health=Health("fake", None, 0.002))
        fakes.stats.refuse(LEDGER_AWAY)
        assert isinstance(app.screen, OrganiserScreen)
        app.screen.look()
        await until_text(pilot, "✖ ledger fake does not answer ● store 2.0 ms")
        assert "2 refunds are due" in text_of(pilot)


async def test_orders_that_need_attention_are_a_lamp_until_there_are_none() -> None:
    fakes = Fakes()
    fakes.stats.now = replace(half_sold(fakes.event), attention=2)
    async with playing(fakes.services) as (app, pilot):
        await to_organiser(pilot)
        await until_text(pilot, "▲ 2 orders need attention")
        fakes.stats.now = replace(fakes.stats.now, attention=0)
        assert isinstance(app.screen, OrganiserScreen)
        app.screen.look()
        await until(pilot, lambda: "attention" not in text_of(pilot))


async def test_only_an_organiser_sees_it() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await unlock(pilot, "3333")
        assert "needs an organiser" in text_of(pilot)
        await pilot.click(".watch")
        await pilot.pause()
        assert isinstance(app.screen, StaffDialog)


@pytest.mark.parametrize("key", ["f9", "escape"])
async def test_it_is_locked_with_a_key_and_leads_home(key: str) -> None:
    async with playing(Fakes().services) as (_, pilot):
        await to_organiser(pilot)
        await pilot.press(key)
        await until_screen(pilot, WelcomeScreen)


async def test_another_mode_takes_its_place_so_that_locking_leads_home() -> None:
    async with playing(Fakes().services) as (_, pilot):
        await to_organiser(pilot)
        await unlock(pilot, "1111")
        await pilot.press("enter")
        await until_screen(pilot, DoorScreen)
        await pilot.press("f9")
        await until_screen(pilot, WelcomeScreen)


async def test_whoever_was_buying_is_forgotten_first_and_their_silence_does_not_end_it() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        assert isinstance(app.screen, PayScreen)
        await to_organiser(pilot)
        assert ("cancel", 101) in fakes.sales.calls
        fakes.clock.advance(seconds=100)
        app.tick()
        await pilot.pause()
        assert isinstance(app.screen, OrganiserScreen)


@given(st.tuples(*[st.integers(0, 10**6)] * 3), st.integers(3, 200))
def test_a_bar_is_full_and_hides_nothing(parts: tuple[int, int, int], cells: int) -> None:
    dealt = shares(parts, cells)
    assert sum(dealt) == (cells if any(parts) else 0)
    assert [share > 0 for share in dealt] == [part > 0 for part in parts]
