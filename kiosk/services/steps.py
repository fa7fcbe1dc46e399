"""Steps of claims at the door: asked of the ledger, and recorded as it answered."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from sqlmodel import Session

from kiosk.domain import chart_presence
from kiosk.domain.admission import Reason
from kiosk.domain.chart import TransferCode
from kiosk.domain.chart_places import step_id
from kiosk.domain.entries import ENTRIES, Standing, StepKind, Wish
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.orders import SlotClaim
from kiosk.services.backing import Backing
from kiosk.services.booking import instant
from kiosk.services.catalog import Catalog
from kiosk.store import door
from ledger.chains import chain_refusal
from ledger.types import BATCH_MAX, CreateTransferResult, Transfer
from ledger.types import CreateTransferStatus as Status

log = logging.getLogger(__name__)

_KINDS: Final[dict[int, StepKind]] = {
    TransferCode.REDEEM: StepKind.ENTER,
    TransferCode.RETURN: StepKind.RETURN,
    TransferCode.LEAVE: StepKind.LEAVE,
    TransferCode.UNDO: StepKind.UNDO,
}
_OTHERS: Final[dict[int, Reason]] = {
    TransferCode.TAKE_BACK: Reason.REFUNDED,
    # Whoever passes a ticket on records it with what else changes: until then it is replaced, too.
    TransferCode.PASS_ON: Reason.REPLACED,
}
"""What else takes the number of a step, and what it makes of a ticket."""
_FULL: Final = (Status.EXCEEDS_CREDITS, Status.ID_ALREADY_FAILED)


@dataclass(frozen=True, slots=True)
class Taken:
    """Whose wish took a number, and when by the ledger's clock."""

    by: Wish
    at: datetime

    def is_for(self, wish: Wish) -> bool:
        """Whether it was this one's scan."""
        return (self.by.nonce, self.by.terminal) == (wish.nonce, wish.terminal)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody is to be out, and the wish that they are is stored."""

    claim: SlotClaim
    standing: Standing
    wish: Wish


class Steps:
    """Takes steps, of which the ledger lets each number be taken once."""

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._catalog = catalog

    async def take(self, claim: SlotClaim, standing: Standing, wish: Wish) -> Taken | Reason:
        """Ask for a step whose wish is stored; who took its number, or why nobody can.

        That is `HALL_FULL`, the number being free still, or what became of the ticket.
        """
        chain = chart_presence.take_step(self._catalog.event, claim, standing, wish)
        results = await self._ledger.create_transfers(chain)
        refusal = chain_refusal(results)
        if refusal is None:
            chain[0].timestamp = results[0].timestamp
            return await self._record(wish, chain[0])
        if _is_full(wish, results):
            return await self._turn_away(wish, Reason.HALL_FULL)
        found = await self._ledger.lookup_transfers([chain[0].id])
        if not found:
            what = f"step {wish.number} of ticket {claim.ticket_number}"
            raise LedgerContradicts(what, refusal.name)
        return await self._record(wish, found[0])

    async def let_out(self, leaving: Sequence[Leaving]) -> int:
        """Have people out whose wishes are stored, at most `BATCH_MAX`; how many are by these.

        Whoever took another step in the same instant has taken that one.
        """
        event = self._catalog.event
        transfers = {
            one.wish: chart_presence.take_step(event, one.claim, one.standing, one.wish)[0]
            for one in leaving
        }
        await self._ledger.create_transfers([*transfers.values()])
        ids = [one.id for one in transfers.values()]
        found = {one.id: one for one in await self._ledger.lookup_transfers(ids)}

        def note(session: Session) -> int:
            out = 0
            for wish, transfer in transfers.items():
                if taken := found.get(transfer.id):
                    answer = _note(session, wish, taken)
                    out += isinstance(answer, Taken) and answer.is_for(wish)
                else:
                    # Of one person, whom the others need not wait for.
                    log.error("ticket %032x is inside by no account", wish.claim_id)
                    door.refused(session, wish)
            return out

        return await self._store.transaction(note)

    async def find_out(self, wish: Wish) -> bool:
        """Whether somebody took the step of a stored wish by now; if so, it is recorded who."""
        found = await self._ledger.lookup_transfers([step_id(wish.claim_id, wish.number)])
        recorded = [await self._record(wish, transfer) for transfer in found]
        return any(isinstance(one, Taken) for one in recorded)

    async def finish(self) -> int:
        """Record what became of every wish that was left without an answer; how many there were.

        None is asked for again: whoever scanned is gone, and the holder may come back.
        """
        wishes = await self._store.transaction(door.unanswered)
        for at in range(0, len(wishes), BATCH_MAX):
            some = wishes[at : at + BATCH_MAX]
            ids = {step_id(wish.claim_id, wish.number) for wish in some}
            found = {one.id: one for one in await self._ledger.lookup_transfers([*ids])}
            for wish in some:
                await self._finish(wish, found.get(step_id(wish.claim_id, wish.number)))
        return len(wishes)

    async def _finish(self, wish: Wish, found: Transfer | None) -> None:
        if found is None:
            await self._store.transaction(lambda session: door.refused(session, wish))
        else:
            await self._record(wish, found)

    async def _record(self, wish: Wish, taken: Transfer) -> Taken | Reason:
        return await self._store.transaction(partial(_note, wish=wish, taken=taken))

    async def _turn_away(self, wish: Wish, reason: Reason) -> Reason:
        await self._store.transaction(lambda session: door.refused(session, wish, reason))
        return reason


def _note(session: Session, wish: Wish, taken: Transfer) -> Taken | Reason:
    """Record what has the number of a wish."""
    if taken.code in _OTHERS:
        reason = _OTHERS[taken.code]
        door.refused(session, wish, reason)
        return reason
    kind = _KINDS[taken.code]
    winner = Wish(wish.claim_id, wish.number, kind, taken.user_data_64, taken.user_data_32)
    answer = Taken(winner, instant(taken.timestamp))
    if not answer.is_for(wish):
        door.refused(session, wish)
    door.done(session, winner, answer.at)
    return answer


def _is_full(wish: Wish, results: Sequence[CreateTransferResult]) -> bool:
    # Nobody is refused a place that was sold; what is refused is the room in the hall, asked last.
    return wish.kind in ENTRIES and results[-1].status in _FULL
