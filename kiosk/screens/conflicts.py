"""Whom doors let in while ledger or store were away, and should not have."""

from collections.abc import Sequence

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.events import StaffMember
from kiosk.domain.lane import Conflict
from kiosk.domain.rights import Right, may
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.door_dialog import DoorDialog
from kiosk.screens.verdicts import DoorWords, short_name
from kiosk.widgets.pick_list import PickRow


class ConflictsDialog(DoorDialog[None]):
    """Shows them, and lets a supervisor say that one has been seen to."""

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__(desk, desk.words("Let in without being checked"))
        self._staff = staff
        self._conflicts: Sequence[Conflict] = ()

    def body(self) -> ComposeResult:
        yield Static(Content(self.words("One moment, please")), id="ask")
        yield from super().body()

    def on_mount(self) -> None:
        self._look()

    @work(group="conflicts", exclusive=True)
    async def _look(self) -> None:
        words = self.words
        try:
            self._conflicts = await self.desk.services.lane.conflicts()
        except AWAY:
            self.say(words("The books do not answer just now. Please try again."))
            return
        ask = words("Enter says that it has been seen to.")
        if not self._conflicts:
            ask = words("There are no conflicts.")
        self.query_one("#ask", Static).update(Content(ask))
        self.offer([self._row(conflict) for conflict in self._conflicts])

    def _row(self, conflict: Conflict) -> PickRow:
        words = self.words
        who = short_name(conflict.holder.name) if conflict.holder else conflict.ticket_number
        here = f"{words.clock_with_seconds(conflict.scanned_at)} {conflict.terminal}"
        parts = [who or "", here, self._other(conflict)]
        return PickRow(" · ".join(filter(None, parts)), why_not=self._why_not(conflict))

    def _other(self, conflict: Conflict) -> str:
        """The other door and its time, or what is wrong with the ticket."""
        if conflict.other_at and conflict.other_terminal:
            at = self.words.clock_with_seconds(conflict.other_at)
            return f"{at} {conflict.other_terminal}"
        event = self.desk.services.catalog.event
        return DoorWords(self.words, event, self.desk.now()).headline(conflict.reason)

    def _why_not(self, conflict: Conflict) -> str:
        words = self.words
        if conflict.acknowledged_by:
            return words("seen to by {name}", name=conflict.acknowledged_by)
        if not may(self._staff.role, Right.ACKNOWLEDGE):
            return words("needs a supervisor")
        return ""

    def picked(self, index: int) -> None:
        self.busy = True
        self._acknowledge(self._conflicts[index])

    @work(group="acknowledge")
    async def _acknowledge(self, conflict: Conflict) -> None:
        try:
            await self.desk.services.lane.acknowledge(conflict, self._staff)
        except AWAY:
            self.say(self.words("The books do not answer just now. Please try again."))
        self.busy = False
        self._look()
