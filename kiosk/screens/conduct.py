"""The Code of Conduct, for the attendee to read and accept before the door turns green."""

from datetime import datetime, timedelta
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Markdown, Static

from kiosk.domain.admission import NeedsConduct
from kiosk.screens.base import Desk
from kiosk.screens.verdicts import short_name
from kiosk.widgets.frame import Key, KeyHint
from kiosk.widgets.plain import content, cut

QUIET_SECONDS = 1
"""A scanner ends with Enter and may read twice: for so long after anything typed, Enter is its."""


class ConductScreen(ModalScreen[str | None]):
    """Answers the language it was accepted in, or None."""

    CSS_PATH = "conduct.tcss"
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "accept", show=False),
        Binding("escape", "refuse", show=False),
        Binding("left", "language(-1)", show=False),
        Binding("right", "language(1)", show=False),
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
            yield Static("", id="conduct-title")
            yield Static("", id="conduct-languages")
            with VerticalScroll(id="conduct-text", can_focus=False):
                yield Markdown(open_links=False)
            yield Static("", id="conduct-ask")
            yield Horizontal(id="conduct-keys")

    async def on_mount(self) -> None:
        await self._show()

    @property
    def language(self) -> str:
        """The language it is shown in."""
        return self._texts[self._shown].language

    async def _show(self) -> None:
        text = self._texts[self._shown]
        words = self._desk.speaking(text.language).words
        self.query_one("#conduct-title", Static).update(content(text.title))
        self.query_one("#conduct-languages", Static).update(self._chips())
        await self.query_one(Markdown).update(text.markdown)
        self.query_one("#conduct-text").scroll_home(animate=False)
        who = cut(short_name(self._needs.holder.name), 30)
        ask = words("{name}, please read this, and say whether you accept it.", name=who)
        self.query_one("#conduct-ask", Static).update(Content(ask))
        await self._show_keys(
            Key("Enter", words("I accept"), "accept"),
            Key("Esc", words("I do not accept"), "refuse"),
            Key("↑↓", words("Read on"), "scroll(8)"),
            *([Key("←→", words("Language"), "language(1)")] if len(self._texts) > 1 else []),
        )

    async def _show_keys(self, *keys: Key) -> None:
        bar = self.query_one("#conduct-keys", Horizontal)
        await bar.remove_children()
        await bar.mount_all([KeyHint(key) for key in keys])

    def _chips(self) -> Content:
        parts = [
            (
                f"{text.language.upper()}   ",
                "bold $ink" if index == self._shown else "$lifted-quiet",
            )
            for index, text in enumerate(self._texts)
        ]
        return Content.assemble(*parts)

    def on_key(self, key: events.Key) -> None:
        if key.is_printable:
            self._touched = self._desk.now()
            key.stop()

    def action_accept(self) -> None:
        if self._desk.now() - self._touched >= timedelta(seconds=QUIET_SECONDS):
            self.dismiss(self.language)

    def action_refuse(self) -> None:
        self.dismiss(None)

    async def action_language(self, step: int) -> None:
        self._shown = (self._shown + step) % len(self._texts)
        await self._show()

    def action_scroll(self, rows: int) -> None:
        self.query_one("#conduct-text").scroll_relative(y=rows, animate=False)
