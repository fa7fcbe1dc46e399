"""A payment provider to try everything with: its page offers Pay, Fail and Cancel.

It behaves as a real one would: the kiosk reaches it only through the `Provider` protocol, and it
reaches the kiosk only by a signed webhook. No money moves.
"""

import hmac
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, Self

from kiosk.api.addresses import Listener
from kiosk.api.sandbox_file import SandboxFile
from kiosk.api.sandbox_sender import Destination, Sender, Transport
from kiosk.api.transport import post
from kiosk.clock import Clock
from kiosk.domain.codes import encode
from kiosk.domain.providers import (
    EventKind,
    PaymentRequest,
    ProviderEvent,
    ProviderUnavailable,
    UnknownPayment,
)

NAME: Final = "sandbox"
KEPT: Final = timedelta(days=30)
"""How long a payment that is over is remembered."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a merchant and the sandbox have agreed on."""

    secret: bytes
    """Signs the webhooks."""
    webhook_url: str
    base_url: Callable[[], str]
    """Where the pay pages are found just now."""
    webhook_delay_seconds: float = 0
    """How late to be on purpose."""

    @classmethod
    def at(cls, listener: Listener, secret: bytes) -> Self:
        """Pay pages on `listener`, and webhooks to it: merchant and sandbox in one process."""
        # By the local address: the public one may lead through a proxy, or to another machine.
        webhook_url = f"{listener.local_url}/webhooks/{NAME}"
        return cls(secret, webhook_url, lambda: listener.base_url)


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as its page shows it."""

    request: PaymentRequest
    event: ProviderEvent | None
    """How it ended."""
    now: datetime

    @property
    def seconds_left(self) -> float:
        """Until nobody can pay any more; 0 when it has ended."""
        if self.event is not None:
            return 0
        return max((self.request.expires_at - self.now).total_seconds(), 0)


class Sandbox:
    """The provider `sandbox`. Its `sender` must run for its webhooks to leave."""

    def __init__(
        self, file: SandboxFile, agreement: Agreement, clock: Clock, transport: Transport = post
    ) -> None:
        self._file = file
        self._agreement = agreement
        self._clock = clock
        destination = Destination(agreement.webhook_url, agreement.secret)
        self.sender = Sender(file, destination, clock, transport)

    @classmethod
    async def open(
        cls, file: Path, agreement: Agreement, clock: Clock, transport: Transport = post
    ) -> Self:
        """Open the sandbox, less what is long over; raises `ProviderUnavailable`."""
        opened = await SandboxFile.open(file)
        # Forgetting is in no hurry: the next start does it as well.
        with suppress(ProviderUnavailable):
            await opened.prune(clock.now() - KEPT)
        return cls(opened, agreement, clock, transport)

    async def close(self) -> None:
        """Close the file; webhooks that are still to be sent wait in it."""
        await self._file.close()

    async def create(self, request: PaymentRequest) -> str:
        """The address of the pay page."""
        stored = await self._file.add(request)
        assert (stored.order_id, stored.amount) == (request.order_id, request.amount)
        return f"{self._agreement.base_url()}/pay/{request.reference}"

    async def outcome(self, reference: str) -> ProviderEvent | None:
        """How a payment ended; None while it can still be paid."""
        payment = await self.find(reference)
        if payment.event is None and not payment.seconds_left:
            # Decided for good before it is told, so that no later click can contradict it.
            return await self._end(payment, EventKind.CANCELLED)
        return payment.event

    async def cancel(self, reference: str) -> ProviderEvent:
        """End a payment that nobody will make any more; the end that counts."""
        payment = await self.find(reference)
        return payment.event or await self._end(payment, EventKind.CANCELLED)

    async def decide(self, reference: str, kind: EventKind) -> ProviderEvent | None:
        """What the buyer chose on the page: the end that counts, or None when it came too late."""
        payment = await self.find(reference)
        if payment.event is not None or not payment.seconds_left:
            return payment.event
        return await self._end(payment, kind)

    async def find(self, reference: str) -> Payment:
        """A payment as it is now; raises `UnknownPayment`."""
        request = await self._file.request(reference)
        if request is None:
            raise UnknownPayment(reference)
        return Payment(request, await self._file.event(reference), self._clock.now())

    async def resend(self, reference: str) -> None:
        """Send the webhook of a payment that ended once more, as providers do on request."""
        await self._file.resend(reference, self._clock.now().timestamp())
        self.sender.wake()

    def page_token(self, reference: str) -> str:
        """What only the pay page of `reference` sends: a form elsewhere cannot know it."""
        # No signed webhook body begins like this: what is signed there begins with a number.
        return hmac.new(self._agreement.secret, b"page:" + reference.encode(), sha256).hexdigest()

    async def _end(self, payment: Payment, kind: EventKind) -> ProviderEvent:
        event = ProviderEvent(
            id=f"evt_{encode(secrets.token_bytes(16))}",
            kind=kind,
            reference=payment.request.reference,
            amount=payment.request.amount,
            at=payment.now,
        )
        now = payment.now.timestamp()
        due_at = now + self._agreement.webhook_delay_seconds
        decided = await self._file.decide(event, now, due_at)
        self.sender.wake()
        return decided
