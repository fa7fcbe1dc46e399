"""A payment provider in memory, that tests make pay, fail and go away."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.domain.money import Money
from kiosk.domain.providers import (
    EventKind,
    PaymentRequest,
    ProviderEvent,
    ProviderUnavailable,
    UnknownPayment,
)
from kiosk.domain.webhooks import SIGNATURE_HEADER, render, sign
from kiosk.services.payments import Channel
from ledger.ids import new_id
from tests.fakes import FakeClock

SECRET = b"between the provider and us"


@dataclass(frozen=True)
class Webhook:
    """What arrives over HTTP."""

    headers: Mapping[str, str]
    body: bytes


@dataclass
class FakeProvider:
    """Knows the payments it was asked for, and how each ended; its word is final."""

    clock: FakeClock
    requests: dict[str, PaymentRequest] = field(default_factory=dict)
    ended: dict[str, ProviderEvent] = field(default_factory=dict)
    is_away: bool = False
    forgets_requests: bool = False

    @property
    def channel(self) -> Channel:
        """How terminals reach it."""
        return Channel(self, SECRET)

    async def create(self, request: PaymentRequest) -> str:
        self._check()
        if not self.forgets_requests:
            self.requests.setdefault(request.reference, request)
        return f"https://pay.example/{request.reference}"

    async def outcome(self, reference: str) -> ProviderEvent | None:
        self._check()
        if reference not in self.requests:
            raise UnknownPayment(reference)
        if reference not in self.ended and self.clock.now() >= self.requests[reference].expires_at:
            return self.end(reference, EventKind.CANCELLED)
        return self.ended.get(reference)

    async def cancel(self, reference: str) -> ProviderEvent:
        self._check()
        if reference not in self.requests:
            raise UnknownPayment(reference)
        return self.end(reference, EventKind.CANCELLED)

    def end(self, reference: str, kind: EventKind, amount: Money | None = None) -> ProviderEvent:
        """How a payment ended: as it is asked to, unless it had ended already."""
        event = self.event(reference, kind, amount)
        return self.ended.setdefault(reference, event)

    def event(self, reference: str, kind: EventKind, amount: Money | None = None) -> ProviderEvent:
        """An event of a new id about a payment, whatever happened before."""
        amount = amount or self.requests[reference].amount
        return ProviderEvent(f"evt_{new_id():x}", kind, reference, amount, self.clock.now())

    def webhook(self, event: ProviderEvent, secret: bytes = SECRET) -> Webhook:
        """What it sends about an event now."""
        body = render(event)
        timestamp = int(self.clock.now().timestamp())
        return Webhook({SIGNATURE_HEADER.title(): sign(secret, timestamp, body)}, body)

    def _check(self) -> None:
        if self.is_away:
            raise ProviderUnavailable("sandbox", "away")
