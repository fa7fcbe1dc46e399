"""A door whose ledger or store does not answer says so, and shows what came of it afterwards."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.domain.admission import NeedsConduct, Reason
from kiosk.domain.lane import Conflict, LaneState, LaneStatus, Part
from kiosk.domain.people import Attendee
from kiosk.screens.conduct import ConductScreen
from kiosk.screens.conflicts import ConflictsDialog
from kiosk.screens.door import DoorScreen
from tests.kiosk.at_the_door import ADA, CONFLICTS, SMALLEST, look_of, pick, to_door, to_this_door
from tests.kiosk.fake_events import CODE, LEDGER_AWAY, NOON, NUMBER
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
from tests.kiosk.test_hostile_text import assert_in_frame

OFF = LaneStatus(LaneState.OFFLINE, frozenset(Part), NOON, 12, NOON - timedelta(minutes=5))
TWICE = Conflict(
    1, "North gate", NOON, Reason.ALREADY_IN, NOON, "Robin", NUMBER, ADA, "regular",
    NOON - timedelta(seconds=20), "South gate",
)  # fmt: skip


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (
            OFF,
            "◌ Off line since 18:04. Not checked: use at other doors, full halls, changes of"
            " tickets since 17:59. 12 scans are to be sent.",
        ),
        (
            LaneStatus(LaneState.OFFLINE, frozenset({Part.LEDGER}), NOON),
            "◌ Off line since 18:04. Not checked: use at other doors, full halls.",
        ),
        (
            LaneStatus(LaneState.OFFLINE, frozenset({Part.STORE}), NOON, 1),
            "Not checked: what became of tickets. 1 scan is to be sent.",
        ),
        (replace(OFF, state=LaneState.RETURNING), "◌ Coming back on line. Not checked:"),
        (LaneStatus(conflicts=2), "2 conflicts: F7"),
    ],
)
async def test_the_banner_names_what_is_not_checked_and_what_is_to_be_sent(
    status: LaneStatus, said: str
) -> None:
    fakes = Fakes()
    async with playing(fakes.services, size=SMALLEST) as (app, pilot):
        await to_door(pilot)
        assert "line" not in sentence_of(pilot)
        fakes.lane.said = status
        assert isinstance(app.screen, DoorScreen)
        app.screen.tick()
        await until_text(pilot, said)
        fakes.lane.said = LaneStatus()
        app.screen.tick()
        await until(pilot, lambda: said not in sentence_of(pilot))


async def test_whose_ticket_it_is_may_be_unknown_while_off_line() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_door(pilot)
        fakes.admission.verdicts.append(NeedsConduct(CODE, NUMBER, None, "regular", 77))
        await type_in(pilot, CODE)
        await until_screen(pilot, ConductScreen)
        await until_text(pilot, "Please read this, and say whether you accept it.")
        fakes.clock.advance(seconds=2)
        await pilot.press("enter")
        await until(pilot, lambda: fakes.admission.accepted == ["en"])


async def to_conflicts(pilot: Play, fakes: Fakes, pin: str) -> None:
    """Look at the conflicts."""
    fakes.lane.said = LaneStatus(conflicts=len(fakes.lane.found))
    await to_this_door(pilot, pin)
    await pick(pilot, CONFLICTS)
    await until_screen(pilot, ConflictsDialog)


async def test_a_supervisor_sees_both_doors_and_times_and_says_that_it_is_seen_to() -> None:
    fakes = Fakes()
    fakes.lane.found = [TWICE]
    async with playing(fakes.services) as (_, pilot):
        await to_conflicts(pilot, fakes, "3333")
        await until_text(pilot, "Ada L. · 18:04:11 North gate · 18:03:51 South gate")
        await pilot.press("enter")
        await until_text(pilot, "There are no conflicts.")


async def test_a_steward_sees_them_and_leaves_them_to_a_supervisor() -> None:
    fakes = Fakes()
    fakes.lane.found = [TWICE, replace(TWICE, nonce=2, acknowledged_by="Sasha")]
    async with playing(fakes.services) as (_, pilot):
        await to_conflicts(pilot, fakes, "1111")
        await until_text(pilot, "seen to by Sasha")
        await pilot.press("enter")
        await until_text(pilot, "needs a supervisor")
        assert len(fakes.lane.found) == 2


async def test_without_conflicts_there_is_nothing_to_look_at() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_this_door(pilot)
        await pick(pilot, CONFLICTS)
        await until_text(pilot, "there are none")
        assert "Let in without being checked" not in text_of(pilot)


async def test_conflicts_that_cannot_be_read_now_can_be_later() -> None:
    fakes = Fakes()
    fakes.lane.found = [TWICE]
    async with playing(fakes.services) as (_, pilot):
        fakes.lane.refuse(LEDGER_AWAY)
        await to_conflicts(pilot, fakes, "3333")
        await until_text(pilot, "The books do not answer just now.")
        await type_in(pilot, CODE)
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: look_of(pilot) == "red")


@pytest.mark.parametrize("text", EACH_HOSTILE)
async def test_names_are_drawn_as_they_are(text: str) -> None:
    fakes = Fakes()
    holder = Attendee(text, "a@b.org")
    fakes.lane.found = [
        replace(TWICE, holder=holder, other_terminal=text, terminal=text),
        replace(TWICE, holder=None, other_at=None, ticket_number=None, acknowledged_by=text),
    ]
    async with playing(fakes.services, size=SMALLEST) as (_, pilot):
        await to_conflicts(pilot, fakes, "3333")
        await until_text(pilot, "Enter says that it has been seen to.")
        assert_in_frame(pilot)
