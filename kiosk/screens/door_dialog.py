"""What the staff choose over the door: a scan is still a scan, and closes the question."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from textual import on
from textual.app import ComposeResult

from kiosk.domain.scans import is_ticket
from kiosk.screens.base import Desk
from kiosk.screens.dialog import Dialog
from kiosk.widgets.frame import Key, KeyHint
from kiosk.widgets.pick_list import PickList, PickRow
from kiosk.widgets.scan_input import ScanInput

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NextScan:
    """Somebody scanned the next ticket rather than answer."""

    code: str


class DoorDialog(Dialog[T | NextScan | None]):
    """A question with rows to pick from. Only its field has the focus, seen or not."""

    CSS_PATH = "door_dialog.tcss"
    AUTO_FOCUS = "ScanInput"

    def __init__(self, desk: Desk, title: str) -> None:
        super().__init__(desk, title)
        self.list = PickList()
        self.field = ScanInput(desk.services.clock)

    def body(self) -> ComposeResult:
        yield self.list
        yield self.field

    def hints(self) -> ComposeResult:
        yield KeyHint(Key("↑↓", self.words("Choose"), "mark(1)"))
        yield KeyHint(Key("Enter", self.words("Take it"), "pick"))
        yield from super().hints()

    def offer(self, rows: Sequence[PickRow], mark: int | None = None) -> None:
        """Show what can be picked."""
        self.list.show(rows, mark)

    def scanned(self, code: str) -> None:
        """A code of ours was scanned, or what nobody asked for was typed: the next ticket."""
        self.dismiss(NextScan(code))

    def show_field(self, placeholder: str) -> None:
        """The question is about what is typed, too."""
        self.field.placeholder = placeholder
        self.field.add_class("-seen")

    def picked(self, index: int) -> None:
        """A row that can be had was picked."""
        raise NotImplementedError

    def entered(self, typed: str) -> bool:
        """Something was typed that is no ticket; answers whether the question is about it."""
        return False

    def action_mark(self, by: int) -> None:
        self.list.move(by)

    def action_pick(self) -> None:
        if self.busy or self.list.mark is None:
            return
        row = self.list.rows[self.list.mark]
        self.say(row.why_not)
        if not row.why_not:
            self.picked(self.list.mark)

    @on(ScanInput.Scanned)
    def _scanned(self, scanned: ScanInput.Scanned) -> None:
        if not self.busy and (is_ticket(scanned.code) or not self.entered(scanned.typed)):
            self.scanned(scanned.code)

    @on(ScanInput.Moved)
    def _moved(self, moved: ScanInput.Moved) -> None:
        self.action_mark(moved.by)

    @on(ScanInput.Confirmed)
    @on(PickList.Picked)
    def _picked(self) -> None:
        self.action_pick()
