"""The Code of Conduct, for the attendee to read and accept before the door turns green."""

from datetime import datetime, timedelta
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Markdown, Static

from kiosk.domain.admission import NeedsConduct
from kiosk.domain.scans import tidied
from kiosk.screens.base import Desk
from kiosk.screens.ending import EndingScreen
from kiosk.screens.verdicts import short_name
from kiosk.widgets.frame import Key, KeyHint
from kiosk.widgets.plain import content, cut
from kiosk.widgets.scan_input import ScanInput
from kiosk.widgets.target import Target
from kiosk.words import Words

QUIET_SECONDS = 1
"""A scanner ends with Enter and may read twice: for so long after anything typed, Enter is its."""


class ConductScreen(EndingScreen[str | None], ModalScreen[str | None]):
    """Answers the language it was accepted in, or None.

    It has an invisible field, so that what a scanner sends meanwhile is heard as a scan: the next
    in the queue is told to wait, and accepts nothing.
    """

    CSS_PATH = "conduct.tcss"
    ALLOW_SELECT = False
    AUTO_FOCUS = "ScanInput"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "refuse", show=False),
        # Before the field, in which they would move the cursor.
        Binding("left", "language(-1)", show=False, priority=True),
        Binding("right", "language(1)", show=False, priority=True),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
    ]

    def __init__(self, desk: Desk, needs: NeedsConduct) -> None:
        super().__init__()
        self._desk = desk
        self._needs = needs
        self._texts = list(desk.services.catalog.event.conduct.values())
        languages = [text.language for text in self._texts]
        spoken = desk.words.language
        self._shown = languages.index(spoken) if spoken in languages else 0
        self._touched: datetime = desk.now()

    def compose(self) -> ComposeResult:
        with Vertical(id="conduct"):
            with Horizontal(id="conduct-head"):
                yield Static("", id="conduct-title")
                for index, text in enumerate(self._texts):
                    chip = Key(text.language.upper(), "", f"show({index})")
                    yield KeyHint(chip)
            with VerticalScroll(id="conduct-text", can_focus=False):
                yield Markdown(open_links=False)
            yield Static("", id="conduct-ask")
            yield Static("", id="conduct-problem")
            with Horizontal(id="conduct-answers"):
                for answer in (Target("", classes="-main"), Target("", classes="refuse")):
                    answer.can_focus = False
                    yield answer
            with Horizontal(id="conduct-keys"):
                yield ScanInput(self._desk.services.clock)

    async def on_mount(self) -> None:
        await self._show()

    @property
    def language(self) -> str:
        """The language it is shown in."""
        return self._texts[self._shown].language

    @property
    def _words(self) -> Words:
        return self._desk.speaking(self.language).words

    async def _show(self) -> None:
        text, words = self._texts[self._shown], self._words
        self.query_one("#conduct-title", Static).update(content(text.title))
        await self.query_one(Markdown).update(text.markdown)
        self.query_one("#conduct-text").scroll_home(animate=False)
        self.query_one("#conduct-ask", Static).update(Content(self._ask()))
        self._say("")
        self.query_one(".-main", Target).say(words("Enter · I accept"))
        self.query_one(".refuse", Target).say(words("Esc · I do not accept"))
        for index, chip in enumerate(self.query("#conduct-head KeyHint")):
            chip.set_class(index == self._shown, "-shown")
        bar = self.query_one("#conduct-keys", Horizontal)
        await bar.query(KeyHint).remove()
        keys = [Key("↑↓", words("Read on"), "scroll(8)")]
        if len(self._texts) > 1:
            keys.append(Key("←→", words("Language"), "language(1)"))
        await bar.mount_all([KeyHint(key) for key in keys])

    def _ask(self) -> str:
        holder, words = self._needs.holder, self._words
        if holder is None:
            return words("Please read this, and say whether you accept it.")
        who = cut(short_name(holder.name), 30)
        return words("{name}, please read this, and say whether you accept it.", name=who)

    def _say(self, problem: str) -> None:
        self.query_one("#conduct-problem", Static).update(Content(problem))

    @on(Input.Changed)
    def _somebody_types(self) -> None:
        self._touched = self._desk.now()

    @on(ScanInput.Scanned)
    def _another(self, scanned: ScanInput.Scanned) -> None:
        self._touched = self._desk.now()
        if scanned.code != tidied(self._needs.text):
            words = self._words
            self._say(words("Another code was scanned: answer this first, then scan it again."))

    @on(ScanInput.Confirmed)
    def _confirmed(self) -> None:
        if self._desk.now() - self._touched >= timedelta(seconds=QUIET_SECONDS):
            self.dismiss(self.language)

    @on(Target.Pressed, ".-main")
    def _accepted(self) -> None:
        self.dismiss(self.language)

    @on(Target.Pressed, ".refuse")
    def action_refuse(self) -> None:
        self.dismiss(None)

    async def action_language(self, step: int) -> None:
        await self.action_show((self._shown + step) % len(self._texts))

    async def action_show(self, index: int) -> None:
        self._shown = index
        await self._show()

    def action_scroll(self, rows: int) -> None:
        self.query_one("#conduct-text").scroll_relative(y=rows, animate=False)
