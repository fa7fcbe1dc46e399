"""What else one can do with a wallet."""

from collections.abc import Sequence
from enum import Enum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from kiosk.screens import wallet_helps
from kiosk.screens.help import Help
from kiosk.screens.step import Step
from kiosk.widgets.frame import Key
from kiosk.widgets.plain import content
from kiosk.widgets.target import Target


class MoreWish(Enum):
    """What else one can do with a wallet; the value is the class of its target."""

    CLAIM = "claim"
    GIFTS = "gifts"
    PIN = "pin"
    LOST = "lost"


class MoreScreen(Step[MoreWish | None]):
    """What is not wanted every day."""

    CSS_PATH = "wallet_more.tcss"
    AUTO_FOCUS = "Target"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def body(self) -> ComposeResult:
        words = self.words
        with Vertical(classes="column"):
            yield Static(content(words("What would you like to do?")), classes="question")
            yield Target(words("I have a gift code"), classes=MoreWish.CLAIM.value)
            yield Target(words("Gifts I gave"), classes=MoreWish.GIFTS.value)
            yield Target(words("Change my PIN"), classes=MoreWish.PIN.value)
            yield Target(words("I lost my code: make a new one"), classes=MoreWish.LOST.value)

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("↑↓", words("Choose"), "app.focus_next"),
            Key("Enter", words("Take it"), "press"),
            Key("Esc", words("My wallet"), "back"),
        )

    def help(self) -> Help:
        return wallet_helps.more(self.words, self.keys())

    @on(Target.Pressed)
    def pressed(self, pressed: Target.Pressed) -> None:
        self.finish(next(one for one in MoreWish if pressed.target.has_class(one.value)))

    def action_press(self) -> None:
        if isinstance(self.focused, Target):
            self.focused.action_press()

    def action_back(self) -> None:
        self.finish(None)
