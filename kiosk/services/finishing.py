"""Finish what a crash left of money: payments at providers, refunds, money for invoices."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import TypeVar

from kiosk.domain.invoices import InvoicePayment
from kiosk.domain.provider_payments import EventContradicts, ProviderPayment
from kiosk.domain.providers import ProviderUnavailable
from kiosk.domain.refunds import Refund, RefundState
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.invoices import Invoices
from kiosk.services.payments import Payments
from kiosk.services.refunds import Refunds
from kiosk.services.trouble import Round
from kiosk.store import payments, refunds
from kiosk.store.payments import Heard

T = TypeVar("T")

log = logging.getLogger(__name__)

_order_id = attrgetter("order_id")


@dataclass(frozen=True, slots=True)
class MoneyServices:
    """Who moves money for what is stored."""

    payments: Payments
    refunds: Refunds
    invoices: Invoices


@dataclass(frozen=True, slots=True)
class Finished:
    """What was found and finished."""

    payments: int
    refunds: int


class MoneyFinisher:
    """Finishes it all; what cannot be finished stops nothing else."""

    def __init__(self, backing: Backing, catalog: Catalog, services: MoneyServices) -> None:
        self._store = backing.store
        self._catalog = catalog
        self._services = services

    async def run(self, this: Round) -> Finished:
        """Bring every payment, refund and invoice to its end, as far as it has one."""
        event_id = self._catalog.event.id
        undone = await self._store.transaction(partial(payments.undone, event_id=event_id))
        heard = await this.each(undone, _order_id, _patiently(self._hear))
        unsettled = await self._store.transaction(partial(payments.unsettled, event_id=event_id))
        ended = await this.each(unsettled, _order_id, _patiently(self._end))
        unpaid = await self._store.transaction(partial(refunds.unpaid, event_id=event_id))
        asked = [one for one in unpaid if one.state is RefundState.ASKED]
        refunded = await this.each(asked, _order_id, _patiently(self._refund))
        arrived = await self._store.transaction(partial(refunds.open_payments, event_id=event_id))
        settled = await this.each(arrived, _order_id, _patiently(self._settle))
        return Finished(sum(heard) + sum(ended) + sum(settled), sum(refunded))

    async def _hear(self, said: Heard) -> bool:
        await self._services.payments.apply(said.provider, said.event)
        return True

    async def _end(self, payment: ProviderPayment) -> bool:
        return await self._services.payments.finish(payment)

    async def _refund(self, refund: Refund) -> bool:
        await self._services.refunds.finish(refund)
        return True

    async def _settle(self, paid: InvoicePayment) -> bool:
        await self._services.invoices.finish(paid)
        return True


def _patiently(finish: Callable[[T], Awaitable[bool]]) -> Callable[[T], Awaitable[bool]]:
    """The same, but what a provider keeps waiting, or tells otherwise, is no trouble of ours."""

    async def attempt(one: T) -> bool:
        try:
            return await finish(one)
        except (ProviderUnavailable, EventContradicts) as fault:
            log.warning("a payment waits: %r", fault)
            return False

    return attempt
