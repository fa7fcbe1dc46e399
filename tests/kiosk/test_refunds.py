"""Refunds: counter-transfers, once, the way the money came, and never for a used ticket."""

import asyncio

import pytest
from sqlalchemy import text

from kiosk.domain.admission import NeedsConduct, Reason, Scan, Verdict
from kiosk.domain.audit import Action
from kiosk.domain.chart import AccountCode, cash_account_id, event_account_id
from kiosk.domain.chart_discounts import uses_account_id
from kiosk.domain.events import Discount, Goodie, Pool, ResourceKind, Role
from kiosk.domain.orders import Order, OrderState
from kiosk.domain.refunds import (
    NotRefundable,
    RefundFault,
    RefundReason,
    RefundState,
    UnknownRefund,
)
from kiosk.domain.rights import NotAllowed
from kiosk.domain.terminals import NotPaired
from kiosk.services.reconciliation import Report
from kiosk.services.terminals import Terminals
from kiosk.store import audit
from tests.kiosk.factories import ADA, a_cashier, a_slot, an_event, usd
from tests.kiosk.shop import CANCELLED, PAID, SANDBOX, SUCCEEDED, UNFULFILLED, Shop
from tests.kiosk.world import Terminal, World

pytestmark = pytest.mark.every_store

BOSS = a_cashier("Sam", role=Role.SUPERVISOR)
REFUNDED = OrderState.REFUNDED


async def refund(terminal: Terminal, order: Order) -> Order:
    return await terminal.services.refunds.refund_order(order.id, BOSS)


async def fault(terminal: Terminal, order: Order) -> RefundFault:
    with pytest.raises(NotRefundable) as refused:
        await refund(terminal, order)
    return refused.value.reason


async def left(terminal: Terminal) -> int:
    [offer] = await terminal.services.catalog.offers()
    return offer.left


async def test_an_order_goes_back_with_places_and_money(world: World) -> None:
    terminal = await world.open(an_event(a_slot(capacity=3)))
    order = await terminal.sell()

    refunded = [await refund(terminal, order) for _ in range(3)]

    assert {one.state for one in refunded} == {REFUNDED}
    assert await left(terminal) == 3
    assert await terminal.takings() == (0, 0)
    assert await terminal.services.sales.tickets(order.id) == []
    assert await terminal.services.refunds.due() == []
    assert await terminal.services.reconciliation.run_once() == Report()


async def test_presses_at_once_refund_once(world: World) -> None:
    north, south = await world.open(), await world.open(name="south")
    order = await north.sell()

    done = await asyncio.gather(*(refund(one, order) for one in (north, south, north, south)))

    assert {one.state for one in done} == {REFUNDED}
    assert await north.takings() == (0, 0)
    assert await left(north) == 10


async def test_pools_goodies_and_discounts_go_back_too(world: World) -> None:
    code = Discount("ONCE", amount=usd(100), uses_max=1)
    event = an_event(
        a_slot(capacity=5, pool="hall"),
        a_slot("party", capacity=5, price=usd(200)),
        pools=(Pool("hall", "Hall", 5),),
        goodies=(Goodie("shirt", "Shirt", 1),),
        discounts=(code,),
    )
    terminal = await world.open(event)
    sales, event = terminal.services.sales, terminal.services.catalog.event
    order = await sales.place(sales.new_order_id(), {"general": 2, "party": 1}, ADA)
    await sales.apply_discount(order.id, "ONCE")
    paid = await sales.pay_cash(order.id, usd(900), a_cashier())
    assert await terminal.takings() == (900, 1000)

    assert (await refund(terminal, paid)).state is REFUNDED

    assert await terminal.takings() == (0, 0)
    assert await terminal.balance(event_account_id(event, AccountCode.DISCOUNTS)) == 0
    assert await terminal.balance(uses_account_id(event, "ONCE", AccountCode.BUDGET)) == 1
    for kind, number, whole in (
        (ResourceKind.SLOT, 1, 5),
        (ResourceKind.SLOT, 2, 5),
        (ResourceKind.POOL, 1, 5),
        (ResourceKind.GOODIE, 1, 1),
    ):
        budget = await terminal.account(kind, AccountCode.BUDGET, number)
        assert budget.credits_posted - budget.debits_posted == whole, kind


async def test_a_free_order_goes_back(world: World) -> None:
    terminal = await world.open(an_event(a_slot(capacity=1, price=usd(0))))
    order = await terminal.hold()
    await terminal.services.sales.take_free(order.id)
    assert (await refund(terminal, order)).state is REFUNDED
    assert await left(terminal) == 1


async def test_money_of_a_provider_goes_back_to_it(world: World) -> None:
    shop = await Shop.open(world)
    order, reference = await shop.held()
    await shop.pay(reference)

    await refund(shop.terminal, order)

    event = shop.services.catalog.event
    assert await shop.terminal.balance(cash_account_id(event, SANDBOX)) == 0
    assert await shop.terminal.takings() == (0, 0)
    assert (await shop.hear(shop.provider.ended[reference])).status == 200
    assert await shop.state(order) is REFUNDED


async def test_only_what_is_paid_goes_back(embedded: World) -> None:
    terminal = await embedded.open()
    order = await terminal.hold()
    assert await fault(terminal, order) is RefundFault.NOT_PAID
    await terminal.services.sales.cancel(order.id)
    assert await fault(terminal, order) is RefundFault.NOT_PAID


# The door


async def test_a_used_ticket_is_not_refunded(world: World) -> None:
    terminal = await world.open()
    order = await terminal.sell()
    await terminal.admit(order.claims[0].ticket_number)

    assert [await fault(terminal, order) for _ in range(2)] == [RefundFault.USED] * 2

    assert (await terminal.services.sales.order(order.id)).state is PAID
    assert await terminal.takings() == (400, 400)
    assert await terminal.services.reconciliation.run_once() == Report()


async def test_one_used_ticket_keeps_the_whole_order(world: World) -> None:
    terminal = await world.open()
    sales = terminal.services.sales
    order = await sales.place(sales.new_order_id(), {"general": 3}, ADA)
    order = await sales.pay_cash(order.id, usd(1200), a_cashier())
    await terminal.admit(order.claims[2].ticket_number)

    assert await fault(terminal, order) is RefundFault.USED

    said = await terminal.services.admission.scan(Scan(order.claims[0].ticket_number, 7))
    assert isinstance(said, Verdict)
    assert said.reason is Reason.ADMITTED


async def test_a_refunded_ticket_admits_nobody(world: World) -> None:
    terminal = await world.open()
    order = await terminal.sell()
    await refund(terminal, order)
    said = await terminal.services.admission.scan(Scan(order.claims[0].ticket_number, 1))
    assert isinstance(said, Verdict)
    assert said.reason is Reason.REFUNDED


async def test_of_refund_and_admission_in_the_same_instant_one_happens(world: World) -> None:
    door, desk = await world.open(an_event(a_slot(capacity=50))), await world.open(name="desk")
    # Whoever was in once has accepted the Code of Conduct: from then on a scan goes straight on.
    await door.admit((await door.sell()).claims[0].ticket_number)
    outcomes = set()
    for at in range(12):
        order = await door.sell()
        number = order.claims[0].ticket_number
        both = [door.services.admission.scan(Scan(number, 1)), refund(desk, order)]

        said = await asyncio.gather(*(both if at % 2 else both[::-1]), return_exceptions=True)

        [verdict] = [one for one in said if isinstance(one, Verdict)]
        state = (await door.services.sales.order(order.id)).state
        outcomes.add((verdict.reason, state))
    assert outcomes <= {(Reason.ADMITTED, PAID), (Reason.REFUNDED, REFUNDED)}
    redeemed = (await door.slot_account(AccountCode.REDEEMED)).credits_posted
    cash, sales = await door.takings()
    refunded = 13 - cash // 400
    assert cash == sales
    assert redeemed + refunded == 13
    assert await left(door) == 50 - 13 + refunded


async def test_the_door_hears_of_a_refund_that_only_the_ledger_knows(world: World) -> None:
    terminal = await world.open()
    await terminal.admit((await terminal.sell()).claims[0].ticket_number)
    order = await terminal.sell()
    services = terminal.services
    found = await services.refunds.refund_order(order.id, BOSS)
    assert found.state is REFUNDED
    # As after a crash: the order does not know it yet.
    await terminal.backing.store.transaction(
        lambda session: session.connection().execute(
            text("UPDATE orders SET state = 'paid' WHERE number = :n"), {"n": order.number}
        )
    )

    said = await services.admission.scan(Scan(order.claims[0].ticket_number, 1))

    assert not isinstance(said, NeedsConduct)
    assert said.reason is Reason.REFUNDED
    assert (await services.reconciliation.run_once()).contradictions == ()


# Refunds due


async def unfulfilled(shop: Shop) -> Order:
    """Late money for a place that is gone."""
    order, reference = await shop.held()
    paid = shop.end(reference)
    shop.provider.is_away = True
    await shop.time_out(order)
    await shop.terminal.sell()
    await shop.hear(paid)
    return await shop.order(order)


async def test_late_money_is_on_the_list_until_it_is_paid_out(world: World) -> None:
    shop = await Shop.open(world)
    order = await unfulfilled(shop)

    [due] = await shop.services.refunds.due()
    assert (due.order.id, due.refund.amount) == (order.id, usd(400))
    assert (due.refund.reason, due.refund.provider) == (RefundReason.UNFULFILLED, SANDBOX)
    assert due.refund.since == world.clock.now()
    paid = [await shop.services.refunds.pay_out(due.refund.id, a_cashier("Kim")) for _ in range(3)]

    assert {(one.state, one.paid_by) for one in paid} == {(RefundState.DONE, "Kim")}
    assert await shop.state(order) is REFUNDED
    assert await shop.refund_due(order) == 0
    assert await shop.terminal.takings() == (400, 400)
    assert await shop.services.refunds.due() == []
    assert await fault(shop.terminal, order) is RefundFault.NOT_PAID


async def test_of_two_cashiers_one_pays_out(world: World) -> None:
    shop = await Shop.open(world)
    order = await unfulfilled(shop)
    [due] = await shop.services.refunds.due()

    done = await asyncio.gather(
        *(shop.services.refunds.pay_out(due.refund.id, a_cashier(name)) for name in ("Al", "Bo"))
    )

    [paid_by] = {one.paid_by for one in done}
    assert await shop.refund_due(order) == 0
    records = shop.terminal.backing.store.transaction(audit.page)
    recorded = [one.staff for one in await records if one.action == Action.PAID_OUT]
    assert recorded == [paid_by]


async def test_a_second_payment_goes_back_as_a_payment(world: World) -> None:
    shop = await Shop.open(world)
    order, reference = await shop.held()
    shop.provider.is_away = True
    await shop.services.sales.pay_cash(order.id, usd(400), a_cashier())
    await shop.hear(shop.provider.event(reference, SUCCEEDED))
    [due] = await shop.services.refunds.due()
    assert due.refund.reason is RefundReason.SURPLUS

    await shop.services.refunds.pay_out(due.refund.id, a_cashier())

    assert await shop.state(order) is PAID
    assert len(await shop.services.sales.tickets(order.id)) == 1
    event = shop.services.catalog.event
    assert await shop.terminal.balance(cash_account_id(event, SANDBOX)) == 0
    assert await shop.terminal.balance(cash_account_id(event, "cash")) == -400


async def test_money_for_an_order_given_up_goes_back(world: World) -> None:
    shop = await Shop.open(world)
    order, reference = await shop.held()
    await shop.services.sales.cancel(order.id)
    await shop.hear(shop.provider.event(reference, SUCCEEDED))

    [due] = await shop.services.refunds.due()
    await shop.services.refunds.pay_out(due.refund.id, a_cashier())

    assert await shop.state(order) is CANCELLED
    assert await shop.terminal.takings() == (0, 0)


async def test_an_order_and_its_second_payment_go_back_each_once(world: World) -> None:
    shop = await Shop.open(world)
    order, reference = await shop.held()
    shop.provider.is_away = True
    await shop.services.sales.pay_cash(order.id, usd(400), a_cashier())
    await shop.hear(shop.provider.event(reference, SUCCEEDED))

    await refund(shop.terminal, order)
    [due] = await shop.services.refunds.due()
    await shop.services.refunds.pay_out(due.refund.id, a_cashier())

    assert await shop.terminal.takings() == (0, 0)
    assert await shop.state(order) is REFUNDED


async def test_an_unknown_refund_is_not_paid_out(embedded: World) -> None:
    terminal = await embedded.open()
    with pytest.raises(UnknownRefund):
        await terminal.services.refunds.pay_out(1, a_cashier())


async def test_only_those_who_may_give_money_back(embedded: World) -> None:
    terminal = await embedded.open()
    order = await terminal.sell()
    with pytest.raises(NotAllowed):
        await terminal.services.refunds.refund_order(order.id, a_cashier())
    with pytest.raises(NotAllowed):
        await terminal.services.refunds.pay_out(1, a_cashier(role=Role.STEWARD))


async def test_money_that_goes_back_is_on_record(embedded: World) -> None:
    terminal = await embedded.open()
    supervisor = a_cashier("Sasha", role=Role.SUPERVISOR)
    order = await terminal.sell()
    await terminal.services.refunds.refund_order(order.id, supervisor)

    *_, last = await terminal.backing.store.transaction(audit.page)
    assert (last.action, last.staff, last.terminal) == (Action.REFUND_BEGUN, "Sasha", "north")
    assert (last.subject, last.detail) == (order.id, "4.00 USD")


async def test_a_terminal_that_was_sent_out_gives_no_money_back(embedded: World) -> None:
    await embedded.open()
    south = await embedded.open(name="south")
    order = await south.sell()
    await Terminals(south.backing.store, south.backing.clock).revoke("south")
    with pytest.raises(NotPaired):
        await south.services.refunds.refund_order(order.id, a_cashier(role=Role.SUPERVISOR))


async def test_late_money_is_noted_as_due_once(world: World) -> None:
    shop = await Shop.open(world)
    order = await unfulfilled(shop)
    assert order.state is UNFULFILLED
    await shop.services.reconciliation.run_once()
    assert len(await shop.services.refunds.due()) == 1
