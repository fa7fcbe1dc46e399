"""What a door is for: which way, and where to; kept from one shift to the next."""

from textual.events import Key

from kiosk.domain.admission import EVERY_SLOT, Gate, Reason, Way
from kiosk.domain.doorways import Doorway
from kiosk.domain.lane import LaneState, LaneStatus
from kiosk.screens.door import DoorScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.reason import SureDialog
from kiosk.screens.scanner_test import ScannerTestScreen
from kiosk.screens.this_door import ThisDoorDialog
from kiosk.services.turnout import DoorCounters
from tests.kiosk.at_the_door import (
    CREW,
    DONE,
    EARLY,
    EMPTY,
    PARTY,
    REGULAR,
    TEST,
    WAY,
    WORKSHOP,
    look_of,
    pick,
    to_door,
    to_this_door,
    verdict,
)
from tests.kiosk.fake_events import CODE, LEDGER_AWAY
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

WORKSHOPS = Gate(frozenset({"workshop"}))


async def test_a_door_leads_to_what_is_chosen_and_says_so() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_this_door(pilot)
        await pick(pilot, EARLY, REGULAR, PARTY, CREW, DONE)
        await until_screen(pilot, DoorScreen)
        await until_text(pilot, "only Workshop: Prof")
        await type_in(pilot, CODE)
        await until(pilot, lambda: fakes.admission.scans)
        assert fakes.admission.scans[0].gate == WORKSHOPS
        assert fakes.doorways.doorway == Doorway(Way.IN, WORKSHOPS)
        assert fakes.doorways.kept_by == ["Robin"]


async def test_a_door_that_lets_people_out_looks_like_one() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_this_door(pilot)
        await pick(pilot, WAY, DONE)
        await until_screen(pilot, DoorScreen)
        await until_text(pilot, "EXIT · North gate")
        assert "scan or type the ticket of whoever leaves" in sentence_of(pilot)
        fakes.admission.verdicts.append(verdict(Reason.LEFT, fakes))
        await type_in(pilot, CODE)
        await until(pilot, lambda: look_of(pilot) == "green")
        [scan] = fakes.admission.scans
        assert (scan.way, scan.gate, scan.staff) == (Way.OUT, EVERY_SLOT, "Robin")


async def test_keys_of_one_breath_are_heard_in_their_order() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_this_door(pilot)
        for key in ("down", "enter", "up", "enter"):
            app.post_message(Key(key, None))
        await until_screen(pilot, DoorScreen)
        await until_text(pilot, "EXIT · North gate")


async def test_the_door_is_as_it_was_left() -> None:
    fakes = Fakes()
    fakes.doorways.doorway = Doorway(Way.OUT, WORKSHOPS)
    async with playing(fakes.services) as (_, pilot):
        await to_door(pilot)
        await until_text(pilot, "EXIT · North gate")
        await until_text(pilot, "only Workshop: Prof")


async def test_a_door_leads_somewhere() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_this_door(pilot)
        await pick(pilot, EARLY, REGULAR, WORKSHOP, PARTY, CREW, DONE)
        await until_text(pilot, "A door leads somewhere: choose at least one.")
        assert isinstance(app.screen, ThisDoorDialog)


async def test_escape_leaves_the_door_as_it_is() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_this_door(pilot)
        await pick(pilot, WAY)
        await pilot.press("escape")
        await until_screen(pilot, DoorScreen)
        assert "DOOR · North gate" in text_of(pilot)
        assert fakes.doorways.kept_by == []


async def test_without_the_store_the_door_is_changed_for_this_shift() -> None:
    fakes = Fakes()
    fakes.doorways.refuse(LEDGER_AWAY, LEDGER_AWAY)
    async with playing(fakes.services) as (_, pilot):
        await to_this_door(pilot)
        await pick(pilot, WAY, DONE)
        await until_text(pilot, "EXIT · North gate")
        assert fakes.doorways.kept_by == []


async def test_a_ticket_scanned_over_the_question_is_judged_at_the_door_as_it_is() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_this_door(pilot)
        await pick(pilot, WAY)
        await type_in(pilot, CODE)
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: look_of(pilot) == "red")
        assert fakes.admission.scans[0].way is Way.IN


async def test_the_scanner_is_tested_from_the_door() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_this_door(pilot)
        await pick(pilot, TEST)
        await until_screen(pilot, ScannerTestScreen)
        await pilot.press("escape")
        await until_screen(pilot, DoorScreen)


async def test_rows_are_picked_by_touch() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_this_door(pilot)
        await pilot.click("PickList", offset=(5, WAY))
        await pilot.click("PickList", offset=(5, DONE))
        await until_text(pilot, "EXIT · North gate")


async def test_a_supervisors_word_lets_everybody_out_who_went_home_without_a_scan() -> None:
    fakes = Fakes()
    fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
    async with playing(fakes.services) as (_, pilot):
        await to_door(pilot)
        await type_in(pilot, CODE)
        await until_text(pilot, "F4 Undo")
        await pilot.press("f7")
        await until_screen(pilot, ThisDoorDialog)
        await until_text(pilot, "389 inside")
        await pilot.press(*["down"] * EMPTY, "enter")
        await until_screen(pilot, SureDialog)
        await until_text(pilot, "389 people are counted as inside and will be outside")
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        assert fakes.emptyings.asked == []
        await type_in(pilot, "3333")
        await until_text(pilot, "389 people were let out")
        assert "F4" not in text_of(pilot)
        assert fakes.emptyings.asked == [(EVERY_SLOT, "Sasha")]


async def test_nobody_is_let_out_without_a_word_an_answer_or_somebody_inside() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_this_door(pilot, "3333")
        await until_text(pilot, "389 inside")
        await pilot.press(*["down"] * EMPTY, "enter")
        await until_screen(pilot, SureDialog)
        await pilot.press("escape")
        await until_screen(pilot, DoorScreen)
        assert fakes.emptyings.asked == []
        fakes.emptyings.refuse(LEDGER_AWAY)
        await pilot.press("f7")
        await until_screen(pilot, ThisDoorDialog)
        await pilot.press(*["down"] * EMPTY, "enter")
        await until_screen(pilot, SureDialog)
        await pilot.press("enter")
        await until_text(pilot, "the books do not answer just now")
        fakes.admission.counted = DoorCounters(412, 600, 0, None, 14)
        assert isinstance(pilot.app.screen, DoorScreen)
        await pilot.app.screen.count().wait()
        await pilot.press("f7")
        await until_text(pilot, "nobody is inside")
        await pilot.press("escape")
        fakes.lane.said = LaneStatus(LaneState.OFFLINE)
        await until_screen(pilot, DoorScreen)
        pilot.app.screen.tick()
        await pilot.press("f7")
        await until_text(pilot, "not off line")
