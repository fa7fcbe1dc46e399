"""Killed at every step in turn, bought tokens are there once or not at all, as their order says."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from kiosk.domain.errors import SoldOut
from kiosk.domain.orders import Order, OrderState
from kiosk.domain.tokens import Limits
from kiosk.services.reconciliation import Report
from tests.kiosk.bar import Bar, a_bar, a_supervisor
from tests.kiosk.crashes import Crash, Fuse, crashing
from tests.kiosk.factories import ADA, GRACE, a_cashier
from tests.kiosk.world import World

STEPS_MAX = 60
BASKET = {"general": 1, "ten-drinks": 1}
PAID, HELD, EXPIRED = OrderState.PAID, OrderState.HELD, OrderState.EXPIRED
UNFULFILLED, REFUNDED = OrderState.PAID_UNFULFILLED, OrderState.REFUNDED


@dataclass
class Scene:
    """A terminal that may crash, and the order it is about."""

    world: World
    fuse: Fuse
    bar: Bar
    order_id: int

    async def hold(self) -> Order:
        return await self.bar.terminal.services.sales.place(self.order_id, BASKET, ADA)

    async def pay(self) -> Order:
        sales = self.bar.terminal.services.sales
        order = await sales.order(self.order_id)
        return await sales.pay_cash(self.order_id, order.total, a_cashier())

    async def run_out(self) -> Order:
        self.world.clock.advance(minutes=5)
        return await self.bar.terminal.services.sales.expire(self.order_id)

    async def refund(self) -> Order:
        refunds = self.bar.terminal.services.refunds
        order = await self.bar.terminal.services.sales.order(self.order_id)
        if order.state is REFUNDED:
            return order
        return await refunds.refund_order(self.order_id, a_supervisor())

    async def state(self) -> OrderState:
        return (await self.bar.terminal.services.sales.order(self.order_id)).state


Act = Callable[[Scene], Awaitable[object]]


async def hold_and_run_out(scene: Scene) -> None:
    await scene.hold()
    await scene.run_out()


async def lose_the_tokens(scene: Scene) -> None:
    await hold_and_run_out(scene)
    await scene.bar.buy(buyer=GRACE)


async def fill_the_wallet(scene: Scene) -> None:
    await hold_and_run_out(scene)
    await scene.bar.buy()


async def buy(scene: Scene) -> None:
    await scene.hold()
    await scene.pay()


ACTS = [
    pytest.param(Scene.hold, Scene.pay, (HELD, PAID), id="pay"),
    pytest.param(hold_and_run_out, Scene.pay, (EXPIRED, PAID), id="pay late"),
    pytest.param(lose_the_tokens, Scene.pay, (EXPIRED, UNFULFILLED), id="pay too late"),
    pytest.param(fill_the_wallet, Scene.pay, (EXPIRED, UNFULFILLED), id="pay into a full wallet"),
    pytest.param(Scene.hold, Scene.run_out, (EXPIRED, EXPIRED), id="run out"),
    pytest.param(buy, Scene.refund, (PAID, REFUNDED), id="refund"),
]


@pytest.mark.parametrize(("before", "act", "ends"), ACTS)
async def test_a_crash_at_any_step_is_made_good(
    world: World, before: Act, act: Act, ends: tuple[OrderState, OrderState]
) -> None:
    for step in range(STEPS_MAX):
        scene = await set_up(world)
        await before(scene)
        bought = await others_tokens(scene)
        scene.fuse.set(step)
        try:
            await act(scene)
        except Crash:
            scene.fuse.set(None)
            scene.bar = Bar(await world.open())
            await scene.bar.terminal.services.reconciliation.run_once()
            assert await scene.state() in ends
            await check_books(scene, bought)
            # Whoever was interrupted simply asks again.
            await act(scene)
            crashed = True
        else:
            scene.fuse.set(None)
            crashed = False
        assert await scene.state() is ends[1]
        await check_books(scene, bought)
        assert await scene.bar.terminal.services.reconciliation.run_once() == Report()
        await world.close_terminals()
        if not crashed:
            return
    pytest.fail(f"more than {STEPS_MAX} steps")


async def test_a_crash_while_tokens_are_asked_for_leaves_none_on_hold(world: World) -> None:
    for step in range(STEPS_MAX):
        scene = await set_up(world)
        await scene.bar.buy(buyer=GRACE)
        scene.fuse.set(step)
        try:
            with pytest.raises(SoldOut):
                await scene.hold()
        except Crash:
            scene.bar = Bar(await world.open())
            await scene.bar.terminal.services.reconciliation.run_once()
            assert await scene.bar.on_hold() == 0
            assert await scene.bar.check_tokens(ADA, GRACE) == 10
        else:
            return
        await world.close_terminals()
    pytest.fail(f"more than {STEPS_MAX} steps")


async def set_up(world: World) -> Scene:
    """An event of its own with tokens for one pack, and a wallet that takes one."""
    fuse = Fuse()
    event = a_bar(supply=15, limits=Limits(balance_max=10))
    bar = Bar(await world.open(replace(event, hold_seconds=300), back=crashing(fuse)))
    return Scene(world, fuse, bar, bar.terminal.services.sales.new_order_id())


async def others_tokens(scene: Scene) -> int:
    """What was bought by other orders than the one it is about."""
    is_paid = await scene.state() is PAID
    return await scene.bar.check_tokens(ADA, GRACE) - (10 if is_paid else 0)


async def check_books(scene: Scene, others: int) -> None:
    """The tokens of the order are there if it is paid, and its hold is over unless it waits."""
    state = await scene.state()
    assert await scene.bar.check_tokens(ADA, GRACE) == others + (10 if state is PAID else 0)
    assert await scene.bar.on_hold() == (10 if state is HELD else 0)
