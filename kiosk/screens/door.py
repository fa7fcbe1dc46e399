"""The door: scan, judge, admit. The code field is the only thing that can have the focus."""

from asyncio import Lock
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.admission import NeedsConduct, Reason, Scan, Verdict
from kiosk.domain.events import Role, StaffMember
from kiosk.screens.base import AWAY, Desk, KioskScreen
from kiosk.screens.conduct import ConductScreen
from kiosk.screens.verdicts import SYMBOLS, DoorWords
from kiosk.widgets.frame import FrameHeader, Key, KeyBar
from kiosk.widgets.scan_input import ScanInput
from kiosk.widgets.verdict import VerdictFace, VerdictPanel

LAST_SCANS = 10


class DoorScreen(KioskScreen[None]):
    """Judges one scan after the other; closes when it is locked."""

    CSS_PATH = "door.tcss"
    AUTO_FOCUS = "ScanInput"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "app.next_theme", show=False),
        Binding("f9", "lock", show=False),
    ]

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__(desk)
        self._staff = staff
        self._one_at_a_time = Lock()
        self._scans: deque[tuple[datetime, str, str]] = deque(maxlen=LAST_SCANS)
        self._admitted = 0
        self._unanswered: tuple[str, int] | None = None

    def compose(self) -> ComposeResult:
        words = self.words
        yield FrameHeader(self._title(), Content(""), Static("", id="counter"))
        yield VerdictPanel(self._waiting())
        yield Static("", id="last")
        with Horizontal(id="scan"):
            yield Static(Content("▌"), id="bar")
            yield ScanInput(self.desk.services.clock, placeholder=words("scan or type a ticket"))
        yield KeyBar(self.keys())

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("Enter", words("Check what was typed"), "check"),
            Key("F8", words("Light or dark"), "app.next_theme"),
            Key("F9", words("Lock"), "lock"),
        )

    def on_mount(self) -> None:
        self.set_interval(1, self.tick)
        self.tick()

    def tick(self) -> None:
        """Show the time and the count."""
        inside = self.words.count("1 admitted here", "{n} admitted here", self._admitted)
        now = self.words.clock(self.desk.now())
        self.query_one("#counter", Static).update(Content(f"{inside}   {now}"))

    def _title(self) -> str:
        words = self.words
        roles = {
            Role.STEWARD: words("steward"),
            Role.CASHIER: words("cashier"),
            Role.SUPERVISOR: words("supervisor"),
            Role.ORGANISER: words("organiser"),
        }
        who = f"{self._staff.name} ({roles[self._staff.role]})"
        return " · ".join([words("DOOR"), self.desk.services.admission.terminal, who])

    @on(ScanInput.Scanned)
    def scanned(self, scanned: ScanInput.Scanned) -> None:
        self._judge(scanned.code)

    async def action_check(self) -> None:
        await self.query_one(ScanInput).action_submit()

    def action_lock(self) -> None:
        self.dismiss(None)

    @work(group="scan")
    async def _judge(self, code: str) -> None:
        async with self._one_at_a_time:
            nonce = self._nonce(code)
            self._show_asking()
            try:
                verdict = await self._ask(code, nonce)
            except AWAY:
                self._unanswered = (code, nonce)
                self._show_no_answer()
            else:
                self._unanswered = None
                self._show(verdict)

    def _nonce(self, code: str) -> int:
        """A new one, but for a scan that got no answer: asked again, it is the same scan."""
        if self._unanswered and self._unanswered[0] == code:
            return self._unanswered[1]
        return self.desk.services.admission.new_nonce()

    async def _ask(self, code: str, nonce: int) -> Verdict | None:
        admission = self.desk.services.admission
        scan = Scan(code, nonce, self._staff.name)
        judged = await admission.scan(scan)
        if not isinstance(judged, NeedsConduct):
            return judged
        # What a scanner has sent since belongs to no next code.
        self.query_one(ScanInput).clear()
        language = await self.app.push_screen_wait(ConductScreen(self.desk, judged))
        self.query_one(ScanInput).clear()
        if language is None:
            return None
        return await admission.accept_conduct(judged, language, scan)

    def _show(self, verdict: Verdict | None) -> None:
        words = DoorWords(self.words, self.desk.services.catalog.event, self.desk.now())
        if verdict is None:
            self._present(self._not_accepted(), self.words("Code of Conduct not accepted"))
            return
        self._admitted += verdict.reason is Reason.ADMITTED
        self._present(words.face(verdict), words.log_line(verdict))

    def _show_asking(self) -> None:
        # The books may take seconds, and the green of the last ticket is not for this one.
        asking = VerdictFace("waiting", "…", self.words("One moment, please"))
        self.query_one(VerdictPanel).show(asking)

    def _show_no_answer(self) -> None:
        text = self.words("the books do not answer: scan it once more")
        face = VerdictFace("grey", "◌", self.words("No answer"), (text,))
        self._present(face, text)

    def _present(self, face: VerdictFace, line: str) -> None:
        self.query_one(VerdictPanel).show(face)
        self.app.bell()
        self._scans.appendleft((self.desk.now(), face.symbol, line))
        rows = [
            f"{self.words.clock_with_seconds(at)}  {symbol} {text}"
            for at, symbol, text in self._scans
        ]
        self.query_one("#last", Static).update(Content("\n".join(rows)))
        self.tick()

    def _waiting(self) -> VerdictFace:
        text = self.words("hold the code under the scanner, or type the number below it")
        return VerdictFace("waiting", "▢", self.words("Next, please"), (text,))

    def _not_accepted(self) -> VerdictFace:
        text = self.words("the Code of Conduct was not accepted: nobody was admitted")
        return VerdictFace(
            "red", SYMBOLS[Verdict(Reason.NOT_OURS).colour], self.words("Not admitted"), (text,)
        )
