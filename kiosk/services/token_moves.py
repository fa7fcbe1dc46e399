"""Bring moves of tokens to their end: stored, made by the ledger, recorded."""

from collections.abc import Awaitable, Callable
from functools import partial

from sqlmodel import Session

from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.token_moves import ATTEMPTS_MAX, Move, MoveKind, MoveState
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.token_ledger import Outcome, TokenLedger
from kiosk.store import token_moves, wallets

Plan = Callable[[Move], Awaitable[Move]]
"""Plans a move out of what is there now; raises `InsufficientTokens` if that is too little."""


class TokenMoves:
    """The moves of one event. Each may be asked for again, by anybody, until it has ended."""

    def __init__(self, backing: Backing, catalog: Catalog, plan: Plan) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._ledger = TokenLedger(backing.ledger)
        self._plan = plan

    async def finish(self, move: Move) -> Move:
        """Bring a stored move to its end, `DONE` or `REFUSED`, whatever was done of it before."""
        while move.is_unfinished:
            move = await self._step(move)
        return move

    async def unfinished(self) -> list[Move]:
        """The moves that somebody left, the oldest first."""
        event_id = self._catalog.event.id

        def read(session: Session) -> list[Move]:
            found = token_moves.unfinished(session, event_id)
            return [token_moves.get(session, move_id) for move_id in found]

        return await self._store.transaction(read)

    async def _step(self, move: Move) -> Move:
        event = self._catalog.event
        if move.state is MoveState.HELD:
            await self._ledger.post(move)
            return await self._record(move)
        ask = self._ledger.hold if move.is_long else self._ledger.move
        if await ask(event, move) is Outcome.REFUSED:
            return await self._again(move)
        return await (self._change(move, Move.held) if move.is_long else self._record(move))

    async def _again(self, move: Move) -> Move:
        """Plan what the ledger refused anew, if there is hope."""
        if move.kind in (MoveKind.GIFT_CLAIM, MoveKind.GIFT_RETURN):
            # Nothing else takes from a gift, so the ledger cannot have less of it.
            raise LedgerContradicts(f"gift of move {move.id:032x}", "refused")
        if move.sender is None or move.attempt >= ATTEMPTS_MAX:
            return await self._change(move, Move.refused)
        try:
            planned = await self._plan(move.again())
        except InsufficientTokens:
            return await self._change(move, Move.refused)
        return await self._change(move, lambda stored: planned)

    async def _change(self, move: Move, transition: Callable[[Move], Move]) -> Move:
        # Whoever else works at the same move may be a step ahead: then we follow.
        def unless_ahead(stored: Move) -> Move:
            ahead = (stored.attempt, stored.state) != (move.attempt, move.state)
            return stored if ahead else transition(stored)

        return await self._store.transaction(
            partial(token_moves.change, move_id=move.id, transition=unless_ahead)
        )

    async def _record(self, move: Move) -> Move:
        now = self._clock.now()

        def record(session: Session) -> Move:
            done = token_moves.change(session, move.id, lambda stored: stored.done(now))
            if done.done_at == now and done.state is MoveState.DONE:
                if done.receiver is not None:
                    wallets.add_bills(session, wallets.bills_of(done, now))
                sources = (one.source for one in done.parts if one.empties)
                wallets.emptied(session, (source for source in sources if source is not None))
            return done

        return await self._store.transaction(record)
