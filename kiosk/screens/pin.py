"""Ask a member of staff for their PIN, or their badge. What is typed is never shown."""

from textual import on, work
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.errors import WrongPin
from kiosk.domain.events import Role, StaffMember
from kiosk.domain.pins import PinsLocked
from kiosk.domain.rights import Right, least_role, may
from kiosk.domain.staff_codes import BadgeFault, BadgeRefused, last_badge
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.dialog import Dialog
from kiosk.screens.too_soon import too_soon
from kiosk.widgets.scan_input import ScanInput


class PinDialog(Dialog[StaffMember | None]):
    """Answers whose PIN or badge it was, or None.

    `asked_by` is who is let do something by the one who answers, if it is not the same.
    """

    AUTO_FOCUS = "ScanInput"

    def __init__(self, desk: Desk, role: Role, title: str, *, asked_by: str = "") -> None:
        super().__init__(desk, title)
        self._role = role
        self._asked_by = asked_by

    def body(self) -> ComposeResult:
        roles = {
            Role.STEWARD: self.words("Staff, please type your PIN."),
            Role.CASHIER: self.words("Cashier, please type your PIN."),
            Role.SUPERVISOR: self.words("Supervisor, please type your PIN."),
            Role.ORGANISER: self.words("Organiser, please type your PIN."),
        }
        yield Static(Content(roles[self._role]), id="ask")
        field = ScanInput(
            self.desk.front.clock,
            placeholder=self.words("or scan your badge"),
            whole=last_badge,
            same_code_seconds=0,
        )
        field.password = True
        yield field

    @on(ScanInput.Scanned)
    def given(self, scanned: ScanInput.Scanned) -> None:
        if self.busy:
            return
        if scanned.code.isdecimal() or last_badge(scanned.code):
            self.busy = True
            self._unlock(scanned.code)
        else:
            # A ticket, most likely: nobody types letters for a PIN, so it counts as no try.
            self.say(self.words("That is no PIN and no badge."))

    @work(group="unlock")
    async def _unlock(self, given: str) -> None:
        staff = self.desk.services.staff
        try:
            member = await staff.unlock(given, self._role, asked_by=self._asked_by)
        except WrongPin as wrong:
            self._refuse(self._wrong(wrong))
        except PinsLocked:
            locked = self.words("Too many wrong PINs: this terminal takes none any more.")
            freed = self.words("An organiser frees it with a badge, or at another terminal.")
            self._refuse(f"{locked} {freed}")
        except BadgeRefused as refused:
            self._refuse(self._badge_refused(refused.fault))
        except AWAY:
            self._refuse(self.words("The books do not answer just now. Please try again."))
        else:
            self.dismiss(member)

    def _refuse(self, why: str) -> None:
        self.busy = False
        self.say(why)

    def _wrong(self, wrong: WrongPin) -> str:
        seconds = wrong.retry_seconds
        if wrong.is_early:
            return too_soon(self.words, seconds)
        if seconds <= 0:
            return self.words("This PIN does not open that. Please try again.")
        return self.words.count(
            "This PIN does not open that. The next try counts in one second.",
            "This PIN does not open that. The next try counts in {n} seconds.",
            seconds,
        )

    def _badge_refused(self, fault: BadgeFault) -> str:
        match fault:
            case BadgeFault.NOT_OURS:
                return self.words("This is not a badge of anybody who works here.")
            case BadgeFault.VOID:
                return self.words("This badge is void. Perhaps there is a newer one.")
            case BadgeFault.ROLE:
                return self.words("This badge does not open that.")


async def approval(
    app: App[object], desk: Desk, staff: StaffMember, right: Right, title: str
) -> StaffMember | None:
    """Whoever may do it: the staff who work here, or somebody they ask for it."""
    if may(staff.role, right):
        return staff
    asking = PinDialog(desk, least_role(right), title, asked_by=staff.name)
    return await app.push_screen_wait(asking)
