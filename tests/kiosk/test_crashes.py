"""Killed at every step in turn, a sale or an admission still reaches its right end."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import pytest
from sqlmodel import Session, col, select

from kiosk.domain.admission import NeedsConduct, Reason, Scan
from kiosk.domain.chart import AccountCode, customer_account_id
from kiosk.domain.errors import SoldOut, UnknownOrder
from kiosk.domain.events import Goodie, Pool, ResourceKind
from kiosk.domain.goodies import GoodieState
from kiosk.domain.orders import Order, OrderState
from kiosk.services.reconciliation import Report
from kiosk.store import orders
from kiosk.store.tables import ClaimRow, OrderRow, StepOutcome, StepRow
from tests.kiosk.crashes import Crash, Fuse, crashing
from tests.kiosk.factories import ADA, a_cashier, a_slot, an_event, usd
from tests.kiosk.world import Terminal, World

STEPS_MAX = 60
IN_ALREADY = {Reason.ALREADY_IN}


@dataclass
class Scene:
    """One terminal that may crash, an event with one place, and the order it is about."""

    world: World
    fuse: Fuse
    doomed: Terminal
    order_id: int

    async def buyer(self) -> Order:
        return await self.doomed.services.sales.place(self.order_id, "general", ADA)

    async def cashier(self) -> Order:
        sales = self.doomed.services.sales
        return await sales.pay_cash(self.order_id, usd(500), a_cashier())

    async def rival(self) -> None:
        """Somebody else buys the last place."""
        await self.doomed.sell()

    async def time_out(self) -> None:
        self.world.clock.advance(minutes=5)
        await self.doomed.services.sales.expire(self.order_id)


async def nothing(scene: Scene) -> object:
    return None


async def hold(scene: Scene) -> object:
    return await scene.buyer()


async def hold_of_a_rivals_place(scene: Scene) -> object:
    with pytest.raises(SoldOut):
        await scene.buyer()
    return None


async def hold_and_run_out(scene: Scene) -> object:
    await scene.buyer()
    await scene.time_out()
    return None


async def lose_the_place(scene: Scene) -> object:
    await hold_and_run_out(scene)
    await scene.rival()
    return None


async def pay(scene: Scene) -> object:
    return await scene.cashier()


async def cancel(scene: Scene) -> object:
    return await scene.doomed.services.sales.cancel(scene.order_id)


async def rival(scene: Scene) -> object:
    await scene.rival()
    return None


Act = Callable[[Scene], Awaitable[object]]
PAID, HELD, EXPIRED = OrderState.PAID, OrderState.HELD, OrderState.EXPIRED

ACTS = [
    pytest.param(nothing, hold, {None, HELD}, HELD, id="hold"),
    pytest.param(
        rival,
        hold_of_a_rivals_place,
        {None, OrderState.SOLD_OUT},
        OrderState.SOLD_OUT,
        id="sold out",
    ),
    pytest.param(hold, pay, {HELD, PAID}, PAID, id="pay"),
    pytest.param(hold_and_run_out, pay, {EXPIRED, PAID}, PAID, id="pay late"),
    pytest.param(
        lose_the_place,
        pay,
        {EXPIRED, OrderState.PAID_UNFULFILLED},
        OrderState.PAID_UNFULFILLED,
        id="pay too late",
    ),
    pytest.param(hold, cancel, {HELD, OrderState.CANCELLED}, OrderState.CANCELLED, id="cancel"),
    pytest.param(hold, Scene.time_out, {EXPIRED}, EXPIRED, id="run out"),
]


@pytest.mark.parametrize(("before", "act", "ends", "end"), ACTS)
async def test_a_crash_at_any_step_of_a_sale_is_made_good(
    world: World, before: Act, act: Act, ends: set[OrderState | None], end: OrderState
) -> None:
    for step in range(STEPS_MAX):
        scene = await set_up(world, before)
        crashed = await crashes(scene.fuse, step, act(scene))
        if crashed:
            scene.doomed = await world.open()
            await scene.doomed.services.reconciliation.run_once()
            assert await state_of(scene) in ends
            await check_books(scene.doomed)
            # Whoever was interrupted simply asks again.
            await act(scene)
        assert await state_of(scene) is end
        await check_books(scene.doomed)
        assert await scene.doomed.services.reconciliation.run_once() == Report()
        await world.close_terminals()
        if not crashed:
            assert step > 0
            return
    pytest.fail(f"more than {STEPS_MAX} steps")


async def test_a_crash_at_any_step_of_an_admission_is_made_good(world: World) -> None:
    for step in range(STEPS_MAX):
        scene = await set_up(world, hold)
        text = (await scene.cashier()).claims[0].ticket_number
        crashed = await crashes(scene.fuse, step, scene.doomed.admit(text))
        door = await world.open() if crashed else scene.doomed
        report = await door.services.reconciliation.run_once()
        assert report.contradictions == ()
        said = await door.services.admission.scan(Scan(text, 99))
        if isinstance(said, NeedsConduct):
            said = await door.services.admission.accept_conduct(said, "en", Scan(text, 99))
        assert said.reason in ({Reason.ADMITTED, Reason.ALREADY_IN} if crashed else IN_ALREADY)
        assert said.terminal == "north"
        assert (await door.slot_account(AccountCode.REDEEMED)).credits_posted == 1
        assert await door.backing.store.transaction(partial(admissions, number=text)) == 1
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


async def set_up(world: World, before: Act) -> Scene:
    """An event of its own with one place, of a pool, and two goodies; and what came before."""
    fuse = Fuse()
    event = an_event(
        a_slot(capacity=1, pool="hall"),
        pools=(Pool("hall", "Great Hall", 1),),
        goodies=(Goodie("shirt", "T-shirt", 2),),
    )
    doomed = await world.open(event, back=crashing(fuse))
    scene = Scene(world, fuse, doomed, doomed.services.sales.new_order_id())
    await before(scene)
    return scene


async def state_of(scene: Scene) -> OrderState | None:
    try:
        return (await scene.doomed.services.sales.order(scene.order_id)).state
    except UnknownOrder:
        return None


async def check_books(terminal: Terminal) -> None:
    """What the ledger says is what the orders say."""
    event = terminal.services.catalog.event
    found = await terminal.backing.store.transaction(
        lambda session: [
            orders.find(session, order_id)
            for order_id in session.exec(
                select(OrderRow.id).where(OrderRow.event_id == event.id)
            ).all()
        ]
    )
    states = Counter(order.state for order in found if order)
    refunds_due = OrderState.PAID_UNFULFILLED
    for kind in (ResourceKind.SLOT, ResourceKind.POOL):
        spent = await terminal.account(kind, AccountCode.SPENT)
        assert (spent.credits_posted, spent.credits_pending) == (states[PAID], states[HELD])
    pieces = Counter((order.state, one.state) for order in found if order for one in order.goodies)
    shirts = await terminal.account(ResourceKind.GOODIE, AccountCode.SPENT)
    assert shirts.credits_posted == states[PAID] == pieces[PAID, GoodieState.GRANTED]
    assert shirts.credits_pending == states[HELD] == pieces[HELD, GoodieState.PROMISED]
    assert await terminal.takings() == (
        400 * (states[PAID] + states[refunds_due]),
        400 * states[PAID],
    )
    for order in found:
        assert order is not None
        due = 400 if order.state is refunds_due else 0
        assert await terminal.balance(customer_account_id(order.id)) == due


def admissions(session: Session, number: str) -> int:
    """How often a ticket let its holder in, by the store."""
    claim = select(ClaimRow.id).where(ClaimRow.ticket_number == number)
    rows = session.exec(
        select(StepRow)
        .where(col(StepRow.claim_id).in_(claim))
        .where(StepRow.outcome != StepOutcome.REFUSED)
    )
    return [StepOutcome(row.outcome) for row in rows].count(StepOutcome.DONE)
