"""The door: behind a PIN, one verdict at a time, and only the code field can have the focus."""

from asyncio import Event

import pytest
from textual.widgets import Input

from kiosk.domain.admission import Colour, NeedsConduct, Reason, Scan, Verdict, Way
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.people import Attendee
from kiosk.screens.conduct import ConductScreen
from kiosk.screens.door import DoorScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.staff import StaffDialog
from kiosk.screens.this_door import ThisDoorDialog
from kiosk.screens.verdicts import DoorWords
from kiosk.screens.welcome import WelcomeScreen
from kiosk.widgets.scan_input import ScanInput
from kiosk.widgets.scan_log import ScanLog
from kiosk.widgets.verdict import VerdictPanel
from kiosk.words import LANGUAGES
from tests.kiosk.at_the_door import ADA, look_of, to_door, until_rung, verdict
from tests.kiosk.fake_events import CODE, LEDGER_AWAY, NOON, NUMBER
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    playing,
    scan_in,
    sentence_of,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)
from tests.kiosk.test_scans import TICKET


async def test_the_door_opens_by_an_invisible_chord_and_a_pin_and_f9_locks_it() -> None:
    async with playing(Fakes().services) as (_, pilot):
        assert "F10" not in text_of(pilot)
        await to_door(pilot)
        assert "DOOR · North gate · Robin (steward)" in text_of(pilot)
        await pilot.press("f9")
        await until_screen(pilot, WelcomeScreen)


async def test_the_door_mode_starts_with_the_pin() -> None:
    async with playing(Fakes().services, mode="door") as (_, pilot):
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "1111")
        await until_screen(pilot, DoorScreen)


async def test_the_staff_see_which_terminal_this_is_and_which_ledger_it_works_on() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await pilot.press("f10")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "1111")
        await until_screen(pilot, StaffDialog)
        await until_text(pilot, f"{fakes.services.terminal} · {fakes.services.ledger_engine}")


async def test_only_a_supervisor_may_close_the_kiosk() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await pilot.press("f10")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "1111")
        await until_text(pilot, "needs a supervisor")
        await pilot.press("down", "escape")
        await until_screen(pilot, WelcomeScreen)
        await pilot.press("f10")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "3333")
        await until_screen(pilot, StaffDialog)
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: not app.is_running)
        assert app.return_code == 0


async def test_opening_the_door_ends_a_visit_and_gives_its_hold_back() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await pilot.press("enter")
        await until_text(pilot, "What would you like?")
        await to_door(pilot)
        await pilot.press("f9")
        await until_screen(pilot, WelcomeScreen)


async def test_every_reason_has_its_words_its_symbol_and_its_colour_in_every_language() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_door(pilot)
        for count, reason in enumerate(Reason, 1):
            fakes.admission.verdicts.append(verdict(reason, fakes))
            await type_in(pilot, f"CODE{count}")
            await until_rung(pilot, app, count)
            words = DoorWords(app.desk.words, fakes.event, NOON)
            assert words.because(verdict(reason, fakes)) in sentence_of(pilot)
            assert look_of(pilot) == reason.colour.value
            symbol = {"green": "✔", "amber": "▲", "red": "✖", "grey": "◌"}[look_of(pilot)]
            assert symbol in text_of(pilot)
    for language in LANGUAGES:
        words = DoorWords(app.desk.speaking(language).words, fakes.event, NOON)
        faces = {words.face(verdict(reason, fakes)).headline for reason in Reason}
        assert len(faces) == len(Reason)


async def test_amber_says_when_and_where_and_red_says_from_when() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_door(pilot)
        fakes.admission.verdicts.append(verdict(Reason.ALREADY_IN, fakes))
        await type_in(pilot, CODE)
        await until_text(pilot, "since 18:04, South gate")
        assert "Ada L. · a•••@example.org" in text_of(pilot)
        fakes.admission.verdicts.append(verdict(Reason.NOT_VALID_YET, fakes))
        await type_in(pilot, NUMBER)
        await until_text(pilot, "valid from Saturday 10:00")


async def test_the_code_of_conduct_is_accepted_in_the_attendees_language_and_only_then_green() -> (
    None
):
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_door(pilot)
        fakes.admission.verdicts.append(NeedsConduct(CODE, NUMBER, ADA, "regular", 77))
        await type_in(pilot, CODE)
        await until_screen(pilot, ConductScreen)
        await pilot.press("right")
        await until_text(pilot, "Código de conducta")
        fakes.clock.advance(seconds=2)
        await pilot.press("enter")
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: look_of(pilot) == Colour.GREEN.value)
        assert fakes.admission.accepted == ["es"]


async def test_a_refused_code_of_conduct_admits_nobody_and_is_on_record() -> None:
    fakes = Fakes()
    needs = NeedsConduct(CODE, NUMBER, ADA, "regular", 77)
    async with playing(fakes.services) as (_, pilot):
        await to_door(pilot)
        fakes.admission.verdicts.append(needs)
        await type_in(pilot, CODE)
        await until_screen(pilot, ConductScreen)
        await pilot.press("escape")
        await until(pilot, lambda: look_of(pilot) == "red")
        await until_text(pilot, "the Code of Conduct was not accepted: scan again to read it")
        assert "✖ Ada L." in text_of(pilot)
        assert (fakes.admission.accepted, fakes.admission.refused) == ([], [needs])


async def test_a_scanner_that_reads_twice_accepts_nothing_by_its_enter() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_door(pilot)
        fakes.admission.verdicts.append(NeedsConduct(CODE, NUMBER, ADA, "regular", 77))
        await type_in(pilot, CODE)
        await until_screen(pilot, ConductScreen)
        await pilot.press("enter")
        fakes.clock.advance(seconds=5)
        await type_in(pilot, CODE)
        assert isinstance(app.screen, ConductScreen)
        assert "Another code" not in sentence_of(pilot)
        fakes.clock.advance(seconds=2)
        await pilot.press("enter")
        await until(pilot, lambda: fakes.admission.accepted == ["en"])
        assert len(fakes.admission.scans) == 1


async def test_a_ticket_scanned_over_the_code_of_conduct_is_told_to_wait_and_accepts_nothing() -> (
    None
):
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_door(pilot)
        fakes.admission.verdicts.append(NeedsConduct(CODE, NUMBER, ADA, "regular", 77))
        await type_in(pilot, CODE)
        await until_screen(pilot, ConductScreen)
        fakes.clock.advance(seconds=5)
        await type_in(pilot, NUMBER)
        await until_text(pilot, "Another code was scanned: answer this first")
        await pilot.press("right", "down", "tab", "enter")
        assert isinstance(app.screen, ConductScreen)
        fakes.clock.advance(seconds=2)
        await pilot.press("enter")
        await until(pilot, lambda: fakes.admission.accepted == ["es"])
        assert len(fakes.admission.scans) == 1


@pytest.mark.parametrize(("answer", "accepted"), [(".-main", ["en"]), (".refuse", [])])
async def test_the_code_of_conduct_is_answered_by_touch(answer: str, accepted: list[str]) -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_door(pilot)
        fakes.admission.verdicts.append(NeedsConduct(CODE, NUMBER, ADA, "regular", 77))
        await type_in(pilot, CODE)
        await until_screen(pilot, ConductScreen)
        await pilot.click("#conduct-text")
        await pilot.click(answer)
        await until_screen(pilot, DoorScreen)
        assert fakes.admission.accepted == accepted


async def test_the_green_of_the_last_ticket_is_gone_before_the_next_one_is_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_door(pilot)
        fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
        await type_in(pilot, CODE)
        await until(pilot, lambda: look_of(pilot) == "green")
        answer, answered_at_once = Event(), fakes.admission.scan

        async def answered_later(scan: Scan) -> Verdict | NeedsConduct:
            await answer.wait()
            return await answered_at_once(scan)

        monkeypatch.setattr(fakes.admission, "scan", answered_later)
        await type_in(pilot, NUMBER)
        await until(pilot, lambda: look_of(pilot) == "waiting")
        answer.set()
        await until(pilot, lambda: look_of(pilot) == "red")


async def test_a_scan_without_an_answer_is_repeated_as_the_same_scan() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_door(pilot)
        fakes.admission.refuse(LEDGER_AWAY)
        await type_in(pilot, CODE)
        await until(pilot, lambda: look_of(pilot) == "grey")
        fakes.clock.advance(seconds=3)
        fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
        await type_in(pilot, CODE)
        await until(pilot, lambda: look_of(pilot) == "green")
        fakes.clock.advance(seconds=3)
        await type_in(pilot, CODE)
        await until(pilot, lambda: look_of(pilot) == "red")
        [first, again, another] = [scan.nonce for scan in fakes.admission.scans]
        assert first == again != another


async def test_a_scan_without_an_answer_is_another_one_where_the_door_has_changed() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_door(pilot)
        fakes.admission.refuse(LEDGER_AWAY)
        await type_in(pilot, CODE)
        await until(pilot, lambda: look_of(pilot) == "grey")
        await pilot.press("f7")
        await until_screen(pilot, ThisDoorDialog)
        await pilot.press("down", "enter", "up", "enter")
        await until_text(pilot, "EXIT")
        fakes.clock.advance(seconds=3)
        fakes.admission.verdicts.append(verdict(Reason.LEFT, fakes))
        await type_in(pilot, CODE)
        await until(pilot, lambda: look_of(pilot) == "green")
        [before, after] = fakes.admission.scans
        assert (before.way, after.way) == (Way.IN, Way.OUT)
        assert before.nonce != after.nonce


async def test_a_ticket_that_the_books_contradict_keeps_no_other_from_the_door() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_door(pilot)
        fakes.admission.refuse(LedgerContradicts("step 1 of ticket X", "ACCOUNT_NOT_FOUND"))
        await type_in(pilot, CODE)
        await until(pilot, lambda: look_of(pilot) == "red")
        assert "an organiser has to look into it" in sentence_of(pilot)
        fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
        await type_in(pilot, NUMBER)
        await until(pilot, lambda: look_of(pilot) == "green")


async def test_an_accepted_code_of_conduct_without_an_answer_is_asked_again_as_the_same_scan() -> (
    None
):
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_door(pilot)
        fakes.admission.verdicts.append(NeedsConduct(CODE, NUMBER, ADA, "regular", 77))
        fakes.admission.refuse_after(1, LEDGER_AWAY)
        await type_in(pilot, CODE)
        await until_screen(pilot, ConductScreen)
        fakes.clock.advance(seconds=3)
        await pilot.press("enter")
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: look_of(pilot) == "grey")
        fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
        await type_in(pilot, CODE)
        await until(pilot, lambda: look_of(pilot) == "green")
        assert len({scan.nonce for scan in fakes.admission.scans}) == 1


async def test_the_focus_stays_on_the_code_whatever_is_pressed() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_door(pilot)
        await pilot.press("tab", "shift+tab", "escape", "up", "down", "f3", "f4", "f5", "f6")
        await pilot.click(VerdictPanel)
        await pilot.click(ScanLog)
        assert isinstance(app.focused, ScanInput)
        assert isinstance(app.screen, DoorScreen)


async def test_the_last_ten_scans_stay_in_view_newest_first() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_door(pilot)
        for count in range(1, 13):
            who = Attendee(f"Guest{count} Smith", "g@example.org")
            fakes.admission.verdicts.append(
                Verdict(Reason.ADMITTED, NUMBER, who, "regular", at=NOON)
            )
            await type_in(pilot, f"CODE{count}")
            await until_rung(pilot, app, count)
        text = text_of(pilot)
        assert text.index("✔ Guest12 S.") < text.index("✔ Guest11 S.") < text.index("✔ Guest4 S.")
        assert "Guest2 S." not in text


async def test_a_thousand_scans_of_garbage_do_not_wedge_the_door() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_door(pilot)
        await scan_in(pilot, "".join(f"{number:x}[é\r" for number in range(1000)))
        await until_rung(pilot, app, 1000)
        fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
        await scan_in(pilot, TICKET)
        await until(pilot, lambda: look_of(pilot) == "green")
        assert fakes.admission.scans[-1].text == TICKET


async def test_the_themes_change_at_the_door() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_door(pilot)
        seen = []
        for _ in range(3):
            await pilot.press("f8")
            await pilot.pause()
            seen.append(app.theme)
        assert seen == ["paper", "contrast", "ink"]


async def test_a_forgotten_staff_dialog_closes_itself_and_a_door_does_not() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await pilot.press("f10")
        await until_screen(pilot, PinDialog)
        assert app.screen.query_one(Input).password
        fakes.clock.advance(seconds=61)
        app.tick()
        await until_screen(pilot, WelcomeScreen)
        await to_door(pilot)
        fakes.clock.advance(seconds=61)
        app.tick()
        await pilot.pause()
        assert isinstance(app.screen, DoorScreen)
