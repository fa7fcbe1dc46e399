"""The test at the start of a shift: one scan, and what is right or wrong with the scanner."""

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from kiosk.domain.scans import TEST_TEXT, Ending, report_on
from kiosk.screens.base import Desk
from kiosk.screens.scanner_test import ScannerTestScreen, report_lines
from kiosk.widgets.qr_code import QrCode
from kiosk.widgets.theme import dress
from kiosk.words import LANGUAGES
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    HOSTILE,
    Play,
    decoded,
    picture_of,
    scan_in,
    sentence_of,
    type_in,
    until_screen,
    until_text,
)
from tests.kiosk.test_scans import FRENCH, GERMAN, TICKET

SMALLEST = (60, 20)


class Stage(App[None]):
    """An empty screen under the test."""

    def __init__(self, language: str = "en") -> None:
        super().__init__()
        self.fakes = Fakes()
        self.language = language
        dress(self)

    def compose(self) -> ComposeResult:
        yield Static("the door")

    def on_mount(self) -> None:
        self.push_screen(ScannerTestScreen(Desk.of(self.fakes.services, self.language)))


async def begun(pilot: Play) -> None:
    """Wait for the test."""
    await until_screen(pilot, ScannerTestScreen)
    await pilot.pause()


async def test_the_code_of_the_test_can_be_scanned_off_the_smallest_screen() -> None:
    app = Stage()
    async with app.run_test(size=SMALLEST) as pilot:
        await begun(pilot)
        assert decoded(picture_of(pilot)) == [TEST_TEXT]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (TEST_TEXT, "✔ The scanner works. Keyboard layout: right. It ends with Enter: yes."),
        (TEST_TEXT.translate(GERMAN), "✔ The scanner works. Layout: - → ß, Y → Z, Z → Y."),
        (TEST_TEXT.translate(FRENCH), "✖ The keyboard layouts differ:"),
        (TEST_TEXT[:40], "✖ Not everything arrived."),
        (TICKET, "✖ That was a ticket. Please scan the code shown here."),
        *((text, "✖ Not everything arrived.") for text in HOSTILE.values()),
    ],
)
async def test_it_says_what_arrived(typed: str, said: str) -> None:
    app = Stage()
    async with app.run_test(size=SMALLEST) as pilot:
        await begun(pilot)
        await type_in(pilot, typed)
        await until_text(pilot, said)


async def test_a_scanner_without_enter_works_too() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await begun(pilot)
        await scan_in(pilot, TEST_TEXT)
        await until_text(pilot, "It ends with Enter: no; none is needed.")


async def test_a_scanner_that_sends_twice_is_told_from_a_second_scan() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await begun(pilot)
        await type_in(pilot, TEST_TEXT)
        app.fakes.clock.advance(seconds=3)
        await type_in(pilot, TEST_TEXT)
        assert "twice" not in sentence_of(pilot)
        await type_in(pilot, TEST_TEXT)
        await until_text(pilot, "It sends twice; once is counted.")


async def test_escape_leads_back_and_a_scan_afterwards_is_not_the_tests() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await begun(pilot)
        await pilot.press("escape")
        await until_text(pilot, "the door")
        assert not app.screen.query(QrCode)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", [{}, GERMAN, FRENCH], ids=["right", "German", "French"])
async def test_every_report_fits_beside_the_code(language: str, layout: dict[int, str]) -> None:
    app = Stage(language)
    async with app.run_test(size=SMALLEST) as pilot:
        await begun(pilot)
        typed = TEST_TEXT.translate(layout)
        await type_in(pilot, typed)
        await type_in(pilot, typed)
        words = Desk.of(app.fakes.services, language).words
        report = report_on(typed, Ending.ENTER, again=True)
        await until_text(pilot, " ".join(report_lines(words, report)))
