"""The orders of one terminal, read and written together with whoever else waits."""

from collections.abc import Callable
from contextlib import suppress
from weakref import WeakValueDictionary

from kiosk.domain.errors import KioskError, UnknownOrder
from kiosk.domain.orders import Order
from kiosk.store import orders
from kiosk.store.database import Database


class OrderBook:
    """Finds and changes stored orders.

    An order somebody here still has in hand is not read again before it is changed: its revision
    keeps a stale copy from being written, and then it is read after all.
    """

    def __init__(self, store: Database) -> None:
        self._store = store
        self._in_hand: WeakValueDictionary[int, Order] = WeakValueDictionary()

    async def find(self, order_id: int) -> Order:
        """The order as it is now; raises `UnknownOrder`."""
        found = await self._store.bulk(orders.find_all, order_id)
        if found is None:
            raise UnknownOrder(order_id)
        return self._keep(found)

    async def insert(self, event_id: int, order: Order) -> Order | None:
        """Store a new order; it comes back with its number, or None if its id is stored already."""
        inserted = await self._store.bulk(orders.insert_all, (event_id, order))
        return self._keep(inserted) if inserted else None

    async def change(self, order: Order | int, transition: Callable[[Order], Order]) -> Order:
        """Apply a pure transition to the stored order; raises `UnknownOrder`, or what it raises."""
        before = order if isinstance(order, Order) else self._in_hand.get(order)
        if before is not None:
            # What an order in hand would refuse, the stored one may not.
            with suppress(KioskError):
                after = transition(before)
                if after != before:
                    written = await self._store.bulk(orders.write_all, (before, after))
                    if written is not None:
                        return self._keep(written)
        order_id = order.id if isinstance(order, Order) else order
        return self._keep(
            await self._store.transaction(
                lambda session: orders.change(session, order_id, transition)
            )
        )

    def _keep(self, order: Order) -> Order:
        self._in_hand[order.id] = order
        return order
