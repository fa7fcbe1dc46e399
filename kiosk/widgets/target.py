"""Something big to press."""

from typing import ClassVar

from textual import events
from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from kiosk.widgets.plain import cut


class Target(Widget, can_focus=True):
    """A button the size of a thumb. It says what happens, and when it cannot be had, why."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "press", show=False)]
    DEFAULT_CSS = """
    Target {
        width: 1fr;
        min-width: 12;
        height: 3;
        padding: 0 1;
        content-align: left middle;
        border-left: outer $surface;
        background: $surface;
        color: $ink;
        &:hover { background: $raised; }
        &:focus { background: $raised; border-left: outer $tiger; text-style: bold; }
        &.-main {
            color: $tiger-text;
            background: $raised;
            border-left: outer $raised;
            text-style: bold;
            content-align: center middle;
        }
        &.-main:hover, &.-main:focus {
            background: $tiger;
            border-left: outer $tiger;
            color: $on-tiger;
            /* A terminal of 16 colours shows bold black as grey. */
            text-style: none;
        }
        &:disabled {
            color: $lifted-quiet;
            background: $ground;
            border-left: outer $line;
            text-style: none;
        }
    }
    """

    class Pressed(Message):
        """Somebody pressed it."""

        def __init__(self, target: "Target") -> None:
            super().__init__()
            self.target = target

        @property
        def control(self) -> "Target":
            return self.target

    def __init__(self, words: str, *, note: str = "", classes: str = "") -> None:
        super().__init__(classes=classes)
        self._words = words
        self._note = note

    def say(self, words: str, note: str = "") -> None:
        """Say something else."""
        self._words, self._note = words, note
        self.refresh()

    def render(self) -> RenderResult:
        width = self.content_size.width
        lines = [Content(cut(self._words, width))]
        if self._note:
            lines.append(Content.styled(cut(self._note, width), "not bold"))
        return Content("\n").join(lines)

    def action_press(self) -> None:
        if not self.disabled:
            self.post_message(self.Pressed(self))

    def on_click(self, click: events.Click) -> None:
        click.stop()
        self.action_press()
