"""Who works at the door: what they may do, help for them, and a change of shift by badge."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from textual import events

from kiosk.domain.staff_codes import badge_code, member_id
from kiosk.screens.door import DoorScreen
from kiosk.screens.door_help import DoorHelp
from kiosk.screens.search import SearchDialog
from kiosk.services.turnout import DoorCounters
from kiosk.widgets.frame import KeyHint
from kiosk.words import LANGUAGES
from tests.kiosk.at_the_door import look_of, to_door
from tests.kiosk.fake_events import CODE, PINS
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    playing,
    sentence_of,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)

SMALLEST = (60, 20)
BADGE = badge_code(member_id(1, "Kim"), 1).signed(Ed25519PrivateKey.generate())


async def test_the_head_tells_how_the_door_goes() -> None:
    fakes = Fakes()
    fakes.admission.counted = DoorCounters(1412, 6000, 389, 500, 14)
    async with playing(fakes.services, size=SMALLEST) as (_, pilot):
        await to_door(pilot)
        await until_text(pilot, "1,412 of 6,000 in · 389 of 500 inside · 14 per min")


async def test_without_an_answer_the_last_figures_stay() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_door(pilot)
        await until_text(pilot, "412 of 600 in · 389 inside")
        fakes.admission.counted = None
        assert isinstance(app.screen, DoorScreen)
        await app.screen.count().wait()
        assert "412 of 600 in" in text_of(pilot)


async def test_a_badge_changes_the_shift_without_locking_the_door(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(PINS, BADGE, PINS["2222"])
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_door(pilot)
        await type_in(pilot, BADGE)
        await until_text(pilot, "Kim works here now")
        assert "DOOR · North gate · Kim (cashier)" in text_of(pilot)
        assert isinstance(app.screen, DoorScreen)
        await type_in(pilot, CODE)
        await until(pilot, lambda: fakes.admission.scans)
        assert fakes.admission.scans[0].staff == "Kim"
        await pilot.press("f9")
        await until(pilot, lambda: fakes.staff.left == [("Kim", False)])


async def test_a_badge_that_opens_nothing_changes_nothing() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_door(pilot)
        await type_in(pilot, BADGE)
        await until_text(pilot, "this badge opens nothing here: ask a supervisor")
        assert look_of(pilot) == "red"
        assert "Robin (steward)" in text_of(pilot)
        assert fakes.admission.scans == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_help_tells_the_colours_and_the_keys_and_a_scan_over_it_is_judged(
    language: str,
) -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        app.desk = app.desk.speaking(language)
        await to_door(pilot)
        await pilot.press("f1")
        await until_screen(pilot, DoorHelp)
        said = sentence_of(pilot)
        assert all(symbol in said for symbol in "✔▲✖◌")
        assert all(f"F{number} " in said for number in (2, 4, 5, 6, 7, 8, 9))
        await type_in(pilot, CODE)
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: look_of(pilot) == "red")
        await pilot.press("f1")
        await until_screen(pilot, DoorHelp)
        await pilot.press("enter")
        await until_screen(pilot, DoorScreen)


async def test_two_quick_presses_ask_once() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_door(pilot)
        depth = len(app.screen_stack)
        for key in ("f2", "f7", "f1", "f2"):
            app.post_message(events.Key(key, None))
        await until_screen(pilot, SearchDialog)
        await pilot.pause()
        assert len(app.screen_stack) == depth + 1
        await pilot.press("escape")
        await until_screen(pilot, DoorScreen)
        await pilot.click("KeyHint")
        await until_screen(pilot, DoorHelp)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_all_keys_fit_the_smallest_terminal(language: str) -> None:
    fakes = Fakes()
    async with playing(fakes.services, size=SMALLEST) as (app, pilot):
        app.desk = app.desk.speaking(language)
        await to_door(pilot)
        assert max(hint.region.right for hint in app.screen.query(KeyHint)) <= SMALLEST[0]
