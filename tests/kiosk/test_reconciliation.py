"""What nobody finished is finished, once, and a contradiction stops nothing else."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from kiosk.domain import chart_places
from kiosk.domain.chart import TransferCode
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.orders import OrderState
from kiosk.services.backing import Backing
from kiosk.services.reconciliation import Reconciliation, Report
from ledger.engine import Ledger, LedgerUnavailable
from ledger.types import Account, CreateTransferResult, Transfer
from tests.kiosk.crashes import CrashingLedger, Fuse
from tests.kiosk.factories import a_slot, an_event
from tests.kiosk.world import World


async def test_forgotten_holds_run_out(world: World) -> None:
    terminal = await world.open()
    forgotten = [await terminal.hold() for _ in range(3)]
    world.clock.advance(minutes=4)
    recent = await terminal.hold()
    world.clock.advance(minutes=1)

    reports = [await terminal.services.reconciliation.run_once() for _ in range(2)]

    assert reports == [Report(orders=3, expired=3), Report()]
    sales = terminal.services.sales
    assert {(await sales.order(one.id)).state for one in forgotten} == {OrderState.EXPIRED}
    assert (await sales.order(recent.id)).state is OrderState.HELD
    [offer] = await terminal.services.catalog.offers()
    assert (offer.left, offer.on_hold) == (9, 1)


async def test_several_terminals_may_reconcile_at_once(world: World) -> None:
    terminals = [await world.open(name=name) for name in ("north", "south")]
    for _ in range(5):
        await terminals[0].hold()
    world.clock.advance(minutes=5)

    await asyncio.gather(*(one.services.reconciliation.run_once() for one in terminals))

    [offer] = await terminals[0].services.catalog.offers()
    assert (offer.left, offer.on_hold) == (10, 0)


async def test_a_contradiction_is_reported_and_the_rest_goes_on(embedded: World) -> None:
    terminal = await embedded.open(an_event(a_slot(capacity=10)))
    poisoned, healthy = await terminal.hold(), await terminal.hold()
    # Somebody else's transfer under the id of our release: it can never be what we mean.
    [release] = chart_places.release(poisoned)
    event = terminal.services.catalog.event
    stray = chart_places.change_capacity(event, event.resources[0], transfer_id=release.id, by=1)
    await terminal.backing.ledger.create_transfers([stray])
    embedded.clock.advance(minutes=5)

    report = await terminal.services.reconciliation.run_once()

    assert report.orders == 1
    assert len(report.contradictions) == 1
    assert f"order {poisoned.number}" in report.contradictions[0]
    assert (await terminal.services.sales.order(healthy.id)).state is OrderState.EXPIRED
    with pytest.raises(LedgerContradicts):
        await terminal.services.sales.expire(poisoned.id)
    assert stray.code == TransferCode.FUND


class RestingLedger(CrashingLedger):
    """A ledger that is away until it is told to come back."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger, Fuse())
        self.away = False
        self.asked = asyncio.Event()

    async def create_transfers(
        self, transfers: list[Transfer], accounts: Sequence[Account] = ()
    ) -> list[CreateTransferResult]:
        self.asked.set()
        if self.away:
            raise LedgerUnavailable("away")
        return await super().create_transfers(transfers, accounts)

    async def lookup_accounts(self, ids: list[int]) -> list[Account]:
        return await super().lookup_accounts(ids)


@dataclass
class Rest:
    """Wraps the ledger of one terminal."""

    ledger: RestingLedger | None = None

    def __call__(self, backing: Backing) -> Backing:
        self.ledger = RestingLedger(backing.ledger)
        return replace(backing, ledger=self.ledger)  # type: ignore[arg-type]  # what is used of it


async def test_it_waits_for_a_ledger_that_is_away_and_goes_on(embedded: World) -> None:
    rest = Rest()
    terminal = await embedded.open(back=rest)
    order = await terminal.hold()
    embedded.clock.advance(minutes=5)
    assert rest.ledger is not None
    rest.ledger.away = True
    rest.ledger.asked.clear()

    running = asyncio.create_task(terminal.services.reconciliation.run_forever(every_seconds=0))
    await rest.ledger.asked.wait()
    assert (await terminal.services.sales.order(order.id)).settled is False
    rest.ledger.away = False
    async with asyncio.timeout(10):
        while not (await terminal.services.sales.order(order.id)).settled:
            await asyncio.sleep(0)

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await terminal.services.sales.order(order.id)).state is OrderState.EXPIRED


class Stumbling(Reconciliation):
    """Stumbles once."""

    def __init__(self) -> None:
        self.runs = 0
        self.went_on = asyncio.Event()

    async def run_once(self) -> Report:
        self.runs += 1
        if self.runs == 1:
            raise KeyError("ours")
        self.went_on.set()
        return Report()


async def test_what_breaks_a_run_off_is_logged_and_the_next_one_comes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stumbling = Stumbling()
    running = asyncio.create_task(stumbling.run_forever(every_seconds=0))
    async with asyncio.timeout(10):
        await stumbling.went_on.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert "reconciliation broke off" in caplog.text
