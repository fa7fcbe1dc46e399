"""The goodies that a ticket opens: each is handed out once, at whatever desk."""

import logging
from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.events import StaffMember
from kiosk.domain.hand_outs import NothingHandedOut, PieceCard
from kiosk.domain.rights import Right, may
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.claim_words import ClaimWords
from kiosk.screens.door_dialog import DoorDialog, NextScan
from kiosk.screens.pin import approval
from kiosk.screens.reason import ReasonDialog
from kiosk.screens.verdicts import DoorWords
from kiosk.widgets.frame import Key, KeyHint
from kiosk.widgets.pick_list import PickRow

log = logging.getLogger(__name__)


class HandingOutDialog(DoorDialog[None]):
    """Shows what waits and what is gone; hands out what is picked, takes back what is marked."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f4", "undo", show=False)]

    def __init__(self, desk: Desk, claim_id: int, staff: StaffMember) -> None:
        super().__init__(desk, desk.words("Hand out"))
        self._claim_id = claim_id
        self._staff = staff
        self._pieces: Sequence[PieceCard] = ()
        self._nonces: dict[tuple[int, int], int] = {}

    def hints(self) -> ComposeResult:
        yield KeyHint(Key("F4", self.words("Undo"), "undo"))
        yield from super().hints()

    def on_mount(self) -> None:
        self._look()

    @work(group="pieces", exclusive=True)
    async def _look(self) -> None:
        try:
            self._pieces = await self.desk.services.hand_outs.pieces(self._claim_id)
        except AWAY:
            self.say(self.words("The books do not answer just now. Please try again."))
        else:
            self._show()

    def _show(self) -> None:
        said, words = ClaimWords(self.desk), self.words
        refused = "" if may(self._staff.role, Right.HAND_OUT) else words("needs a steward")
        rows = [
            PickRow(
                ("✔ " if piece.handed_at else "★ ") + said.piece(piece),
                said.handed(piece),
                said.handed(piece) if piece.handed_at else refused,
            )
            for piece in self._pieces
        ]
        first = next((at for at, piece in enumerate(self._pieces) if not piece.handed_at), 0)
        self.offer(rows, first)
        if not rows:
            self.say(words("Nothing waits for this ticket."))

    def picked(self, index: int) -> None:
        self.busy = True
        self._hand_out(self._pieces[index])

    @work(group="hand out")
    async def _hand_out(self, piece: PieceCard) -> None:
        words, hand_outs = self.words, self.desk.services.hand_outs
        # The same press again, if there was no answer.
        nonce = self._nonces.setdefault((piece.position, piece.attempt), hand_outs.new_nonce())
        try:
            done = await hand_outs.hand_out(self._claim_id, piece, nonce, self._staff)
        except NothingHandedOut as refused:
            event = self.desk.services.catalog.event
            headline = DoorWords(words, event, self.desk.now()).headline(refused.reason)
            self.say(words("✖ Nothing is handed out: {why}", why=headline))
        except AWAY:
            self.say(words("The books do not answer just now. Please try again."))
        except LedgerContradicts as fault:
            log.error("a piece cannot be handed out: %s", fault.what, exc_info=fault)
            self.say(words("It could not be booked: an organiser has to look into it."))
        else:
            said = ClaimWords(self.desk)
            name, handed = said.piece(done.piece), said.handed(done.piece)
            if done.is_ours:
                self.say(words("✔ Hand out: {goodie}", goodie=name))
            else:
                self.say(words("▲ {goodie} is gone: {when}", goodie=name, when=handed))
        self.busy = False
        self._look()

    def action_undo(self) -> None:
        if self.busy or self.list.mark is None:
            return
        piece = self._pieces[self.list.mark]
        if piece.handed_at is None:
            self.say(self.words("This one is not handed out yet."))
        else:
            self.busy = True
            self._undo(piece)

    @work(group="hand out")
    async def _undo(self, piece: PieceCard) -> None:
        """Take a piece back in: why, and by whose word."""
        words, said = self.words, ClaimWords(self.desk)
        title, who = words("Take it back in"), f"{said.piece(piece)} · {said.handed(piece)}"
        reasons = (words("it is to be exchanged"), words("nobody took it"))
        reason = await self.app.push_screen_wait(ReasonDialog(self.desk, title, who, reasons))
        if isinstance(reason, NextScan):
            self.scanned(reason.code)
            return
        if reason:
            supervisor = await approval(self.app, self.desk, self._staff, Right.UNDO, title)
            if supervisor:
                await self._take_back(piece, reason, supervisor)
        self.busy = False
        self._look()

    async def _take_back(self, piece: PieceCard, reason: str, supervisor: StaffMember) -> None:
        words, said = self.words, ClaimWords(self.desk)
        try:
            now = await self.desk.services.hand_outs.undo(piece, reason, supervisor)
        except AWAY:
            self.say(words("The books do not answer just now. Please try again."))
        except LedgerContradicts as fault:
            log.error("a piece cannot be taken back in: %s", fault.what, exc_info=fault)
            self.say(words("It could not be booked: an organiser has to look into it."))
        else:
            name, handed = said.piece(now), said.handed(now)
            if now.handed_at is None:
                self.say(words("✔ Taken back in: {goodie}", goodie=name))
            else:
                self.say(words("▲ {goodie} is gone: {when}", goodie=name, when=handed))
