"""The panel that every question to the staff is asked in."""

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kiosk.screens.base import Desk
from kiosk.screens.ending import EndingScreen
from kiosk.widgets.frame import Key, KeyHint
from kiosk.widgets.told import Told

T = TypeVar("T")


class Dialog(EndingScreen[T], ModalScreen[T]):
    """A panel over a screen; Escape closes it without an answer."""

    CSS_PATH = "dialog.tcss"
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", show=False)]
    busy = False

    def __init__(self, desk: Desk, title: str) -> None:
        super().__init__()
        self.desk = desk
        self.words = desk.words
        self._title = title

    def compose(self) -> ComposeResult:
        with Vertical(id="panel"):
            yield Static(Content(self._title), id="panel-title")
            yield from self.body()
            yield Told("", id="problem")
        # Over the footer beneath: of that one no key does anything now.
        with Horizontal(id="hints"):
            yield from self.hints()

    def body(self) -> ComposeResult:
        """The question."""
        raise NotImplementedError

    def hints(self) -> ComposeResult:
        """The keys, in words."""
        yield KeyHint(Key("Esc", self.words("Back"), "close"))

    def say(self, text: str) -> None:
        """What is wrong, in words; empty when nothing is."""
        self.query_one("#problem", Static).update(Content(text))

    def action_close(self) -> None:
        if not self.busy:
            self.dismiss(None)
