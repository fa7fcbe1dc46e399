"""Find somebody's ticket: by name, address or number, or by scanning it."""

import re
from typing import Final

from textual import work
from textual.app import ComposeResult

from kiosk.domain.claims import ClaimCard, Found, SearchOff, UnknownClaim
from kiosk.domain.events import StaffMember
from kiosk.domain.rights import NotAllowed
from kiosk.domain.search import TooShort
from kiosk.domain.tickets import read_code
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.claim_words import ClaimWords
from kiosk.screens.door_dialog import DoorDialog
from kiosk.widgets.pick_list import PickRow
from kiosk.widgets.plain import one_line

_ORDER_NUMBER: Final = re.compile("#([0-9]{1,9})")


class SearchDialog(DoorDialog[ClaimCard]):
    """Answers the ticket that was picked. What is shown of people is half-hidden."""

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__(desk, desk.words("Search"))
        self._staff = staff
        self._found = Found(())

    def body(self) -> ComposeResult:
        yield self.field
        yield self.list

    def on_mount(self) -> None:
        self.show_field(self.asked())

    def asked(self) -> str:
        """What may be typed."""
        return self.words("name, e-mail or number; or scan")

    def entered(self, typed: str) -> bool:
        self._look(typed)
        return True

    def scanned(self, code: str) -> None:
        signed = read_code(code)
        if signed is None:
            self._look(code)
        else:
            self._look_up(signed.payload.claim_id)

    @work(group="search", exclusive=True)
    async def _look(self, typed: str) -> None:
        words = self.words
        self.say(words("One moment, please"))
        try:
            found = await self.desk.services.claims.search(typed, self._staff)
        except TooShort as short:
            said = words("Please type {n} letters or more.", n=words.number(short.letters_min))
            self._show(Found(()), said)
        except SearchOff:
            self._show(Found(()), words("Nobody is searched for at this terminal."))
        except NotAllowed:
            self._show(Found(()), words("Your role may not do that."))
        except AWAY:
            self.say(words("The books do not answer just now. Please try again."))
        else:
            nothing = words("Nobody is found for {what}.", what=one_line(typed))
            more = words("There are more: type more letters.") if found.more else ""
            self._show(found, more if found.cards else nothing)

    @work(group="search", exclusive=True)
    async def _look_up(self, claim_id: int) -> None:
        words = self.words
        try:
            card = await self.desk.services.claims.card(claim_id)
        except UnknownClaim:
            self._show(Found(()), words("There is no such ticket."))
        except AWAY:
            self.say(words("The books do not answer just now. Please try again."))
        else:
            self._show(Found((card,)), "")

    def _show(self, found: Found, said: str) -> None:
        self._found = found
        self.say(said)
        self.offer([self._row(card) for card in found.cards], 0)

    def _row(self, card: ClaimCard) -> PickRow:
        said = ClaimWords(self.desk)
        text = f"{card.holder.name} · {card.holder.email} · {said.slot(card)}"
        return PickRow(text, said.state(card))

    def picked(self, index: int) -> None:
        self.dismiss(self._found.cards[index])


class OrderSearch(SearchDialog):
    """Answers a ticket of an order; of `number`, if the order was named by that.

    An order of tokens alone has no ticket to be found by.
    """

    number: int | None = None

    def asked(self) -> str:
        return self.words("name, e-mail, number or #order; or scan")

    def entered(self, typed: str) -> bool:
        found = _ORDER_NUMBER.fullmatch(typed.strip())
        if found is None:
            return super().entered(typed)
        self.number = int(found[1])
        self.dismiss(None)
        return True
