"""Payments at a provider: asked for, and how each ended. Transitions are pure."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from kiosk.domain.errors import KioskError
from kiosk.domain.events import Event
from kiosk.domain.money import Money, zero
from kiosk.domain.orders import Method, Order, OrderState, Payment
from kiosk.domain.providers import EventKind, PaymentLine, PaymentRequest, ProviderEvent


class PaymentState(StrEnum):
    """Where a payment at a provider is."""

    OPEN = "open"
    """The buyer may pay; of each order one payment at most is open."""
    WITHDRAWN = "withdrawn"
    """The buyer pays another way or not at all; the provider is to know."""
    PAID = "paid"
    """Its money is what the order is sold for, or was to be sold for."""
    SURPLUS = "surplus"
    """Its money buys nothing: a refund is due."""
    FAILED = "failed"
    CANCELLED = "cancelled"


class Effect(StrEnum):
    """What a provider's event did; stored with it once the ledger has done it."""

    PAID = "paid"
    SURPLUS = "surplus"
    ENDED = "ended"
    NOTHING = "nothing"
    """The payment had ended before: in money, or in the same way."""


@dataclass(eq=False)
class EventContradicts(KioskError):
    """A signed event that cannot be true: nothing is done, people must look."""

    why: str

    def __str__(self) -> str:
        return self.why


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """One payment that a provider is to collect, stored before the provider is asked.

    `settled` is False as long as the provider or the ledger must still be asked about it.
    """

    id: int
    order_id: int
    provider: str
    reference: str
    amount: Money
    language: str
    opened_at: datetime
    expires_at: datetime
    state: PaymentState = PaymentState.OPEN
    settled: bool = False
    received: Money | None = None
    """What came in, once something did."""

    @property
    def is_waiting(self) -> bool:
        """Whether the provider has not said how it ended."""
        return self.state in (PaymentState.OPEN, PaymentState.WITHDRAWN)

    @property
    def has_money(self) -> bool:
        """Whether money came in."""
        return self.state in (PaymentState.PAID, PaymentState.SURPLUS)

    def withdraw(self) -> Self:
        """The buyer will not pay it; what has ended stays as it ended."""
        if self.state is not PaymentState.OPEN:
            return self
        return replace(self, state=PaymentState.WITHDRAWN)

    def ended(self, kind: EventKind) -> Self:
        """The provider has no money for us. Money that came nevertheless counts more."""
        assert kind is not EventKind.SUCCEEDED
        if not self.is_waiting:
            return self
        failed = kind is EventKind.FAILED
        state = PaymentState.FAILED if failed else PaymentState.CANCELLED
        return replace(self, state=state, settled=True)

    def pays(self, order: Order, received: Money) -> bool:
        """Whether `received` buys the order, if there are places: else it is a refund due."""
        waiting = order.state in (OrderState.HELD, OrderState.EXPIRED) and order.payment is None
        return waiting and received == self.amount == order.due

    def succeeded(self, received: Money, *, pays: bool) -> Self:
        """Money came in: for the order, or for nothing. Once; the order goes its own way then."""
        if self.has_money:
            return self
        state = PaymentState.PAID if pays else PaymentState.SURPLUS
        return replace(self, state=state, settled=pays, received=received)

    def booked(self) -> Self:
        """The ledger has the money of a surplus."""
        return replace(self, settled=True)

    def payment(self, at: datetime) -> Payment:
        """What to book, of the money that came in at `at`."""
        assert self.received is not None
        return Payment(
            id=self.id,
            method=Method.PROVIDER,
            amount=self.received,
            tendered=self.received,
            taken_by="",
            taken_at=at,
            provider=self.provider,
            reference=self.reference,
        )


def request_of(event: Event, order: Order, payment: ProviderPayment) -> PaymentRequest:
    """What the provider is asked for, with all that its page shows the buyer."""
    prices = defaultdict[str, list[Money]](list)
    for claim in order.claims:
        prices[claim.slot_key].append(claim.price)
    lines = [
        PaymentLine(event.slot(key).title, len(of_slot), sum(of_slot, zero(event.currency)))
        for key, of_slot in prices.items()
    ]
    lines += [PaymentLine(event.sold(one.key).title, one.count, one.total) for one in order.packs]
    return PaymentRequest(
        reference=payment.reference,
        order_id=order.id,
        order_number=order.number,
        amount=payment.amount,
        event_name=event.name,
        lines=tuple(lines),
        language=payment.language,
        expires_at=payment.expires_at,
    )


def check_possible(
    payment: ProviderPayment, event: ProviderEvent, before: ProviderEvent | None
) -> None:
    """Raise `EventContradicts` if `event` cannot be about `payment`, or `before` had its id."""
    if event.amount.currency != payment.amount.currency:
        raise EventContradicts(
            f"expected an amount in {payment.amount.currency}, not {event.amount.currency}"
        )
    if before is None:
        return
    if (event.kind, event.reference, event.amount) != (
        before.kind,
        before.reference,
        before.amount,
    ):
        raise EventContradicts("another event had this id before")
