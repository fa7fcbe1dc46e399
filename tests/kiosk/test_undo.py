"""Taking an admission back: with a reason, by a supervisor's word, and only the last one."""

from dataclasses import replace

import pytest
from textual.events import Paste

from kiosk.domain.admission import Reason
from kiosk.domain.lane import LaneState, LaneStatus
from kiosk.screens.door import DoorScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.reason import ReasonDialog
from kiosk.widgets.plain import one_line
from tests.kiosk.at_the_door import look_of, to_door, verdict
from tests.kiosk.fake_events import CODE, LEDGER_AWAY
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    EACH_HOSTILE,
    Play,
    playing,
    sentence_of,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)
from tests.kiosk.test_scans import NUMBER, TICKET


async def to_undo(pilot: Play, fakes: Fakes, pin: str = "3333") -> None:
    """Admit somebody, and ask to take it back."""
    await to_door(pilot, pin)
    fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
    await type_in(pilot, CODE)
    await until(pilot, lambda: look_of(pilot) == "green")
    await pilot.press("f4")
    await until_screen(pilot, ReasonDialog)


async def test_a_supervisor_takes_the_last_admission_back_for_a_usual_reason() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_undo(pilot, fakes)
        assert "Ada L." in text_of(pilot)
        await pilot.press("down", "enter")
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: look_of(pilot) == "grey")
        [(claim_id, reason, supervisor, _)] = fakes.admission.undone
        assert (claim_id, reason) == (77, "the wrong ticket was scanned")
        assert supervisor == "Sasha"
        assert "F4" not in text_of(pilot)


async def test_a_steward_needs_a_supervisors_pin() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_undo(pilot, fakes, "1111")
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "2222")
        await until_text(pilot, "This PIN does not open that.")
        await type_in(pilot, "3333")
        await until(pilot, lambda: fakes.admission.undone)
        assert fakes.admission.undone[0][2] == "Sasha"


@pytest.mark.parametrize("reason", EACH_HOSTILE)
async def test_the_reason_may_be_in_words_of_their_own(reason: str) -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_undo(pilot, fakes)
        await type_in(pilot, reason)
        await until(pilot, lambda: fakes.admission.undone)
        assert one_line(fakes.admission.undone[0][1]) == one_line(reason)


async def test_a_reason_as_long_as_a_ticket_number_is_a_reason() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_undo(pilot, fakes)
        await type_in(pilot, "stolen ticket")
        await until(pilot, lambda: fakes.admission.undone)
        assert fakes.admission.undone[0][1] == "stolen ticket"


async def test_a_reason_that_is_too_long_is_refused_and_nothing_is_done() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_undo(pilot, fakes)
        await type_in(pilot, "x" * 201)
        await until_text(pilot, "A reason has at most 200 letters.")
        assert fakes.admission.undone == []


async def test_a_reason_that_cannot_be_read_is_refused_with_what_is_wrong() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_undo(pilot, fakes)
        assert app.focused is not None
        app.focused.post_message(Paste("torn\x1b[2J"))
        await pilot.pause()
        await pilot.press("enter")
        await until_text(pilot, "Some of these characters are not for reading")
        assert fakes.admission.undone == []


@pytest.mark.parametrize("code", [TICKET, NUMBER], ids=["scanned", "typed"])
async def test_a_ticket_scanned_over_the_question_is_the_next_one(code: str) -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_undo(pilot, fakes)
        fakes.admission.verdicts.append(verdict(Reason.NOT_VALID_YET, fakes))
        await type_in(pilot, code)
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: look_of(pilot) == "red")
        assert fakes.admission.undone == []
        assert len(fakes.admission.scans) == 2


async def test_escape_leaves_the_admission_as_it_is() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_undo(pilot, fakes, "1111")
        await pilot.press("escape")
        await until_screen(pilot, DoorScreen)
        await pilot.press("f4")
        await until_screen(pilot, ReasonDialog)
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        await pilot.press("escape")
        await until_screen(pilot, DoorScreen)
        assert fakes.admission.undone == []
        assert look_of(pilot) == "green"


async def test_without_an_answer_it_is_the_same_undo_when_asked_again() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_undo(pilot, fakes)
        fakes.admission.refuse(LEDGER_AWAY)
        await pilot.press("enter")
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: look_of(pilot) == "grey")
        await pilot.press("f4")
        await until_screen(pilot, ReasonDialog)
        await pilot.press("enter")
        await until(pilot, lambda: len(fakes.admission.undone) == 2)
        first, again = fakes.admission.undone
        assert first == again


async def test_what_was_admitted_last_is_not_taken_back_once_it_has_left() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_undo(pilot, fakes)
        await pilot.press("escape")
        await until_screen(pilot, DoorScreen)
        somebody = replace(verdict(Reason.LEFT, fakes), claim_id=78)
        fakes.admission.verdicts += [somebody, verdict(Reason.LEFT, fakes)]
        await type_in(pilot, TICKET)
        await until_text(pilot, "out again")
        assert "F4" in text_of(pilot)
        await type_in(pilot, NUMBER)
        await until(pilot, lambda: "F4" not in text_of(pilot))
        await pilot.press("f4")
        assert isinstance(app.screen, DoorScreen)


async def test_nothing_is_taken_back_off_line() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_undo(pilot, fakes)
        await pilot.press("escape")
        await until_screen(pilot, DoorScreen)
        assert isinstance(app.screen, DoorScreen)
        fakes.lane.said = LaneStatus(LaneState.OFFLINE)
        app.screen.tick()
        await until(pilot, lambda: "F4" not in text_of(pilot))
        await pilot.press("f4")
        assert isinstance(app.screen, DoorScreen)
        fakes.lane.said = LaneStatus()
        app.screen.tick()
        await until_text(pilot, "F4 Undo")


async def test_there_is_nothing_to_take_back_before_anybody_is_admitted() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_door(pilot)
        assert "F4" not in sentence_of(pilot)
        await pilot.press("f4")
        assert isinstance(app.screen, DoorScreen)
