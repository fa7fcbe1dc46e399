"""An order that cannot be finished is set aside for people to look into; the rest goes on."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, text

from kiosk.domain.orders import Order, OrderState
from kiosk.services.reconciliation import Report
from kiosk.services.trouble import PAUSE_MINUTES_MAX, pause
from kiosk.store.trouble_tables import OrderTroubleRow
from tests.kiosk.world import Terminal, World

pytestmark = pytest.mark.every_store


async def spoil(terminal: Terminal, order: Order) -> None:
    """Have the store refuse every change of an order."""
    when = f"CREATE TRIGGER spoilt BEFORE UPDATE ON orders {{}} WHEN (NEW.number = {order.number})"
    await execute(
        terminal,
        sqlite=[f"{when.format('')} BEGIN SELECT RAISE(ABORT, 'spoilt'); END"],
        postgresql=[
            "CREATE FUNCTION spoilt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'spoilt' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            f"{when.format('FOR EACH ROW')} EXECUTE FUNCTION spoilt()",
        ],
    )


async def mend(terminal: Terminal) -> None:
    """Have it accept them again."""
    await execute(
        terminal, sqlite=["DROP TRIGGER spoilt"], postgresql=["DROP TRIGGER spoilt ON orders"]
    )


async def execute(terminal: Terminal, sqlite: list[str], postgresql: list[str]) -> None:
    def work(session: Session) -> None:
        connection = session.connection()
        for statement in sqlite if connection.dialect.name == "sqlite" else postgresql:
            connection.execute(text(statement))

    await terminal.backing.store.transaction(work)


async def tries(terminal: Terminal, order: Order) -> int:
    """How often an order could not be finished; 0 when it is in no trouble."""

    def work(session: Session) -> int:
        found = session.get(OrderTroubleRow, order.id)
        return found.tries if found else 0

    return await terminal.backing.store.transaction(work)


async def attention(terminal: Terminal) -> int:
    """What the organiser sees."""
    return (await terminal.services.stats.snapshot()).attention


async def state(terminal: Terminal, order: Order) -> OrderState:
    """Where an order is."""
    return (await terminal.services.sales.order(order.id)).state


async def two_orders(world: World) -> tuple[Terminal, Order, Order]:
    """A spoilt order and a good one, whose holds are over."""
    terminal = await world.open()
    spoilt, good = await terminal.hold(), await terminal.hold()
    await spoil(terminal, spoilt)
    world.clock.advance(minutes=5)
    return terminal, spoilt, good


async def test_an_order_that_always_fails_stops_nothing_else(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    terminal, spoilt, good = await two_orders(world)

    report = await terminal.services.reconciliation.run_once()

    assert report == Report(orders=1, expired=1)
    assert await state(terminal, good) is OrderState.EXPIRED
    assert await state(terminal, spoilt) is OrderState.HELD
    assert await attention(terminal) == 1
    assert f"order {spoilt.number} needs attention: IntegrityError" in caplog.text


async def test_it_is_tried_again_after_a_growing_time(embedded: World) -> None:
    terminal, spoilt, _ = await two_orders(embedded)
    found = []
    for _ in range(8):
        await terminal.services.reconciliation.run_once()
        found.append(await tries(terminal, spoilt))
        embedded.clock.advance(minutes=1)
    assert found == [1, 2, 2, 3, 3, 3, 3, 4]
    assert await attention(terminal) == 1


async def test_it_is_tried_at_once_after_a_restart_and_forgotten_when_finished(
    world: World,
) -> None:
    terminal, spoilt, _ = await two_orders(world)
    await terminal.services.reconciliation.run_once()
    await mend(terminal)
    assert await terminal.services.reconciliation.run_once() == Report()
    await world.close_terminals()

    terminal = await world.open()
    assert await terminal.services.reconciliation.run_once() == Report(orders=1, expired=1)

    assert await state(terminal, spoilt) is OrderState.EXPIRED
    assert await attention(terminal) == 0
    assert await tries(terminal, spoilt) == 0


async def test_it_is_forgotten_when_somebody_else_finished_it(embedded: World) -> None:
    terminal, spoilt, _ = await two_orders(embedded)
    await terminal.services.reconciliation.run_once()
    await mend(terminal)
    await terminal.services.sales.expire(spoilt.id)
    embedded.clock.advance(minutes=1)

    assert await terminal.services.reconciliation.run_once() == Report()

    assert await attention(terminal) == 0


async def test_troubles_of_another_event_are_not_counted_or_forgotten(embedded: World) -> None:
    terminal, spoilt, _ = await two_orders(embedded)
    await terminal.services.reconciliation.run_once()
    here = embedded.event
    elsewhere = await embedded.open(replace(here, key="elsewhere"), "south")

    await elsewhere.services.reconciliation.run_once()

    assert await attention(elsewhere) == 0
    assert await tries(terminal, spoilt) == 1


@pytest.mark.parametrize(
    ("failed", "minutes"),
    [(1, 1), (2, 2), (3, 4), (6, 32), (7, PAUSE_MINUTES_MAX), (10**6, PAUSE_MINUTES_MAX)],
)
def test_the_pause_grows_up_to_an_hour(failed: int, minutes: int) -> None:
    assert pause(failed) == timedelta(minutes=minutes)
