"""Whatever people and organisers type is drawn as it is: never markup, never out of its frame."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from kiosk.domain.admission import NeedsConduct, Reason, Verdict
from kiosk.domain.errors import SoldOut
from kiosk.domain.people import Attendee
from kiosk.screens.choose import ChooseScreen
from kiosk.screens.code import CodeDialog
from kiosk.screens.conduct import ConductScreen
from kiosk.screens.door import DoorScreen
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.organiser import OrganiserScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.phone import PhoneScreen
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.widgets.plain import one_line
from tests.kiosk.at_the_door import to_door
from tests.kiosk.attendee import hand_over_cash, tell, to_you
from tests.kiosk.fake_events import CODE, NOON, NUMBER, PINS, an_event
from tests.kiosk.fake_figures import half_sold
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    EACH_HOSTILE,
    HOSTILE,
    LARGE,
    SMALL,
    Play,
    playing,
    rows_of,
    type_in,
    until_screen,
    until_text,
)
from tests.kiosk.staff_ways import unlock


def fakes_called(text: str) -> Fakes:
    """Everything an organiser names, named `text`."""
    event = an_event()
    slots = tuple(replace(slot, name=text, category=text, place=text) for slot in event.slots)
    conduct = {
        language: replace(code, title=text, markdown=text)
        for language, code in event.conduct.items()
    }
    goodies = tuple(replace(goodie, name=text) for goodie in event.goodies)
    return Fakes(replace(event, name=text, slots=slots, conduct=conduct, goodies=goodies))


def assert_in_frame(pilot: Play) -> None:
    """Every row is as wide as the terminal, and the app still runs."""
    assert pilot.app.is_running
    assert {cell_len(row) for row in rows_of(pilot)} == {pilot.app.size.width}


@pytest.mark.parametrize(
    ("text", "size"),
    [*((text, SMALL) for text in HOSTILE.values()), (HOSTILE["200 characters"], LARGE)],
    ids=[*HOSTILE, "200 characters, large"],
)
async def test_the_attendees_screens_draw_it_as_it_is(text: str, size: tuple[int, int]) -> None:
    fakes = fakes_called(text)
    async with playing(fakes.services, size=size) as (_, pilot):
        assert_in_frame(pilot)
        await to_you(pilot)
        assert_in_frame(pilot)
        fakes.sales.refuse(SoldOut("regular", 0, 0, 0))
        await tell(pilot, text)
        await until_screen(pilot, NoticeScreen)
        assert_in_frame(pilot)
        await pilot.press("enter")
        await until_screen(pilot, ChooseScreen)
        assert_in_frame(pilot)
        await pilot.press("escape")
        await until_screen(pilot, WelcomeScreen)
        await to_you(pilot)
        await tell(pilot, text)
        await until_screen(pilot, PayScreen)
        assert_in_frame(pilot)
        await pilot.press("f2")
        await until_screen(pilot, CodeDialog)
        await type_in(pilot, text)
        assert_in_frame(pilot)
        await pilot.press("escape")
        await until_screen(pilot, PayScreen)
        await pilot.press("right", "enter")
        await until_screen(pilot, PhoneScreen)
        assert_in_frame(pilot)
        await pilot.press("escape")
        await until_screen(pilot, PayScreen)
        await pilot.press("left")
        await hand_over_cash(pilot)
        await until_screen(pilot, TicketScreen)
        assert_in_frame(pilot)
        assert one_line(text)[:20] in "\n".join(rows_of(pilot))


@pytest.mark.parametrize("text", EACH_HOSTILE)
async def test_the_door_draws_it_as_it_is(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fakes = fakes_called(text)
    monkeypatch.setitem(PINS, "1111", replace(PINS["1111"], name=text))
    holder = Attendee(text, f"{text}@example.org")
    async with playing(fakes.services) as (app, pilot):
        await to_door(pilot)
        fakes.admission.verdicts.append(NeedsConduct(CODE, NUMBER, holder, "regular", 77))
        await type_in(pilot, text)
        await until_screen(pilot, ConductScreen)
        assert_in_frame(pilot)
        fakes.clock.advance(seconds=2)
        await pilot.press("enter")
        await until_screen(pilot, DoorScreen)
        for reason in Reason:
            fakes.admission.verdicts.append(
                Verdict(reason, NUMBER, holder, "regular", None, NOON, text, text)
            )
            fakes.clock.advance(seconds=3)
            await type_in(pilot, text)
            assert_in_frame(pilot)
        assert isinstance(app.screen, DoorScreen)


@pytest.mark.parametrize("text", EACH_HOSTILE)
async def test_the_organisers_view_draws_it_as_it_is(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes = fakes_called(text)
    fakes.stats.now = half_sold(fakes.event)
    monkeypatch.setitem(PINS, "4444", replace(PINS["4444"], name=text))
    async with playing(fakes.services) as (_, pilot):
        await unlock(pilot, "4444")
        assert_in_frame(pilot)
        await pilot.press("down", "enter")
        await until_screen(pilot, OrganiserScreen)
        await until_text(pilot, "2 refunds are due")
        assert_in_frame(pilot)
        assert one_line(text)[:20] in "\n".join(rows_of(pilot))
