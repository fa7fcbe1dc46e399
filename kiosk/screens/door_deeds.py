"""What the staff of a door do besides scanning. Each deed asks first."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar

from textual.app import App

from kiosk.domain.admission import Gate, Reason, Verdict
from kiosk.domain.claims import ClaimCard, UnknownClaim
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.events import Role, StaffMember
from kiosk.domain.lane import LaneState
from kiosk.domain.pins import PinsLocked
from kiosk.domain.rights import Right
from kiosk.domain.staff_codes import BadgeRefused
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.claim_card import ClaimCardDialog, ClaimWish
from kiosk.screens.claim_deeds import TAKING_ALONG, ClaimDeeds
from kiosk.screens.claim_words import ClaimWords
from kiosk.screens.companions import CompanionsDialog
from kiosk.screens.conflicts import ConflictsDialog
from kiosk.screens.door_dialog import DoorDialog, NextScan
from kiosk.screens.door_words import DoorSigns
from kiosk.screens.handing_out import HandingOutDialog
from kiosk.screens.pin import approval
from kiosk.screens.reason import ReasonDialog, SureDialog
from kiosk.screens.search import SearchDialog
from kiosk.screens.verdicts import DoorWords
from kiosk.widgets.verdict import VerdictFace

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OrderRest:
    """What else there is to do for whoever was scanned."""

    claim_id: int
    companions: int
    """Others of the order who may come in now."""
    goodies: tuple[str, ...]
    """The keys of what waits to be handed out."""
    handed: tuple[str, ...] = ()
    """Those of what was handed out: it may come back."""

    @property
    def has_goodies(self) -> bool:
        """Whether there is anything to hand out, or to take back in."""
        return bool(self.goodies or self.handed)


class Door(Protocol):
    """What a deed needs of the door."""

    desk: Desk
    staff: StaffMember

    @property
    def app(self) -> App[object]:
        """What dialogs are pushed onto."""

    def judge(self, code: str) -> object:
        """Judge a ticket that was scanned instead of answering, when its turn comes."""

    async def admit(self, code: str) -> Verdict | None:
        """Judge a ticket now, and show what comes of it."""

    def present(self, face: VerdictFace, line: str, note: str = "") -> None:
        """Show something in the panel and, if there is a line for it, in the log."""

    async def show(self, verdict: Verdict) -> None:
        """Show a verdict."""

    def wait(self) -> None:
        """Show that ledger and store are asked, which may take seconds."""


@dataclass(frozen=True, slots=True)
class DoorDeeds:
    """Deeds at one door."""

    door: Door

    async def search(self) -> None:
        """Find a ticket, and do something about it."""
        card = await self.choose(SearchDialog(self._desk, self._staff))
        if card is not None:
            await self.see_to(card)

    async def see_to(self, card: ClaimCard) -> None:
        """Do something about a ticket."""
        match await self.choose(ClaimCardDialog(self._desk, card, self._staff)):
            case None:
                return
            case ClaimWish.ADMIT:
                await self.door.admit(card.ticket_number)
            case ClaimWish.UNDO:
                nonce = self._desk.services.lane.new_nonce()
                who = f"{card.holder.name} · {ClaimWords(self._desk).state(card)}"
                await self.undo(card.claim_id, nonce, who)
            case ClaimWish.HAND_OUT:
                await self.hand_out(card.claim_id)
            case ClaimWish.COMPANIONS:
                await self.admit_companions(card.claim_id)
            case wish:
                await self._change(card, wish)

    async def undo(self, claim_id: int, nonce: int, who: str) -> None:
        """Take an admission back: why, and by whose word."""
        words = self._desk.words
        reasons = (
            words("nobody went in"),
            words("the wrong ticket was scanned"),
            words("somebody else came with this ticket"),
        )
        title = words("Take the admission back")
        reason = await self.choose(ReasonDialog(self._desk, title, who, reasons))
        supervisor = await self._approval(title) if reason else None
        if reason is None or supervisor is None:
            return
        self.door.wait()
        try:
            undone = await self._desk.services.admission.undo(
                claim_id, reason=reason, supervisor=supervisor, nonce=nonce
            )
        except AWAY:
            self.door.present(*DoorSigns(self._desk).not_done())
        except LedgerContradicts as fault:
            log.error("an admission cannot be taken back: %s", fault.what, exc_info=fault)
            self.door.present(*DoorSigns(self._desk).contradicted())
        else:
            await self.door.show(undone)

    async def admit_companions(self, claim_id: int) -> None:
        """Admit the others of an order, or some of them; each is asked for the Code of Conduct."""
        try:
            cards = await self._desk.services.claims.companions(claim_id)
        except (*AWAY, UnknownClaim):
            self.door.present(*DoorSigns(self._desk).not_done())
            return
        going = await self.choose(CompanionsDialog(self._desk, cards))
        if going:
            verdicts = [await self.door.admit(card.ticket_number) for card in going]
            self._sum_up(verdicts)

    async def hand_out(self, claim_id: int) -> None:
        """Hand out what waits for a ticket."""
        await self.choose(HandingOutDialog(self._desk, claim_id, self._staff))

    async def rest_of_order(self, claim_id: int) -> OrderRest | None:
        """What else there is to do for whoever was scanned; None where it cannot be told."""
        services = self._desk.services
        if services.lane.status.state is LaneState.ONLINE:
            with suppress(*AWAY, UnknownClaim):
                companions = await services.claims.companions(claim_id)
                pieces = await services.hand_outs.pieces(claim_id)
                can_come = sum(1 for card in companions if card.refusal is None)
                waiting = tuple(one.goodie_key for one in pieces if one.handed_at is None)
                handed = tuple(one.goodie_key for one in pieces if one.handed_at)
                return OrderRest(claim_id, can_come, waiting, handed)
        return None

    async def next_shift(self, badge: str) -> StaffMember | None:
        """Who works at the door from now on; None if the badge opens nothing."""
        signs = DoorSigns(self._desk)
        try:
            staff = await self._desk.services.staff.unlock(badge, Role.STEWARD)
        except (BadgeRefused, PinsLocked):
            self.door.present(*signs.no_badge())
        except AWAY:
            self.door.present(*signs.no_answer())
        else:
            self.door.present(*signs.shift(staff))
            return staff
        return None

    async def see_to_conflicts(self) -> None:
        """Show whom a door let in without ledger and store that it should not have."""
        await self.choose(ConflictsDialog(self._desk, self._staff))

    async def empty(self, gate: Gate, inside: int) -> bool:
        """Let everybody out who went home without a scan: surely, and by whose word.

        Whether they are out.
        """
        desk, words = self._desk, self._desk.words
        title, signs = words("Everybody has left"), DoorSigns(self._desk)
        go_on = words("Let them all out")
        if not await self.choose(SureDialog(desk, title, signs.everybody_out(inside), go_on)):
            return False
        supervisor = await approval(self._app, desk, self._staff, Right.EMPTY, title)
        if supervisor is None:
            return False
        self.door.wait()
        try:
            out = await desk.services.emptyings.empty(gate, supervisor)
        except AWAY:
            self.door.present(*signs.not_done())
            return False
        self.door.present(*signs.emptied(out))
        return True

    async def choose(self, dialog: DoorDialog[T]) -> T | None:
        """Ask over the door; a scan instead of an answer is judged."""
        answer = await self._app.push_screen_wait(dialog)
        if isinstance(answer, NextScan):
            self.door.judge(answer.code)
            return None
        return answer

    def _sum_up(self, verdicts: Sequence[Verdict | None]) -> None:
        """One face for a group: green if all are in, else the first that is not."""
        words, event = self._desk.words, self._desk.services.catalog.event
        admitted = sum(1 for one in verdicts if one and one.reason is Reason.ADMITTED)
        count = words("{n} of {all} admitted", n=admitted, all=len(verdicts))
        stayed = [one for one in verdicts if one and one.reason is not Reason.ADMITTED]
        if admitted == len(verdicts):
            face = VerdictFace("green", "✔", words("Welcome"), (count,))
        elif stayed:
            said = DoorWords(words, event, self._desk.now()).face(stayed[0])
            face = VerdictFace(said.look, said.symbol, said.headline, (count, *said.lines))
        else:
            face = VerdictFace("red", "✖", words("Not all are in"), (count,))
        # Each of them is in the log already.
        self.door.present(face, "")

    async def _change(self, card: ClaimCard, wish: ClaimWish) -> None:
        needing: Sequence[ClaimCard] = ()
        if wish in TAKING_ALONG:
            try:
                needing = await self._desk.services.claims.needing(card.claim_id)
            except (*AWAY, UnknownClaim):
                self.door.present(*DoorSigns(self._desk).not_done())
                return
        done = await ClaimDeeds(self._app, self._desk, self._staff, card, needing).do(wish)
        if isinstance(done, NextScan):
            self.door.judge(done.code)
        elif done:
            self.door.present(done, " · ".join(done.lines))

    async def _approval(self, title: str) -> StaffMember | None:
        return await approval(self._app, self._desk, self._staff, Right.UNDO, title)

    @property
    def _app(self) -> App[object]:
        return self.door.app

    @property
    def _desk(self) -> Desk:
        return self.door.desk

    @property
    def _staff(self) -> StaffMember:
        return self.door.staff
