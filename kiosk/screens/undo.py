"""Why an admission is undone."""

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.errors import InvalidReason
from kiosk.domain.people import NAME_MAX
from kiosk.domain.reasons import checked_reason
from kiosk.screens.base import Desk
from kiosk.screens.door_dialog import DoorDialog
from kiosk.widgets.pick_list import PickRow


class UndoDialog(DoorDialog[str]):
    """Answers the reason: one of the usual ones, or one in words of their own."""

    def __init__(self, desk: Desk, who: str) -> None:
        super().__init__(desk, desk.words("Take the admission back"))
        words = desk.words
        self._who = who
        self._reasons = (
            words("nobody went in"),
            words("the wrong ticket was scanned"),
            words("somebody else came with this ticket"),
        )

    def body(self) -> ComposeResult:
        yield Static(Content(self._who), id="ask")
        yield from super().body()

    def on_mount(self) -> None:
        self.show_field(self.words("or type another reason"))
        self.offer([PickRow(reason) for reason in self._reasons])

    def picked(self, index: int) -> None:
        self.dismiss(self._reasons[index])

    def entered(self, typed: str) -> bool:
        try:
            reason = checked_reason(typed)
        except InvalidReason:
            words = self.words
            self.say(words("A reason has at most {n} letters.", n=words.number(NAME_MAX)))
        else:
            self.dismiss(reason)
        return True
