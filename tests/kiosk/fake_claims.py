"""Tickets that staff find, in memory: a test says what there is, and what is refused."""

from collections.abc import Sequence
from dataclasses import replace

from kiosk.domain.claims import ClaimCard, ClaimState, Found, UnknownClaim
from kiosk.domain.events import StaffMember
from kiosk.domain.hand_outs import HandOut, PieceCard
from kiosk.domain.people import Attendee
from kiosk.domain.search import Wanted
from kiosk.domain.tickets import Ticket
from kiosk.services.claims import Claims
from kiosk.services.hand_outs import HandOuts
from kiosk.services.ticket_desk import TicketDesk
from tests.kiosk.fake_events import NOON
from tests.kiosk.fake_sales import Answers


def a_card(**changes: object) -> ClaimCard:
    """A good ticket that nobody is in with."""
    card = ClaimCard(
        claim_id=1,
        order_id=11,
        order_number=7,
        version=1,
        ticket_number="0123-4567-89AX",
        holder=Attendee("Ada L.", "a•••@example.org"),
        slot_key="general",
        state=ClaimState.OUT,
        since=None,
        terminal="",
        note="",
        revoked="",
        passed_on=False,
        refusal=None,
        companions=0,
        goodies=0,
    )
    return replace(card, **changes)  # type: ignore[arg-type]  # keywords of a dataclass


class FakeClaims(Claims, Answers):
    """Finds the tickets of the test, whatever is searched for."""

    def __init__(self) -> None:
        Answers.__init__(self)
        self.cards: list[ClaimCard] = []
        self.more = False
        self.searched: list[str] = []
        self.needed_by: dict[int, list[ClaimCard]] = {}

    async def search(self, typed: str, staff: StaffMember) -> Found:
        Wanted.of(typed)
        self.searched.append(typed)
        self.check()
        return Found(tuple(self.cards), self.more)

    async def card(self, claim_id: int) -> ClaimCard:
        self.check()
        for card in self.cards:
            if card.claim_id == claim_id:
                return card
        raise UnknownClaim(claim_id)

    async def companions(self, claim_id: int) -> list[ClaimCard]:
        self.check()
        return [card for card in self.cards if card.claim_id != claim_id]

    async def needing(self, claim_id: int) -> list[ClaimCard]:
        self.check()
        return self.needed_by.get(claim_id, [])


class FakeTicketDesk(TicketDesk, Answers):
    """Remembers what it was asked for, and gives the tickets of the test."""

    def __init__(self) -> None:
        Answers.__init__(self)
        self.asked: list[tuple[object, ...]] = []
        self.tickets: list[Ticket] = []

    async def transfer(
        self, cards: Sequence[ClaimCard], to: Attendee, staff: StaffMember
    ) -> list[Ticket]:
        self._ask("transfer", *(card.claim_id for card in cards), to)
        return self.tickets

    async def reissue(self, card: ClaimCard, staff: StaffMember) -> Ticket:
        self._ask("reissue", card.claim_id)
        return self.tickets[0]

    async def revoke(self, cards: Sequence[ClaimCard], reason: str, staff: StaffMember) -> None:
        self._ask("revoke", *(card.claim_id for card in cards), reason)

    async def restore(self, card: ClaimCard, staff: StaffMember) -> None:
        self._ask("restore", card.claim_id)

    async def note(self, card: ClaimCard, text: str, staff: StaffMember) -> None:
        self._ask("note", card.claim_id, text)

    def _ask(self, *what: object) -> None:
        self.asked.append(what)
        self.check()


class FakeHandOuts(HandOuts, Answers):
    """Hands out the pieces of the test, each once."""

    def __init__(self) -> None:
        Answers.__init__(self)
        self.there: list[PieceCard] = []
        self.answers: PieceCard | None = None
        """What another desk did to a piece meanwhile."""

    def new_nonce(self) -> int:
        return 1

    async def pieces(self, claim_id: int) -> list[PieceCard]:
        self.check()
        return list(self.there)

    async def hand_out(
        self, claim_id: int, piece: PieceCard, nonce: int, staff: StaffMember
    ) -> HandOut:
        self.check()
        piece = self.answers or piece
        if piece.handed_at is not None:
            return HandOut(piece, is_ours=False)
        gone = replace(piece, handed_at=NOON, terminal="North gate", staff=staff.name)
        self.there = [gone if one == piece else one for one in self.there]
        return HandOut(gone, is_ours=True)

    async def undo(self, piece: PieceCard, reason: str, supervisor: StaffMember) -> PieceCard:
        self.check()
        back = replace(piece, attempt=piece.attempt + 1, handed_at=None, terminal="", staff="")
        self.there = [back if one == piece else one for one in self.there]
        return back
