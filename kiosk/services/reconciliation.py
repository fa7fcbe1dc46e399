"""Finish what a crash, a lost answer or a walked-away buyer left."""

import asyncio
import logging
from dataclasses import dataclass

from kiosk.domain.chart_places import redeem_id
from kiosk.domain.errors import LedgerContradicts, StoreUnavailable
from kiosk.domain.orders import OrderState
from kiosk.services.backing import Backing
from kiosk.services.booking import instant
from kiosk.services.catalog import Catalog
from kiosk.services.finishing import MoneyFinisher, words
from kiosk.services.settlement import Settlement
from kiosk.store import door, orders
from kiosk.store.door import Wish
from ledger.engine import LedgerUnavailable
from ledger.types import Transfer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """What one run found and finished."""

    orders: int = 0
    expired: int = 0
    admissions: int = 0
    payments: int = 0
    """At providers, that had ended without our knowing all of it; and money for invoices."""
    refunds: int = 0
    contradictions: tuple[str, ...] = ()
    """What the ledger says against the store: for people to look into."""


class Reconciliation:
    """Runs at start and every minute; safe beside other terminals and itself."""

    def __init__(
        self, backing: Backing, catalog: Catalog, settlement: Settlement, money: MoneyFinisher
    ) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog
        self._settlement = settlement
        self._money = money

    async def run_once(self) -> Report:
        """Bring every unfinished order and admission to its end by asking the ledger."""
        now, event = self._clock.now(), self._catalog.event
        # Before holds run out: who paid in the last second has paid in time.
        money = await self._money.run_once()
        found = await self._store.transaction(
            lambda session: orders.unfinished(session, event.id, now)
        )
        finished, expired, contradictions = 0, 0, list(money.contradictions)
        for order_id in found:
            try:
                state = await self._finish(order_id)
            except LedgerContradicts as contradiction:
                contradictions.append(words(contradiction))
            else:
                finished += 1
                expired += state is OrderState.EXPIRED
        admissions = await self._finish_admissions()
        return Report(
            orders=finished,
            expired=expired,
            admissions=admissions,
            payments=money.payments,
            refunds=money.refunds,
            contradictions=tuple(contradictions),
        )

    async def run_forever(self, every_seconds: float = 60) -> None:
        """Run until cancelled; an unavailable ledger or store is waited out."""
        while True:
            try:
                report = await self.run_once()
            except (LedgerUnavailable, StoreUnavailable) as unavailable:
                log.warning("reconciliation waits: %r", unavailable)
            else:
                if report != Report():
                    log.info("reconciliation: %s", report)
            await asyncio.sleep(every_seconds)

    async def _finish(self, order_id: int) -> OrderState:
        order = await self._store.transaction(
            lambda session: orders.change(session, order_id, lambda order: order)
        )
        # What was placed long ago may only now learn that it is held, and that this is over.
        await self._settlement.settle(order)
        now = self._clock.now()
        order = await self._store.transaction(
            lambda session: orders.change(session, order_id, lambda order: order.expire(now))
        )
        return (await self._settlement.settle(order)).state

    async def _finish_admissions(self) -> int:
        wishes = await self._store.transaction(door.unanswered)
        for wish in wishes:
            found = await self._ledger.lookup_transfers([redeem_id(wish.claim_id, wish.entry)])
            await self._record(wish, found)
        return len(wishes)

    async def _record(self, wish: Wish, found: list[Transfer]) -> None:
        # Not sent again: whoever scanned is gone, and the holder may come back to be admitted.
        if [(wish.nonce, wish.terminal)] == [(f.user_data_64, f.user_data_32) for f in found]:
            at = instant(found[0].timestamp)
            await self._store.transaction(lambda session: door.admitted(session, wish, at))
        else:
            await self._store.transaction(lambda session: door.refused(session, wish))
