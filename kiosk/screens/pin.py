"""Ask a member of staff for their PIN. The digits are never shown."""

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from kiosk.domain.errors import WrongPin
from kiosk.domain.events import Role, StaffMember
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.dialog import Dialog

PIN_MAX = 16


class PinDialog(Dialog[StaffMember | None]):
    """Answers whose PIN it was, or None."""

    AUTO_FOCUS = "Input"

    def __init__(self, desk: Desk, role: Role, title: str) -> None:
        super().__init__(desk, title)
        self._role = role

    def body(self) -> ComposeResult:
        roles = {
            Role.STEWARD: self.words("Staff, please type your PIN."),
            Role.CASHIER: self.words("Cashier, please type your PIN."),
        }
        asked = roles.get(self._role, self.words("Supervisor, please type your PIN."))
        yield Static(Content(asked), id="ask")
        yield Input(password=True, max_length=PIN_MAX, restrict=r"[0-9]*", id="pin")

    @on(Input.Submitted)
    def submitted(self, submitted: Input.Submitted) -> None:
        pin = submitted.value
        submitted.input.clear()
        if pin and not self.busy:
            self.busy = True
            self._unlock(pin)

    @work(group="unlock")
    async def _unlock(self, pin: str) -> None:
        try:
            member = await self.desk.services.staff.unlock(pin, self._role)
        except WrongPin as wrong:
            self.busy = False
            self.say(self._refusal(wrong.retry_seconds))
        except AWAY:
            self.busy = False
            self.say(self.words("The books do not answer just now. Please try again."))
        else:
            self.dismiss(member)

    def _refusal(self, seconds: int) -> str:
        if seconds <= 0:
            return self.words("This PIN does not open that. Please try again.")
        return self.words.count(
            "This PIN does not open that. The next try counts in one second.",
            "This PIN does not open that. The next try counts in {n} seconds.",
            seconds,
        )
