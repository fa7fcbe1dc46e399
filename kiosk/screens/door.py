"""The door: scan, judge, admit. The code field is the only thing that can have the focus."""

import asyncio
import logging
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
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.events import StaffMember
from kiosk.domain.lane import LaneState
from kiosk.domain.rights import Right, may
from kiosk.domain.staff_codes import read_badge
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.conduct import ConductScreen
from kiosk.screens.door_deeds import DoorDeeds, OrderRest
from kiosk.screens.door_help import DoorHelp
from kiosk.screens.door_words import DoorSigns
from kiosk.screens.scanner_test import ScannerTestScreen
from kiosk.screens.shift import StaffMode
from kiosk.screens.this_door import ThisDoor, ThisDoorDialog
from kiosk.screens.verdicts import DoorWords
from kiosk.services.turnout import DoorCounters
from kiosk.widgets.door_head import DoorHead
from kiosk.widgets.frame import Key, KeyBar
from kiosk.widgets.plain import content
from kiosk.widgets.scan_input import ScanInput
from kiosk.widgets.scan_log import LogLine, ScanLog
from kiosk.widgets.verdict import VerdictFace, VerdictPanel

log = logging.getLogger(__name__)

COUNT_SECONDS = 3
_HERE = (Reason.ADMITTED, Reason.ALREADY_IN)
"""Whoever holds such a ticket is here: the rest of the order may be too, and take its goodies."""
_QUESTIONS = ("help", "search", "undo", "companions", "hand_out", "this_door")


class DoorScreen(StaffMode):
    """Judges one scan after the other; closes when it is locked."""

    CSS_PATH = "door.tcss"
    AUTO_FOCUS = "ScanInput"
    AT_DOOR = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "search", show=False),
        Binding("f4", "undo", show=False),
        Binding("f5", "companions", show=False),
        Binding("f6", "hand_out", show=False),
        Binding("f7", "this_door", show=False),
        Binding("f8", "app.next_theme", show=False),
        Binding("f9", "lock", show=False),
    ]

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__(desk)
        self.staff = staff
        self._deeds = DoorDeeds(self)
        self._signs = DoorSigns(desk)
        self._doorway = Doorway()
        self._one_at_a_time = asyncio.Lock()
        self._unanswered: Scan | None = None
        self._counters: DoorCounters | None = None
        self._is_online = True
        self._banner = ""
        self._admitted: tuple[Verdict, int] | None = None
        """What was admitted last, and what names its being undone."""
        self._order: OrderRest | None = None

    def compose(self) -> ComposeResult:
        yield DoorHead(self._signs.head(self.staff, self._doorway, self._counters))
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
        words, may_search = self.words, may(self.staff.role, Right.SEARCH)
        return (
            Key("F1", words("Help"), "help"),
            *((Key("F2", words("Search"), "search"),) if may_search else ()),
            Key("F7", words("This door"), "this_door"),
            Key("F9", words("Lock"), "lock"),
        )

    def on_mount(self) -> None:
        self.set_interval(1, self.tick)
        self.set_interval(COUNT_SECONDS, self.count)
        self._take_up()
        self.count()

    def tick(self) -> None:
        """Show the time and the figures, and what is not checked."""
        status = self.desk.services.lane.status
        face = self._signs.head(self.staff, self._doorway, self._counters)
        was_online, self._is_online = self._is_online, status.state is LaneState.ONLINE
        self.query_one(DoorHead).show(replace(face, is_online=self._is_online))
        if self._is_online != was_online:
            self.call_later(self._offer)
        self._warn(self._signs.banner(status))

    def _warn(self, banner: str) -> None:
        if banner != self._banner:
            self._banner = banner
            shown = self.query_one("#banner", Static)
            shown.update(Content(banner))
            shown.set_class(bool(banner), "-said")

    @work(group="count", exclusive=True)
    async def count(self) -> None:
        """Ask how many are in; without an answer the last figures stay."""
        with suppress(*AWAY):
            self._counters = await self.desk.services.admission.counters(self._doorway.gate)
            self.tick()

    @on(ScanInput.Scanned)
    def scanned(self, scanned: ScanInput.Scanned) -> None:
        self.judge(scanned.code)

    @work(group="scan")
    async def judge(self, code: str) -> None:
        """Judge a ticket, when those before it are judged; a badge changes the shift."""
        async with self._one_at_a_time:
            if read_badge(code):
                await self._change_shift(code)
            else:
                await self._admit(code)

    async def admit(self, code: str) -> Verdict | None:
        """Judge a ticket now, and show what comes of it."""
        async with self._one_at_a_time:
            return await self._admit(code)

    async def _admit(self, code: str) -> Verdict | None:
        scan = self._scan_of(code)
        # The green of the last ticket, and what waited for its holder, is not for this one.
        self.wait()
        self._order = None
        try:
            verdict = await self._ask(scan)
        except AWAY:
            self._unanswered = scan
            self.present(*self._signs.no_answer())
            await self._offer()
            return None
        except LedgerContradicts as fault:
            # One ticket must not keep the others from the door.
            log.error("a scan cannot be booked: %s", fault.what, exc_info=fault)
            self._unanswered = None
            self.present(*self._signs.contradicted())
            await self._offer()
            return None
        self._unanswered = None
        await self.show(verdict)
        self.count()
        return verdict

    def _scan_of(self, code: str) -> Scan:
        """A new scan, but for one that got no answer: asked again, it is the same."""
        before, door = self._unanswered, self._doorway
        if before and (before.text, before.way, before.gate) == (code, door.way, door.gate):
            return before
        nonce = self.desk.services.lane.new_nonce()
        return Scan(code, nonce, self.staff.name, door.way, door.gate)

    async def _ask(self, scan: Scan) -> Verdict:
        lane = self.desk.services.lane
        judged = await lane.scan(scan)
        if not isinstance(judged, NeedsConduct):
            return judged
        # What a scanner has sent since belongs to no next code.
        self.query_one(ScanInput).clear()
        language = await self.app.push_screen_wait(ConductScreen(self.desk, judged))
        if language is None:
            return await lane.refuse_conduct(judged, scan)
        return await lane.accept_conduct(judged, language, scan)

    async def show(self, verdict: Verdict) -> None:
        """Show a verdict, and what can be done about it."""
        if verdict.reason is Reason.ADMITTED and verdict.claim_id is not None:
            self._admitted = (verdict, self.desk.services.lane.new_nonce())
        elif verdict.reason is Reason.UNDONE or self._has_left(verdict):
            self._admitted = None
        self._order = None
        words = DoorWords(self.words, self.desk.services.catalog.event, self.desk.now())
        self.present(words.face(verdict), words.log_line(verdict), verdict.note)
        await self._offer()
        if verdict.reason in _HERE and verdict.claim_id is not None:
            self._look_round(verdict.claim_id)

    def _has_left(self, verdict: Verdict) -> bool:
        """Whether somebody goes out whom this door let in last: that is not to be undone."""
        before = self._admitted[0].claim_id if self._admitted else None
        return verdict.reason is Reason.LEFT and verdict.claim_id == before

    def wait(self) -> None:
        """Show that ledger and store are asked, which may take seconds."""
        self.query_one(VerdictPanel).show(self._signs.asking())

    def present(self, face: VerdictFace, line: str, note: str = "") -> None:
        """Show something in the panel and, if there is a line for it, in the log."""
        self.query_one(VerdictPanel).show(face)
        shown = self.query_one("#note", Static)
        shown.update(content(f"⚑ {note}"))
        shown.set_class(bool(note), "-said")
        self.app.bell()
        if line:
            clock = self.words.clock_with_seconds(self.desk.now())
            self.query_one(ScanLog).add(LogLine(clock, face.look, face.symbol, line))

    @work(group="order", exclusive=True)
    async def _look_round(self, claim_id: int) -> None:
        self._order = await self._deeds.rest_of_order(claim_id)
        await self._offer()

    async def _offer(self) -> None:
        order, keys = self._order, []
        if order and order.companions:
            keys.append(Key("F5", self._signs.companions(order.companions), "companions"))
        if order and order.has_goodies and may(self.staff.role, Right.HAND_OUT):
            keys.append(Key("F6", self._signs.goodies(order.goodies, order.handed), "hand_out"))
        if self._can_undo:
            keys.append(Key("F4", self.words("Undo"), "undo"))
        await self.query_one("#offers", KeyBar).show(keys)

    @property
    def _can_undo(self) -> bool:
        # Who is asked for it would not answer now.
        return self._admitted is not None and self._is_online

    async def _change_shift(self, badge: str) -> None:
        if staff := await self._deeds.next_shift(badge):
            self.staff = staff
            await self.query(KeyBar).last().show(self.keys())
            self.tick()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        # Two quick presses both arrive, before the first one's question is there.
        return action not in _QUESTIONS or not any(
            worker.group == "dialog" and not worker.is_finished for worker in self.workers
        )

    def action_lock(self) -> None:
        self.dismiss(None)

    def action_help(self) -> None:
        self._explain()

    @work(group="dialog")
    async def _explain(self) -> None:
        """What the colours mean, and what the keys do."""
        await self._deeds.choose(DoorHelp(self.desk, self._signs.all_keys()))

    @work(group="dialog")
    async def action_search(self) -> None:
        """Find a ticket, and do something about it."""
        if may(self.staff.role, Right.SEARCH):
            await self._deeds.search()

    @work(group="dialog")
    async def action_undo(self) -> None:
        """Take the last admission back."""
        if self._admitted and self._can_undo:
            verdict, nonce = self._admitted
            assert verdict.claim_id is not None
            words = DoorWords(self.words, self.desk.services.catalog.event, self.desk.now())
            await self._deeds.undo(verdict.claim_id, nonce, words.log_line(verdict))

    @work(group="dialog")
    async def action_companions(self) -> None:
        """Admit the others of the order."""
        if self._order and self._order.companions:
            await self._deeds.admit_companions(self._order.claim_id)

    @work(group="dialog")
    async def action_hand_out(self) -> None:
        """Hand out what waits."""
        if self._order and self._order.has_goodies:
            await self._deeds.hand_out(self._order.claim_id)
            self._look_round(self._order.claim_id)

    @work(group="dialog")
    async def action_this_door(self) -> None:
        """Which way, and where to; the scanner's test; what went wrong off line."""
        conflicts, counters = self.desk.services.lane.status.conflicts, self._counters
        inside = counters.inside if counters and self._is_online else None
        dialog = ThisDoorDialog(self.desk, self._doorway, conflicts, inside)
        match await self._deeds.choose(dialog):
            case Doorway() as doorway:
                self._stand_at(doorway)
                # Kept for the next shift, if it can be; it is so for this one.
                with suppress(*AWAY):
                    await self.desk.services.doorways.keep(doorway, self.staff.name)
            case ThisDoor.TEST:
                await self.app.push_screen_wait(ScannerTestScreen(self.desk))
            case ThisDoor.CONFLICTS:
                await self._deeds.see_to_conflicts()
                self.tick()
            case ThisDoor.EMPTY:
                assert inside is not None, "it is offered only then"
                if await self._deeds.empty(self._doorway.gate, inside):
                    self._admitted = None
                    await self._offer()
                self.count()

    @work(group="door")
    async def _take_up(self) -> None:
        """The door is as it was left."""
        with suppress(*AWAY):
            self._stand_at(await self.desk.services.doorways.kept())

    def _stand_at(self, doorway: Doorway) -> None:
        self._doorway = doorway
        self.query_one(ScanInput).placeholder = self._signs.ask(doorway)
        self.query_one(VerdictPanel).show(self._signs.waiting(doorway))
        self.tick()
        self.count()
