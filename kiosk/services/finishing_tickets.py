"""Finish what a crash left of tickets that were passed on and of goodies that were handed out."""

import logging
from contextlib import suppress

from kiosk.domain.claim_transfers import TicketKept
from kiosk.domain.errors import LedgerContradicts
from kiosk.services.claim_transfers import ClaimTransfers
from kiosk.services.claims import Claims
from kiosk.services.hand_outs import HandOuts

log = logging.getLogger(__name__)


class TicketFinisher:
    """Finishes it all; what cannot be finished stops nothing else."""

    def __init__(self, claims: Claims, transfers: ClaimTransfers, hand_outs: HandOuts) -> None:
        self._claims = claims
        self._transfers = transfers
        self._hand_outs = hand_outs

    async def run_once(self) -> int:
        """Bring every transfer and hand-out to its end; how many there were.

        Whoever is new becomes known to the search, too.
        """
        found = await self._transfers.unfinished()
        for _, transfer in found:
            try:
                # Something else was faster: the ticket is as it was.
                with suppress(TicketKept):
                    await self._transfers.finish(transfer)
            except LedgerContradicts as contradiction:
                log.error("the ledger contradicts the store: %r", contradiction)
        handed = await self._hand_outs.finish()
        await self._claims.learn()
        return len(found) + handed
