"""Ask for a code that somebody was given."""

from collections.abc import Awaitable, Callable

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from kiosk.screens.base import AWAY, Desk
from kiosk.screens.dialog import Dialog
from kiosk.widgets.frame import Key, KeyHint

CODE_MAX = 64


class CodeDialog(Dialog[str | None]):
    """Answers the code that was taken, or None. `take` answers why it is not, or nothing."""

    AUTO_FOCUS = "Input"
    LENGTH_MAX = CODE_MAX

    def __init__(
        self, desk: Desk, title: str, ask: str, take: Callable[[str], Awaitable[str]]
    ) -> None:
        super().__init__(desk, title)
        self._ask = ask
        self._take = take

    def body(self) -> ComposeResult:
        yield Static(Content(self._ask), id="ask")
        yield Input(max_length=self.LENGTH_MAX, id="code")

    def do(self) -> str:
        """What Enter does."""
        return self.words("Use the code")

    def hints(self) -> ComposeResult:
        yield KeyHint(Key("Enter", self.do(), "submit"))
        yield from super().hints()

    @on(Input.Submitted)
    async def action_submit(self) -> None:
        typed = self.query_one(Input).value.strip()
        if typed and not self.busy:
            self.busy = True
            self._try(typed)

    @work(group="code")
    async def _try(self, typed: str) -> None:
        try:
            problem = await self._take(typed)
        except AWAY:
            problem = self.words("The books do not answer just now. Please try again.")
        self.busy = False
        if problem:
            self.say(problem)
            self.query_one(Input).select_all()
        else:
            self.dismiss(typed)
