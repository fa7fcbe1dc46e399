"""Finish what a crash left of tickets: on their way to somebody else, or to be scanned out."""

from contextlib import suppress
from operator import attrgetter, itemgetter

from kiosk.domain.claim_transfers import ClaimTransfer, TicketKept
from kiosk.services.claim_transfers import ClaimTransfers
from kiosk.services.claims import Claims
from kiosk.services.emptyings import Emptyings
from kiosk.services.hand_outs import HandOuts
from kiosk.services.trouble import Round


class TicketFinisher:
    """Finishes it all; what cannot be finished stops nothing else."""

    def __init__(
        self,
        claims: Claims,
        transfers: ClaimTransfers,
        hand_outs: HandOuts,
        emptyings: Emptyings,
    ) -> None:
        self._claims = claims
        self._transfers = transfers
        self._hand_outs = hand_outs
        self._emptyings = emptyings

    async def run(self, this: Round) -> int:
        """Bring every transfer, hand-out and emptying to its end; how many tickets it was about.

        Whoever is new becomes known to the search, too.
        """
        passing = await self._transfers.unfinished()
        passed = await this.each(passing, itemgetter(0), self._pass_on)
        left = await self._hand_outs.unfinished()
        handed = await this.each(left, attrgetter("order_id"), self._hand_outs.finish)
        out = await self._emptyings.run()
        await self._claims.learn()
        return len(passed) + len(handed) + out

    async def _pass_on(self, found: tuple[int, ClaimTransfer]) -> None:
        _, transfer = found
        # Something else was faster: the ticket is as it was.
        with suppress(TicketKept):
            await self._transfers.finish(transfer)
