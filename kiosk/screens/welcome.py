"""The first screen: what event this is, and one big way in."""

from collections.abc import Sequence
from enum import Enum
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Center, Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from kiosk.domain.events import Window
from kiosk.screens import helps
from kiosk.screens.base import Desk, KioskScreen
from kiosk.screens.help import Help
from kiosk.screens.on_sale import on_sale
from kiosk.widgets.frame import Key, KeyBar
from kiosk.widgets.headline import Headline
from kiosk.widgets.plain import content, cut
from kiosk.widgets.target import Target
from kiosk.widgets.told import Told
from kiosk.words import LANGUAGES

REFRESH_SECONDS = 20
LINES_MAX = 4
_LANGUAGE_NAMES = {"en": "English", "es": "Español", "de": "Deutsch"}


class Purpose(Enum):
    """What somebody comes for; the value is the class of its target."""

    BUY = "-main"
    CHECK_IN = "check-in"
    WALLET = "wallet"


class WelcomeScreen(KioskScreen[None]):
    """Waits for the next person, and remembers nothing of the last one."""

    AUTO_FOCUS = "Target"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "language(-1)", show=False),
        Binding("right", "language(1)", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    class Begun(Message):
        """Somebody wants to begin, in a language."""

        def __init__(self, language: str, purpose: Purpose) -> None:
            super().__init__()
            self.language = language
            self.purpose = purpose

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._home_language = desk.words.language
        self._is_left = False

    def body(self) -> ComposeResult:
        with Vertical(id="poster"):
            yield Headline(self.desk.front.event.name)
            yield Told("", id="when")
            yield Told("", id="offer")
        with Vertical(id="begin"):
            with Center():
                yield Target("", classes=Purpose.BUY.value)
            if others := self._purposes[1:]:
                with Horizontal(id="others"):
                    alone = " alone" if len(others) == 1 else ""
                    for purpose in others:
                        yield Target("", classes=purpose.value + alone)
            yield Told("", id="how")

    @property
    def _purposes(self) -> Sequence[Purpose]:
        """What one can come for, to buy being the first."""
        event = self.desk.front.event
        return (
            Purpose.BUY,
            *((Purpose.CHECK_IN,) if event.self_check_in else ()),
            *((Purpose.WALLET,) if event.tokens else ()),
        )

    def beside(self) -> Widget:
        return Told("", id="languages")

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("Enter", words("Begin"), "begin"),
            Key("←→", words("Language"), "language(1)"),
        )

    def help(self) -> Help:
        return helps.beginning(self.words, self.keys())

    def _when_and_where(self) -> str:
        public = [slot for slot in self.desk.front.event.slots if slot.public]
        valid = public[0].valid if public else Window()
        return "" if valid == Window() else self.words.window(valid)

    def on_mount(self) -> None:
        # Sales begin and end while nobody is here.
        self.set_interval(REFRESH_SECONDS, self.look)
        self._say()
        self.call_after_refresh(self.desk.front.show)

    def _say(self) -> None:
        """Write everything in the language spoken: quicker than to build the screen anew."""
        words = self.words
        self.query_one("#when", Static).update(content(self._when_and_where()))
        self.query_one("#how", Static).update(Content(words("press Enter, or touch")))
        self.query_one("#languages", Static).update(self._languages())
        said = {
            Purpose.BUY: words("Begin"),
            Purpose.CHECK_IN: words("I have a ticket: check in"),
            Purpose.WALLET: words("My wallet"),
        }
        for purpose in self._purposes:
            self.query_one(f".{purpose.value}", Target).say(said[purpose])
        self.look()

    def _languages(self) -> Content:
        parts: list[tuple[str, str]] = []
        for language in LANGUAGES:
            style = "bold $ink" if language == self.words.language else "$quiet"
            parts.append((f"  {_LANGUAGE_NAMES[language]}", style))
        return Content.assemble(*parts)

    def look(self) -> None:
        """Say what is on sale now."""
        lines = on_sale(self.words, self.desk.front.event, self.desk.now())
        if len(lines) > LINES_MAX:
            more = self.words("and more")
            lines = [*lines[: LINES_MAX - 1], more]
        shown = "\n".join(cut(line, 72) for line in lines)
        self.query_one("#offer", Static).update(Content(shown))

    async def on_screen_resume(self) -> None:
        self.look()
        # Whoever only looked at the help is still here, in their language.
        if self._is_left:
            await self.forget()

    async def forget(self) -> None:
        """Be as the next person is to find it: in the language spoken here, at the first target."""
        self._is_left = False
        if self.words.language != self._home_language:
            await self._speak(self._home_language)
        # While the app closes, the page may be empty already.
        for target in self.query(Target)[:1]:
            target.focus()

    @on(Target.Pressed)
    def pressed(self, pressed: Target.Pressed) -> None:
        self._begin(next(one for one in self._purposes if pressed.target.has_class(one.value)))

    def action_begin(self) -> None:
        self._begin(Purpose.BUY)

    def _begin(self, purpose: Purpose) -> None:
        self._is_left = True
        self.post_message(self.Begun(self.words.language, purpose))

    async def action_language(self, step: int) -> None:
        here = LANGUAGES.index(self.words.language)
        await self._speak(LANGUAGES[(here + step) % len(LANGUAGES)])

    async def _speak(self, language: str) -> None:
        self.desk = self.desk.speaking(language)
        self.words = self.desk.words
        self._say()
        await self.query_one(KeyBar).show(self.footer())
