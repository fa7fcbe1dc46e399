"""Selling in the ordinary way: hold, pay, give back; and pressing twice."""

from datetime import timedelta

import pytest

from kiosk.domain.chart import AccountCode
from kiosk.domain.errors import (
    HoldExpired,
    NotCancellable,
    NotOnSale,
    NotPayable,
    SaleState,
    SoldOut,
    TooLittleTendered,
    UnknownOrder,
)
from kiosk.domain.events import Window
from kiosk.domain.orders import OrderState
from tests.kiosk.factories import ADA, GRACE, a_cashier, a_slot, an_event, usd
from tests.kiosk.world import Terminal, World

pytestmark = pytest.mark.every_store


async def test_a_held_place_is_taken_from_what_is_left(terminal: Terminal) -> None:
    order = await terminal.hold()

    [offer] = await terminal.services.catalog.offers()
    assert order.state is OrderState.HELD
    assert order.held_until == terminal.services.clock.now() + timedelta(minutes=5)
    assert (offer.left, offer.on_hold) == (9, 1)


async def test_paying_in_cash_books_place_and_money_and_gives_change(terminal: Terminal) -> None:
    held = await terminal.hold()

    order = await terminal.services.sales.pay_cash(held.id, usd(500), a_cashier())

    spent = await terminal.slot_account(AccountCode.SPENT)
    assert order.state is OrderState.PAID
    assert order.change == usd(100)
    assert order.payment is not None
    assert order.payment.taken_by == "Kim"
    assert (spent.credits_posted, spent.credits_pending) == (1, 0)
    assert await terminal.takings() == (400, 400)


async def test_a_second_press_never_buys_twice(terminal: Terminal) -> None:
    sales = terminal.services.sales
    order_id = sales.new_order_id()

    holds = [await sales.place(order_id, "general", ADA) for _ in range(2)]
    paid = [
        await sales.pay_cash(order_id, tendered, a_cashier()) for tendered in (usd(400), usd(900))
    ]

    assert holds[0] == holds[1]
    assert paid[0] == paid[1]
    assert await sales.place(order_id, "general", ADA) == paid[0]
    assert await terminal.takings() == (400, 400)
    [offer] = await terminal.services.catalog.offers()
    assert offer.left == 9


async def test_a_paid_order_has_a_ticket_for_its_holder(terminal: Terminal) -> None:
    order = await terminal.sell()

    [ticket] = await terminal.services.sales.tickets(order.id)

    assert ticket.holder == ADA
    assert ticket.claim_id == order.claims[0].id
    assert ticket.number.replace("-", "") == order.claims[0].ticket_number
    assert await terminal.services.sales.tickets(order.id) == [ticket]


async def test_an_unpaid_order_has_no_tickets(terminal: Terminal) -> None:
    order = await terminal.hold()
    assert await terminal.services.sales.tickets(order.id) == []


async def test_too_little_money_books_nothing(terminal: Terminal) -> None:
    order = await terminal.hold()

    with pytest.raises(TooLittleTendered) as refused:
        await terminal.services.sales.pay_cash(order.id, usd(399), a_cashier())

    assert (refused.value.due, refused.value.tendered) == (usd(400), usd(399))
    assert await terminal.takings() == (0, 0)
    assert (await terminal.services.sales.order(order.id)).state is OrderState.HELD


async def test_cancelling_gives_the_place_back_at_once(terminal: Terminal) -> None:
    order = await terminal.hold()

    cancelled = [await terminal.services.sales.cancel(order.id) for _ in range(2)]

    [offer] = await terminal.services.catalog.offers()
    assert cancelled[0] == cancelled[1]
    assert cancelled[0].state is OrderState.CANCELLED
    assert (offer.left, offer.on_hold) == (10, 0)


async def test_what_was_paid_cannot_be_cancelled(terminal: Terminal) -> None:
    order = await terminal.sell()
    with pytest.raises(NotCancellable):
        await terminal.services.sales.cancel(order.id)


async def test_a_cancelled_order_takes_no_money(terminal: Terminal) -> None:
    order = await terminal.hold()
    await terminal.services.sales.cancel(order.id)

    with pytest.raises(NotPayable):
        await terminal.services.sales.pay_cash(order.id, usd(400), a_cashier())
    with pytest.raises(HoldExpired):
        await terminal.services.sales.place(order.id, "general", ADA)
    assert await terminal.takings() == (0, 0)


async def test_a_hold_runs_out_when_its_time_is_over_and_not_before(
    terminal: Terminal, world: World
) -> None:
    order = await terminal.hold()

    world.clock.advance(seconds=299)
    early = await terminal.services.sales.expire(order.id)
    world.clock.advance(seconds=1)
    late = await terminal.services.sales.expire(order.id)

    [offer] = await terminal.services.catalog.offers()
    assert (early.state, late.state) == (OrderState.HELD, OrderState.EXPIRED)
    assert (offer.left, offer.on_hold) == (10, 0)


async def test_sold_out_tells_of_the_holds_of_others_and_how_long_they_last(world: World) -> None:
    terminal = await world.open(an_event(a_slot(capacity=2)))
    await terminal.sell()
    await terminal.hold()
    world.clock.advance(seconds=100)
    mine = terminal.services.sales.new_order_id()

    with pytest.raises(SoldOut) as refused:
        await terminal.services.sales.place(mine, "general", GRACE)

    sold_out = refused.value
    assert (sold_out.left, sold_out.on_hold, sold_out.retry_seconds) == (0, 1, 200)


async def test_sold_out_for_good_promises_nothing(world: World) -> None:
    terminal = await world.open(an_event(a_slot(capacity=1)))
    await terminal.sell()

    with pytest.raises(SoldOut) as refused:
        await terminal.hold()

    assert (refused.value.on_hold, refused.value.retry_seconds) == (0, 0)


async def test_after_sold_out_the_same_order_may_try_again(world: World) -> None:
    terminal = await world.open(an_event(a_slot(capacity=1)))
    sales = terminal.services.sales
    other = await terminal.hold()
    mine = sales.new_order_id()
    for _ in range(2):
        with pytest.raises(SoldOut):
            await sales.place(mine, "general", GRACE)

    await sales.cancel(other.id)
    order = await sales.place(mine, "general", GRACE)

    assert (order.state, order.attempt) == (OrderState.HELD, 3)


async def test_a_free_ticket_moves_no_money(world: World) -> None:
    terminal = await world.open(an_event(a_slot(price=usd(0))))
    order = await terminal.hold()

    taken = await terminal.services.sales.take_free(order.id)

    assert taken.state is OrderState.PAID
    assert await terminal.takings() == (0, 0)
    assert len(await terminal.services.sales.tickets(order.id)) == 1


async def test_what_costs_money_is_not_free(terminal: Terminal) -> None:
    order = await terminal.hold()
    with pytest.raises(TooLittleTendered):
        await terminal.services.sales.take_free(order.id)


async def test_a_slot_is_sold_in_its_window_and_to_everybody_only(world: World) -> None:
    start = world.clock.now() + timedelta(days=1)
    window = Window(start, start + timedelta(days=1))
    terminal = await world.open(
        an_event(a_slot("early", sale=window), a_slot("sponsor", public=False))
    )

    async def state(slot_key: str) -> SaleState:
        with pytest.raises(NotOnSale) as refused:
            await terminal.hold(slot_key)
        return refused.value.state

    assert await state("early") is SaleState.UPCOMING
    assert await state("sponsor") is SaleState.NOT_PUBLIC
    world.clock.advance(days=1)
    assert (await terminal.hold("early")).state is OrderState.HELD
    world.clock.advance(days=1)
    assert await state("early") is SaleState.ENDED


async def test_an_order_nobody_placed_is_unknown(terminal: Terminal) -> None:
    with pytest.raises(UnknownOrder):
        await terminal.services.sales.order(terminal.services.sales.new_order_id())
