"""Payments at a provider: one open at a time, asked for safely, taken back honestly."""

import asyncio

import pytest

from kiosk.domain.errors import HoldExpired, NotCancellable, NotPayable
from kiosk.domain.events import Discount
from kiosk.domain.orders import Method
from kiosk.domain.provider_payments import PaymentState
from kiosk.domain.providers import ProviderUnavailable
from kiosk.services.reconciliation import Report
from kiosk.store import payments
from tests.kiosk.factories import a_cashier, a_slot, usd
from tests.kiosk.shop import (
    CANCELLED,
    EXPIRED,
    FAILED,
    HELD,
    PAID,
    SANDBOX,
    Shop,
    an_online_event,
)
from tests.kiosk.world import World


@pytest.fixture
async def shop(world: World) -> Shop:
    return await Shop.open(world)


async def states(shop: Shop, order_id: int) -> list[PaymentState]:
    """Of all payments that were asked for an order."""
    found = await shop.terminal.backing.store.transaction(
        lambda session: payments.of_order(session, order_id)
    )
    return [payment.state for payment in found]


async def test_a_payment_in_time_sells_the_place(shop: Shop) -> None:
    order, reference = await shop.held()

    answer = await shop.pay(reference)

    assert answer.status == 200
    paid = await shop.order(order)
    assert paid.state is PAID
    assert paid.payment is not None
    assert (paid.payment.method, paid.payment.provider) == (Method.PROVIDER, SANDBOX)
    assert paid.payment.reference == reference
    assert await shop.terminal.takings() == (400, 400)
    assert len(await shop.services.sales.tickets(order.id)) == 1
    assert await shop.services.reconciliation.run_once() == Report()


async def test_what_the_provider_is_asked_says_all_the_buyer_must_know(shop: Shop) -> None:
    order = await shop.terminal.hold()

    opened = await shop.services.payments.request(order.id, SANDBOX, "de")

    request = opened.request
    assert opened.address.endswith(request.reference)
    assert (request.order_id, request.order_number) == (order.id, order.number)
    assert (request.amount, request.expires_at) == (usd(400), order.held_until)
    assert (request.event_name, request.language) == ("GopherFest", "de")
    [line] = request.lines
    assert (line.count, line.amount) == (1, usd(400))
    assert "General Admission" in line.name


async def test_asking_again_is_asking_for_the_same_payment(shop: Shop) -> None:
    order = await shop.terminal.hold()
    assert (await shop.ask(order)) == (await shop.ask(order))
    assert await states(shop, order.id) == [PaymentState.OPEN]


async def test_of_many_who_ask_at_once_all_hear_of_one_payment(shop: Shop) -> None:
    order = await shop.terminal.hold()
    south = await shop.world.open(name="south")

    opened = await asyncio.gather(
        *(
            terminal.services.payments.request(order.id, SANDBOX, "en")
            for terminal in (shop.terminal, south, shop.terminal, south)
        )
    )

    assert len({one.request.reference for one in opened}) == 1
    assert await states(shop, order.id) == [PaymentState.OPEN]


async def test_a_provider_that_is_away_is_asked_again_for_the_same(shop: Shop) -> None:
    order = await shop.terminal.hold()
    shop.provider.is_away = True
    with pytest.raises(ProviderUnavailable):
        await shop.ask(order)
    shop.provider.is_away = False

    opened = await shop.ask(order)

    assert list(shop.provider.requests) == [opened.request.reference]
    await shop.pay(opened.request.reference)
    assert await shop.state(order) is PAID


async def test_cash_takes_an_open_payment_back(shop: Shop) -> None:
    order, reference = await shop.held()

    paid = await shop.services.sales.pay_cash(order.id, usd(500), a_cashier())

    assert (paid.state, paid.change) == (PAID, usd(100))
    assert shop.provider.ended[reference].kind == "cancelled"
    assert await states(shop, order.id) == [PaymentState.CANCELLED]
    assert await shop.terminal.takings() == (400, 400)


async def test_cash_hears_that_the_buyer_has_paid_already(shop: Shop) -> None:
    order, reference = await shop.held()
    shop.end(reference)

    paid = await shop.services.sales.pay_cash(order.id, usd(500), a_cashier())

    assert paid.payment is not None
    assert paid.payment.provider == SANDBOX
    assert await shop.terminal.takings() == (400, 400)


async def test_cash_takes_a_payment_back_that_was_opened_at_another_terminal(
    shop: Shop, world: World
) -> None:
    held = await shop.terminal.hold()
    south = await world.open(name="south")
    opened = await south.services.payments.request(held.id, SANDBOX, "en")

    paid = await shop.services.sales.pay_cash(held.id, usd(500), a_cashier())

    assert (paid.state, paid.change) == (PAID, usd(100))
    assert shop.provider.ended[opened.request.reference].kind == "cancelled"
    assert await states(shop, held.id) == [PaymentState.CANCELLED]
    assert await shop.terminal.takings() == (400, 400)


async def test_cash_does_not_wait_for_a_provider_that_is_away(shop: Shop) -> None:
    order, reference = await shop.held()
    shop.provider.is_away = True

    paid = await shop.services.sales.pay_cash(order.id, usd(400), a_cashier())
    shop.provider.is_away = False
    assert (await shop.services.reconciliation.run_once()).payments == 1

    assert paid.state is PAID
    assert shop.provider.ended[reference].kind == "cancelled"
    assert await states(shop, order.id) == [PaymentState.CANCELLED]


async def test_giving_the_order_up_takes_the_payment_back(shop: Shop) -> None:
    order, reference = await shop.held()

    await shop.services.sales.cancel(order.id)

    assert await shop.state(order) is CANCELLED
    assert shop.provider.ended[reference].kind == "cancelled"


async def test_an_order_that_was_just_paid_cannot_be_given_up(shop: Shop) -> None:
    order, reference = await shop.held()
    shop.end(reference)

    with pytest.raises(NotCancellable):
        await shop.services.sales.cancel(order.id)

    assert await shop.state(order) is PAID


async def test_after_a_failure_the_order_can_be_paid_another_way(shop: Shop) -> None:
    order, reference = await shop.held()
    assert (await shop.hear(shop.end(reference, FAILED))).status == 200
    assert await shop.state(order) is HELD

    second = await shop.ask(order)

    assert second.request.reference != reference
    await shop.pay(second.request.reference)
    assert await shop.state(order) is PAID
    assert await states(shop, order.id) == [PaymentState.FAILED, PaymentState.PAID]


async def test_a_failure_when_time_is_up_gives_the_places_back(shop: Shop) -> None:
    order, reference = await shop.held()
    failure = shop.end(reference, FAILED)
    shop.world.clock.advance(minutes=5)

    await shop.hear(failure)

    assert await shop.state(order) is EXPIRED
    [offer] = await shop.services.catalog.offers()
    assert (offer.left, offer.on_hold) == (1, 0)


async def test_what_is_over_is_not_asked_for(shop: Shop) -> None:
    order = await shop.terminal.hold()
    shop.world.clock.advance(minutes=5)
    with pytest.raises(HoldExpired):
        await shop.ask(order)
    await shop.services.sales.expire(order.id)
    with pytest.raises(NotPayable):
        await shop.ask(order)
    assert shop.provider.requests == {}


async def test_nothing_due_is_not_asked_for(world: World) -> None:
    shop = await Shop.open(world, an_online_event(a_slot(price=usd(0))))
    order = await shop.terminal.hold()
    with pytest.raises(NotPayable):
        await shop.ask(order)


async def test_a_discount_makes_it_another_payment(world: World) -> None:
    event = an_online_event(discounts=(Discount("HALF", percent=50),))
    shop = await Shop.open(world, event)
    order, first = await shop.held()

    await shop.services.sales.apply_discount(order.id, "half")
    second = (await shop.ask(order)).request

    assert shop.provider.ended[first].kind == "cancelled"
    assert second.amount == usd(200)
    await shop.pay(second.reference)
    assert await shop.state(order) is PAID
    assert await shop.terminal.takings() == (200, 400)


async def test_a_last_second_payment_is_heard_when_time_is_up(shop: Shop) -> None:
    order, reference = await shop.held()
    shop.world.clock.advance(minutes=4, seconds=59)
    late = shop.end(reference)
    shop.world.clock.advance(seconds=1)

    ended = await shop.services.sales.expire(order.id)

    assert ended.state is PAID
    assert (await shop.hear(late)).status == 200
    assert await shop.terminal.takings() == (400, 400)


async def test_a_payment_whose_webhook_never_came_is_asked_for(shop: Shop) -> None:
    order, reference = await shop.held()
    shop.end(reference)

    report = await shop.services.reconciliation.run_once()

    assert report == Report(payments=1)
    assert await shop.state(order) is PAID
    assert await shop.services.reconciliation.run_once() == Report()


async def test_an_open_payment_is_left_alone_while_there_is_time(shop: Shop) -> None:
    order, reference = await shop.held()
    assert await shop.services.reconciliation.run_once() == Report()
    assert await states(shop, order.id) == [PaymentState.OPEN]
    await shop.pay(reference)
    assert await shop.state(order) is PAID


async def test_a_forgotten_payment_ends_with_its_order(shop: Shop) -> None:
    order, _ = await shop.held()
    shop.world.clock.advance(minutes=5)

    assert await shop.services.reconciliation.run_once() == Report(payments=1)

    assert await shop.state(order) is EXPIRED
    assert await states(shop, order.id) == [PaymentState.CANCELLED]
    assert await shop.services.reconciliation.run_once() == Report()


async def test_a_payment_its_provider_never_heard_of_ends_with_its_order(shop: Shop) -> None:
    shop.provider.forgets_requests = True
    order, _ = await shop.held()
    assert await shop.services.reconciliation.run_once() == Report()
    assert await states(shop, order.id) == [PaymentState.OPEN]
    shop.world.clock.advance(minutes=5)

    await shop.services.reconciliation.run_once()

    assert await shop.state(order) is EXPIRED
    assert await states(shop, order.id) == [PaymentState.CANCELLED]


async def test_a_provider_that_is_away_stops_nothing_else(shop: Shop) -> None:
    order, reference = await shop.held()
    shop.end(reference)
    shop.provider.is_away = True
    shop.world.clock.advance(minutes=5)

    await shop.services.reconciliation.run_once()

    assert await shop.state(order) is EXPIRED
    shop.provider.is_away = False
    assert (await shop.services.reconciliation.run_once()).payments == 1
    assert await shop.state(order) is PAID
