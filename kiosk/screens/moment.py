"""One moment, please: somebody was quicker than the books, which are being opened."""

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kiosk.screens.base import KioskScreen
from kiosk.widgets.frame import Key
from kiosk.widgets.headline import Headline


class MomentScreen(KioskScreen[bool]):
    """Answers True as soon as the books are open, False to whoever goes back."""

    CSS_PATH = "moment.tcss"
    LETS_STAFF_IN = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", show=False)]

    def body(self) -> ComposeResult:
        words = self.words
        with Vertical(id="moment"):
            yield Headline(words("One moment, please"))
            yield Static(Content(words("We are just opening the books.")), classes="paragraph")
            goes_on = words("It goes on by itself; you need not press anything.")
            yield Static(Content(goes_on), classes="paragraph")

    def keys(self) -> Sequence[Key]:
        return (Key("Esc", self.words("Back"), "back"),)

    def on_mount(self) -> None:
        self._wait()

    @work(group="opening")
    async def _wait(self) -> None:
        self.dismiss(await self.desk.front.opened())

    def action_back(self) -> None:
        self.dismiss(False)
