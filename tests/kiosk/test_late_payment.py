"""Money that arrives after the hold was lost: places if there are any, else a refund due."""

import pytest

from kiosk.domain.chart import AccountCode, customer_account_id
from kiosk.domain.chart_places import HOLD_MARGIN_SECONDS
from kiosk.domain.errors import HoldExpired
from kiosk.domain.orders import Booking, Order, OrderState
from tests.kiosk.factories import a_cashier, a_slot, an_event, usd
from tests.kiosk.world import Terminal, World


async def expired_order(world: World, terminal: Terminal) -> Order:
    """An order whose hold has run out and went back."""
    order = await terminal.hold()
    world.clock.advance(minutes=5)
    return await terminal.services.sales.expire(order.id)


async def pay(terminal: Terminal, order: Order) -> Order:
    return await terminal.services.sales.pay_cash(order.id, usd(400), a_cashier())


async def test_late_money_buys_a_place_that_is_still_free(world: World) -> None:
    terminal = await world.open(an_event(a_slot(capacity=1)))
    late = await expired_order(world, terminal)

    order = await pay(terminal, late)

    assert order.state is OrderState.PAID
    assert order.payment is not None
    assert order.payment.booking is Booking.RETRY
    assert await terminal.takings() == (400, 400)
    assert len(await terminal.services.sales.tickets(order.id)) == 1


async def test_late_money_without_a_place_is_a_refund_due(world: World) -> None:
    terminal = await world.open(an_event(a_slot(capacity=1)))
    late = await expired_order(world, terminal)
    await terminal.sell()

    order = await pay(terminal, late)

    assert order.state is OrderState.PAID_UNFULFILLED
    assert await terminal.services.sales.tickets(order.id) == []
    assert await terminal.takings() == (800, 400)
    assert await terminal.balance(customer_account_id(order.id)) == 400
    assert await pay(terminal, order) == order


async def test_a_payment_between_our_end_of_a_hold_and_the_ledgers_is_in_time(
    world: World,
) -> None:
    terminal = await world.open(an_event(a_slot(capacity=1)))
    held = await terminal.hold()
    world.clock.advance(minutes=5, seconds=1)

    order = await pay(terminal, held)

    assert order.state is OrderState.PAID
    spent = await terminal.slot_account(AccountCode.SPENT)
    assert (spent.credits_posted, spent.credits_pending) == (1, 0)


async def test_the_ledger_gives_places_back_even_if_no_terminal_does(embedded: World) -> None:
    terminal = await embedded.open(an_event(a_slot(capacity=1)))
    forgotten = await terminal.hold()

    embedded.clock.advance(seconds=301 + HOLD_MARGIN_SECONDS)
    order = await terminal.hold()

    assert order.state is OrderState.HELD
    unlucky = await pay(terminal, forgotten)
    assert unlucky.state is OrderState.PAID_UNFULFILLED
    released = await terminal.services.sales.cancel(order.id)
    assert released.state is OrderState.CANCELLED


async def test_a_free_order_that_is_late_takes_a_place_or_has_expired(world: World) -> None:
    terminal = await world.open(an_event(a_slot(capacity=1, price=usd(0))))
    first = await expired_order(world, terminal)
    second = await expired_order(world, terminal)

    taken = await terminal.services.sales.take_free(first.id)
    with pytest.raises(HoldExpired):
        await terminal.services.sales.take_free(second.id)

    assert taken.state is OrderState.PAID
    assert (await terminal.services.sales.order(second.id)).state is OrderState.EXPIRED
