"""Payment providers, seen from the kiosk: what it asks of each, and what each may answer."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from kiosk.domain.codes import decode, encode
from kiosk.domain.errors import KioskError
from kiosk.domain.money import Money

REFERENCE_BYTES: Final = 16
"""128 random bits: who does not have the reference of a payment cannot guess it."""


class EventKind(StrEnum):
    """How a payment ended; each ends once."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """What a provider says became of a payment. The same `id` twice is the same event twice."""

    id: str
    kind: EventKind
    reference: str
    amount: Money
    at: datetime


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """Tickets or packs of one kind: how many, and what they cost together."""

    name: str
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """One payment that a provider is to collect, with all that its page shows the buyer.

    Stored before the provider is asked, so that asking again is asking for the same payment.
    """

    reference: str
    order_id: int
    order_number: int
    amount: Money
    event_name: str
    lines: tuple[PaymentLine, ...]
    language: str
    """The buyer's, such as `de`."""
    expires_at: datetime
    """From here on nobody can pay any more."""


@dataclass(eq=False)
class UnknownPayment(KioskError):
    """The provider never heard of this payment: asking for it again is safe."""

    reference: str


@dataclass(eq=False)
class ProviderUnavailable(KioskError):
    """The provider did not answer; what became of the request is unknown. Ask again."""

    provider: str
    reason: str


class Provider(Protocol):
    """Somebody who takes money for the kiosk. Every method may raise `ProviderUnavailable`."""

    async def create(self, request: PaymentRequest) -> str:
        """The address where the buyer pays; asking again for one payment makes no second one."""

    async def outcome(self, reference: str) -> ProviderEvent | None:
        """How a payment ended, should its webhook be missing; None while it can still be paid.

        Once the time is up it has ended, as cancelled. Raises `UnknownPayment`.
        """

    async def cancel(self, reference: str) -> ProviderEvent:
        """End a payment that nobody will make any more; one that ended before stays as it ended.

        Whoever cancels must look at the answer: it may say that the buyer was faster and paid.
        Raises `UnknownPayment`.
        """


def reference_of(random: bytes) -> str:
    """The reference that `REFERENCE_BYTES` random bytes make: 26 letters and digits."""
    assert len(random) == REFERENCE_BYTES
    return encode(random)


def is_reference(text: str) -> bool:
    """Whether `reference_of` can have made `text`."""
    data = decode(text)
    return data is not None and len(data) == REFERENCE_BYTES and encode(data) == text
