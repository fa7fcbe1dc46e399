"""The door: scan, judge, admit. The code field is the only thing that can have the focus."""

from asyncio import Lock
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.admission import NeedsConduct, Reason, Scan, Verdict
from kiosk.domain.doorways import Doorway
from kiosk.domain.events import StaffMember
from kiosk.domain.lane import LaneState
from kiosk.screens.base import AWAY, Desk, KioskScreen
from kiosk.screens.conduct import ConductScreen
from kiosk.screens.door_deeds import DoorDeeds
from kiosk.screens.door_words import DoorSigns
from kiosk.screens.scanner_test import ScannerTestScreen
from kiosk.screens.this_door import ThisDoor, ThisDoorDialog
from kiosk.screens.verdicts import DoorWords
from kiosk.widgets.door_head import DoorHead
from kiosk.widgets.frame import Key, KeyBar
from kiosk.widgets.plain import content
from kiosk.widgets.scan_input import ScanInput
from kiosk.widgets.scan_log import LogLine, ScanLog
from kiosk.widgets.verdict import VerdictFace, VerdictPanel


class DoorScreen(KioskScreen[None]):
    """Judges one scan after the other; closes when it is locked."""

    CSS_PATH = "door.tcss"
    AUTO_FOCUS = "ScanInput"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f4", "undo", show=False),
        Binding("f7", "this_door", show=False),
        Binding("f8", "app.next_theme", show=False),
        Binding("f9", "lock", show=False),
    ]

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__(desk)
        self._staff = staff
        self._doorway = Doorway()
        self._one_at_a_time = Lock()
        self._unanswered: Scan | None = None
        self._admitted_here = 0
        self._admitted: tuple[Verdict, int] | None = None
        """What was admitted last, and what names its being undone."""

    def compose(self) -> ComposeResult:
        yield DoorHead(self._signs.head(self._staff, self._doorway, self._admitted_here))
        yield Static("", id="banner")
        yield VerdictPanel(self._signs.waiting(self._doorway))
        yield Static("", id="note")
        offers = KeyBar(())
        offers.id = "offers"
        yield offers
        yield ScanLog()
        with Horizontal(id="scan"):
            yield Static(Content("▌"), id="bar")
            yield ScanInput(self.desk.services.clock, placeholder=self._signs.ask(self._doorway))
        yield KeyBar(self.keys())

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("F7", words("This door"), "this_door"),
            Key("F8", words("Light or dark"), "app.next_theme"),
            Key("F9", words("Lock"), "lock"),
        )

    @property
    def _signs(self) -> DoorSigns:
        return DoorSigns(self.desk)

    @property
    def _deeds(self) -> DoorDeeds:
        return DoorDeeds(self.app, self.desk, self._staff, self._judge)

    def on_mount(self) -> None:
        self.set_interval(1, self.tick)
        self._take_up()

    @work(group="door")
    async def _take_up(self) -> None:
        """The door is as it was left."""
        with suppress(*AWAY):
            self._stand_at(await self.desk.services.doorways.kept())

    def tick(self) -> None:
        """Show the time and the figures, and what is not checked."""
        status = self.desk.services.lane.status
        face = self._signs.head(self._staff, self._doorway, self._admitted_here)
        online = status.state is LaneState.ONLINE
        self.query_one(DoorHead).show(replace(face, is_online=online))
        said, banner = self._signs.banner(status), self.query_one("#banner", Static)
        banner.update(Content(said))
        banner.set_class(bool(said), "-said")

    @on(ScanInput.Scanned)
    def scanned(self, scanned: ScanInput.Scanned) -> None:
        self._judge(scanned.code)

    def action_lock(self) -> None:
        self.dismiss(None)

    @work(group="scan")
    async def _judge(self, code: str) -> None:
        async with self._one_at_a_time:
            scan = self._scan_of(code)
            self._show_asking()
            try:
                verdict = await self._ask(scan)
            except AWAY:
                self._unanswered = scan
                self._present(*self._signs.no_answer())
            else:
                self._unanswered = None
                await self._show(verdict)

    def _scan_of(self, code: str) -> Scan:
        """A new scan, but for one that got no answer: asked again, it is the same."""
        if self._unanswered and self._unanswered.text == code:
            return self._unanswered
        nonce = self.desk.services.lane.new_nonce()
        return Scan(code, nonce, self._staff.name, self._doorway.way, self._doorway.gate)

    async def _ask(self, scan: Scan) -> Verdict | None:
        lane = self.desk.services.lane
        judged = await lane.scan(scan)
        if not isinstance(judged, NeedsConduct):
            return judged
        # What a scanner has sent since belongs to no next code.
        self.query_one(ScanInput).clear()
        language = await self.app.push_screen_wait(ConductScreen(self.desk, judged))
        if language is None:
            return None
        return await lane.accept_conduct(judged, language, scan)

    async def _show(self, verdict: Verdict | None) -> None:
        if verdict is None:
            self._present(*self._signs.not_accepted())
            return
        if verdict.reason is Reason.ADMITTED:
            self._admitted = (verdict, self.desk.services.admission.new_nonce())
            self._admitted_here += 1
        elif verdict.reason is Reason.UNDONE:
            self._admitted = None
            self._admitted_here -= 1
        words = DoorWords(self.words, self.desk.services.catalog.event, self.desk.now())
        self._present(words.face(verdict), words.log_line(verdict), verdict.note)
        await self._offer()

    def _show_asking(self) -> None:
        # The books may take seconds, and the green of the last ticket is not for this one.
        asking = VerdictFace("waiting", "…", self.words("One moment, please"))
        self.query_one(VerdictPanel).show(asking)

    def _present(self, face: VerdictFace, line: str, note: str = "") -> None:
        self.query_one(VerdictPanel).show(face)
        shown = self.query_one("#note", Static)
        shown.update(content(f"⚑ {note}"))
        shown.set_class(bool(note), "-said")
        self.app.bell()
        clock = self.words.clock_with_seconds(self.desk.now())
        self.query_one(ScanLog).add(LogLine(clock, face.look, face.symbol, line))
        self.tick()

    async def _offer(self) -> None:
        """What can be done about what was scanned."""
        keys = []
        if self._admitted:
            keys.append(Key("F4", self.words("Take the admission back"), "undo"))
        await self.query_one("#offers", KeyBar).show(keys)

    @work(group="dialog")
    async def action_undo(self) -> None:
        """Take the last admission back."""
        if self._admitted is None:
            return
        verdict, nonce = self._admitted
        async with self._one_at_a_time:
            try:
                undone = await self._deeds.undo(verdict, nonce)
            except AWAY:
                self._present(*self._signs.no_answer())
            else:
                if undone:
                    await self._show(undone)

    @work(group="dialog")
    async def action_this_door(self) -> None:
        """Which way, and where to; or the scanner's test."""
        conflicts = self.desk.services.lane.status.conflicts
        match await self._deeds.choose(ThisDoorDialog(self.desk, self._doorway, conflicts)):
            case Doorway() as doorway:
                self._stand_at(doorway)
                # Kept for the next shift, if it can be; it is so for this one.
                with suppress(*AWAY):
                    await self.desk.services.doorways.keep(doorway, self._staff.name)
            case ThisDoor.TEST:
                await self.app.push_screen_wait(ScannerTestScreen(self.desk))
            case ThisDoor.CONFLICTS:
                await self._deeds.see_to_conflicts()
                self.tick()

    def _stand_at(self, doorway: Doorway) -> None:
        self._doorway = doorway
        self.query_one(ScanInput).placeholder = self._signs.ask(doorway)
        self.query_one(VerdictPanel).show(self._signs.waiting(doorway))
        self.tick()
