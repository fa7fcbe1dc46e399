"""A step that asks for a number: typed, or touched on a pad of digits."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from kiosk.screens.step import A, Step
from kiosk.widgets.frame import Key
from kiosk.widgets.keypad import Keypad
from kiosk.widgets.plain import content
from kiosk.widgets.scan_input import ScanInput


class EntryStep(Step[A]):
    """Takes digits. A code that is scanned here is no answer, and does no harm."""

    CSS_PATH = "entry.tcss"
    AUTO_FOCUS = "ScanInput"
    IS_SECRET = False
    """Whether what is typed is never shown."""

    def body(self) -> ComposeResult:
        with Horizontal(classes="column"):
            with Vertical(id="asked"):
                yield Static(content(self.question()), classes="question")
                yield Static(content(self.told()), id="told")
                field = ScanInput(self.desk.services.clock, same_code_seconds=0)
                field.password = self.IS_SECRET
                yield field
                yield Static("", id="problem")
            yield Keypad()

    def question(self) -> str:
        """What is asked."""
        raise NotImplementedError

    def told(self) -> str:
        """What to know before answering."""
        raise NotImplementedError

    def entered(self, digits: str) -> None:
        """So much was entered, and nothing but digits."""
        raise NotImplementedError

    def misread(self) -> str:
        """What to say of something that is no number."""
        return self.words("Only digits, please.")

    def go_on_words(self) -> str:
        """What Enter does."""
        return self.words("Continue")

    def keys(self) -> Sequence[Key]:
        return (
            Key("Enter", self.go_on_words(), "submit"),
            Key("Esc", self.words("Back"), "back"),
        )

    def say(self, text: str) -> None:
        """What is wrong, or under way."""
        self.query_one("#problem", Static).update(Content(text))

    def ask_anew(self) -> None:
        """Say the question as it is now."""
        self.query_one(".question", Static).update(content(self.question()))
        self.query_one("#told", Static).update(content(self.told()))

    @on(ScanInput.Scanned)
    def _scanned(self, scanned: ScanInput.Scanned) -> None:
        if self.busy:
            return
        if scanned.code.isascii() and scanned.code.isdecimal():
            self.entered(scanned.code)
        else:
            self.say(self.misread())

    @on(Keypad.Touched)
    def _touched(self, touched: Keypad.Touched) -> None:
        self._field.insert_text_at_cursor(touched.digit)

    @on(Keypad.SteppedBack)
    def _stepped_back(self) -> None:
        self._field.value = self._field.value[:-1]

    @on(Keypad.Finished)
    async def action_submit(self) -> None:
        await self._field.action_submit()

    @property
    def _field(self) -> ScanInput:
        return self.query_one(ScanInput)
