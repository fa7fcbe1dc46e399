"""Ask once more before something that is not easily taken back."""

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from kiosk.screens.base import Desk
from kiosk.screens.dialog import Dialog
from kiosk.widgets.frame import Key, KeyHint
from kiosk.widgets.plain import content
from kiosk.widgets.scan_input import ScanInput


class ConfirmDialog(Dialog[bool | None]):
    """Answers True to Enter; `what` is asked, and `do` is what Enter does.

    It has an invisible field, so that the Enter of a scan answers nothing.
    """

    AUTO_FOCUS = "ScanInput"

    def __init__(self, desk: Desk, title: str, what: str, do: str) -> None:
        super().__init__(desk, title)
        self._what = what
        self._do = do

    def body(self) -> ComposeResult:
        yield Static(content(self._what), id="ask")
        yield ScanInput(self.desk.services.clock)

    def hints(self) -> ComposeResult:
        yield KeyHint(Key("Enter", self._do, "confirm"))
        yield from super().hints()

    @on(ScanInput.Scanned)
    def scanned(self) -> None:
        self.say(self.words("Another code was scanned: answer this first, then scan it again."))

    @on(ScanInput.Confirmed)
    def action_confirm(self) -> None:
        self.dismiss(True)
