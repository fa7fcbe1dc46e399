"""Do what a provider's event calls for: store it, move the ledger, record that it is done."""

import logging
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session

from kiosk.domain import chart, chart_money
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.orders import Order
from kiosk.domain.provider_payments import Effect, PaymentState, ProviderPayment, check_possible
from kiosk.domain.providers import EventKind, ProviderEvent, UnknownPayment
from kiosk.domain.refunds import RefundReason, due_of
from kiosk.services.backing import Backing
from kiosk.services.booking import book
from kiosk.services.catalog import Catalog
from kiosk.services.settlement import Settlement
from kiosk.store import orders, payments, refunds

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A stored event, and what it left to be done."""

    order: Order
    payment: ProviderPayment
    effect: Effect
    is_done: bool


class Receipts:
    """Applies events, each once, however often they come and wherever a crash stopped one.

    Money is never lost: it pays its order if it still can, and is a refund due otherwise.
    """

    def __init__(self, backing: Backing, catalog: Catalog, settlement: Settlement) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog
        self._settlement = settlement

    async def apply(self, provider: str, event: ProviderEvent) -> Effect:
        """Bring `event` to its effect. Raises `UnknownPayment` or `EventContradicts`.

        `LedgerUnavailable` and `StoreUnavailable` mean that it is stored or not, but not done.
        """
        taken = await self._store.transaction(lambda session: self._take(session, provider, event))
        if taken.is_done:
            return taken.effect
        await self._settlement.settle(taken.order)
        await self.book(taken.payment)
        await self._store.transaction(
            lambda session: payments.done(session, provider, event, taken.effect)
        )
        return taken.effect

    async def book(self, payment: ProviderPayment) -> ProviderPayment:
        """Book money that buys nothing, if `payment` is that and it is not booked."""
        if payment.state is not PaymentState.SURPLUS or payment.settled:
            return payment
        event, now = self._catalog.event, self._clock.now()
        order = await self._store.transaction(partial(orders.get, order_id=payment.order_id))
        customer, money = chart.customer_account(event, order), payment.payment(now)
        receipt = chart_money.pay_alone(event, order, money)
        if receipt and (refusal := await book(self._ledger, receipt, [customer])):
            raise LedgerContradicts(f"payment {payment.reference}", refusal.name)

        def record(session: Session) -> ProviderPayment:
            if money.amount:
                refunds.add(session, due_of(money, order, RefundReason.SURPLUS))
            return payments.change(session, payment, ProviderPayment.booked)

        return await self._store.transaction(record)

    def _take(self, session: Session, provider: str, event: ProviderEvent) -> _Taken:
        payment = payments.by_reference(session, provider, event.reference)
        if payment is None:
            raise UnknownPayment(event.reference)
        try:
            before, effect = payments.said(session, provider, event.id)
        except KeyError:
            before, effect = None, None
        check_possible(payment, event, before)
        order = orders.get(session, payment.order_id)
        if effect is not None:
            return _Taken(order, payment, effect, is_done=True)
        payments.note(session, provider, event, self._clock.now())
        if event.kind is EventKind.SUCCEEDED:
            return self._take_money(session, order, payment, event)
        return self._take_end(session, order, payment, event)

    def _take_money(
        self, session: Session, order: Order, payment: ProviderPayment, event: ProviderEvent
    ) -> _Taken:
        if not payment.has_money:
            pays = payment.pays(order, event.amount)
            payment = payments.change(
                session, payment, lambda one: one.succeeded(event.amount, pays=pays)
            )
            if pays:
                begun = payment.payment(self._clock.now())
                order = orders.change(session, order, lambda order: order.begin_payment(begun))
            else:
                log.warning(
                    "payment %s of order %d buys nothing: %s came in, a refund is due",
                    payment.reference,
                    order.number,
                    event.amount,
                )
        surplus = payment.state is PaymentState.SURPLUS
        return _Taken(order, payment, Effect.SURPLUS if surplus else Effect.PAID, is_done=False)

    def _take_end(
        self, session: Session, order: Order, payment: ProviderPayment, event: ProviderEvent
    ) -> _Taken:
        if payment.has_money:
            # Sent before the money, or by mistake: what came in is the provider's last word.
            return _Taken(order, payment, Effect.NOTHING, is_done=False)
        now = self._clock.now()
        payment = payments.change(session, payment, lambda one: one.ended(event.kind))
        order = orders.change(session, order, lambda order: order.expire(now))
        return _Taken(order, payment, Effect.ENDED, is_done=False)
