"""Checking in without staff: the own ticket, the Code of Conduct, and in."""

import logging
from contextlib import suppress
from datetime import timedelta

from textual import work

from kiosk.domain.admission import NeedsConduct, Reason, Scan, Verdict
from kiosk.domain.errors import LedgerContradicts
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.check_in_words import CheckInWords
from kiosk.screens.claim_words import ClaimWords
from kiosk.screens.conduct import ConductScreen
from kiosk.screens.notice import Notice, NoticeScreen
from kiosk.screens.scanning import Asking, ScanStep
from kiosk.screens.visit import Visit
from kiosk.widgets.scan_input import ScanInput

log = logging.getLogger(__name__)

GOODBYE_SECONDS = 15
"""How long a name stays on the screen of somebody who has walked in."""

_MISREAD = (Reason.TYPO, Reason.NOT_OURS, Reason.WALLET)


class CheckInVisit(Visit):
    """Somebody comes with a ticket; afterwards nothing of it is left here."""

    async def go(self) -> None:
        while verdict := await self._ask(CheckInScreen(self._desk)):
            notice = CheckInWords(self._desk).notice(verdict, await self._goodies(verdict))
            if await self._ask(CheckedInScreen(self._desk, notice)):
                return

    async def _goodies(self, verdict: Verdict) -> list[str]:
        """What waits for whoever was admitted, by name, as far as that can be said."""
        if verdict.reason is not Reason.ADMITTED or verdict.claim_id is None:
            return []
        with suppress(*AWAY):
            pieces = await self._desk.services.hand_outs.pieces(verdict.claim_id)
            said = ClaimWords(self._desk)
            return [said.piece(piece) for piece in pieces if piece.handed_at is None]
        return []


class CheckInScreen(ScanStep[Verdict | None]):
    """Answers what the door says about a ticket; None leads home.

    The staff's door goes on without ledger or store; nobody is admitted by a machine alone then.
    """

    def __init__(self, desk: Desk) -> None:
        words = desk.words
        asking = Asking(
            words("Check in with your ticket"),
            words("Hold the code of your ticket under the scanner."),
            words("Or type the number below the code:"),
            words("Check in"),
            "XXXX-XXXX-XXXX",
        )
        super().__init__(desk, asking)
        self._unanswered: Scan | None = None

    def given(self, scanned: ScanInput.Scanned) -> None:
        self._check_in(scanned.code)

    @work(group="check in")
    async def _check_in(self, code: str) -> None:
        scan = self._scan_of(code)
        try:
            verdict = await self._judged(scan)
        except AWAY:
            self._unanswered = scan
            self.say(self.words("The books do not answer. Please go to the desk with your ticket."))
        except LedgerContradicts as fault:
            log.error("a scan cannot be booked: %s", fault.what, exc_info=fault)
            self._unanswered = None
            self.say(self.words("It could not be booked: an organiser has to look into it."))
        else:
            self._unanswered = None
            self._conclude(verdict)
        self.busy = False

    def _scan_of(self, code: str) -> Scan:
        """A new scan, but for one that got no answer: asked again, it is the same."""
        if self._unanswered and self._unanswered.text == code:
            return self._unanswered
        return Scan(code, self.desk.services.admission.new_nonce())

    async def _judged(self, scan: Scan) -> Verdict:
        admission = self.desk.services.admission
        judged = await admission.scan(scan)
        if isinstance(judged, Verdict):
            return judged
        return await self._ask_conduct(judged, scan)

    async def _ask_conduct(self, needs: NeedsConduct, scan: Scan) -> Verdict:
        admission = self.desk.services.admission
        # Whoever reads and walks away must not keep the next person from beginning.
        self.busy = False
        language = await self.app.push_screen_wait(ConductScreen(self.desk, needs))
        self.busy = True
        if language is None:
            return await admission.refuse_conduct(needs, scan)
        return await admission.accept_conduct(needs, language, scan)

    def _conclude(self, verdict: Verdict) -> None:
        words = self.words
        if verdict.reason is Reason.CONDUCT_REFUSED:
            self.say(words("Nobody is admitted without it. The people at the desk can help."))
        elif verdict.reason in _MISREAD:
            self.say(CheckInWords(self.desk).misread(verdict.reason))
        else:
            self.finish(verdict)

    def action_back(self) -> None:
        self.finish(None)


class CheckedInScreen(NoticeScreen):
    """Says how it went, and goes home by itself."""

    def __init__(self, desk: Desk, notice: Notice) -> None:
        super().__init__(desk, notice)
        self._home_at = desk.now() + timedelta(seconds=GOODBYE_SECONDS)

    def on_mount(self) -> None:
        self.set_interval(1, self.tick)

    def tick(self) -> None:
        """Go home in time."""
        if self.desk.now() >= self._home_at:
            self.finish(True)
