"""Goodies for the first buyers: beside the tickets, never in their way, never one too many."""

import asyncio
from collections import Counter

import pytest

from kiosk.domain.chart import AccountCode
from kiosk.domain.chart_places import HOLD_MARGIN_SECONDS
from kiosk.domain.errors import SoldOut
from kiosk.domain.events import Event, EventSlot, Goodie, Per, ResourceKind
from kiosk.domain.goodies import GoodieState, pieces_for
from kiosk.domain.orders import Order, OrderState
from ledger.types import Account
from tests.kiosk.factories import ADA, GRACE, a_cashier, a_slot, an_event, usd
from tests.kiosk.world import Terminal, World

pytestmark = pytest.mark.every_store

GRANTED, NONE, PROMISED = GoodieState.GRANTED, GoodieState.NONE, GoodieState.PROMISED


def with_shirts(
    count: int, *slots: EventSlot, per: Per = Per.ORDER, slot_keys: tuple[str, ...] = ()
) -> Event:
    """An event whose first `count` buyers get a T-shirt."""
    shirt = Goodie("shirt", "T-shirt", count, per, slot_keys)
    return an_event(*slots, goodies=(shirt,))


def states(order: Order) -> list[GoodieState]:
    return [piece.state for piece in order.goodies]


async def shirts(terminal: Terminal, code: AccountCode = AccountCode.BUDGET) -> Account:
    return await terminal.account(ResourceKind.GOODIE, code)


async def granted(terminal: Terminal) -> tuple[int, int]:
    """Pieces posted and pending."""
    spent = await shirts(terminal, AccountCode.SPENT)
    return spent.credits_posted, spent.credits_pending


@pytest.mark.parametrize(
    ("per", "slot_keys", "basket", "pieces"),
    [
        (Per.ORDER, (), {"a": 3}, 1),
        (Per.TICKET, (), {"a": 3, "b": 1}, 4),
        (Per.TICKET, ("a",), {"a": 2, "b": 1}, 2),
        (Per.ORDER, ("b",), {"a": 2}, 0),
        (Per.TICKET, ("b",), {"a": 2}, 0),
    ],
)
def test_a_piece_is_for_an_order_or_for_each_ticket(
    per: Per, slot_keys: tuple[str, ...], basket: dict[str, int], pieces: int
) -> None:
    event = with_shirts(9, a_slot("a"), a_slot("b"), per=per, slot_keys=slot_keys)
    wanted = pieces_for(event, basket)
    assert [piece.position for piece in wanted] == list(range(pieces))


async def test_the_first_buyers_get_one_and_the_next_gets_a_ticket_without(world: World) -> None:
    terminal = await world.open(with_shirts(2))

    orders = [await terminal.sell() for _ in range(3)]

    assert [states(order) for order in orders] == [[GRANTED], [GRANTED], [NONE]]
    assert {order.state for order in orders} == {OrderState.PAID}
    assert await granted(terminal) == (2, 0)
    assert await terminal.services.sales.order(orders[0].id) == orders[0]


async def test_a_held_goodie_is_promised_and_given_back_with_the_places(world: World) -> None:
    terminal = await world.open(with_shirts(1))
    first = await terminal.hold()
    second = await terminal.hold()

    assert (states(first), states(second)) == ([PROMISED], [NONE])
    await terminal.services.sales.cancel(first.id)
    third = await terminal.sell()

    assert states(third) == [GRANTED]
    assert states(await pay(terminal, second)) == [NONE]
    assert await granted(terminal) == (1, 0)


async def pay(terminal: Terminal, order: Order) -> Order:
    return await terminal.services.sales.pay_cash(order.id, usd(4000), a_cashier())


async def test_an_order_that_is_sold_out_keeps_no_goodie(world: World) -> None:
    terminal = await world.open(with_shirts(2, a_slot(capacity=1)))
    await terminal.hold()

    with pytest.raises(SoldOut):
        await terminal.hold()

    assert await granted(terminal) == (0, 1)


async def test_after_sold_out_another_attempt_asks_for_a_goodie_again(world: World) -> None:
    terminal = await world.open(with_shirts(1, a_slot(capacity=1)))
    sales = terminal.services.sales
    first, second = await terminal.hold(), sales.new_order_id()
    with pytest.raises(SoldOut):
        await sales.place(second, "general", GRACE)

    await sales.cancel(first.id)
    order = await sales.place(second, "general", GRACE)

    assert states(order) == [PROMISED]
    assert states(await pay(terminal, order)) == [GRANTED]


async def expired(world: World, terminal: Terminal) -> Order:
    order = await terminal.hold()
    world.clock.advance(minutes=5)
    return await terminal.services.sales.expire(order.id)


async def test_a_late_payment_takes_a_goodie_again_if_one_is_left(world: World) -> None:
    terminal = await world.open(with_shirts(1))
    late = await expired(world, terminal)
    assert await granted(terminal) == (0, 0)

    assert states(await pay(terminal, late)) == [GRANTED]
    assert await granted(terminal) == (1, 0)


async def test_a_late_payment_without_a_goodie_left_still_gets_its_ticket(world: World) -> None:
    terminal = await world.open(with_shirts(1))
    late = await expired(world, terminal)
    await terminal.sell()

    order = await pay(terminal, late)

    assert (order.state, states(order)) == (OrderState.PAID, [NONE])
    assert await granted(terminal) == (1, 0)


async def test_what_was_refused_at_first_is_never_granted_later(world: World) -> None:
    terminal = await world.open(with_shirts(1))
    first = await terminal.hold()
    late = await expired(world, terminal)
    await terminal.services.sales.cancel((await terminal.services.sales.order(first.id)).id)

    order = await pay(terminal, late)

    assert (order.state, states(order)) == (OrderState.PAID, [NONE])
    assert await granted(terminal) == (0, 0)


async def test_money_without_a_place_gets_no_goodie(world: World) -> None:
    terminal = await world.open(with_shirts(2, a_slot(capacity=1)))
    late = await expired(world, terminal)
    await terminal.sell()

    order = await pay(terminal, late)

    assert (order.state, states(order)) == (OrderState.PAID_UNFULFILLED, [NONE])
    assert await granted(terminal) == (1, 0)


async def test_a_goodie_whose_hold_the_ledger_ended_is_taken_afresh(embedded: World) -> None:
    terminal = await embedded.open(with_shirts(1))
    forgotten = await terminal.hold()

    embedded.clock.advance(seconds=301 + HOLD_MARGIN_SECONDS)

    assert states(await pay(terminal, forgotten)) == [GRANTED]
    assert await granted(terminal) == (1, 0)


async def test_a_piece_for_each_ticket_is_granted_as_far_as_there_are_any(world: World) -> None:
    terminal = await world.open(with_shirts(3, per=Per.TICKET))

    first, second = await terminal.sell({"general": 2}), await terminal.sell({"general": 2})

    assert (states(first), states(second)) == ([GRANTED, GRANTED], [GRANTED, NONE])
    assert await granted(terminal) == (3, 0)


async def test_in_a_rush_exactly_as_many_are_granted_as_there_are(world: World) -> None:
    terminals = [await world.open(with_shirts(7, a_slot(capacity=20)))]
    terminals.append(await world.open(name="south"))

    async def buy(at: int) -> Order | None:
        sales = terminals[at % 2].services.sales
        try:
            held = await sales.place(sales.new_order_id(), "general", ADA)
        except SoldOut:
            return None
        return await pay(terminals[at % 2], held)

    bought = await asyncio.gather(*(buy(at) for at in range(40)))

    got = Counter(state for order in bought if order for state in states(order))
    assert got == {GRANTED: 7, NONE: 13}
    assert await granted(terminals[0]) == (7, 0)
