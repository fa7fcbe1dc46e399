"""Many at once: the ledger decides, and exactly one wins."""

import asyncio
from collections import Counter

import pytest

from kiosk.domain.admission import Reason, Scan, Verdict
from kiosk.domain.chart import AccountCode
from kiosk.domain.errors import NotCancellable, NotPayable, SoldOut
from kiosk.domain.orders import OrderState
from tests.kiosk.factories import ADA, a_cashier, a_slot, an_event, usd
from tests.kiosk.world import Terminal, World

pytestmark = pytest.mark.every_store

BUYERS = 40


async def test_of_many_buyers_of_the_last_place_one_gets_it(world: World) -> None:
    terminals = [await world.open(an_event(a_slot(capacity=1)))]
    terminals.append(await world.open(name="south"))

    async def buy(terminal: Terminal) -> str:
        try:
            return (await terminal.sell()).state
        except SoldOut:
            return "sold out"

    ends = Counter(await asyncio.gather(*(buy(terminals[at % 2]) for at in range(BUYERS))))

    assert ends == {OrderState.PAID: 1, "sold out": BUYERS - 1}
    assert await terminals[0].takings() == (400, 400)


async def test_presses_at_once_on_two_terminals_pay_once(world: World) -> None:
    north, south = await world.open(), await world.open(name="south")
    order = await north.hold()

    paid = await asyncio.gather(
        *(
            terminal.services.sales.pay_cash(order.id, usd(500), a_cashier())
            for terminal in (north, south, north, south)
        )
    )

    assert {one.state for one in paid} == {OrderState.PAID}
    assert len({one.payment for one in paid}) == 1
    assert await north.takings() == (400, 400)


async def test_the_same_order_placed_many_times_at_once_holds_one_place(world: World) -> None:
    north, south = await world.open(), await world.open(name="south")
    order_id = north.services.sales.new_order_id()

    placed = await asyncio.gather(
        *(
            terminal.services.sales.place(order_id, "general", ADA)
            for terminal in (north, south, north, south)
        )
    )

    assert {one.state for one in placed} == {OrderState.HELD}
    assert (await north.slot_account(AccountCode.BUDGET)).debits_pending == 1


async def test_paying_and_giving_back_at_once_does_one_of_them(world: World) -> None:
    north, south = await world.open(), await world.open(name="south")
    order = await north.hold()

    paid, cancelled = await asyncio.gather(
        north.services.sales.pay_cash(order.id, usd(400), a_cashier()),
        south.services.sales.cancel(order.id),
        return_exceptions=True,
    )

    spent = (await north.slot_account(AccountCode.SPENT)).credits_posted
    state = (await north.services.sales.order(order.id)).state
    if state is OrderState.PAID:
        assert isinstance(cancelled, NotCancellable)
        assert (spent, await north.takings()) == (1, (400, 400))
    else:
        assert state is OrderState.CANCELLED
        assert isinstance(paid, NotPayable)
        assert (spent, await north.takings()) == (0, (0, 0))


async def test_of_two_doors_in_the_same_instant_one_admits(world: World) -> None:
    doors = [await world.open(name="north"), await world.open(name="south")]
    await doors[0].admit((await doors[0].sell()).claims[0].ticket_number)
    for _ in range(9):
        number = (await doors[0].sell()).claims[0].ticket_number

        said = await asyncio.gather(
            *(door.services.admission.scan(Scan(number, at)) for at, door in enumerate(doors, 1))
        )

        verdicts = [one for one in said if isinstance(one, Verdict)]
        green, amber = sorted(verdicts, key=lambda one: one.reason)
        assert (green.reason, amber.reason) == (Reason.ADMITTED, Reason.ALREADY_IN)
        assert (amber.at, amber.terminal) == (green.at, green.terminal)
    assert (await doors[0].slot_account(AccountCode.REDEEMED)).credits_posted == 10
