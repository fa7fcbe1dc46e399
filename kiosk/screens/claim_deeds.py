"""What the staff do about a ticket they found. Each deed asks first, and says what came of it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import App

from kiosk.domain.claim_transfers import TicketChanged, TicketKept
from kiosk.domain.claims import ClaimCard, InvalidNote, UnknownClaim
from kiosk.domain.errors import InvalidReason, LedgerContradicts
from kiosk.domain.events import StaffMember
from kiosk.domain.rights import NotAllowed
from kiosk.domain.tickets import Ticket
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.claim_card import ClaimWish
from kiosk.screens.claim_words import ClaimWords
from kiosk.screens.door_dialog import DoorDialog, NextScan
from kiosk.screens.new_ticket import NewTicketScreen
from kiosk.screens.pass_on import PassOnDialog
from kiosk.screens.reason import NoteDialog, ReasonDialog, SureDialog
from kiosk.widgets.verdict import VerdictFace

log = logging.getLogger(__name__)

CHANGES = (
    *(ClaimWish.TRANSFER, ClaimWish.REISSUE),
    *(ClaimWish.NOTE, ClaimWish.REVOKE, ClaimWish.RESTORE),
)
"""What is done here; the door does the rest."""
TAKING_ALONG = (ClaimWish.TRANSFER, ClaimWish.REVOKE)
"""What a ticket does not undergo without those that need it."""


@dataclass(frozen=True, slots=True)
class ClaimDeeds:
    """Deeds of one member of staff about one ticket."""

    app: App[object]
    desk: Desk
    staff: StaffMember
    card: ClaimCard
    needing: Sequence[ClaimCard] = ()
    """What goes with it, if the deed is one of `TAKING_ALONG`."""

    async def do(self, wish: ClaimWish) -> VerdictFace | NextScan | None:
        """What to show; None if it was given up, or a ticket that was scanned instead."""
        words = self.desk.words
        try:
            return await self._do(wish)
        except TicketKept as kept:
            stayed = [card for card in self._cards if card.claim_id == kept.claim_id]
            return self._refused(ClaimWords(self.desk).kept(kept), stayed)
        except TicketChanged:
            return self._refused(words("it was changed meanwhile: search for it again"))
        except UnknownClaim:
            return self._refused(words("there is no such ticket any more"))
        except NotAllowed:
            return self._refused(words("your role may not do that"))
        except (InvalidReason, InvalidNote):
            return self._refused(words("there is a character in it that cannot be printed"))
        except LedgerContradicts as fault:
            log.error("a ticket cannot be changed: %s", fault.what, exc_info=fault)
            return self._refused(words("It could not be booked: an organiser has to look into it."))
        except AWAY:
            said = words("whether it is done is not known: search for the ticket again")
            return VerdictFace("grey", "◌", words("No answer"), (said,))

    async def _do(self, wish: ClaimWish) -> VerdictFace | NextScan | None:
        match wish:
            case ClaimWish.TRANSFER:
                return await self._transfer()
            case ClaimWish.REISSUE:
                return await self._reissue()
            case ClaimWish.NOTE:
                return await self._note()
            case ClaimWish.REVOKE:
                return await self._revoke()
            case ClaimWish.RESTORE:
                await self.desk.services.ticket_desk.restore(self.card, self.staff)
                return self._done(self.desk.words("it admits its holder again"))
            case _:
                raise AssertionError(wish)

    async def _transfer(self) -> VerdictFace | NextScan | None:
        words = self.desk.words
        to = await self.app.push_screen_wait(self._pass_on())
        if to is None:
            return None
        tickets = await self.desk.services.ticket_desk.transfer(self._cards, to, self.staff)
        scanned = await self._hand_over(tickets)
        return scanned or self._done(words("it was passed on to {name}", name=to.name))

    def _pass_on(self) -> PassOnDialog:
        words, slots = self.desk.words, ClaimWords(self.desk).slots(self.needing)
        along = words("Goes with it: {slots}", slots=slots) if slots else ""
        return PassOnDialog(self.desk, self.card.holder.name, along)

    async def _reissue(self) -> VerdictFace | NextScan | None:
        words = self.desk.words
        told = words("The ticket of {name} admits nobody from then on.", name=self.card.holder.name)
        title, go_on = words("New ticket for a lost one"), words("Make a new ticket")
        sure = await self.app.push_screen_wait(SureDialog(self.desk, title, told, go_on))
        if sure is not True:
            return sure or None
        ticket = await self.desk.services.ticket_desk.reissue(self.card, self.staff)
        scanned = await self._hand_over([ticket])
        return scanned or self._done(words("a new ticket was made; the old one admits nobody"))

    async def _note(self) -> VerdictFace | NextScan | None:
        words = self.desk.words
        given = await self._ask(NoteDialog(self.desk, self.card.note))
        if not isinstance(given, str):
            return given
        await self.desk.services.ticket_desk.note(self.card, given, self.staff)
        return self._done(
            words("every door shows the note") if given else words("no note any more")
        )

    async def _revoke(self) -> VerdictFace | NextScan | None:
        words = self.desk.words
        reasons = (words("it was stolen"), words("against the Code of Conduct"))
        slots = ClaimWords(self.desk).slots(self.needing)
        along = words("Revoked with it: {slots}", slots=slots) if slots else ""
        who = self._who([self.card])
        given = await self._ask(ReasonDialog(self.desk, words("Revoke"), who, reasons, along))
        if not isinstance(given, str):
            return given
        await self.desk.services.ticket_desk.revoke(self._cards, given, self.staff)
        return self._done(words("it admits nobody now; its money is as it was"))

    async def _ask(self, dialog: DoorDialog[str]) -> str | NextScan | None:
        return await self.app.push_screen_wait(dialog)

    async def _hand_over(self, tickets: Sequence[Ticket]) -> NextScan | None:
        scanned = None
        more = len(tickets)
        for card, ticket in zip(self._cards, tickets, strict=True):
            more -= 1
            shown = NewTicketScreen(self.desk, card.order_number, ticket, more)
            # Only the last one closes by a scan.
            scanned = await self.app.push_screen_wait(shown)
        return scanned

    @property
    def _cards(self) -> list[ClaimCard]:
        return [self.card, *self.needing]

    def _who(self, cards: Sequence[ClaimCard]) -> str:
        return f"{self.card.holder.name} · {ClaimWords(self.desk).slots(cards)}"

    def _done(self, said: str) -> VerdictFace:
        lines = (self._who(self._cards), said)
        return VerdictFace("waiting", "✔", self.desk.words("Done"), lines)

    def _refused(self, said: str, cards: Sequence[ClaimCard] = ()) -> VerdictFace:
        lines = (self._who(cards or self._cards), said)
        return VerdictFace("red", "✖", self.desk.words("Not done"), lines)
