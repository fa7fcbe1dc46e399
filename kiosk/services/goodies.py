"""Goodies beside an order: none of this ever stands in the way of its tickets."""

from collections.abc import Collection, Sequence

from kiosk.domain import chart_goodies
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.goodies import GoodiePiece, GoodieState
from kiosk.domain.orders import Order
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from ledger.types import CreateTransferResult, Transfer
from ledger.types import CreateTransferStatus as Status

_DONE = (Status.CREATED, Status.EXISTS)
_NONE_LEFT = (Status.EXCEEDS_CREDITS, Status.ID_ALREADY_FAILED)
_HOLD_LOST = (Status.PENDING_TRANSFER_EXPIRED, Status.PENDING_TRANSFER_ALREADY_VOIDED)


class Goodies:
    """Holds, grants and gives back the pieces of goodies of orders, each by itself."""

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._ledger = backing.ledger
        self._catalog = catalog

    def holds(self, order: Order) -> list[Transfer]:
        """What to ask for in the request that holds the places, after their chain."""
        return chart_goodies.hold(self._catalog.event, order)

    def promised(self, order: Order, results: Sequence[CreateTransferResult]) -> frozenset[int]:
        """Which pieces are held, from the results of `holds`."""
        return self._done(order, order.goodies, results)

    async def grant(self, order: Order, payment_id: int) -> frozenset[int]:
        """Grant what was promised to an order whose tickets are paid; which pieces it got.

        If the hold of a piece was lost with that of the places, another is taken, if there is one.
        """
        promised = [one for one in order.goodies if one.state is GoodieState.PROMISED]
        if not promised:
            return frozenset()
        posts = [chart_goodies.post(order, one) for one in promised]
        results = await self._ledger.create_transfers(posts)
        lost = [
            piece
            for piece, result in zip(promised, results, strict=True)
            if result.status in _HOLD_LOST
        ]
        kept = [
            (piece, result)
            for piece, result in zip(promised, results, strict=True)
            if piece not in lost
        ]
        granted = self._done(order, [piece for piece, _ in kept], [result for _, result in kept])
        if not lost:
            return granted
        event = self._catalog.event
        takes = [chart_goodies.take(event, order, one, payment_id) for one in lost]
        return granted | self._done(order, lost, await self._ledger.create_transfers(takes))

    async def give_back(self, order: Order, positions: Collection[int] | None = None) -> None:
        """Let go of these pieces, or of all that were promised."""
        held = [
            one
            for one in order.goodies
            if (
                one.state is GoodieState.PROMISED
                if positions is None
                else one.position in positions
            )
        ]
        if not held:
            return
        releases = [chart_goodies.release(order, one) for one in held]
        for result in await self._ledger.create_transfers(releases):
            match result.status:
                case Status.CREATED | Status.EXISTS:
                    pass
                # The ledger's own timeout was faster, or a late payment was.
                case Status.PENDING_TRANSFER_EXPIRED | Status.PENDING_TRANSFER_ALREADY_POSTED:
                    pass
                case status:
                    raise LedgerContradicts(f"goodies of order {order.number}", status.name)

    def _done(
        self, order: Order, pieces: Sequence[GoodiePiece], results: Sequence[CreateTransferResult]
    ) -> frozenset[int]:
        for result in results:
            if result.status not in (*_DONE, *_NONE_LEFT):
                raise LedgerContradicts(f"goodies of order {order.number}", result.status.name)
        return frozenset(
            piece.position
            for piece, result in zip(pieces, results, strict=True)
            if result.status in _DONE
        )
