"""What the staff of a door do besides scanning. Each asks first, and answers what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from textual.app import App

from kiosk.domain.admission import Verdict
from kiosk.domain.events import Role, StaffMember
from kiosk.screens.base import Desk
from kiosk.screens.conflicts import ConflictsDialog
from kiosk.screens.door_dialog import DoorDialog, NextScan
from kiosk.screens.pin import PinDialog
from kiosk.screens.undo import UndoDialog
from kiosk.screens.verdicts import DoorWords

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DoorDeeds:
    """Deeds of one member of staff; `scan` judges a ticket scanned instead of an answer."""

    app: App[object]
    desk: Desk
    staff: StaffMember
    scan: Callable[[str], object]

    async def undo(self, verdict: Verdict, nonce: int) -> Verdict | None:
        """Take an admission back: why, and a supervisor's word; None if it stands."""
        assert verdict.claim_id is not None
        words = DoorWords(self.desk.words, self.desk.services.catalog.event, self.desk.now())
        reason = await self.choose(UndoDialog(self.desk, words.log_line(verdict)))
        if reason is None:
            return None
        supervisor = await self._supervisor(self.desk.words("Take the admission back"))
        if supervisor is None:
            return None
        return await self.desk.services.admission.undo(
            verdict.claim_id, reason=reason, supervisor=supervisor, nonce=nonce
        )

    async def see_to_conflicts(self) -> None:
        """Show whom a door let in without ledger and store that it should not have."""
        await self.choose(ConflictsDialog(self.desk, self.staff))

    async def choose(self, dialog: DoorDialog[T]) -> T | None:
        """Ask over the door; a scan instead of an answer is judged."""
        answer = await self.app.push_screen_wait(dialog)
        if isinstance(answer, NextScan):
            self.scan(answer.code)
            return None
        return answer

    async def _supervisor(self, what: str) -> StaffMember | None:
        if self.staff.role >= Role.SUPERVISOR:
            return self.staff
        return await self.app.push_screen_wait(PinDialog(self.desk, Role.SUPERVISOR, what))
