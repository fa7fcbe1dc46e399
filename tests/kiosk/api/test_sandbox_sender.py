"""A webhook is sent until it is taken: late, again, after a restart, but not for ever."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kiosk.api.sandbox import Sandbox
from kiosk.api.sandbox_sender import LEASE_SECONDS, retry_seconds
from kiosk.domain.providers import EventKind, reference_of
from tests.fakes import FakeClock
from tests.kiosk.api.doubles import NOW, REFERENCE, Merchant, Wire, a_request, open_sandbox

DAY_SECONDS = 24 * 60 * 60


async def paid(sandbox: Sandbox, reference: str = REFERENCE) -> None:
    """Have a payment succeed."""
    await sandbox.create(a_request(reference))
    assert await sandbox.decide(reference, EventKind.SUCCEEDED)


@asynccontextmanager
async def running(sandbox: Sandbox) -> AsyncIterator[None]:
    """Let the sender run in the background."""
    task = asyncio.create_task(sandbox.sender.run())
    yield
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()


@pytest.mark.parametrize("kind", EventKind)
async def test_every_outcome_is_told_once(
    sandbox: Sandbox, merchant: Merchant, kind: EventKind
) -> None:
    await sandbox.create(a_request())
    assert await sandbox.sender.deliver_due() == 0
    event = await sandbox.decide(REFERENCE, kind)
    assert await sandbox.sender.deliver_due() == 1
    assert await sandbox.sender.deliver_due() == 0
    assert merchant.events == [event]


def test_the_waits_grow_to_ten_minutes() -> None:
    waits = [retry_seconds(attempts) for attempts in range(1, 13)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]
    assert retry_seconds(10_000) == 600


@pytest.mark.parametrize("status", [199, 300, 301, 400, 404, 410, 500, 503])
async def test_what_is_not_taken_is_sent_again_later_and_signed_anew(
    sandbox: Sandbox, merchant: Merchant, clock: FakeClock, wire: Wire, status: int
) -> None:
    merchant.status = status
    await paid(sandbox)
    for _ in range(5):
        assert await sandbox.sender.deliver_due() == 1
        assert await sandbox.sender.deliver_due() == 0
        clock.advance(minutes=6)
    merchant.status = 204
    assert await sandbox.sender.deliver_due() == 1
    assert len(merchant.events) == 1


async def test_tries_come_at_growing_distances(
    sandbox: Sandbox, clock: FakeClock, wire: Wire
) -> None:
    wire.is_cut = True
    await paid(sandbox)
    for _ in range(64):
        await sandbox.sender.deliver_due()
        clock.advance(seconds=1)
    tries = [(at - NOW).total_seconds() for at in wire.sent_at]
    assert tries == [0, 1, 3, 7, 15, 31, 63]


async def test_after_a_day_it_gives_up_and_says_so(
    sandbox: Sandbox, clock: FakeClock, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    wire.is_cut = True
    await paid(sandbox)
    clock.advance(seconds=DAY_SECONDS - 1)
    await sandbox.sender.deliver_due()
    assert "Gave up" not in caplog.text
    clock.advance(seconds=1)
    await sandbox.sender.deliver_due()
    [said] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert f"Gave up the webhook of payment {REFERENCE} after 2 tries" in said.getMessage()
    assert "nobody is there" in said.getMessage()
    clock.advance(days=2)
    wire.is_cut = False
    assert await sandbox.sender.deliver_due() == 0


async def test_what_was_given_up_can_be_sent_again(
    sandbox: Sandbox, clock: FakeClock, wire: Wire, merchant: Merchant
) -> None:
    wire.is_cut = True
    await paid(sandbox)
    clock.advance(days=2)
    await sandbox.sender.deliver_due()
    wire.is_cut = False
    await sandbox.resend(REFERENCE)
    assert await sandbox.sender.deliver_due() == 1
    assert len(merchant.events) == 1


async def test_a_duplicate_is_the_same_event(sandbox: Sandbox, merchant: Merchant) -> None:
    await paid(sandbox)
    await sandbox.sender.deliver_due()
    await sandbox.resend(REFERENCE)
    await sandbox.sender.deliver_due()
    assert (merchant.posts, len(merchant.events)) == (2, 1)


async def test_webhooks_can_be_late_on_purpose(
    folder: Path, clock: FakeClock, wire: Wire, merchant: Merchant
) -> None:
    late = await open_sandbox(folder, clock, wire, delay_seconds=600)
    await paid(late)
    clock.advance(seconds=599)
    assert await late.sender.deliver_due() == 0
    clock.advance(seconds=1)
    assert await late.sender.deliver_due() == 1
    [event] = merchant.events
    assert event.at == NOW
    await late.close()


async def test_a_webhook_not_sent_before_the_end_is_sent_after_the_restart(
    folder: Path, clock: FakeClock, wire: Wire, merchant: Merchant
) -> None:
    before = await open_sandbox(folder, clock, wire)
    await paid(before)
    await before.close()
    assert merchant.posts == 0
    after = await open_sandbox(folder, clock, wire)
    assert await after.sender.deliver_due() == 1
    assert [event.reference for event in merchant.events] == [REFERENCE]
    await after.close()


async def test_a_restart_does_not_wait_for_the_next_try(
    folder: Path, clock: FakeClock, wire: Wire, merchant: Merchant
) -> None:
    wire.is_cut = True
    before = await open_sandbox(folder, clock, wire)
    await paid(before)
    for _ in range(10):
        await before.sender.deliver_due()
        clock.advance(minutes=10)
    await before.sender.deliver_due()
    await before.close()
    wire.is_cut = False

    after = await open_sandbox(folder, clock, wire)
    async with running(after):
        await asyncio.wait_for(merchant.taken.wait(), 10)
    await after.close()


async def test_a_sender_that_waits_hears_of_a_new_outcome_at_once(
    sandbox: Sandbox, merchant: Merchant
) -> None:
    async with running(sandbox):
        await paid(sandbox)
        # Left to itself it looks every 30 seconds.
        await asyncio.wait_for(merchant.taken.wait(), 10)


async def test_two_processes_do_not_send_the_same_webhook(
    sandbox: Sandbox, folder: Path, clock: FakeClock, wire: Wire
) -> None:
    other = await open_sandbox(folder, clock, wire)
    for number in range(40):
        await paid(sandbox, reference_of(bytes([number] * 16)))
    sent = await asyncio.gather(sandbox.sender.deliver_due(), other.sender.deliver_due())
    assert sum(sent) == len(wire.sent_at) == 40
    await other.close()


class Stuck:
    """A network that never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Never return."""
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError


async def test_who_dies_while_sending_is_followed_by_another(
    folder: Path, clock: FakeClock, wire: Wire, merchant: Merchant
) -> None:
    stuck = Stuck()
    dying = await open_sandbox(folder, clock, stuck)
    await paid(dying)
    sending = asyncio.create_task(dying.sender.deliver_due())
    await stuck.asked.wait()
    sending.cancel()
    await asyncio.wait({sending})
    await dying.close()

    heir = await open_sandbox(folder, clock, wire)
    clock.advance(seconds=LEASE_SECONDS - 1)
    assert await heir.sender.deliver_due() == 0
    clock.advance(seconds=1)
    assert await heir.sender.deliver_due() == 1
    assert len(merchant.events) == 1
    await heir.close()


async def test_one_stuck_answer_does_not_lose_a_request_to_send_again(
    folder: Path, clock: FakeClock, merchant: Merchant
) -> None:
    class Slow(Wire):
        async def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
            if not self.sent_at:
                # Somebody asks for the webhook again while it is under way.
                await sandbox.resend(REFERENCE)
            return await super().__call__(url, headers, body)

    sandbox = await open_sandbox(folder, clock, Slow(merchant))
    await paid(sandbox)
    await sandbox.sender.deliver_due()
    assert (merchant.posts, len(merchant.events)) == (2, 1)
    await sandbox.close()
