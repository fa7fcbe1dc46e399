"""Finish what a crash, a lost answer or a walked-away buyer left."""

import asyncio
import logging
from dataclasses import dataclass

from kiosk.domain.errors import StoreUnavailable
from kiosk.domain.orders import OrderState
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.finishing import MoneyFinisher
from kiosk.services.finishing_tickets import TicketFinisher
from kiosk.services.finishing_tokens import TokenFinisher
from kiosk.services.settlement import Settlement
from kiosk.services.steps import Steps
from kiosk.services.trouble import FAULTS, Round
from kiosk.store import orders
from ledger.engine import LedgerUnavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """What one run found and finished."""

    orders: int = 0
    expired: int = 0
    steps: int = 0
    """Of claims at the door."""
    payments: int = 0
    """At providers, that had ended without our knowing all of it; and money for invoices."""
    refunds: int = 0
    tickets: int = 0
    """That were on their way to somebody else, and pieces of goodies."""
    tokens: int = 0
    """Moves of them that somebody left."""
    contradictions: tuple[str, ...] = ()
    """What the ledger says against the store: for people to look into."""


class Reconciliation:
    """Runs at start and every minute; safe beside other terminals and itself."""

    def __init__(
        self,
        backing: Backing,
        catalog: Catalog,
        settlement: Settlement,
        money: MoneyFinisher,
        tickets: TicketFinisher,
        tokens: TokenFinisher,
    ) -> None:
        self._backing = backing
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._settlement = settlement
        self._steps = Steps(backing, catalog)
        self._money = money
        self._tickets = tickets
        self._tokens = tokens
        self._has_run = False

    async def run_once(self) -> Report:
        """Bring every unfinished order and step at the door to its end by asking the ledger."""
        await self._catalog.finish_opening()
        now, event = self._clock.now(), self._catalog.event
        this = Round(self._backing, event.id, is_first=not self._has_run)
        await this.begin()
        # Before holds run out: who paid in the last second has paid in time.
        money = await self._money.run(this)
        found = await self._store.transaction(
            lambda session: orders.unfinished(session, event.id, now)
        )
        states = await this.each(found, lambda order_id: order_id, self._finish)
        steps = await self._steps.finish()
        tickets = await self._tickets.run(this)
        tokens = await self._tokens.run()
        await this.end()
        self._has_run = True
        return Report(
            orders=len(states),
            expired=states.count(OrderState.EXPIRED),
            steps=steps,
            payments=money.payments,
            refunds=money.refunds,
            tickets=tickets,
            tokens=tokens,
            contradictions=tuple(this.contradictions),
        )

    async def run_forever(self, every_seconds: float = 60) -> None:
        """Run until cancelled; what stands in the way of a run, the next one finds again."""
        while True:
            try:
                report = await self.run_once()
            except (LedgerUnavailable, StoreUnavailable) as unavailable:
                log.warning("reconciliation waits: %r", unavailable)
            except FAULTS as fault:
                # The kiosk must not end, and start, and end by it: the next run may do better.
                log.error("reconciliation broke off", exc_info=fault)
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
