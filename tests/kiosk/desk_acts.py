"""What staff do with tickets at a desk, to be crashed or killed in the middle of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from kiosk.domain.claim_transfers import TicketChanged
from kiosk.domain.claims import ClaimCard
from kiosk.domain.events import Event, Goodie
from kiosk.domain.hand_outs import PieceCard
from kiosk.domain.orders import Order
from tests.kiosk.doors import SUPERVISOR, let_in
from tests.kiosk.factories import GRACE, a_slot, an_event
from tests.kiosk.world import Terminal

NONCE: Final = 77


def a_desk_event(capacity: int = 2, **changes: object) -> Event:
    """Tickets that come with T-shirts."""
    return an_event(
        a_slot(capacity=capacity), goodies=(Goodie("shirt", "T-shirt", capacity),), **changes
    )


@dataclass
class Desk:
    """A desk, and an order of two tickets and a T-shirt."""

    terminal: Terminal
    order: Order
    cards: tuple[ClaimCard, ...] = ()
    """As they were before anything was done."""
    piece: PieceCard | None = None

    @classmethod
    async def open(cls, terminal: Terminal) -> "Desk":
        """Sell the tickets, and lay them on the desk."""
        desk = cls(terminal, await terminal.sell({"general": 2}))
        return await desk.look()

    async def look(self) -> "Desk":
        """Look at tickets and T-shirt as they are now."""
        services = self.terminal.services
        self.cards = tuple([await services.claims.card(one.id) for one in self.order.claims])
        [self.piece] = await services.hand_outs.pieces(self.order.claims[0].id)
        return self

    async def pass_on(self) -> None:
        """Both tickets go to one person; done already, it stays so."""
        await self.terminal.services.ticket_desk.transfer(self.cards, GRACE, SUPERVISOR)

    async def reissue(self) -> None:
        """The first ticket was lost."""
        try:
            await self.terminal.services.ticket_desk.reissue(self.cards[0], SUPERVISOR)
        except TicketChanged:
            # It was replaced before the crash; nobody wants another one.
            assert (await self.terminal.services.claims.card(self.cards[0].claim_id)).version == 2

    async def revoke(self) -> None:
        """The tickets were stolen; done already, there is nothing to do."""
        cards = [await self.terminal.services.claims.card(one.claim_id) for one in self.cards]
        standing = [card for card in cards if not card.revoked]
        await self.terminal.services.ticket_desk.revoke(standing, "stolen", SUPERVISOR)

    async def hand_out(self) -> None:
        """Somebody wants the T-shirt."""
        assert self.piece is not None
        claim_id = self.order.claims[1].id
        hand_outs = self.terminal.services.hand_outs
        await hand_outs.hand_out(claim_id, self.piece, NONCE, SUPERVISOR)

    async def take_back(self) -> None:
        """The T-shirt has the wrong size."""
        assert self.piece is not None
        await self.terminal.services.hand_outs.undo(self.piece, "wrong size", SUPERVISOR)

    async def wear(self) -> None:
        """The T-shirt is handed out, and its card says so."""
        await self.hand_out()
        await self.look()

    async def admit(self) -> None:
        """Whoever has the first ticket is in; nothing but that ticket is used."""
        await let_in(self.terminal, self.cards[0].ticket_number)


Act = Callable[[Desk], Awaitable[None]]
ACTS: Final[dict[str, tuple[Act | None, Act]]] = {
    "pass on": (None, Desk.pass_on),
    "reissue": (None, Desk.reissue),
    "revoke": (None, Desk.revoke),
    "hand out": (None, Desk.hand_out),
    "take back": (Desk.wear, Desk.take_back),
}
"""What comes before, unharmed, and what is done; done again, it is done once."""
