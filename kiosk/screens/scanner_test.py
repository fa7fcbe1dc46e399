"""At the start of a shift: does the scanner type what it reads?"""

from datetime import datetime, timedelta

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.scans import TEST_TEXT, Ending, Hearing, ScannerReport, report_on
from kiosk.screens.base import Desk
from kiosk.screens.dialog import Dialog
from kiosk.widgets.plain import one_line
from kiosk.widgets.qr_code import QrCode
from kiosk.widgets.scan_input import SAME_CODE_SECONDS, ScanInput
from kiosk.words import Words

_WRONG_SHOWN = 4
_AGAIN = timedelta(seconds=SAME_CODE_SECONDS)


def _heard(typed: str) -> str | None:
    """Without Enter, half of the code and silence are a scan too: the report says what is lost."""
    return typed if len(typed) * 2 >= len(TEST_TEXT) else None


class ScannerTestScreen(Dialog[None]):
    """Shows a code to scan, and says what arrived; Escape leads back."""

    CSS_PATH = "scanner_test.tcss"
    AUTO_FOCUS = "ScanInput"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, desk.words("Scanner test"))
        self._last: tuple[str, datetime] | None = None

    def compose(self) -> ComposeResult:
        words = self.words
        with Horizontal(id="panel"):
            yield QrCode(TEST_TEXT)
            with Vertical(id="heard"):
                yield Static(Content(self._title), id="panel-title")
                yield Static(Content(words("Scan the code beside this.")), id="ask")
                yield Static("", id="report")
                yield ScanInput(self.desk.services.clock, whole=_heard, same_code_seconds=0)
                with Horizontal(id="hints"):
                    yield from self.hints()

    @on(ScanInput.Scanned)
    def scanned(self, scanned: ScanInput.Scanned) -> None:
        report = report_on(scanned.typed, scanned.ending, again=self._is_again(scanned.typed))
        self.query_one("#ask", Static).display = False
        shown = self.query_one("#report", Static)
        shown.set_class(works(report), "-works")
        shown.update(Content("\n\n".join(report_lines(self.words, report))))
        self.app.bell()

    def _is_again(self, typed: str) -> bool:
        now = self.desk.now()
        last, self._last = self._last, (typed, now)
        return last is not None and last[0] == typed and now - last[1] < _AGAIN


def works(report: ScannerReport) -> bool:
    """Whether tickets can be scanned like this."""
    return report.hearing in (Hearing.RIGHT, Hearing.HARMLESS)


def report_lines(words: Words, report: ScannerReport) -> list[str]:
    """What the test found: the verdict first."""
    wrong = [f"{meant} → {one_line(came)}" for meant, came in report.wrong[:_WRONG_SHOWN]]
    listed = ", ".join([*wrong, *["…"] * (len(report.wrong) > _WRONG_SHOWN)])
    match report.hearing:
        case Hearing.ANOTHER:
            return [words("✖ That was a ticket. Please scan the code shown here.")]
        case Hearing.LOST:
            return [
                words("✖ Not everything arrived."),
                words("Hold it closer and scan again; else let the scanner type more slowly."),
            ]
        case Hearing.LAYOUT:
            return [
                words("✖ The keyboard layouts differ: {wrong}", wrong=listed),
                words("Set the scanner to the layout of this machine."),
            ]
        case Hearing.RIGHT:
            said = [words("✔ The scanner works."), words("Keyboard layout: right.")]
        case Hearing.HARMLESS:
            harmless = words("Layout: {wrong}. No ticket has these.", wrong=listed)
            said = [words("✔ The scanner works."), harmless]
    endings = {
        Ending.ENTER: words("It ends with Enter: yes."),
        Ending.TAB: words("It ends with Tab; that will do."),
        Ending.SILENCE: words("It ends with Enter: no; none is needed."),
    }
    said.append(endings[report.ending])
    return [*said, *[words("It sends twice; once is counted.")] * report.twice]
