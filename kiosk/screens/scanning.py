"""A step that asks for a code: scanned, or typed by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from kiosk.screens.base import Desk
from kiosk.screens.step import A, Step
from kiosk.widgets.frame import Key
from kiosk.widgets.plain import content
from kiosk.widgets.scan_input import ScanInput


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked, how to answer with a scanner, how by hand, and what Enter does."""

    question: str
    how: str
    by_hand: str
    enter: str
    placeholder: str = ""


class ScanStep(Step[A]):
    """Only its field has the focus. One code at a time: while `busy`, none is taken."""

    CSS_PATH = "scanning.tcss"
    AUTO_FOCUS = "ScanInput"

    def __init__(self, desk: Desk, asking: Asking) -> None:
        super().__init__(desk)
        self._asking = asking

    def body(self) -> ComposeResult:
        asking = self._asking
        with Vertical(classes="column"):
            yield Static(content(asking.question), classes="question")
            yield Static(content(asking.how), id="how")
            yield Static(content(asking.by_hand), id="or")
            with Horizontal(id="field"):
                yield ScanInput(self.desk.services.clock, placeholder=asking.placeholder)
            yield Static("", id="problem")

    def keys(self) -> Sequence[Key]:
        return (
            Key("Enter", self._asking.enter, "submit"),
            Key("Esc", self.words("Back"), "back"),
        )

    def given(self, scanned: ScanInput.Scanned) -> None:
        """Something was scanned or typed, and the step is `busy` with it until it says more."""
        raise NotImplementedError

    @on(ScanInput.Scanned)
    def scanned(self, scanned: ScanInput.Scanned) -> None:
        if not self.busy:
            self.busy = True
            self.say(self.words("One moment, please"))
            self.given(scanned)

    def say(self, text: str) -> None:
        """What came of it, below the field."""
        self.query_one("#problem", Static).update(Content(text))

    async def action_submit(self) -> None:
        await self.query_one(ScanInput).action_submit()
