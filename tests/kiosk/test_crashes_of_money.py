"""Killed at every step in turn, what moves money still reaches its right end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from kiosk.domain.chart import BANK
from kiosk.domain.errors import NotCancellable
from kiosk.domain.events import Discount, Role
from kiosk.domain.money import Money
from kiosk.domain.orders import Order, OrderState
from kiosk.domain.providers import ProviderEvent
from kiosk.services.reconciliation import Report
from ledger.ids import new_id
from tests.kiosk.audit import audit
from tests.kiosk.crashes import Crash, Fuse, crashing
from tests.kiosk.factories import a_cashier, a_slot, usd
from tests.kiosk.shop import (
    CANCELLED,
    HELD,
    PAID,
    REFUNDED,
    SANDBOX,
    SUCCEEDED,
    UNFULFILLED,
    Shop,
    an_online_event,
)
from tests.kiosk.world import World

STEPS_MAX = 60
ONCE = Discount("ONCE", amount=usd(150), uses_max=1)
BOSS = a_cashier("Sam", role=Role.ORGANISER)


@dataclass
class Scene:
    """A terminal that may crash, the provider it reaches, and the order it is about."""

    shop: Shop
    fuse: Fuse
    held: Order
    reference: str = ""
    happened: ProviderEvent | None = None
    money_id: int = field(default_factory=new_id)

    async def ask(self) -> None:
        self.reference = (await self.shop.ask(self.held)).request.reference

    async def buyer_pays(self) -> None:
        """At the provider; nobody here knows."""
        await self.ask()
        self.happened = self.shop.end(self.reference)

    async def hear(self) -> None:
        assert self.happened is not None
        await self.shop.hear(self.happened)

    async def time_out(self) -> None:
        self.shop.provider.is_away = True
        await self.shop.time_out(self.held)
        self.shop.provider.is_away = False

    async def pay_cash(self) -> None:
        due = (await self.shop.order(self.held)).due
        await self.shop.services.sales.pay_cash(self.held.id, due, a_cashier())

    async def discount(self) -> None:
        await self.shop.services.sales.apply_discount(self.held.id, "ONCE")


Act = Callable[[Scene], Awaitable[None]]


async def nothing(scene: Scene) -> None:
    pass


async def paid_late(scene: Scene) -> None:
    await scene.buyer_pays()
    await scene.time_out()


async def paid_too_late(scene: Scene) -> None:
    await paid_late(scene)
    await scene.shop.terminal.sell()


async def unfulfilled(scene: Scene) -> None:
    await paid_too_late(scene)
    await scene.hear()


async def paid_twice(scene: Scene) -> None:
    await scene.ask()
    await scene.pay_cash()
    scene.happened = scene.shop.provider.event(scene.reference, SUCCEEDED, Money(400, "USD"))
    scene.shop.provider.ended[scene.reference] = scene.happened


async def pay_discounted(scene: Scene) -> None:
    await scene.discount()
    await scene.pay_cash()


async def undo_discount(scene: Scene) -> None:
    await scene.shop.services.sales.remove_discount(scene.held.id)


async def give_up(scene: Scene) -> None:
    await scene.shop.services.sales.cancel(scene.held.id)


async def try_to_give_up(scene: Scene) -> None:
    with pytest.raises(NotCancellable):
        await give_up(scene)


async def refund(scene: Scene) -> None:
    await scene.shop.services.refunds.refund_order(scene.held.id, BOSS)


async def pay_out(scene: Scene) -> None:
    for due in await scene.shop.services.refunds.due():
        await scene.shop.services.refunds.pay_out(due.refund.id, BOSS)


async def invoice(scene: Scene) -> None:
    await scene.shop.services.sales.pay_by_invoice(scene.held.id, BOSS)


async def invoice_discounted(scene: Scene) -> None:
    await scene.discount()
    await invoice(scene)


async def settle(scene: Scene) -> None:
    money = (usd(100), BANK, "bank")
    await scene.shop.services.invoices.settle(scene.held.id, scene.money_id, money, BOSS)


async def invoice_and_settle(scene: Scene) -> None:
    await invoice_discounted(scene)
    await settle(scene)


ACTS = [
    # before, the act, where reconciliation alone may bring the order, where the act brings it
    pytest.param(nothing, Scene.ask, {HELD}, HELD, id="ask"),
    pytest.param(Scene.buyer_pays, Scene.hear, {PAID}, PAID, id="hear"),
    pytest.param(paid_late, Scene.hear, {PAID}, PAID, id="hear late"),
    pytest.param(paid_too_late, Scene.hear, {UNFULFILLED}, UNFULFILLED, id="hear too late"),
    pytest.param(paid_twice, Scene.hear, {PAID}, PAID, id="hear of a second payment"),
    pytest.param(Scene.ask, Scene.pay_cash, {HELD, PAID}, PAID, id="pay cash instead"),
    pytest.param(Scene.ask, give_up, {HELD, CANCELLED}, CANCELLED, id="give up"),
    pytest.param(Scene.buyer_pays, try_to_give_up, {PAID}, PAID, id="give up too late"),
    pytest.param(nothing, Scene.discount, {HELD}, HELD, id="discount"),
    pytest.param(Scene.discount, undo_discount, {HELD}, HELD, id="take a discount back"),
    pytest.param(Scene.discount, Scene.pay_cash, {HELD, PAID}, PAID, id="pay a discounted price"),
    pytest.param(Scene.discount, Scene.ask, {HELD}, HELD, id="ask for a discounted price"),
    pytest.param(Scene.pay_cash, refund, {PAID, REFUNDED}, REFUNDED, id="refund"),
    pytest.param(pay_discounted, refund, {PAID, REFUNDED}, REFUNDED, id="refund a discounted one"),
    pytest.param(unfulfilled, pay_out, {UNFULFILLED, REFUNDED}, REFUNDED, id="pay out"),
    pytest.param(Scene.discount, invoice, {HELD, PAID}, PAID, id="invoice"),
    pytest.param(invoice_discounted, settle, {PAID}, PAID, id="settle"),
    pytest.param(invoice_and_settle, refund, {PAID, REFUNDED}, REFUNDED, id="refund an invoice"),
]


@pytest.mark.parametrize(("before", "act", "ends", "end"), ACTS)
async def test_a_crash_at_any_step_of_moving_money_is_made_good(
    world: World, before: Act, act: Act, ends: set[OrderState], end: OrderState
) -> None:
    for step in range(STEPS_MAX):
        scene = await set_up(world)
        await before(scene)
        crashed = await crashes(scene.fuse, step, act(scene))
        if crashed:
            scene.shop.terminal = await world.open()
            report = await scene.shop.services.reconciliation.run_once()
            assert report.contradictions == ()
            assert await scene.shop.state(scene.held) in ends
            await audit(scene.shop.terminal)
            # Whoever was interrupted simply asks again.
            await act(scene)
        assert await scene.shop.state(scene.held) is end
        assert (await scene.shop.services.reconciliation.run_once()).contradictions == ()
        await audit(scene.shop.terminal)
        assert await scene.shop.services.reconciliation.run_once() == Report()
        await world.close_terminals()
        if not crashed:
            assert step > 0
            return
    pytest.fail(f"more than {STEPS_MAX} steps")


async def crashes(fuse: Fuse, step: int, act: Awaitable[object]) -> bool:
    """Whether the fuse burns before `act` has ended."""
    fuse.set(step)
    try:
        await act
    except Crash:
        return True
    finally:
        fuse.set(None)
    return False


async def set_up(world: World) -> Scene:
    """An event of its own with one place, and somebody who holds it."""
    fuse = Fuse()
    event = an_online_event(a_slot(capacity=1), discounts=(ONCE,))
    shop = await Shop.open(world, event, crashing(fuse))
    assert world.channels[SANDBOX] == shop.provider.channel
    return Scene(shop, fuse, await shop.terminal.hold())
