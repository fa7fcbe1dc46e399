"""Help at the door: a scan over it is the next ticket."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from kiosk.screens.base import Desk
from kiosk.screens.door_dialog import DoorDialog
from kiosk.widgets.frame import Key, KeyHint
from kiosk.widgets.plain import fit

_KEY_COLUMNS = 7


class DoorHelp(DoorDialog[None]):
    """Says what the colours mean, and what the keys do."""

    def __init__(self, desk: Desk, keys: Sequence[Key]) -> None:
        super().__init__(desk, desk.words("At the door"))
        self._keys = keys

    def body(self) -> ComposeResult:
        words = self.words
        colours = (
            words("✔ green: let them through"),
            words("▲ amber: in already, since when and where"),
            words("✖ red: not so; it says what would make it right"),
            words("◌ grey: good, but not all could be checked"),
        )
        yield Static(Content("\n".join(colours)), classes="told")
        keys = [f"{fit(key.label, _KEY_COLUMNS)}{key.words}" for key in self._keys]
        yield Static(Content("\n".join(keys)), classes="told")
        yield self.field

    def hints(self) -> ComposeResult:
        yield KeyHint(Key("Esc", self.words("Back"), "close"))

    def action_pick(self) -> None:
        self.action_close()
