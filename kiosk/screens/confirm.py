"""Ask once more before something that is not easily taken back."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from kiosk.screens.base import Desk
from kiosk.screens.dialog import Dialog
from kiosk.widgets.frame import Key, KeyHint
from kiosk.widgets.plain import content


class ConfirmDialog(Dialog[bool | None]):
    """Answers True to Enter; `what` is asked, and `do` is what Enter does."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "confirm", show=False)]

    def __init__(self, desk: Desk, title: str, what: str, do: str) -> None:
        super().__init__(desk, title)
        self._what = what
        self._do = do

    def body(self) -> ComposeResult:
        yield Static(content(self._what), id="ask")

    def hints(self) -> ComposeResult:
        yield KeyHint(Key("Enter", self._do, "confirm"))
        yield from super().hints()

    def action_confirm(self) -> None:
        self.dismiss(True)
