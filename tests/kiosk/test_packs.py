"""Tokens that are bought: held, issued and taken back with their orders, on both engines."""

from datetime import timedelta

import pytest

from kiosk.domain.errors import NotOnSale, SoldOut, TooManyTickets, UnknownOrder, WalletFull
from kiosk.domain.events import Discount, Goodie, Role, Window
from kiosk.domain.orders import OrderState
from kiosk.domain.refunds import NotRefundable, RefundFault
from kiosk.domain.tokens import ExpiryRule, Limits, Origin
from kiosk.services.reconciliation import Report
from tests.kiosk.bar import Bar, a_bar, a_pack, a_supervisor
from tests.kiosk.factories import ADA, GRACE, NOW, a_cashier, a_slot, usd
from tests.kiosk.shop import SANDBOX, Shop
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store


async def open_bar(world: World, **changes: object) -> Bar:
    return Bar(await world.open(a_bar(**changes)))  # type: ignore[arg-type]  # keywords of a_bar


async def test_a_pack_is_held_with_a_ticket_and_becomes_a_bill_when_paid(world: World) -> None:
    bar = await open_bar(world)
    held = await bar.hold({"general": 1, "ten-drinks": 2})
    assert (held.total, held.basket) == (usd(4400), {"general": 1, "ten-drinks": 2})
    assert (await bar.on_hold(), await bar.amounts()) == (20, [])
    paid = await bar.pay(held)
    assert (paid.state, await bar.amounts(), await bar.on_hold()) == (OrderState.PAID, [20], 0)
    assert await bar.check_tokens() == 20
    assert await bar.terminal.takings() == (4400, 4400)
    assert await bar.terminal.services.sales.order(paid.id) == paid


async def test_tokens_can_be_bought_without_any_ticket(world: World) -> None:
    bar = await open_bar(world)
    paid = await bar.buy()
    assert (paid.claims, paid.state, await bar.amounts()) == ((), OrderState.PAID, [10])
    assert await bar.terminal.services.sales.tickets(paid.id) == []


async def test_an_order_of_tokens_alone_is_found_by_its_number_to_be_refunded(world: World) -> None:
    bar = await open_bar(world)
    sales, paid = bar.terminal.services.sales, await bar.buy()
    assert await sales.numbered(paid.number) == paid
    with pytest.raises(UnknownOrder):
        await sales.numbered(paid.number + 1)
    await bar.terminal.services.refunds.refund_order(paid.id, a_supervisor())
    assert (await bar.amounts(), await bar.check_tokens()) == ([], 0)


async def test_who_bought_tokens_alone_has_the_code_of_their_new_wallet(world: World) -> None:
    bar = await open_bar(world)
    access = bar.terminal.services.wallet_access
    paid = await bar.buy()
    code = await access.code_of_bought(paid)
    assert code is not None
    await access.choose_pin(await access.present(code), "2580")
    assert await access.code_of_bought(paid) is None


async def test_a_name_that_is_typed_again_opens_nothing_of_what_lies_there(world: World) -> None:
    bar = await open_bar(world)
    access = bar.terminal.services.wallet_access
    await bar.buy()
    assert await access.code_of_bought(await bar.buy()) is None
    assert await access.code_of_bought(await bar.hold()) is None


async def test_the_history_of_bought_tokens_begins_with_their_buyer(world: World) -> None:
    bar = await open_bar(world)
    await bar.buy()
    [bill] = await bar.bills()
    history = await bar.terminal.services.wallets.owner_history(bill.id)
    assert [(one.owner, one.amount) for one in history] == [(ADA, 10)]


async def test_tokens_expire_by_the_moment_they_arrive(world: World) -> None:
    rule = ExpiryRule(within=timedelta(days=1), origins=frozenset({Origin.PURCHASE}))
    bar = await open_bar(world, expiry=(rule,))
    held = await bar.hold()
    world.clock.advance(minutes=2)
    await bar.pay(held)
    [bill] = await bar.bills()
    assert bill.expires_at == NOW + timedelta(days=1, minutes=2)


async def test_what_is_cancelled_or_runs_out_goes_back(world: World) -> None:
    bar = await open_bar(world)
    sales = bar.terminal.services.sales
    cancelled, forgotten = await bar.hold(), await bar.hold()
    await sales.cancel(cancelled.id)
    assert await bar.on_hold() == 10
    world.clock.advance(minutes=5)
    await sales.expire(forgotten.id)
    assert (await bar.on_hold(), await bar.check_tokens()) == (0, 0)


async def test_paid_late_tokens_are_issued_all_the_same(world: World) -> None:
    bar = await open_bar(world)
    held = await bar.hold({"general": 1, "ten-drinks": 1})
    world.clock.advance(minutes=5)
    await bar.terminal.services.sales.expire(held.id)
    paid = await bar.pay(held)
    assert (paid.state, await bar.amounts()) == (OrderState.PAID, [10])
    assert await bar.check_tokens() == 10


async def test_paid_late_when_others_have_the_last_tokens_the_money_is_a_refund_due(
    world: World,
) -> None:
    bar = await open_bar(world, supply=10)
    held = await bar.hold({"general": 1, "ten-drinks": 1})
    world.clock.advance(minutes=5)
    await bar.terminal.services.sales.expire(held.id)
    await bar.buy(buyer=GRACE)
    paid = await bar.pay(held)
    assert (paid.state, await bar.amounts()) == (OrderState.PAID_UNFULFILLED, [])
    [due] = await bar.terminal.services.refunds.due()
    assert due.refund.amount == usd(2400)
    assert (await bar.terminal.services.catalog.offers())[0].left == 10


async def test_paid_late_into_a_full_wallet_the_money_is_a_refund_due(world: World) -> None:
    bar = await open_bar(world, limits=Limits(balance_max=15))
    held = await bar.hold()
    world.clock.advance(minutes=5)
    await bar.terminal.services.sales.expire(held.id)
    await bar.buy()
    paid = await bar.pay(held)
    assert (paid.state, await bar.amounts()) == (OrderState.PAID_UNFULFILLED, [10])
    assert await bar.check_tokens() == 10
    assert await bar.terminal.services.reconciliation.run_once() == Report()


async def test_no_more_is_bought_than_a_wallet_may_have(world: World) -> None:
    bar = await open_bar(world, limits=Limits(balance_max=35))
    await bar.buy()
    await bar.hold()
    with pytest.raises(WalletFull) as refused:
        await bar.hold({"ten-drinks": 2})
    assert (refused.value.most, refused.value.left) == (35, 15)
    # Others have a wallet of their own.
    assert (await bar.hold({"ten-drinks": 3}, GRACE)).state is OrderState.HELD


async def test_sold_out_says_how_many_packs_others_hold(world: World) -> None:
    bar = await open_bar(world, supply=25)
    await bar.hold(buyer=GRACE)
    with pytest.raises(SoldOut) as refused:
        await bar.hold({"general": 1, "ten-drinks": 2})
    said = refused.value
    assert (said.slot_key, said.left, said.on_hold, said.wanted) == ("ten-drinks", 1, 1, 2)
    assert 0 < said.retry_seconds <= 300
    assert (await bar.terminal.services.catalog.offers())[0].left == 10


async def test_without_places_the_tokens_are_not_held_either(world: World) -> None:
    bar = await open_bar(world, slots=(a_slot(capacity=1),))
    await bar.terminal.hold()
    with pytest.raises(SoldOut) as refused:
        await bar.hold({"general": 1, "ten-drinks": 1})
    assert (refused.value.slot_key, await bar.on_hold()) == ("general", 0)


async def test_packs_have_limits_and_windows_of_their_own(world: World) -> None:
    later = a_pack("later", sale=Window(starts=NOW + timedelta(days=1)))
    bar = Bar(await world.open(a_bar(a_pack(order_max=2), later)))
    with pytest.raises(TooManyTickets):
        await bar.hold({"ten-drinks": 3})
    with pytest.raises(NotOnSale):
        await bar.hold("later")
    # Tickets are counted without them.
    assert (await bar.hold({"general": 10, "ten-drinks": 2})).state is OrderState.HELD


async def test_a_discount_lowers_tickets_and_no_tokens(world: World) -> None:
    bar = await open_bar(world, discounts=(Discount("FREE", percent=100),))
    held = await bar.hold({"general": 1, "ten-drinks": 1})
    lowered = await bar.terminal.services.sales.apply_discount(held.id, "free")
    assert lowered.due == usd(2000)


async def test_a_pack_alone_earns_no_goodie(world: World) -> None:
    bar = await open_bar(world, goodies=(Goodie("shirt", "T-shirt", 5),))
    assert (await bar.hold()).goodies == ()


async def test_free_tokens_need_no_payment(world: World) -> None:
    bar = Bar(await world.open(a_bar(a_pack(price=usd(0)))))
    held = await bar.hold()
    taken = await bar.terminal.services.sales.take_free(held.id)
    assert (taken.state, await bar.amounts()) == (OrderState.PAID, [10])


async def test_packs_are_paid_by_phone_and_named_on_the_page(world: World) -> None:
    shop = await Shop.open(world, a_bar())
    bar = Bar(shop.terminal)
    asked = await shop.ask(await bar.hold({"ten-drinks": 2}))
    assert [(line.name, line.count) for line in asked.request.lines] == [("10 drinks", 2)]
    await shop.pay(asked.request.reference)
    assert await bar.amounts() == [20]
    assert SANDBOX in shop.services.payments.providers


async def test_an_invoice_lists_packs(world: World) -> None:
    bar = await open_bar(world)
    held = await bar.hold({"general": 1, "ten-drinks": 2})
    organiser = a_cashier(role=Role.ORGANISER)
    paid = await bar.terminal.services.sales.pay_by_invoice(held.id, organiser)
    invoice = await bar.terminal.services.invoices.invoice(paid.id)
    assert [line.price for line in invoice.lines] == [usd(400), usd(4000)]
    assert (invoice.total, await bar.amounts()) == (usd(4400), [20])


class TestRefunds:
    async def test_unspent_tokens_go_back_with_the_tickets(self, world: World) -> None:
        bar = await open_bar(world)
        paid = await bar.buy({"general": 1, "ten-drinks": 1})
        refunded = await bar.terminal.services.refunds.refund_order(paid.id, a_supervisor())
        assert (refunded.state, await bar.amounts()) == (OrderState.REFUNDED, [])
        assert await bar.check_tokens() == 0
        assert await bar.terminal.takings() == (0, 0)

    async def test_of_spent_tokens_nothing_goes_back(self, world: World) -> None:
        bar = await open_bar(world)
        paid = await bar.buy({"general": 1, "ten-drinks": 1})
        await bar.spend(1)
        with pytest.raises(NotRefundable) as kept:
            await bar.terminal.services.refunds.refund_order(paid.id, a_supervisor())
        assert kept.value.reason is RefundFault.TOKENS_SPENT
        order = await bar.terminal.services.sales.order(paid.id)
        assert (order.state, await bar.amounts()) == (OrderState.PAID, [9])
        assert await bar.terminal.takings() == (2400, 2400)
        assert await bar.check_tokens() == 10

    async def test_of_expired_tokens_nothing_goes_back(self, world: World) -> None:
        rule = ExpiryRule(until=NOW + timedelta(hours=1))
        bar = await open_bar(world, expiry=(rule,))
        paid = await bar.buy()
        world.clock.advance(minutes=120)
        await bar.terminal.services.reconciliation.run_once()
        with pytest.raises(NotRefundable):
            await bar.terminal.services.refunds.refund_order(paid.id, a_supervisor())
        assert await bar.check_tokens() == 10

    async def test_what_is_bought_and_spent_elsewhere_stands_in_no_way(self, world: World) -> None:
        bar = await open_bar(world)
        first, second = await bar.buy(), await bar.buy()
        await bar.spend(5)
        refunds = bar.terminal.services.refunds
        with pytest.raises(NotRefundable):
            await refunds.refund_order(first.id, a_supervisor())
        await refunds.refund_order(second.id, a_supervisor())
        assert await bar.amounts() == [5]


async def test_two_terminals_never_sell_the_last_tokens_twice(world: World) -> None:
    north = await open_bar(world, supply=10)
    south = Bar(await world.open(name="south"))
    held = await north.hold()
    with pytest.raises(SoldOut):
        await south.hold(buyer=GRACE)
    # Paying at another terminal is paying the same order.
    await south.terminal.services.sales.pay_cash(held.id, held.due, a_cashier())
    await north.pay(held)
    assert await north.amounts() == [10]
    assert await north.check_tokens() == 10
