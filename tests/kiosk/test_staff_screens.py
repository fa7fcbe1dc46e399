"""Staff at a terminal: PIN or badge, what each role finds, and who is sent home by silence."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain.events import Role
from kiosk.domain.pins import PIN_TRIES_MAX
from kiosk.domain.staff_codes import badge_code
from kiosk.domain.terminals import (
    PairingFault,
    PairingRefused,
    TerminalState,
    TerminalStatus,
)
from kiosk.screens.base import Desk
from kiosk.screens.code import CodeDialog
from kiosk.screens.confirm import ConfirmDialog
from kiosk.screens.door import DoorScreen
from kiosk.screens.pairing import PairingScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.silence import LogOutBand
from kiosk.screens.staff import StaffDialog
from kiosk.screens.terminals import InvitationDialog, TerminalsScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.services.front import Front
from kiosk.widgets.target import Target
from tests.kiosk.fake_events import CODE, NOON
from tests.kiosk.fake_services import FakePairing, Fakes
from tests.kiosk.playing import (
    EACH_HOSTILE,
    LARGE,
    SMALL,
    BellApp,
    Play,
    playing,
    scan_in,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)
from tests.kiosk.test_hostile_text import assert_in_frame

BADGE = badge_code(1, 1).signed(Ed25519PrivateKey.generate())


def a_terminal(name: str = "South gate", **changes: object) -> TerminalStatus:
    """A terminal that may do something."""
    known: dict[str, object] = {"state": TerminalState.PAIRED, "since": NOON} | changes
    return TerminalStatus(2, name, **known)  # type: ignore[arg-type]  # keywords of a dataclass


async def unlock(pilot: Play, pin: str) -> None:
    await pilot.press("f10")
    await until_screen(pilot, PinDialog)
    await type_in(pilot, pin)
    await until_screen(pilot, StaffDialog)


async def to_terminals(pilot: Play) -> None:
    await unlock(pilot, "4444")
    await pilot.press("down", "down", "enter")
    await until_screen(pilot, TerminalsScreen)


async def let_time_pass(app: BellApp, fakes: Fakes, pilot: Play, seconds: float) -> None:
    fakes.clock.advance(seconds=seconds)
    app.tick()
    await pilot.pause()


def has_heard(fakes: Fakes, scans: int) -> bool:
    return len(fakes.admission.scans) == scans


@asynccontextmanager
async def unpaired(
    name: str = "North gate", size: tuple[int, int] = SMALL
) -> AsyncIterator[tuple[Fakes, FakePairing, Play]]:
    """Somebody in front of a terminal that is not paired."""
    fakes = Fakes()
    pairing = FakePairing(name)
    front = Front(fakes.event, fakes.clock)
    async with playing(front, size=size) as (app, pilot):
        app.run_worker(_open_when_paired(front, pairing, fakes))
        await until_screen(pilot, PairingScreen)
        yield fakes, pairing, pilot


async def _open_when_paired(front: Front, pairing: FakePairing, fakes: Fakes) -> None:
    await front.ask_to_pair(pairing)
    front.open(fakes.services)


async def test_each_role_finds_what_it_may_do_and_why_not() -> None:
    for pin, open_ones, said in (
        ("1111", {"door"}, "needs a supervisor"),
        ("2222", {"door", "refunds"}, "needs an organiser"),
        ("3333", {"door", "refunds", "close"}, "needs an organiser"),
        ("4444", {"door", "watch", "terminals", "refunds", "close"}, "let in, send out"),
    ):
        async with playing(Fakes().services) as (app, pilot):
            await unlock(pilot, pin)
            await until_text(pilot, said)
            targets = [target for target in app.screen.query(Target) if not target.disabled]
            assert {next(iter(target.classes - {"-main"})) for target in targets} == open_ones


async def test_the_staff_are_spoken_to_in_the_language_of_the_screen() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await pilot.press("right", "f10")
        await until_screen(pilot, PinDialog)
        await until_text(pilot, "o pasa tu acreditación por el lector")
        await type_in(pilot, "4444")
        await until_screen(pilot, StaffDialog)
        await until_text(pilot, "Terminales")
        await pilot.press("down", "down", "enter")
        await until_screen(pilot, TerminalsScreen)
        await until_text(pilot, "TERMINALES")


async def test_a_badge_is_heard_without_enter_and_never_shown() -> None:
    async with playing(Fakes().services) as (_, pilot):
        await pilot.press("f10")
        await until_screen(pilot, PinDialog)
        await scan_in(pilot, BADGE)
        assert BADGE[:10] not in text_of(pilot)
        await until_text(pilot, "This badge is void. Perhaps there is a newer one.")


async def test_a_ticket_is_no_pin_and_counts_as_no_try() -> None:
    async with playing(Fakes().services) as (_, pilot):
        await pilot.press("f10")
        await until_screen(pilot, PinDialog)
        for text in (CODE, "[/]", "1234A"):
            await type_in(pilot, text)
            await until_text(pilot, "That is no PIN and no badge.")
        await type_in(pilot, "0000")
        await until_text(pilot, "This PIN does not open that. Please try again.")


async def test_a_locked_terminal_says_how_it_is_freed() -> None:
    fakes = Fakes()
    fakes.staff.locked = True
    async with playing(fakes.services) as (_, pilot):
        await pilot.press("f10")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "1111")
        await until_text(pilot, "An organiser frees it with a badge, or at another terminal.")


async def test_a_supervisor_lets_a_steward_do_it_in_place() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        answers: list[object] = []
        asked = PinDialog(Desk.of(fakes.services), Role.SUPERVISOR, "Undo", asked_by="Robin")
        app.push_screen(asked, answers.append)
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "1111")
        await until_text(pilot, "This PIN does not open that.")
        await type_in(pilot, "3333")
        await until(pilot, lambda: answers)
        assert fakes.staff.asked_by == ["Robin"]


async def test_a_silent_door_warns_once_and_locks_itself() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await unlock(pilot, "1111")
        await pilot.press("enter")
        await until_screen(pilot, DoorScreen)
        await let_time_pass(app, fakes, pilot, 584)
        assert not app.screen.query(LogOutBand)
        await let_time_pass(app, fakes, pilot, 1)
        await until_text(pilot, "Still there? In 15 seconds this locks itself")
        await let_time_pass(app, fakes, pilot, 15)
        await until_screen(pilot, WelcomeScreen)
        await until(pilot, lambda: fakes.staff.left == [("Robin", True)])


async def test_a_scan_keeps_the_door_open_and_is_heard_whole() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await unlock(pilot, "1111")
        await pilot.press("enter")
        await until_screen(pilot, DoorScreen)
        for scans in range(1, 4):
            await let_time_pass(app, fakes, pilot, 590)
            assert app.screen.query(LogOutBand)
            await type_in(pilot, CODE)
            await until(pilot, partial(has_heard, fakes, scans))
            assert fakes.admission.scans[-1].text == CODE
            await let_time_pass(app, fakes, pilot, 1)
            assert not app.screen.query(LogOutBand)
        await pilot.press("f9")
        await until_screen(pilot, WelcomeScreen)
        await until(pilot, lambda: fakes.staff.left == [("Robin", False)])


async def test_an_organiser_is_logged_out_sooner_whatever_lies_on_top() -> None:
    fakes = Fakes()
    fakes.terminals.known = [a_terminal()]
    async with playing(fakes.services) as (app, pilot):
        await to_terminals(pilot)
        await pilot.press("enter")
        await until_screen(pilot, InvitationDialog)
        await let_time_pass(app, fakes, pilot, 120)
        await let_time_pass(app, fakes, pilot, 1)
        await until_screen(pilot, WelcomeScreen)
        await until(pilot, lambda: fakes.staff.left == [("Noor", True)])


async def test_the_organiser_gives_out_a_code() -> None:
    fakes = Fakes()
    fakes.terminals.known = [a_terminal(), a_terminal("West", state=TerminalState.NEW, since=None)]
    async with playing(fakes.services) as (_, pilot):
        await to_terminals(pilot)
        await until_text(pilot, "not let in yet")
        await pilot.press("down", "enter")
        await until_screen(pilot, InvitationDialog)
        await until_text(pilot, "A code for West")
        assert fakes.terminals.done == [("invite", "West")]
        await pilot.press("escape")
        await until_screen(pilot, TerminalsScreen)
        await pilot.press("f2")
        await until_screen(pilot, CodeDialog)
        await type_in(pilot, "East")
        await until_screen(pilot, InvitationDialog)
        assert fakes.terminals.done[1:] == [("invite", "East")]


async def test_the_organiser_sends_out_asks_first_and_spares_where_they_are() -> None:
    fakes = Fakes()
    fakes.terminals.known = [a_terminal("North gate"), a_terminal()]
    async with playing(fakes.services) as (_, pilot):
        await to_terminals(pilot)
        await until_text(pilot, "you are here")
        await pilot.press("f4")
        await until_text(pilot, "send it out from another")
        await pilot.press("down", "f4")
        await until_screen(pilot, ConfirmDialog)
        await pilot.press("escape")
        await until_screen(pilot, TerminalsScreen)
        assert fakes.terminals.done == []
        await pilot.press("f4")
        await until_screen(pilot, ConfirmDialog)
        await pilot.press("enter")
        await until_text(pilot, "sent out")
        assert fakes.terminals.done == [("revoke", "South gate")]


async def test_the_organiser_frees_pins_and_switches_search() -> None:
    fakes = Fakes()
    fakes.terminals.known = [a_terminal(wrong_pins=PIN_TRIES_MAX)]
    async with playing(fakes.services) as (_, pilot):
        await to_terminals(pilot)
        await until_text(pilot, "PINs locked")
        await pilot.press("f5", "f3")
        await until_text(pilot, "search off")
        assert fakes.terminals.done == [("free", "South gate"), ("search", "South gate")]
        assert "PINs locked" not in text_of(pilot)


async def test_an_unpaired_terminal_does_nothing_but_take_its_code() -> None:
    async with unpaired() as (_, pairing, pilot):
        await until_text(pilot, "kiosk terminal invite 'North gate'")
        for key in ("f10", "escape", "f9", "enter", "tab"):
            await pilot.press(key)
            assert isinstance(pilot.app.screen, PairingScreen)
        for fault, said in (
            (PairingFault.TYPO, "This code was mistyped."),
            (PairingFault.WRONG, "3 tries are left."),
            (PairingFault.VOID, "There is no open code for this terminal."),
        ):
            pairing.refusals.append(PairingRefused(fault, 3))
            await type_in(pilot, "abcd1234")
            await until_text(pilot, said)
        await type_in(pilot, "abcd1234")
        await until_screen(pilot, WelcomeScreen)
        await unlock(pilot, "1111")


async def test_a_terminal_that_is_sent_out_ends_what_it_shows() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await unlock(pilot, "1111")
        fakes.pairing.was_revoked.set()
        await until(pilot, lambda: not app.is_running or app._exit)
        assert app.desk.front.was_revoked


@pytest.mark.parametrize("name", EACH_HOSTILE)
async def test_names_of_terminals_are_drawn_as_they_are(name: str) -> None:
    fakes = Fakes()
    fakes.terminals.known = [a_terminal(name, wrong_pins=PIN_TRIES_MAX, may_search=False)]
    async with playing(fakes.services, size=LARGE) as (_, pilot):
        await to_terminals(pilot)
        await until_text(pilot, "PINs locked")
        assert_in_frame(pilot)
        await pilot.press("f4")
        await until_screen(pilot, ConfirmDialog)
        assert_in_frame(pilot)
        await pilot.press("escape")
        await until_screen(pilot, TerminalsScreen)
        await pilot.press("enter")
        await until_screen(pilot, InvitationDialog)
        assert_in_frame(pilot)
    async with unpaired(name) as (_, _, pilot):
        assert_in_frame(pilot)
