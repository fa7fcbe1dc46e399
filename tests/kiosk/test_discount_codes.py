"""Discount codes on orders: held with the places, counted by the ledger, told when refused."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.domain.chart import AccountCode, event_account_id
from kiosk.domain.chart_discounts import uses_account_id
from kiosk.domain.chart_places import HOLD_MARGIN_SECONDS
from kiosk.domain.errors import (
    DiscountFault,
    DiscountRefused,
    EventChanged,
    HoldExpired,
    NotPayable,
    TooLittleTendered,
)
from kiosk.domain.events import Discount, Window
from kiosk.domain.orders import Method, Order
from kiosk.services.reconciliation import Report
from ledger.types import Account
from tests.kiosk.factories import NOW, a_cashier, a_slot, an_event, usd
from tests.kiosk.shop import EXPIRED, HELD, PAID, UNFULFILLED
from tests.kiosk.world import Terminal, World

pytestmark = pytest.mark.every_store

ONCE = Discount("ONCE", amount=usd(150), uses_max=1)
HALF = Discount("HALF", percent=50)
GIFT = Discount("GIFT", percent=100, uses_max=5)


@pytest.fixture
async def terminal(world: World) -> Terminal:
    event = an_event(a_slot(capacity=10), discounts=(ONCE, HALF, GIFT))
    return await world.open(event)


async def apply(terminal: Terminal, order: Order, code: str) -> Order:
    return await terminal.services.sales.apply_discount(order.id, code)


async def pay(terminal: Terminal, order: Order, minor: int) -> Order:
    return await terminal.services.sales.pay_cash(order.id, usd(minor), a_cashier())


async def uses(terminal: Terminal, code: AccountCode = AccountCode.BUDGET) -> Account:
    event = terminal.services.catalog.event
    [account] = await terminal.backing.ledger.lookup_accounts(
        [uses_account_id(event, "ONCE", code)]
    )
    return account


async def discounts_booked(terminal: Terminal) -> int:
    event = terminal.services.catalog.event
    return -await terminal.balance(event_account_id(event, AccountCode.DISCOUNTS))


async def refusal(terminal: Terminal, order: Order, code: str) -> DiscountRefused:
    with pytest.raises(DiscountRefused) as refused:
        await apply(terminal, order, code)
    return refused.value


async def test_a_code_lowers_what_is_due_and_is_written_off(terminal: Terminal) -> None:
    order = await apply(terminal, await terminal.hold(), " once ")
    assert (order.total, order.due) == (usd(400), usd(250))
    with pytest.raises(TooLittleTendered):
        await pay(terminal, order, 249)

    paid = await pay(terminal, order, 300)

    assert (paid.state, paid.change) == (PAID, usd(50))
    assert await terminal.takings() == (250, 400)
    assert await discounts_booked(terminal) == 150
    assert (await uses(terminal)).debits_posted == 1


async def test_the_same_code_twice_counts_once(terminal: Terminal) -> None:
    order = await terminal.hold()
    both = await asyncio.gather(*(apply(terminal, order, "ONCE") for _ in range(4)))
    assert {one.due for one in both} == {usd(250)}
    assert (await uses(terminal)).debits_pending == 1


async def test_down_to_nothing_needs_no_payment(terminal: Terminal) -> None:
    order = await apply(terminal, await terminal.hold(), "GIFT")
    assert order.due == usd(0)

    paid = await terminal.services.sales.take_free(order.id)

    assert paid.state is PAID
    assert paid.payment is not None
    assert paid.payment.method is Method.FREE
    assert await terminal.takings() == (0, 400)
    assert await discounts_booked(terminal) == 400
    assert len(await terminal.services.sales.tickets(order.id)) == 1


async def test_a_code_that_is_used_up_is_told_and_the_order_is_as_it_was(
    terminal: Terminal,
) -> None:
    await pay(terminal, await apply(terminal, await terminal.hold(), "ONCE"), 250)
    order = await terminal.hold()

    refused = [await refusal(terminal, order, "ONCE") for _ in range(2)]

    assert {(one.reason, one.on_hold) for one in refused} == {(DiscountFault.USED_UP, 0)}
    assert (await pay(terminal, order, 400)).state is PAID


async def test_a_use_held_by_another_may_come_back(terminal: Terminal) -> None:
    first = await apply(terminal, await terminal.hold(), "ONCE")
    second = await terminal.hold()
    assert (await refusal(terminal, second, "ONCE")).on_hold == 1

    await terminal.services.sales.cancel(first.id)

    assert (await apply(terminal, second, "ONCE")).due == usd(250)


async def test_a_use_runs_out_with_its_hold(world: World, terminal: Terminal) -> None:
    await apply(terminal, await terminal.hold(), "ONCE")
    world.clock.advance(minutes=5)

    await terminal.services.reconciliation.run_once()

    assert (await uses(terminal)).debits_pending == 0
    assert (await apply(terminal, await terminal.hold(), "ONCE")).due == usd(250)


async def test_a_code_can_be_taken_off_and_put_on_again(terminal: Terminal) -> None:
    order = await apply(terminal, await terminal.hold(), "ONCE")
    assert (await refusal(terminal, order, "HALF")).reason is DiscountFault.ANOTHER_GIVEN

    without = [await terminal.services.sales.remove_discount(order.id) for _ in range(2)]

    assert {one.due for one in without} == {usd(400)}
    assert (await uses(terminal)).debits_pending == 0
    assert (await apply(terminal, order, "HALF")).due == usd(200)
    await terminal.services.sales.remove_discount(order.id)
    assert (await apply(terminal, order, "ONCE")).due == usd(250)
    assert (await pay(terminal, order, 250)).state is PAID


async def test_of_many_who_want_the_last_use_one_gets_it(terminal: Terminal) -> None:
    held = [await terminal.hold() for _ in range(6)]

    said = await asyncio.gather(
        *(apply(terminal, order, "ONCE") for order in held), return_exceptions=True
    )

    assert sum(isinstance(one, Order) for one in said) == 1
    assert sum(isinstance(one, DiscountRefused) for one in said) == 5


async def test_a_code_for_nothing_here_and_an_unknown_one_are_told(embedded: World) -> None:
    window = Window(starts=NOW + timedelta(days=1))
    codes = (
        Discount("PARTY", percent=50, slot_keys=("party",)),
        Discount("SOON", percent=50, window=window),
    )
    terminal = await embedded.open(an_event(a_slot(), a_slot("party"), discounts=codes))
    order = await terminal.hold()
    reasons = [(await refusal(terminal, order, code)).reason for code in ("PARTY", "SOON", "NO")]
    assert reasons == [
        DiscountFault.NOTHING_TO_LOWER,
        DiscountFault.NOT_YET,
        DiscountFault.UNKNOWN,
    ]


async def test_only_what_waits_for_money_is_lowered(embedded: World) -> None:
    terminal = await embedded.open(an_event(discounts=(HALF,)))
    paid = await terminal.sell()
    with pytest.raises(NotPayable):
        await apply(terminal, paid, "HALF")
    held = await terminal.hold()
    embedded.clock.advance(minutes=5)
    with pytest.raises(HoldExpired):
        await apply(terminal, held, "HALF")


async def test_a_late_payment_uses_the_code_again_if_it_can(world: World) -> None:
    event = an_event(a_slot(capacity=10), discounts=(ONCE,))
    terminal = await world.open(event)
    lucky = await apply(terminal, await terminal.hold(), "ONCE")
    world.clock.advance(minutes=5)
    await terminal.services.sales.expire(lucky.id)

    assert (await pay(terminal, lucky, 250)).state is PAID
    assert (await uses(terminal)).debits_posted == 1


async def test_a_use_that_outlives_its_places_does_not_stand_in_its_own_way(
    embedded: World,
) -> None:
    terminal = await embedded.open(an_event(a_slot(capacity=10), discounts=(ONCE,)))
    order = await terminal.hold()
    # The ledger counts whole seconds: a use held later may end a fraction of one later.
    embedded.clock.advance(seconds=100.5)
    await apply(terminal, order, "ONCE")
    embedded.clock.advance(seconds=300 + HOLD_MARGIN_SECONDS - 100.5 + 0.2)
    assert (await terminal.slot_account(AccountCode.SPENT)).credits_pending == 0
    assert (await uses(terminal)).debits_pending == 1

    paid = await pay(terminal, order, 250)

    assert paid.state is PAID
    assert (await uses(terminal)).debits_posted == 1


async def test_a_late_payment_whose_code_is_used_up_is_a_refund_due(world: World) -> None:
    event = an_event(a_slot(capacity=10), discounts=(ONCE,))
    terminal = await world.open(event)
    late = await apply(terminal, await terminal.hold(), "ONCE")
    world.clock.advance(minutes=5)
    await terminal.services.sales.expire(late.id)
    await pay(terminal, await apply(terminal, await terminal.hold(), "ONCE"), 250)

    unfulfilled = await pay(terminal, late, 250)

    assert unfulfilled.state is UNFULFILLED
    assert await terminal.takings() == (500, 400)
    assert await terminal.services.reconciliation.run_once() == Report()


async def test_a_free_order_that_comes_too_late_for_its_code_has_expired(world: World) -> None:
    free = Discount("GIFT", percent=100, uses_max=1)
    terminal = await world.open(an_event(a_slot(capacity=10), discounts=(free,)))
    late = await apply(terminal, await terminal.hold(), "GIFT")
    world.clock.advance(minutes=5)
    await terminal.services.sales.expire(late.id)
    second = await apply(terminal, await terminal.hold(), "GIFT")
    await terminal.services.sales.take_free(second.id)

    with pytest.raises(HoldExpired):
        await terminal.services.sales.take_free(late.id)

    assert (await terminal.services.sales.order(late.id)).state is EXPIRED


async def test_the_uses_of_a_code_may_grow_but_not_shrink(world: World) -> None:
    event = an_event(a_slot(capacity=10), discounts=(ONCE,))
    north = await world.open(event)
    await apply(north, await north.hold(), "ONCE")

    three = replace(event, discounts=(replace(ONCE, uses_max=3),))
    terminals = [await world.open(three, name) for name in ("east", "west")]
    held = [await terminals[0].hold() for _ in range(3)]
    said = [
        await asyncio.gather(apply(terminals[0], one, "ONCE"), return_exceptions=True)
        for one in held
    ]

    assert [isinstance(one, Order) for [one] in said] == [True, True, False]
    with pytest.raises(EventChanged, match="ONCE are 3 and cannot shrink to 1"):
        await world.open(event, "south")


async def test_the_place_stays_held_whatever_becomes_of_the_code(terminal: Terminal) -> None:
    order = await terminal.hold()
    await refusal(terminal, order, "NONSENSE")
    assert (await terminal.services.sales.order(order.id)).state is HELD
