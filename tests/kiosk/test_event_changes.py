"""Loading a changed event: everything that was asked for, or nothing and why."""

import asyncio
from dataclasses import replace

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from kiosk.domain import chart, chart_places
from kiosk.domain.admission import Scan, Way
from kiosk.domain.chart import AccountCode
from kiosk.domain.errors import EventChanged
from kiosk.domain.events import Goodie, Hall, Pool, ResourceKind, Window
from kiosk.domain.orders import OrderState
from kiosk.services.catalog import Places
from kiosk.store.database import sqlite_url
from kiosk.store.keys import SigningKeys
from kiosk.store.migrate import alembic_config
from ledger.ids import derived_id, new_id
from ledger.types import CreateTransferStatus
from tests.kiosk.crashes import Crash, Fuse, crashing
from tests.kiosk.factories import NOW, a_slot, an_event, usd
from tests.kiosk.world import Terminal, World

STEPS_MAX = 40
NINE = NOW.replace(hour=9)
NIGHT = NOW.replace(hour=23)


async def left(terminal: Terminal) -> dict[str, int]:
    catalog = terminal.services.catalog
    places = await catalog.places(catalog.event.resources)
    return {one.key: found.left for one, found in places.items()}


async def change(world: World, **changes: object) -> Terminal:
    """Open the event anew, changed; the world keeps what it had if that is refused."""
    before = world.event
    try:
        return await world.open(replace(before, **changes))  # type: ignore[arg-type]  # a table
    except EventChanged:
        world.event = before
        raise


async def test_capacity_shrinks_as_far_as_nothing_is_sold_or_held(world: World) -> None:
    terminal = await world.open(an_event(a_slot(capacity=5)))
    await terminal.sell()
    held = await terminal.hold()

    with pytest.raises(EventChanged, match="is 5 and cannot shrink to 1: 2 are sold or on hold"):
        await change(world, slots=(a_slot(capacity=1),))
    assert await left(terminal) == {"general": 3}
    assert await left(await change(world, slots=(a_slot(capacity=2),))) == {"general": 0}
    await terminal.services.sales.cancel(held.id)
    assert await left(await change(world, slots=(a_slot(capacity=1),))) == {"general": 0}

    budget = await terminal.slot_account(AccountCode.BUDGET)
    operator = await terminal.slot_account(AccountCode.OPERATOR)
    assert (budget.credits_posted, budget.debits_posted) == (5, 5)
    assert (operator.debits_posted, operator.credits_posted) == (5, 4)


async def test_of_a_file_that_asks_for_too_much_nothing_happens(world: World) -> None:
    event = an_event(
        a_slot("a", capacity=5),
        a_slot("b", capacity=5, pool="hall"),
        pools=(Pool("hall", "Hall", 5),),
        goodies=(Goodie("shirt", "T-shirt", 5),),
    )
    terminal = await world.open(event)
    await terminal.sell({"b": 3})
    before = await left(terminal)

    with pytest.raises(EventChanged, match="capacity of hall is 5 and cannot shrink to 2"):
        await change(
            world,
            slots=(a_slot("a", capacity=9), a_slot("b", capacity=4, pool="hall"), a_slot("c")),
            pools=(Pool("hall", "Hall", 2),),
            goodies=(Goodie("shirt", "T-shirt", 9),),
        )

    assert await left(terminal) == before == {"a": 5, "b": 2, "hall": 2, "shirt": 4}
    assert await left(await world.open()) == before


async def test_pools_and_goodies_grow_and_shrink_too(world: World) -> None:
    slot = a_slot(pool="hall", capacity=9)
    pools, goodies = (Pool("hall", "Hall", 5),), (Goodie("shirt", "T-shirt", 5),)
    terminal = await world.open(an_event(slot, pools=pools, goodies=goodies))
    await terminal.sell()

    changed = await change(
        world, pools=(Pool("hall", "Hall", 8),), goodies=(Goodie("shirt", "T-shirt", 1),)
    )

    assert await left(changed) == {"general": 8, "hall": 7, "shirt": 0}


async def test_a_hall_grows_and_shrinks_as_far_as_nobody_is_in_it(world: World) -> None:
    slot = a_slot(hall="dome")
    terminal = await world.open(an_event(slot, halls=(Hall("dome", "Dome", 5),)))
    for claim in (await terminal.sell({"general": 2})).claims:
        await terminal.admit(claim.ticket_number)

    with pytest.raises(EventChanged, match="limit of dome is 5 and cannot shrink to 1: 2 are in"):
        await change(world, halls=(Hall("dome", "Dome", 1),))
    with pytest.raises(EventChanged, match="general: its hall cannot change from dome to no hall"):
        await change(world, slots=(a_slot(),), halls=())
    shrunk = await change(world, halls=(Hall("dome", "Dome", 2),))
    assert await left(shrunk) == {"general": 8, "dome": 0}
    grown = await change(world, halls=(Hall("dome", "Dome", 9),))
    assert await left(grown) == {"general": 8, "dome": 7}


async def test_a_slot_moves_to_another_hall_once_nobody_is_inside(embedded: World) -> None:
    dome, tent = Hall("dome", "Dome", 5), Hall("tent", "Tent", 1)
    event = an_event(a_slot(hall="dome"), halls=(dome, tent))
    terminal = await embedded.open(event)
    number = (await terminal.sell()).claims[0].ticket_number
    await terminal.admit(number)
    moved = (a_slot(hall="tent"),)
    with pytest.raises(EventChanged, match="its hall cannot change from dome to tent"):
        await change(embedded, slots=moved)

    await terminal.services.admission.scan(Scan(number, 7, way=Way.OUT))
    await change(embedded, slots=moved, halls=(tent,))

    freed = await change(embedded, slots=(a_slot(),), halls=())
    assert await left(freed) == {"general": 9}


async def test_what_nobody_bought_may_go_and_come_back(world: World) -> None:
    event = an_event(a_slot("a"), a_slot("b", capacity=7), goodies=(Goodie("pin", "Pin", 3),))
    before = (await world.open(event)).services.catalog.event

    gone = await change(world, slots=(a_slot("a"),), goodies=())
    budget = await gone.account(ResourceKind.SLOT, AccountCode.BUDGET, before.slot("b").number)
    assert budget.credits_posted - budget.debits_posted == 0
    back = await change(world, slots=(a_slot("a"), a_slot("b", capacity=2)))

    assert await left(back) == {"a": 10, "b": 2}
    assert back.services.catalog.event.slot("b").number == before.slot("b").number


async def test_a_goodie_that_was_granted_may_not_go(world: World) -> None:
    terminal = await world.open(an_event(goodies=(Goodie("pin", "Pin", 3),)))
    await terminal.sell()

    with pytest.raises(EventChanged, match="pin is 3 and cannot shrink to 0: 1 are sold"):
        await change(world, goodies=())


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "GopherFest Berlin", "hold_seconds": 60, "order_max": 2},
        {"slots": (a_slot(name="Entry", price=usd(900), place="Hall 1", valid=Window(NINE)),)},
        {"slots": (a_slot(sale=Window(ends=NOW), valid=Window(NINE)),)},
        {"slots": (a_slot(public=False, requires=("general",), valid=Window(ends=NIGHT)),)},
        {"slots": (a_slot(valid=Window()), a_slot("other"))},
    ],
)
async def test_what_breaks_no_ticket_may_change(
    embedded: World, changes: dict[str, object]
) -> None:
    terminal = await embedded.open(an_event(a_slot(valid=Window(NINE, NIGHT))))
    order = await terminal.sell()

    changed = await change(embedded, **changes)

    assert (await changed.services.sales.order(order.id)).claims == order.claims
    assert len(await changed.services.sales.tickets(order.id)) == 1


@pytest.mark.parametrize("window", [Window(NOW, NIGHT), Window(NINE, NOW), Window(NIGHT)])
async def test_sold_tickets_stay_valid_as_long_as_they_were(
    embedded: World, window: Window
) -> None:
    terminal = await embedded.open(an_event(a_slot(valid=Window(NINE, NIGHT))))
    held = await terminal.hold()

    with pytest.raises(EventChanged, match="tickets for general are sold as valid from"):
        await change(embedded, slots=(a_slot(valid=window),))
    await terminal.services.sales.cancel(held.id)
    await change(embedded, slots=(a_slot(valid=window),))


async def test_all_refusals_are_named_at_once(embedded: World) -> None:
    terminal = await embedded.open(an_event(a_slot("a"), a_slot("b")))
    await terminal.sell({"a": 1, "b": 1})

    with pytest.raises(EventChanged) as refused:
        await change(embedded, currency="EUR", slots=(a_slot("b", valid=Window(NOW)),))

    assert refused.value.change.count(";") == 2


async def test_two_terminals_may_load_the_same_change_at_once(world: World) -> None:
    terminals = [await world.open(an_event(a_slot(capacity=4))), await world.open(name="south")]
    grown = replace(world.event, slots=(a_slot(capacity=9),))

    await asyncio.gather(*(terminals[at % 2].services.catalog.open(grown) for at in range(6)))

    assert await left(terminals[0]) == {"general": 9}


async def test_a_crash_at_any_step_of_a_change_is_made_good(world: World) -> None:
    for step in range(STEPS_MAX):
        fuse = Fuse()
        event = an_event(a_slot("a", capacity=5), a_slot("b", capacity=5))
        doomed = await world.open(event, back=crashing(fuse))
        await doomed.sell("a")
        changed = replace(event, slots=(a_slot("a", capacity=1), a_slot("b", capacity=8)))
        fuse.set(step)
        try:
            await doomed.services.catalog.open(changed)
            crashed = False
        except Crash:
            crashed = True
        fuse.set(None)

        # Whoever opens next may want something else again.
        other = replace(event, slots=(a_slot("a", capacity=3), a_slot("b", capacity=6)))
        assert await left(await world.open(other)) == {"a": 2, "b": 6}
        assert await left(await world.open(changed)) == {"a": 0, "b": 8}
        await world.close_terminals()
        if not crashed:
            assert step > 0
            return
    pytest.fail(f"more than {STEPS_MAX} steps")


async def test_a_crash_while_too_much_is_asked_for_leaves_nothing_behind(world: World) -> None:
    for step in range(STEPS_MAX):
        fuse = Fuse()
        event = an_event(a_slot("a", capacity=2), a_slot("b", capacity=5))
        doomed = await world.open(event, back=crashing(fuse))
        await doomed.sell({"a": 2})
        greedy = replace(event, slots=(a_slot("a", capacity=1), a_slot("b", capacity=8)))
        fuse.set(step)
        try:
            await doomed.services.catalog.open(greedy)
        except Crash:
            crashed = True
        except EventChanged:
            crashed = False
        fuse.set(None)

        assert await left(await world.open(event)) == {"a": 0, "b": 5}
        await world.close_terminals()
        if not crashed:
            assert step > 0
            return
    pytest.fail(f"more than {STEPS_MAX} steps")


async def test_late_money_for_a_slot_that_is_gone_is_a_refund_due(embedded: World) -> None:
    terminal = await embedded.open(an_event(a_slot("a"), a_slot("b")))
    order = await terminal.hold("b")
    embedded.clock.advance(minutes=5)
    await terminal.services.sales.expire(order.id)
    changed = await change(embedded, slots=(a_slot("a"),))

    paid = await changed.services.sales.pay_cash(order.id, usd(400), embedded.event.staff[0])

    assert paid.state is OrderState.PAID_UNFULFILLED
    places = await changed.services.catalog.places(changed.services.catalog.event.resources)
    assert list(places.values()) == [Places(10, 0)]


async def test_capacity_of_an_older_database_is_not_funded_a_second_time(
    embedded: World,
) -> None:
    """Written as the first release wrote it: one step of funding per growth."""
    file = embedded.folder / "kiosk.sqlite"
    file.unlink()
    url = sqlite_url(file)
    event_id, key = new_id(), SigningKeys(embedded.folder / "keys").make(embedded.event.key)
    engine = create_engine(url)
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        connection.execute(
            text("INSERT INTO event VALUES (:id, :key, 'GopherFest', 'USD', :public, 1)"),
            {
                "id": event_id.to_bytes(16, "big"),
                "key": embedded.event.key,
                "public": key.public_key().public_bytes_raw(),
            },
        )
        rows = (
            "INSERT INTO slot VALUES (:id, 1, 'general')",
            "INSERT INTO funding VALUES (:id, 1, 6, 6), (:id, 1, 10, 4)",
        )
        for row in rows:
            connection.execute(text(row), {"id": event_id.to_bytes(16, "big")})
    engine.dispose()
    ledger = embedded.make_ledger(embedded.folder, embedded.clock)
    opened = embedded.event.opened(event_id, {(ResourceKind.SLOT, "general"): 1})
    [slot] = opened.resources
    await ledger.create_accounts(chart.resource_accounts(opened, slot))
    ids = [derived_id("fund", event_id, 1, total) for total in (6, 10)]
    # The second step was stored, and then there was a crash.
    [done] = await ledger.create_transfers(
        [chart_places.change_capacity(opened, slot, transfer_id=ids[0], by=6)]
    )
    await ledger.close()

    terminal = await embedded.open()

    assert done.status == CreateTransferStatus.CREATED
    assert await left(terminal) == {"general": 10}
    found = await terminal.backing.ledger.lookup_transfers(ids)
    assert [one.amount for one in found] == [6, 4]
