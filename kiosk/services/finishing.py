"""Finish what a crash left of money: payments at providers, refunds, money for invoices."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.invoices import InvoicePayment
from kiosk.domain.provider_payments import EventContradicts, ProviderPayment
from kiosk.domain.providers import ProviderEvent, ProviderUnavailable
from kiosk.domain.refunds import Refund, RefundState
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.invoices import Invoices
from kiosk.services.payments import Payments
from kiosk.services.refunds import Refunds
from kiosk.store import payments, refunds

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MoneyServices:
    """Who moves money for what is stored."""

    payments: Payments
    refunds: Refunds
    invoices: Invoices


@dataclass(frozen=True, slots=True)
class Finished:
    """What was found and finished, and what the ledger says against the store."""

    payments: int
    refunds: int
    contradictions: tuple[str, ...]


class MoneyFinisher:
    """Finishes it all; what cannot be finished stops nothing else."""

    def __init__(self, backing: Backing, catalog: Catalog, services: MoneyServices) -> None:
        self._store = backing.store
        self._catalog = catalog
        self._services = services
        self._contradictions: list[str] = []

    async def run_once(self) -> Finished:
        """Bring every payment, refund and invoice to its end, as far as it has one."""
        event_id = self._catalog.event.id
        self._contradictions = []
        undone = await self._store.transaction(partial(payments.undone, event_id=event_id))
        heard = await self._each(undone, self._hear)
        unsettled = await self._store.transaction(partial(payments.unsettled, event_id=event_id))
        ended = await self._each(unsettled, self._end)
        unpaid = await self._store.transaction(partial(refunds.unpaid, event_id=event_id))
        asked = [one for one in unpaid if one.state is RefundState.ASKED]
        refunded = await self._each(asked, self._refund)
        arrived = await self._store.transaction(partial(refunds.open_payments, event_id=event_id))
        settled = await self._each(arrived, self._settle)
        return Finished(heard + ended + settled, refunded, tuple(self._contradictions))

    async def _each(self, found: Iterable[T], finish: Callable[[T], Awaitable[bool]]) -> int:
        finished = 0
        for one in found:
            try:
                finished += await finish(one)
            except (ProviderUnavailable, EventContradicts) as fault:
                log.warning("a payment waits: %r", fault)
            except LedgerContradicts as contradiction:
                self._contradictions.append(words(contradiction))
        return finished

    async def _hear(self, said: tuple[str, ProviderEvent]) -> bool:
        await self._services.payments.apply(*said)
        return True

    async def _end(self, payment: ProviderPayment) -> bool:
        return await self._services.payments.finish(payment)

    async def _refund(self, refund: Refund) -> bool:
        await self._services.refunds.finish(refund)
        return True

    async def _settle(self, paid: InvoicePayment) -> bool:
        await self._services.invoices.finish(paid)
        return True


def words(contradiction: LedgerContradicts) -> str:
    """A contradiction for a report; it is said in the log too."""
    said = f"{contradiction.what}: {contradiction.status}"
    log.error("the ledger contradicts the store: %s", said)
    return said
