"""The sandbox's webhooks on their way: signed anew for each try, until somebody takes them."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from kiosk.api.sandbox_file import Delivery, SandboxFile
from kiosk.clock import Clock
from kiosk.domain.providers import ProviderUnavailable
from kiosk.domain.webhooks import SIGNATURE_HEADER, sign

TRY_FOR_SECONDS: Final = 24 * 60 * 60
RETRY_SECONDS_MAX: Final = 600
LEASE_SECONDS: Final = 30
"""Longer than a try may take: who was sending and died is followed by somebody else."""
BATCH: Final = 16
LOOK_SECONDS: Final = 30.0
"""How often to look for what another process left behind."""

logger = logging.getLogger(__name__)


class Transport(Protocol):
    """Posts a body to an address."""

    async def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer; raises `OSError` if there was none."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where webhooks go, and the secret they are signed with."""

    url: str
    secret: bytes


def retry_seconds(attempts: int) -> int:
    """How long to wait after so many tries: 1, 2, 4, … seconds, at most ten minutes."""
    return int(min(2 ** min(attempts - 1, 30), RETRY_SECONDS_MAX))


class Sender:
    """Delivers webhooks from the sandbox's file, at least once each."""

    def __init__(
        self, file: SandboxFile, destination: Destination, clock: Clock, transport: Transport
    ) -> None:
        self._file = file
        self._destination = destination
        self._clock = clock
        self._transport = transport
        self._awake = asyncio.Event()

    async def run(self) -> None:
        """Deliver until cancelled, beginning with what the last run left."""
        with suppress(ProviderUnavailable):
            await self._file.hasten(self._now())
        while True:
            try:
                await self.deliver_due()
                seconds = await self._seconds_to_next()
            except ProviderUnavailable as fault:
                logger.warning("The sandbox's file did not answer: %s", fault.reason)
                seconds = LOOK_SECONDS
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._awake.wait()

    def wake(self) -> None:
        """Say that something is due."""
        self._awake.set()

    async def deliver_due(self) -> int:
        """Try once whatever is due; how many that were."""
        self._awake.clear()
        tried = 0
        while batch := await self._file.claim(self._now(), self._now() + LEASE_SECONDS, BATCH):
            await asyncio.gather(*map(self._try, batch))
            tried += len(batch)
        return tried

    async def _try(self, delivery: Delivery) -> None:
        answer = await self._send(delivery.body)
        if answer.isdecimal() and 200 <= int(answer) < 300:
            await self._file.end(delivery, "delivered")
        elif self._now() - delivery.decided_at >= TRY_FOR_SECONDS:
            logger.error(
                "Gave up the webhook of payment %s after %d tries in 24 hours; the last answer: %s",
                delivery.reference,
                delivery.attempts,
                answer,
            )
            await self._file.end(delivery, "given up")
        else:
            wait = retry_seconds(delivery.attempts)
            logger.warning(
                "The webhook of payment %s was not taken (%s); try %d follows in %d s",
                delivery.reference,
                answer,
                delivery.attempts + 1,
                wait,
            )
            await self._file.retry(delivery, self._now() + wait)

    async def _send(self, body: bytes) -> str:
        signature = sign(self._destination.secret, int(self._now()), body)
        headers = {"Content-Type": "application/json", SIGNATURE_HEADER: signature}
        try:
            return str(await self._transport(self._destination.url, headers, body))
        except OSError as fault:
            return str(fault) or type(fault).__name__

    async def _seconds_to_next(self) -> float:
        due_at = await self._file.next_due()
        return LOOK_SECONDS if due_at is None else min(max(due_at - self._now(), 0), LOOK_SECONDS)

    def _now(self) -> float:
        return self._clock.now().timestamp()
