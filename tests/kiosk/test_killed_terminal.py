"""A terminal killed with SIGKILL at every step of selling: the next one makes it good."""

from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from kiosk.domain.errors import UnknownOrder
from kiosk.domain.orders import OrderState
from kiosk.services.payments import Channel
from kiosk.services.reconciliation import Report
from ledger.ids import new_id
from tests.kiosk.audit import audit
from tests.kiosk.doomed_process import (
    ACTS,
    LATE_SECONDS,
    SECRET,
    Doom,
    open_sandbox,
    run,
    the_event,
)
from tests.kiosk.processes import forking, is_killed
from tests.kiosk.shop import EXPIRED, HELD, PAID, REFUNDED, SANDBOX, UNFULFILLED
from tests.kiosk.world import Terminal, World

STEPS_MAX = 60
ENDS: dict[str, set[OrderState | None]] = {
    "hold": {None, HELD},
    "pay cash": {HELD, PAID},
    # The provider has the money: there is no other end.
    "hear": {PAID},
    "hear late": {PAID},
    "hear too late": {UNFULFILLED},
    "refund": {PAID, REFUNDED},
    "pay out": {UNFULFILLED, REFUNDED},
}


@pytest.fixture(scope="module")
def forks() -> ForkServerContext:
    return forking(run)


@pytest.mark.long
@pytest.mark.parametrize("act", ACTS)
async def test_a_terminal_that_is_killed_is_followed_by_one_that_makes_it_good(
    embedded: World, forks: ForkServerContext, act: str
) -> None:
    for step in range(STEPS_MAX):
        doom = Doom(
            folder=embedded.folder,
            began=embedded.clock.now(),
            event_key=f"event-{new_id():x}",
            order_id=new_id(),
            act=act,
            step=step,
        )
        killed = await is_killed(forks, run, doom)
        await make_good(embedded, doom)
        if not killed:
            assert step > 0
            return
    pytest.fail(f"more than {STEPS_MAX} steps")


async def make_good(world: World, doom: Doom) -> None:
    """Start again, and check the books against the orders."""
    if "late" in doom.act or doom.act == "pay out":
        world.clock.advance(seconds=LATE_SECONDS)
    sandbox = await open_sandbox(Path(world.folder), world.clock)
    world.channels = {SANDBOX: Channel(sandbox, SECRET)}
    terminal = await world.open(the_event(doom.event_key), "doomed")
    report = await terminal.services.reconciliation.run_once()
    assert report.contradictions == ()
    assert await state_of(terminal, doom.order_id) in ENDS[doom.act]
    await audit(terminal)
    assert await terminal.services.reconciliation.run_once() == Report()
    await no_hold_leaks(world, terminal, doom)
    await world.close_terminals()
    await sandbox.close()


async def state_of(terminal: Terminal, order_id: int) -> OrderState | None:
    try:
        return (await terminal.services.sales.order(order_id)).state
    except UnknownOrder:
        return None


async def no_hold_leaks(world: World, terminal: Terminal, doom: Doom) -> None:
    """Once its time is over, what was only held can be had again."""
    if await state_of(terminal, doom.order_id) is HELD:
        world.clock.advance(seconds=LATE_SECONDS)
        await terminal.services.reconciliation.run_once()
        assert await state_of(terminal, doom.order_id) is EXPIRED
    [offer] = await terminal.services.catalog.offers()
    assert offer.on_hold == 0
