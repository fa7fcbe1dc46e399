"""The orders of one terminal, read and written together with whoever else waits."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from weakref import WeakValueDictionary

from kiosk.domain.errors import KioskError, UnknownOrder
from kiosk.domain.orders import Order
from kiosk.store import orders
from kiosk.store.database import Database

log = logging.getLogger(__name__)


class OrderBook:
    """Finds and changes stored orders.

    An order somebody here still has in hand is not read again before it is changed: its revision
    keeps a stale copy from being written, and then it is read after all.
    """

    def __init__(self, store: Database) -> None:
        self._store = store
        self._in_hand: WeakValueDictionary[int, Order] = WeakValueDictionary()
        self._recording: dict[int, asyncio.Future[bool]] = {}

    async def find(self, order_id: int) -> Order:
        """The order as it is now; raises `UnknownOrder`."""
        if recording := self._recording.get(order_id):
            await asyncio.wait([recording])
        found = await self._store.bulk(orders.find_all, order_id)
        if found is None:
            raise UnknownOrder(order_id)
        return self._keep(found)

    async def insert(self, event_id: int, order: Order) -> Order | None:
        """Store a new order; it comes back with its number, or None if its id is stored already."""
        return await self._store.bulk(orders.insert_all, (event_id, order))

    def record(self, order: Order, outcome: Callable[[Order], Order]) -> Order:
        """Store what the ledger answered, without waiting: the order as it will be stored.

        Whatever this process reads or changes afterwards comes after it. If it is lost, the order
        is unsettled and the ledger is asked again.
        """
        after = outcome(order)
        recording = self._store.bulk_later(orders.write_all, (order, after))
        self._recording[order.id] = recording
        recording.add_done_callback(partial(self._recorded, order.id))
        return self._keep(after)

    async def change(self, order: Order | int, transition: Callable[[Order], Order]) -> Order:
        """Apply a pure transition to the stored order; raises `UnknownOrder`, or what it raises."""
        before = order if isinstance(order, Order) else self._in_hand.get(order)
        if before is not None:
            # What an order in hand would refuse, the stored one may not.
            with suppress(KioskError):
                after = transition(before)
                change = (before, after)
                if after is not before and await self._store.bulk(orders.write_all, change):
                    return self._keep(after)
        order_id = order.id if isinstance(order, Order) else order
        return self._keep(
            await self._store.transaction(
                lambda session: orders.change(session, order_id, transition)
            )
        )

    def _keep(self, order: Order) -> Order:
        self._in_hand[order.id] = order
        return order

    def _recorded(self, order_id: int, recording: "asyncio.Future[bool]") -> None:
        if self._recording.get(order_id) is recording:
            del self._recording[order_id]
        if not recording.cancelled() and (error := recording.exception()):
            log.warning("an outcome is not recorded, the ledger will be asked again: %r", error)
