"""Checking in without staff: the own ticket, the Code of Conduct, and home again."""

from dataclasses import replace

import pytest

from kiosk.domain.admission import NeedsConduct, Reason, Verdict
from kiosk.domain.hand_outs import PieceCard
from kiosk.domain.people import Attendee
from kiosk.screens.base import Desk
from kiosk.screens.check_in import GOODBYE_SECONDS, CheckedInScreen, CheckInScreen
from kiosk.screens.check_in_words import CheckInWords
from kiosk.screens.conduct import ConductScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.widgets.scan_input import ScanInput
from kiosk.words import LANGUAGES
from tests.kiosk.at_the_door import ADA, verdict
from tests.kiosk.fake_events import CODE, LEDGER_AWAY, NOON, NUMBER, an_event
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
from tests.kiosk.test_hostile_text import assert_in_frame, fakes_called

SMALLEST = (60, 20)
MISREAD = {Reason.TYPO, Reason.NOT_OURS, Reason.WALLET}
ALONE = {Reason.ADMITTED, Reason.NOT_VALID_YET, Reason.HALL_FULL}
"""What nobody at the desk is needed for."""


async def to_check_in(pilot: Play) -> None:
    """From the welcome screen."""
    await until_screen(pilot, WelcomeScreen)
    await pilot.press("down", "enter")
    await until_screen(pilot, CheckInScreen)
    await until(pilot, lambda: isinstance(pilot.app.focused, ScanInput))


async def accept(pilot: Play, fakes: Fakes) -> None:
    """Read the Code of Conduct, and accept it."""
    await until_screen(pilot, ConductScreen)
    fakes.clock.advance(seconds=2)
    await pilot.press("enter")


async def test_somebody_scans_accepts_in_their_language_and_walks_in() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await pilot.press("right")
        await until_text(pilot, "Tengo una entrada")
        await to_check_in(pilot)
        fakes.admission.verdicts.append(NeedsConduct(CODE, NUMBER, ADA, "regular", 77))
        await type_in(pilot, CODE)
        await until_screen(pilot, ConductScreen)
        assert "Código de conducta" in text_of(pilot)
        await accept(pilot, fakes)
        await until_screen(pilot, CheckedInScreen)
        assert fakes.admission.accepted == ["es"]
        [scan] = fakes.admission.scans
        assert scan.staff == ""
        await pilot.press("enter")
        await until_screen(pilot, WelcomeScreen)
        assert "Ada" not in text_of(pilot)


async def test_what_waits_at_the_desk_is_said_as_far_as_it_is_known() -> None:
    fakes = Fakes()
    shirt = PieceCard(11, 0, "shirt", 1)
    fakes.hand_outs.there = [shirt, replace(shirt, position=1, handed_at=NOON)]
    async with playing(fakes.services) as (_, pilot):
        await to_check_in(pilot)
        fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
        await type_in(pilot, CODE)
        await until_text(pilot, "★ At the desk: T-shirt")
        await pilot.press("escape")
        await until_screen(pilot, CheckInScreen)
        fakes.hand_outs.refuse(LEDGER_AWAY)
        fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
        await type_in(pilot, f"{CODE}2")
        await until_text(pilot, "You are checked in: just walk in.")
        assert "At the desk" not in text_of(pilot)


async def test_whoever_has_a_second_ticket_goes_on_with_it() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_check_in(pilot)
        for name in ("Ada Lovelace", "Grace Hopper"):
            admitted = replace(verdict(Reason.ADMITTED, fakes), holder=Attendee(name, "a@b.org"))
            fakes.admission.verdicts.append(admitted)
            await type_in(pilot, f"{CODE}{name[0]}")
            await until_screen(pilot, CheckedInScreen)
            assert name.split()[0].upper() in text_of(pilot).replace(" ", "")
            await pilot.press("escape")
            await until_screen(pilot, CheckInScreen)
        await pilot.press("escape")
        await until_screen(pilot, WelcomeScreen)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_has_words_that_lead_on(language: str) -> None:
    fakes = Fakes()
    words = CheckInWords(Desk.of(fakes.services, language))
    desk = {"en": "desk", "es": "mostrador", "de": "Tisch"}[language]
    for reason in {*Reason} - MISREAD:
        notice = words.notice(verdict(reason, fakes))
        said = " ".join((notice.headline, *notice.text))
        assert notice.headline
        assert all(notice.text)
        assert desk in said or reason in ALONE
    assert all(words.misread(reason) for reason in MISREAD)


async def test_a_typo_is_typed_once_more_and_nobody_is_sent_away() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_check_in(pilot)
        fakes.admission.verdicts.append(Verdict(Reason.TYPO))
        await type_in(pilot, NUMBER)
        await until_text(pilot, "Please type the number once more.")
        await type_in(pilot, "[@click=app.quit]x[/]")
        await until_text(pilot, "This is not one of our tickets.")
        assert isinstance(app.screen, CheckInScreen)


async def test_whoever_does_not_accept_is_not_admitted_and_is_told_where_help_is() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_check_in(pilot)
        fakes.admission.verdicts.append(NeedsConduct(CODE, NUMBER, ADA, "regular", 77))
        await type_in(pilot, CODE)
        await until_screen(pilot, ConductScreen)
        await pilot.press("escape")
        await until_text(pilot, "Nobody is admitted without it. The people at the desk can help.")
        assert fakes.admission.accepted == []


async def test_without_an_answer_it_is_the_same_check_in_when_scanned_again() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_check_in(pilot)
        fakes.admission.refuse(LEDGER_AWAY)
        await type_in(pilot, CODE)
        await until_text(pilot, "Please go to the desk with your ticket.")
        fakes.clock.advance(seconds=3)
        fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
        await type_in(pilot, CODE)
        await until_screen(pilot, CheckedInScreen)
        assert len({scan.nonce for scan in fakes.admission.scans}) == 1


async def test_a_name_does_not_stay_on_the_screen_of_somebody_who_walked_in() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_check_in(pilot)
        fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
        await type_in(pilot, CODE)
        await until_screen(pilot, CheckedInScreen)
        assert isinstance(app.screen, CheckedInScreen)
        fakes.clock.advance(seconds=GOODBYE_SECONDS - 1)
        app.screen.tick()
        await pilot.pause()
        assert isinstance(app.screen, CheckedInScreen)
        fakes.clock.advance(seconds=1)
        app.screen.tick()
        await until_screen(pilot, WelcomeScreen)


@pytest.mark.parametrize("reading", [False, True], ids=["at the start", "while reading"])
async def test_whoever_walks_away_is_forgotten(reading: bool) -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_check_in(pilot)
        if reading:
            fakes.admission.verdicts.append(NeedsConduct(CODE, NUMBER, ADA, "regular", 77))
            await type_in(pilot, CODE)
            await until_screen(pilot, ConductScreen)
        fakes.clock.advance(seconds=46)
        app.tick()
        await until_text(pilot, "Still there?")
        fakes.clock.advance(seconds=20)
        app.tick()
        await until_screen(pilot, WelcomeScreen)
        assert fakes.admission.accepted == []
        assert "Ada" not in text_of(pilot)


async def test_an_event_may_be_without_it() -> None:
    fakes = Fakes(an_event(self_check_in=False))
    async with playing(fakes.services) as (app, pilot):
        assert "I have a ticket" not in sentence_of(pilot)
        await pilot.press("down")
        assert len(app.screen.query("Target")) == 1


@pytest.mark.parametrize("text", EACH_HOSTILE)
async def test_names_are_drawn_as_they_are_on_the_smallest_screen(text: str) -> None:
    fakes = fakes_called(text)
    async with playing(fakes.services, size=SMALLEST) as (_, pilot):
        await to_check_in(pilot)
        holder = Attendee(text, f"{text}@example.org")
        fakes.admission.verdicts.append(NeedsConduct(text, NUMBER, holder, "regular", 77))
        await type_in(pilot, text)
        await accept(pilot, fakes)
        await until_screen(pilot, CheckedInScreen)
        assert_in_frame(pilot)
