"""Orders of several tickets, some from a shared pool: all of it or nothing."""

import asyncio
from collections import Counter

import pytest

from kiosk.domain.chart import AccountCode
from kiosk.domain.errors import NotOnSale, RequiredSlotMissing, SoldOut, TooManyTickets
from kiosk.domain.events import AccessCode, Event, Pool, ResourceKind
from kiosk.domain.orders import OrderState
from tests.kiosk.factories import ADA, GRACE, a_cashier, a_slot, an_event, usd
from tests.kiosk.world import Terminal, World

POOL, SLOT = ResourceKind.POOL, ResourceKind.SLOT
BUYERS = 40


def a_hall(capacity: int = 4, **changes: object) -> Event:
    """Two categories of three places in one hall, and a workshop for who has either."""
    return an_event(
        a_slot("early", capacity=3, pool="hall", price=usd(200)),
        a_slot("regular", capacity=3, pool="hall"),
        a_slot("workshop", capacity=2, price=usd(0), requires=("early", "regular")),
        pools=(Pool("hall", "Great Hall", capacity),),
        **changes,
    )


async def left(terminal: Terminal) -> dict[str, tuple[int, int]]:
    offers = await terminal.services.catalog.offers()
    return {offer.slot.key: (offer.left, offer.on_hold) for offer in offers}


async def test_all_tickets_of_an_order_are_held_sold_and_issued_together(world: World) -> None:
    terminal = await world.open(a_hall())
    sales = terminal.services.sales

    held = await terminal.hold({"workshop": 1, "regular": 2})
    assert await left(terminal) == {"early": (2, 2), "regular": (1, 2), "workshop": (1, 1)}
    paid = await sales.pay_cash(held.id, usd(1000), a_cashier())

    assert [claim.slot_key for claim in held.claims] == ["regular", "regular", "workshop"]
    assert len({claim.ticket_number for claim in held.claims}) == 3
    assert (held.total, paid.state, paid.change) == (usd(800), OrderState.PAID, usd(200))
    assert len(await sales.tickets(paid.id)) == 3
    assert await left(terminal) == {"early": (2, 0), "regular": (1, 0), "workshop": (1, 0)}
    hall = await terminal.account(POOL, AccountCode.SPENT)
    assert (hall.credits_posted, hall.credits_pending) == (2, 0)


async def test_if_one_ticket_cannot_be_had_none_is_held(world: World) -> None:
    terminal = await world.open(a_hall())
    await terminal.hold({"regular": 2, "workshop": 1})

    with pytest.raises(SoldOut) as refused:
        await terminal.hold({"early": 2, "workshop": 2})

    said = refused.value
    assert (said.slot_key, said.pool_key, said.wanted) == ("workshop", None, 2)
    assert (said.left, said.on_hold, said.retry_seconds) == (1, 1, 300)
    assert await left(terminal) == {"early": (2, 2), "regular": (1, 2), "workshop": (1, 1)}


async def test_a_pool_that_is_out_is_named_with_who_holds_its_places(world: World) -> None:
    terminal = await world.open(a_hall())
    await terminal.sell({"early": 2})
    await terminal.hold("early")
    world.clock.advance(seconds=60)

    with pytest.raises(SoldOut) as refused:
        await terminal.hold({"regular": 2})

    said = refused.value
    assert (said.slot_key, said.pool_key, said.wanted) == ("regular", "hall", 2)
    assert (said.left, said.on_hold, said.retry_seconds) == (1, 1, 240)
    [_, offer, _] = await terminal.services.catalog.offers()
    assert (offer.left, offer.on_hold, offer.pool) == (
        1,
        1,
        terminal.services.catalog.event.pools[0],
    )


async def test_places_of_slot_and_pool_come_back_together(world: World) -> None:
    terminal = await world.open(a_hall())
    sales = terminal.services.sales
    cancelled, expired = await terminal.hold({"early": 2}), await terminal.hold({"regular": 2})

    await sales.cancel(cancelled.id)
    world.clock.advance(minutes=5)
    await sales.expire(expired.id)

    assert await left(terminal) == {"early": (3, 0), "regular": (3, 0), "workshop": (2, 0)}
    hall = await terminal.account(POOL, AccountCode.BUDGET)
    assert (hall.debits_pending, hall.debits_posted, hall.credits_posted) == (0, 0, 4)


async def test_a_late_payment_takes_all_places_again_or_none(world: World) -> None:
    terminal = await world.open(a_hall())
    sales = terminal.services.sales
    lucky, unlucky = await terminal.hold({"early": 2}), await terminal.hold({"regular": 2})
    world.clock.advance(minutes=5)
    for order in (lucky, unlucky):
        await sales.expire(order.id)

    paid = await sales.pay_cash(lucky.id, usd(400), a_cashier())
    await terminal.hold("regular")
    refused = await sales.pay_cash(unlucky.id, usd(800), a_cashier())

    assert (paid.state, refused.state) == (OrderState.PAID, OrderState.PAID_UNFULFILLED)
    hall = await terminal.account(POOL, AccountCode.SPENT)
    regular = await terminal.account(SLOT, AccountCode.SPENT, 2)
    assert (hall.credits_posted, hall.credits_pending) == (2, 1)
    assert (regular.credits_posted, regular.credits_pending) == (0, 1)


async def test_of_many_buyers_of_a_pools_last_place_one_gets_it_in_whatever_category(
    world: World,
) -> None:
    terminals = [await world.open(a_hall(capacity=1))]
    terminals.append(await world.open(name="south"))

    async def buy(at: int) -> str:
        try:
            return (await terminals[at % 2].sell(("early", "regular")[at // 2 % 2])).state
        except SoldOut as refused:
            return "sold out" if refused.pool_key == "hall" else "a slot is out"

    ends = Counter(await asyncio.gather(*(buy(at) for at in range(BUYERS))))

    hall = await terminals[0].account(POOL, AccountCode.SPENT)
    sold = [await terminals[0].account(SLOT, AccountCode.SPENT, number) for number in (1, 2)]
    assert ends == {OrderState.PAID: 1, "sold out": BUYERS - 1}
    assert hall.credits_posted == sum(one.credits_posted for one in sold) == 1


async def test_a_rush_on_a_pool_sells_exactly_what_it_has(world: World) -> None:
    terminals = [await world.open(a_hall(capacity=5)), await world.open(name="south")]

    async def buy(at: int) -> int:
        basket = ({"early": 1}, {"regular": 2}, {"early": 1, "regular": 1})[at % 3]
        try:
            order = await terminals[at % 2].sell(basket)
        except SoldOut:
            return 0
        return len(order.claims)

    sold = sum(await asyncio.gather(*(buy(at) for at in range(BUYERS))))

    hall = await terminals[0].account(POOL, AccountCode.SPENT)
    slots = [await terminals[0].account(SLOT, AccountCode.SPENT, number) for number in (1, 2)]
    assert hall.credits_posted == sold == sum(one.credits_posted for one in slots)
    assert 4 <= sold <= 5
    assert hall.credits_pending == 0


async def test_what_is_required_may_be_owned_already_by_the_same_address(world: World) -> None:
    terminal = await world.open(a_hall())
    sales = terminal.services.sales
    workshop = {"workshop": 1}

    with pytest.raises(RequiredSlotMissing):
        await terminal.hold(workshop)
    held = await terminal.hold("early")
    with pytest.raises(RequiredSlotMissing):
        await terminal.hold(workshop)
    await sales.pay_cash(held.id, usd(200), a_cashier())

    assert (await terminal.hold(workshop)).state is OrderState.HELD
    with pytest.raises(RequiredSlotMissing):
        await sales.place(sales.new_order_id(), workshop, GRACE)


async def test_each_ticket_is_for_its_own_holder_who_has_what_it_requires(world: World) -> None:
    terminal = await world.open(a_hall())
    sales = terminal.services.sales
    basket, order_id = {"early": 1, "workshop": 1}, sales.new_order_id()

    with pytest.raises(RequiredSlotMissing) as refused:
        await sales.place(order_id, basket, ADA, holders=[ADA, GRACE])
    assert refused.value.email == GRACE.email
    graces = await sales.place(sales.new_order_id(), "early", GRACE)
    await sales.pay_cash(graces.id, usd(200), a_cashier())
    order = await sales.place(order_id, basket, ADA, holders=[ADA, GRACE])
    await sales.pay_cash(order.id, order.due, a_cashier())

    assert order.attendee == ADA
    assert [one.holder for one in await sales.tickets(order.id)] == [ADA, GRACE]
    assert await sales.place(order_id, basket, ADA, holders=[ADA, GRACE]) == await sales.order(
        order.id
    )


async def test_a_slot_that_is_not_public_is_offered_and_sold_to_who_has_its_code(
    world: World,
) -> None:
    event = an_event(
        a_slot(),
        a_slot("sponsor", public=False, price=usd(0)),
        access_codes=(AccessCode("GOLD", ("sponsor",)),),
    )
    terminal = await world.open(event)
    sales, catalog = terminal.services.sales, terminal.services.catalog

    with pytest.raises(NotOnSale):
        await terminal.hold("sponsor")
    order = await sales.place(sales.new_order_id(), "sponsor", ADA, codes=["gold"])

    assert order.state is OrderState.HELD
    assert [offer.slot.key for offer in await catalog.offers()] == ["general"]
    assert [offer.slot.key for offer in await catalog.offers(["gold"])] == ["general", "sponsor"]


async def test_a_refused_basket_leaves_nothing_behind(world: World) -> None:
    terminal = await world.open(a_hall(order_max=2))
    sales = terminal.services.sales
    order_id = sales.new_order_id()

    with pytest.raises(TooManyTickets):
        await sales.place(order_id, {"early": 3}, ADA)

    order = await sales.place(order_id, {"early": 2}, ADA)
    assert (order.state, len(order.claims)) == (OrderState.HELD, 2)
