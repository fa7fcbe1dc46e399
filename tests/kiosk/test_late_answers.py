"""A ledger that does late what it was asked for: it may let in long after everybody gave up."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from kiosk.domain.admission import Reason, Scan, Verdict
from kiosk.domain.chart import AccountCode
from kiosk.domain.orders import Order, OrderState
from kiosk.domain.refunds import NotRefundable
from kiosk.services.backing import Backing
from kiosk.services.reconciliation import Report
from ledger.engine import Ledger, LedgerUnavailable
from ledger.types import Account, CreateAccountResult, CreateTransferResult, Transfer
from tests.kiosk.door_acts import a_tight_event
from tests.kiosk.door_audit import audit_door
from tests.kiosk.doors import SUPERVISOR, let_in, let_out, repeat
from tests.kiosk.world import Terminal, World

pytestmark = pytest.mark.every_store


@dataclass
class LateLedger:
    """Keeps the next transfers it is asked for, and answers nothing, until it delivers them."""

    ledger: Ledger
    is_late: bool = False
    kept: list[tuple[list[Transfer], Sequence[Account]]] = field(default_factory=list)

    @property
    def engine(self) -> str:
        return self.ledger.engine

    async def create_accounts(self, accounts: list[Account]) -> list[CreateAccountResult]:
        return await self.ledger.create_accounts(accounts)

    async def create_transfers(
        self, transfers: list[Transfer], accounts: Sequence[Account] = ()
    ) -> list[CreateTransferResult]:
        if not self.is_late:
            return await self.ledger.create_transfers(transfers, accounts)
        self.kept.append((transfers, accounts))
        raise LedgerUnavailable("no answer in time")

    async def lookup_accounts(self, ids: list[int]) -> list[Account]:
        return await self.ledger.lookup_accounts(ids)

    async def lookup_transfers(self, ids: list[int]) -> list[Transfer]:
        return await self.ledger.lookup_transfers(ids)

    async def deliver(self) -> None:
        """Do what was asked for."""
        self.is_late = False
        for transfers, accounts in self.kept:
            await self.ledger.create_transfers(transfers, accounts)


@dataclass
class Scene:
    """A door whose scan of a ticket got no answer, and another one."""

    late: LateLedger
    north: Terminal
    south: Terminal
    order: Order
    scan: Scan

    @property
    def number(self) -> str:
        """What is typed to scan the ticket."""
        return self.order.claims[0].ticket_number

    @classmethod
    async def open(cls, world: World) -> "Scene":
        wrapped: list[LateLedger] = []

        def wrap(backing: Backing) -> Backing:
            wrapped.append(LateLedger(backing.ledger))
            return replace(backing, ledger=cast("Ledger", wrapped[0]))

        north = await world.open(a_tight_event(limit=2), back=wrap)
        south = await world.open(name="south")
        # Whoever was in once has accepted the Code of Conduct: a scan goes straight on.
        other = (await south.sell()).claims[0].ticket_number
        await let_in(south, other)
        await let_out(south, other)
        order = await south.sell()
        wrapped[0].is_late = True
        scan = Scan(order.claims[0].ticket_number, north.services.admission.new_nonce())
        with pytest.raises(LedgerUnavailable):
            await north.services.admission.scan(scan)
        # A minute later somebody takes it that nothing will come of it.
        assert (await south.services.reconciliation.run_once()).steps == 1
        return cls(wrapped[0], north, south, order, scan)

    async def again(self) -> Verdict:
        """The same scan once more."""
        self.late.is_late = False
        return await repeat(self.north.services.admission, self.scan)

    async def check(self) -> None:
        """One person is inside, and nothing is left to finish."""
        assert await self.south.services.reconciliation.run_once() == Report()
        await audit_door(self.south)
        inside = await self.south.services.admission.counters()
        assert inside.inside == 1


async def test_who_was_let_in_after_all_is_in_for_every_door(world: World) -> None:
    scene = await Scene.open(world)
    await scene.late.deliver()

    assert (await let_in(scene.south, scene.number)).reason is Reason.ALREADY_IN

    said = await scene.again()
    assert (said.reason, said.terminal) == (Reason.ADMITTED, "north")
    await scene.check()


async def test_the_same_scan_finds_what_came_of_it(world: World) -> None:
    scene = await Scene.open(world)
    await scene.late.deliver()
    assert (await scene.again()).reason is Reason.ADMITTED
    await scene.check()


async def test_what_comes_too_late_lets_nobody_in_twice(world: World) -> None:
    scene = await Scene.open(world)
    assert (await let_in(scene.south, scene.number)).reason is Reason.ADMITTED

    await scene.late.deliver()

    said = await scene.again()
    assert (said.reason, said.terminal) == (Reason.ALREADY_IN, "south")
    await scene.check()


async def test_asked_again_before_it_comes_it_lets_in_once(world: World) -> None:
    scene = await Scene.open(world)
    first = await scene.again()
    assert first.reason is Reason.ADMITTED

    await scene.late.deliver()

    assert await scene.again() == first
    await scene.check()
    redeemed = await scene.south.slot_account(AccountCode.REDEEMED)
    assert redeemed.credits_posted - redeemed.debits_posted == 2


async def test_of_a_late_admission_and_a_refund_one_happens(world: World) -> None:
    for is_late in (False, True):
        scene = await Scene.open(world)
        if not is_late:
            await scene.late.deliver()
        refund = scene.south.services.refunds.refund_order(scene.order.id, SUPERVISOR)
        if not is_late:
            with pytest.raises(NotRefundable):
                await refund
            assert (await scene.again()).reason is Reason.ADMITTED
        else:
            assert (await refund).state is OrderState.REFUNDED
            await scene.late.deliver()
            assert (await scene.again()).reason is Reason.REFUNDED
        await audit_door(scene.south)
