"""Help: what this screen is for, what one does here, and which keys do it. One calm page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kiosk.screens.ending import EndingScreen
from kiosk.widgets.frame import Key, KeyBar
from kiosk.widgets.plain import one_line
from kiosk.words import Words

T = TypeVar("T")

_KEY_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class Help:
    """What to say: a title, sentences of what to do, the keys, and who else helps."""

    title: str
    text: tuple[str, ...]
    keys: tuple[Key, ...]
    who_helps: str = ""


class HelpScreen(EndingScreen[None], ModalScreen[None]):
    """Shows help over a screen, which goes on meanwhile; Escape, Enter, F1 or a touch closes it."""

    CSS_PATH = "help.tcss"
    ALLOW_SELECT = False
    AUTO_FOCUS = "VerticalScroll"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,space,f1", "close", show=False)]

    def __init__(self, words: Words, help_: Help) -> None:
        super().__init__()
        self.words = words
        self._help = help_

    def compose(self) -> ComposeResult:
        told = self._help
        with VerticalScroll(id="help"):
            yield Static(Content(one_line(told.title)), id="help-title")
            for sentence in told.text:
                yield Static(Content(one_line(sentence)), classes="help--text")
            if told.who_helps:
                yield Static(Content(one_line(told.who_helps)), classes="help--text")
            yield Static(_key_lines(told.keys), id="help-keys")
        yield KeyBar([Key("Esc", self.words("Close the help"), "close")])

    def on_click(self, click: events.Click) -> None:
        click.stop()
        self.action_close()

    def action_close(self) -> None:
        self.dismiss(None)


class HelpfulScreen(EndingScreen[T]):
    """A screen that F1 explains, if it has something to say."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f1", "help", show=False)]
    words: Words

    def help(self) -> Help | None:
        """What there is to say about this screen as it is now."""
        return None

    def help_keys(self) -> Sequence[Key]:
        """The key of the footer that opens the help, if there is any."""
        return (Key("F1", self.words("Help"), "help"),) if self.help() else ()

    def action_help(self) -> None:
        if told := self.help():
            self.app.push_screen(HelpScreen(self.words, told))


def _key_lines(keys: Sequence[Key]) -> Content:
    lines = [
        Content.assemble((f"{key.label:<{_KEY_COLUMNS}}", "bold $ink"), one_line(key.words))
        for key in keys
    ]
    return Content("\n").join(lines)
