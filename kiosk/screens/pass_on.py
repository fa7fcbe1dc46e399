"""To whom a ticket goes."""

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.people import Attendee
from kiosk.domain.scans import last_code
from kiosk.screens.base import Desk
from kiosk.screens.dialog import Dialog
from kiosk.screens.person import PersonFields
from kiosk.screens.reason import Along
from kiosk.widgets.field import Field
from kiosk.widgets.frame import Key, KeyHint


class PassOnDialog(Dialog[Attendee | None]):
    """Answers the receiver. A code scanned here is nobody's name."""

    CSS_PATH = "pass_on.tcss"
    AUTO_FOCUS = "Input"

    def __init__(self, desk: Desk, giver: str, along: str = "") -> None:
        super().__init__(desk, desk.words("Pass it on to somebody"))
        self._giver = giver
        self._along = along
        self._person = PersonFields(
            desk.words, desk.words("Their name"), desk.words("Their e-mail")
        )

    def body(self) -> ComposeResult:
        words = self.words
        ask = words("The ticket of {name} admits nobody from then on.", name=self._giver)
        yield Static(Content(ask), id="ask")
        if self._along:
            yield Along(self._along)
        yield self._person

    def hints(self) -> ComposeResult:
        yield KeyHint(Key("Tab", self.words("Next field"), "app.focus_next"))
        yield KeyHint(Key("Enter", self.words("Pass it on"), "submit"))
        yield from super().hints()

    @on(Field.Submitted)
    def _submitted(self, submitted: Field.Submitted) -> None:
        if not self._holds_a_code() and not self._person.asks_on(submitted.field):
            self.action_submit()

    def action_submit(self) -> None:
        if not self._holds_a_code() and self._person.is_right():
            self.dismiss(Attendee.of(*self._person.person))

    def _holds_a_code(self) -> bool:
        name, email = self._person.person
        if not last_code(name) and not last_code(email):
            return False
        self._person.show("", "")
        self._person.ask()
        self.say(self.words("That was a code, not a name: Esc first, then scan it again."))
        return True
