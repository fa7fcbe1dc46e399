"""A merchant and a network that tests set by hand."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.api.sandbox import Agreement, Sandbox
from kiosk.api.sandbox_sender import Transport
from kiosk.domain.errors import KioskError
from kiosk.domain.money import Money
from kiosk.domain.providers import PaymentLine, PaymentRequest, ProviderEvent, reference_of
from kiosk.domain.webhooks import SIGNATURE_HEADER, Answer, parse, verify
from tests.fakes import FakeClock

SECRET = b"0123456789abcdef0123456789abcdef"
NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
REFERENCE = reference_of(bytes(range(16)))
WEBHOOK_URL = "http://kiosk.test/webhooks/sandbox"
BASE_URL = "http://kiosk.test"


def a_request(
    reference: str = REFERENCE,
    *,
    event_name: str = "GopherFest 2027",
    line_name: str = "General Admission · Regular",
    language: str = "en",
    expires_at: datetime = NOW + timedelta(minutes=5),
) -> PaymentRequest:
    """Two tickets and a workshop."""
    lines = (
        PaymentLine(line_name, 2, Money(800, "USD")),
        PaymentLine("Workshop: Profiling Go", 1, Money(0, "USD")),
    )
    return PaymentRequest(
        reference=reference,
        order_id=7,
        order_number=1042,
        amount=Money(800, "USD"),
        event_name=event_name,
        lines=lines,
        language=language,
        expires_at=expires_at,
    )


@dataclass
class Merchant:
    """Takes webhooks as the kiosk must: verified, and each event once."""

    clock: FakeClock
    events: list[ProviderEvent] = field(default_factory=list)
    posts: int = 0
    status: int = 200
    """What it answers to a good webhook."""
    fault: Exception | None = None
    taken: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, provider: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Verify, note and answer."""
        assert provider == "sandbox"
        self.posts += 1
        if self.fault:
            raise self.fault
        try:
            verify(SECRET, headers.get(SIGNATURE_HEADER, ""), body, self.clock.now())
            event = parse(body)
        except KioskError as fault:
            return Answer(400, str(fault))
        if self.status < 300 and event not in self.events:
            self.events.append(event)
            self.taken.set()
        return Answer(self.status, "noted")


@dataclass
class Wire:
    """Carries webhooks to a merchant in memory, or to nobody."""

    merchant: Merchant
    is_cut: bool = False
    sent_at: list[datetime] = field(default_factory=list)

    async def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Hand over a webhook."""
        assert url == WEBHOOK_URL
        self.sent_at.append(self.merchant.clock.now())
        if self.is_cut:
            raise ConnectionRefusedError("nobody is there")
        return (await self.merchant.receive("sandbox", headers, body)).status


async def open_sandbox(
    folder: Path, clock: FakeClock, transport: Transport, delay_seconds: float = 0
) -> Sandbox:
    """A sandbox that has agreed with the merchant on `SECRET`."""
    agreement = Agreement(SECRET, WEBHOOK_URL, lambda: BASE_URL, delay_seconds)
    return await Sandbox.open(folder / "sandbox.sqlite", agreement, clock, transport)
