"""Payments at providers: ask for one, hear of it, take it back.

What a webhook is answered (from 300 on the provider sends it again, until it gives up):

| the webhook | status | what was done |
|---|---|---|
| of a provider we have no dealings with | 404 | nothing |
| not signed with our secret: forged | 401 | nothing |
| signed more than 300 s ago, or ahead: replayed | 401 | nothing |
| signed, but no event | 400 | nothing |
| of a payment we never asked for | 404 | nothing |
| in another currency, or its id was another event's | 409 | nothing, people must look |
| money, in time | 200 | paid: tickets |
| money after the hold ran out: late | 200 | paid if there are places, else a refund is due |
| money for an order paid, cancelled or refunded already | 200 | a refund of it is due |
| money, but not the amount asked for | 200 | a refund of it is due, the order stays payable |
| money after a failure or cancellation: out of order | 200 | as money |
| failed or cancelled | 200 | payable another way while time is left, else given back |
| failed or cancelled after the money: out of order | 200 | nothing: the money counts |
| any of these once more: duplicate, or replayed in time | 200 | nothing, it is done |
| any, while ledger or database are away | 503 | stored or not, and finished when sent again |
| any, while the ledger contradicts our books | 500 | nothing more, people must look |
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from sqlmodel import Session

from kiosk.domain.errors import HoldExpired, LedgerContradicts, NotPayable, StoreUnavailable
from kiosk.domain.orders import Order, OrderState
from kiosk.domain.provider_payments import (
    Effect,
    EventContradicts,
    PaymentState,
    ProviderPayment,
    request_of,
)
from kiosk.domain.providers import (
    REFERENCE_BYTES,
    EventKind,
    PaymentRequest,
    Provider,
    ProviderEvent,
    ProviderUnavailable,
    UnknownPayment,
    reference_of,
)
from kiosk.domain.webhooks import (
    SIGNATURE_HEADER,
    Answer,
    BadSignature,
    MalformedEvent,
    parse,
    verify,
)
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.receipts import Receipts
from kiosk.store import orders, payments
from ledger.engine import LedgerUnavailable
from ledger.ids import new_id

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Channel:
    """How to talk with a provider, and the secret its webhooks are signed with."""

    provider: Provider
    secret: bytes


@dataclass(frozen=True, slots=True)
class OpenPayment:
    """A payment that the buyer may make now, and the address where."""

    request: PaymentRequest
    address: str


class Payments:
    """Payments of one event's orders at providers; of each order one at most is open."""

    def __init__(
        self,
        backing: Backing,
        catalog: Catalog,
        receipts: Receipts,
        channels: Mapping[str, Channel],
    ) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._receipts = receipts
        self._channels = channels

    @property
    def providers(self) -> tuple[str, ...]:
        """The providers the event offers that can be reached from here, in the event's order."""
        return tuple(one for one in self._catalog.event.providers if one in self._channels)

    async def request(self, order_id: int, provider: str, language: str) -> OpenPayment:
        """Ask `provider` for what is due; asking again is asking for the same payment.

        One that is open elsewhere, or for another amount, is taken back first. Raises
        `NotPayable`, also when that one turns out to be paid, `HoldExpired`, and
        `ProviderUnavailable`: ask again.
        """
        assert provider in self.providers, "only what is offered is asked"
        order = await self._find(order_id)
        open_one = await self._open_of(order_id)
        if open_one and (open_one.provider, open_one.amount) != (provider, order.due):
            await self.withdraw(order_id)
        payment_id, reference = new_id(), reference_of(secrets.token_bytes(REFERENCE_BYTES))

        def intend(session: Session) -> tuple[Order, ProviderPayment]:
            order = self._payable(orders.get(session, order_id))
            found = payments.open_of(session, order_id)
            if found is not None:
                return order, found
            fresh = ProviderPayment(
                id=payment_id,
                order_id=order_id,
                provider=provider,
                reference=reference,
                amount=order.due,
                language=language,
                opened_at=self._clock.now(),
                expires_at=order.held_until,
            )
            payments.insert_payment(session, fresh)
            # Whoever has the order in hand is to notice.
            return orders.change(session, order, Order.ask_provider), fresh

        order, payment = await self._store.transaction(intend)
        request = request_of(self._catalog.event, order, payment)
        address = await self._channels[payment.provider].provider.create(request)
        return OpenPayment(request, address)

    async def state(self, provider: str, reference: str) -> PaymentState:
        """How a payment stands as far as it was heard; raises `UnknownPayment`."""
        payment = await self._store.transaction(
            lambda session: payments.by_reference(session, provider, reference)
        )
        if payment is None:
            raise UnknownPayment(reference)
        return payment.state

    async def withdraw(self, order_id: int) -> None:
        """Take back the payment that is open, if one is, because the buyer wants another way.

        It may turn out that the buyer has paid it: the order is then PAID by it. A provider that
        does not answer is told later.
        """
        if not self._channels:
            return
        if (payment := await self._open_of(order_id)) is None:
            return
        payment = await self._store.transaction(
            lambda session: payments.change(session, payment, ProviderPayment.withdraw)
        )
        try:
            await self.finish(payment)
        except ProviderUnavailable as unavailable:
            log.warning("payment %s is not taken back yet: %r", payment.reference, unavailable)

    async def ask(self, order_id: int) -> None:
        """Ask the provider how the open payment of an order ended, should its webhook be late.

        Worth it when the time to pay ends: money in the last second is no late money.
        """
        if not self._channels:
            return
        if (payment := await self._open_of(order_id)) is None:
            return
        try:
            await self.finish(payment)
        except ProviderUnavailable as unavailable:
            log.warning("payment %s: %r", payment.reference, unavailable)

    async def receive(self, provider: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Verify a webhook, do what it calls for, and say what its sender is told."""
        channel = self._channels.get(provider)
        if channel is None:
            return Answer(404, "no provider of this name sends webhooks here")
        try:
            verify(channel.secret, _signature(headers), body, self._clock.now())
            event = parse(body)
        except BadSignature as fault:
            log.warning("webhook of %s refused: %s", provider, fault)
            return Answer(401, str(fault))
        except MalformedEvent as fault:
            log.error("webhook of %s not understood: %s", provider, fault)
            return Answer(400, str(fault))
        return await self._apply(provider, event)

    async def apply(self, provider: str, event: ProviderEvent) -> None:
        """Do once more what a stored event calls for; raises what `Receipts.apply` raises."""
        await self._receipts.apply(provider, event)

    async def finish(self, payment: ProviderPayment) -> bool:
        """Bring a payment to its end by asking provider and ledger; False if it has none yet.

        Raises `ProviderUnavailable`.
        """
        if not payment.is_waiting:
            await self._receipts.book(payment)
            return True
        channel = self._channels.get(payment.provider)
        if channel is None:
            raise ProviderUnavailable(payment.provider, "it is not set up on this terminal")
        try:
            event = await self._outcome(channel.provider, payment)
        except UnknownPayment:
            return await self._forget(payment)
        if event is not None:
            await self._receipts.apply(payment.provider, event)
        return event is not None

    async def _outcome(self, provider: Provider, payment: ProviderPayment) -> ProviderEvent | None:
        if payment.state is PaymentState.OPEN:
            if event := await provider.outcome(payment.reference):
                return event
            order = await self._find(payment.order_id)
            if order.state is OrderState.HELD:
                return None
        return await provider.cancel(payment.reference)

    async def _forget(self, payment: ProviderPayment) -> bool:
        """End a payment its provider never heard of, unless it may be just about to."""
        order = await self._find(payment.order_id)
        withdrawn = payment.state is PaymentState.WITHDRAWN
        waiting = self._clock.now() < payment.expires_at and order.state is OrderState.HELD
        if waiting and not withdrawn:
            return False
        await self._store.transaction(
            lambda session: payments.change(
                session, payment, lambda one: one.ended(EventKind.CANCELLED)
            )
        )
        return True

    async def _apply(self, provider: str, event: ProviderEvent) -> Answer:
        try:
            effect = await self._receipts.apply(provider, event)
        except UnknownPayment:
            log.warning("%s speaks of an unknown payment %s", provider, event.reference)
            return Answer(404, "no payment of this reference was asked for here")
        except EventContradicts as fault:
            log.error("event %s of %s: %s", event.id, provider, fault)
            return Answer(409, str(fault))
        except (LedgerUnavailable, StoreUnavailable) as unavailable:
            log.warning("event %s of %s waits: %r", event.id, provider, unavailable)
            return Answer(503, "not done yet; send it again")
        except LedgerContradicts as contradiction:
            log.error("event %s of %s: %r", event.id, provider, contradiction)
            return Answer(500, "the books do not fit; somebody must look")
        return Answer(200, _WORDS[effect])

    async def _find(self, order_id: int) -> Order:
        return await self._store.transaction(partial(orders.get, order_id=order_id))

    async def _open_of(self, order_id: int) -> ProviderPayment | None:
        # In bulk: whoever pays in cash asks this, so a whole rush does.
        return await self._store.bulk(payments.open_of_all, order_id)

    def _payable(self, order: Order) -> Order:
        if order.state is not OrderState.HELD or order.payment is not None or not order.due:
            raise NotPayable(order.id, order.state)
        if self._clock.now() >= order.held_until:
            raise HoldExpired(order.id)
        return order


_WORDS = {
    Effect.PAID: "taken: the order is paid",
    Effect.SURPLUS: "taken: a refund is due",
    Effect.ENDED: "taken: the payment has ended",
    Effect.NOTHING: "taken: nothing was left to do",
}


def _signature(headers: Mapping[str, str]) -> str:
    found = [value for name, value in headers.items() if name.lower() == SIGNATURE_HEADER]
    # Two of them are as good as none: which one was checked would be anybody's guess.
    return found[0] if len(found) == 1 else ""
