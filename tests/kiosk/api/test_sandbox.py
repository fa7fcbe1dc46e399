"""The sandbox keeps each payment, and ends it once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.api.sandbox import KEPT, Sandbox
from kiosk.domain.money import Money
from kiosk.domain.providers import (
    EventKind,
    Provider,
    ProviderUnavailable,
    UnknownPayment,
    reference_of,
)
from tests.fakes import FakeClock
from tests.kiosk.api.doubles import BASE_URL, REFERENCE, Merchant, Wire, a_request, open_sandbox


def test_the_sandbox_is_a_provider(sandbox: Sandbox) -> None:
    provider: Provider = sandbox
    assert provider is sandbox


async def test_asking_for_one_payment_twice_makes_one(sandbox: Sandbox) -> None:
    url = await sandbox.create(a_request())
    assert url == f"{BASE_URL}/pay/{REFERENCE}"
    assert await sandbox.create(a_request()) == url
    payment = await sandbox.find(REFERENCE)
    assert payment.request == a_request()
    assert payment.event is None
    assert payment.seconds_left == 300


async def test_another_amount_under_one_reference_is_our_mistake(sandbox: Sandbox) -> None:
    await sandbox.create(a_request())
    with pytest.raises(AssertionError):
        await sandbox.create(replace(a_request(), amount=Money(1, "USD")))


async def test_the_first_choice_is_the_one_that_counts(sandbox: Sandbox) -> None:
    await sandbox.create(a_request())
    first = await sandbox.decide(REFERENCE, EventKind.SUCCEEDED)
    assert first is not None
    assert (first.kind, first.amount) == (EventKind.SUCCEEDED, Money(800, "USD"))
    for kind in EventKind:
        assert await sandbox.decide(REFERENCE, kind) == first
    assert await sandbox.outcome(REFERENCE) == first


async def test_who_cancels_hears_that_the_buyer_was_faster(sandbox: Sandbox) -> None:
    await sandbox.create(a_request())
    paid = await sandbox.decide(REFERENCE, EventKind.SUCCEEDED)
    assert await sandbox.cancel(REFERENCE) == paid


async def test_after_cancelling_nobody_can_pay(sandbox: Sandbox) -> None:
    await sandbox.create(a_request())
    cancelled = await sandbox.cancel(REFERENCE)
    assert cancelled.kind is EventKind.CANCELLED
    assert await sandbox.cancel(REFERENCE) == cancelled
    assert await sandbox.decide(REFERENCE, EventKind.SUCCEEDED) == cancelled


async def test_two_processes_cannot_both_end_a_payment(
    sandbox: Sandbox, folder: Path, clock: FakeClock, wire: Wire
) -> None:
    other = await open_sandbox(folder, clock, wire)
    await sandbox.create(a_request())
    paid = await other.decide(REFERENCE, EventKind.SUCCEEDED)
    assert await sandbox.cancel(REFERENCE) == paid
    await other.close()


async def test_until_the_last_moment_the_outcome_is_open(
    sandbox: Sandbox, clock: FakeClock
) -> None:
    await sandbox.create(a_request())
    clock.advance(seconds=299.999)
    assert await sandbox.outcome(REFERENCE) is None
    paid = await sandbox.decide(REFERENCE, EventKind.SUCCEEDED)
    assert paid is not None
    assert paid.kind is EventKind.SUCCEEDED


async def test_when_the_time_is_up_nobody_can_pay(sandbox: Sandbox, clock: FakeClock) -> None:
    await sandbox.create(a_request())
    clock.advance(minutes=5)
    assert await sandbox.decide(REFERENCE, EventKind.SUCCEEDED) is None
    told = await sandbox.outcome(REFERENCE)
    assert told is not None
    assert told.kind is EventKind.CANCELLED


async def test_what_was_told_of_a_payment_stays_true_when_the_clock_goes_back(
    sandbox: Sandbox, clock: FakeClock
) -> None:
    await sandbox.create(a_request())
    clock.advance(minutes=5)
    told = await sandbox.outcome(REFERENCE)
    clock.advance(minutes=-3)
    assert await sandbox.decide(REFERENCE, EventKind.SUCCEEDED) == told


@pytest.mark.parametrize("ask", [Sandbox.outcome, Sandbox.cancel, Sandbox.find])
async def test_a_payment_never_asked_for_is_unknown(sandbox: Sandbox, ask: object) -> None:
    assert callable(ask)
    with pytest.raises(UnknownPayment):
        await ask(sandbox, reference_of(b"another payment."))


async def test_a_restart_forgets_nothing(
    folder: Path, clock: FakeClock, merchant: Merchant
) -> None:
    before = await open_sandbox(folder, clock, Wire(merchant))
    later = reference_of(bytes(16))
    await before.create(a_request())
    await before.create(a_request(later, expires_at=clock.now() + timedelta(minutes=9)))
    paid = await before.decide(REFERENCE, EventKind.SUCCEEDED)
    token = before.page_token(later)
    await before.close()

    after = await open_sandbox(folder, clock, Wire(merchant))
    assert await after.outcome(REFERENCE) == paid
    assert await after.outcome(later) is None
    assert (await after.find(later)).seconds_left == 540
    assert after.page_token(later) == token
    await after.close()


async def test_a_file_that_is_none_is_said_to_be_unavailable(
    folder: Path, clock: FakeClock, wire: Wire
) -> None:
    (folder / "sandbox.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(ProviderUnavailable, match="not a database"):
        await open_sandbox(folder, clock, wire)


@pytest.mark.parametrize("kind", EventKind)
async def test_a_payment_that_is_long_over_is_forgotten_at_the_next_start(
    sandbox: Sandbox, folder: Path, clock: FakeClock, wire: Wire, kind: EventKind
) -> None:
    await sandbox.create(a_request())
    await sandbox.decide(REFERENCE, kind)
    await sandbox.sender.deliver_due()
    clock.advance(seconds=KEPT.total_seconds() + 300)
    again = await open_sandbox(folder, clock, wire)
    assert (await again.find(REFERENCE)).event is not None
    await again.close()
    clock.advance(seconds=1)
    again = await open_sandbox(folder, clock, wire)
    with pytest.raises(UnknownPayment):
        await again.find(REFERENCE)
    await again.close()


async def test_a_payment_nobody_made_is_forgotten_and_one_never_told_of_is_not(
    sandbox: Sandbox, folder: Path, clock: FakeClock, wire: Wire
) -> None:
    paid = reference_of(bytes(16))
    await sandbox.create(a_request())
    await sandbox.create(replace(a_request(), reference=paid))
    await sandbox.decide(paid, EventKind.SUCCEEDED)
    clock.advance(seconds=2 * KEPT.total_seconds())
    again = await open_sandbox(folder, clock, wire)
    with pytest.raises(UnknownPayment):
        await again.find(REFERENCE)
    assert (await again.find(paid)).event is not None
    await again.close()
