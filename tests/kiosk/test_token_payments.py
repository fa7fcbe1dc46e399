"""Orders that are paid with tokens: like with any other provider, and given back as tokens."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from kiosk.domain import chart
from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.chart_tokens import app_account_id
from kiosk.domain.errors import HoldExpired, NotPayable
from kiosk.domain.events import ProviderName
from kiosk.domain.orders import Order, OrderState
from kiosk.domain.tokens import ExpiryRule
from kiosk.domain.wallets import OpenWallet
from kiosk.services.reconciliation import Report
from kiosk.services.token_payments import PLACE
from tests.kiosk.bar import Bar, a_bar, a_supervisor
from tests.kiosk.crashes import Crash, Fuse, crashing
from tests.kiosk.factories import ADA, GRACE, NOW, a_cashier, usd
from tests.kiosk.world import Terminal, World

STEPS_MAX = 80
GONE = NOW + timedelta(days=1)
PAID, HELD, REFUNDED = OrderState.PAID, OrderState.HELD, OrderState.REFUNDED


@dataclass(frozen=True)
class Till:
    """A terminal where a drink is worth 1.50, and Ada has ten."""

    terminal: Terminal

    @classmethod
    async def open(cls, world: World, fuse: Fuse | None = None) -> "Till":
        event = a_bar(expiry=(ExpiryRule(until=GONE),))
        [drink] = event.tokens
        event = replace(
            event,
            tokens=(replace(drink, value=usd(150)),),
            providers=(ProviderName.CASH, ProviderName.TOKENS),
        )
        terminal = await world.open(event, back=crashing(fuse or Fuse()))
        await Bar(terminal).buy()
        return cls(terminal)

    @property
    def bar(self) -> Bar:
        return Bar(self.terminal)

    async def wallet(self) -> OpenWallet:
        """Ada's, opened."""
        found = await self.terminal.services.wallets.open(ADA)
        return OpenWallet(found.id, ADA, found.version)

    async def pay(self, order: Order) -> bool:
        """With Ada's tokens."""
        return await self.terminal.services.token_till.pay(order.id, await self.wallet(), "en")

    async def state(self, order: Order) -> OrderState:
        return (await self.terminal.services.sales.order(order.id)).state

    async def spent(self) -> int:
        """What paid for orders, as the ledger says."""
        event = self.terminal.services.catalog.event
        return await self.terminal.balance(app_account_id(event, self.bar.token.number, PLACE))

    async def received(self) -> int:
        """What the tokens were worth to the orders."""
        event = self.terminal.services.catalog.event
        return -await self.terminal.balance(chart.cash_account_id(event, ProviderName.TOKENS))

    async def refund(self, order: Order) -> None:
        if await self.state(order) is PAID:
            await self.terminal.services.refunds.refund_order(order.id, a_supervisor())


async def test_tokens_pay_an_order_at_their_value(world: World) -> None:
    till = await Till.open(world)
    held = await till.terminal.hold()
    # 4.00 at 1.50 each: whole tokens only.
    assert till.terminal.services.token_till.price(held) == 3
    assert await till.pay(held)
    assert await till.state(held) is PAID
    assert (await till.bar.amounts(), await till.spent()) == ([7], 3)
    assert await till.received() == 400
    assert len(await till.terminal.services.sales.tickets(held.id)) == 1


async def test_tokens_buy_no_tokens_and_nothing_that_is_free(world: World) -> None:
    till = await Till.open(world)
    price = till.terminal.services.token_till.price
    assert price(await till.bar.hold()) is None
    held = await till.terminal.hold()
    free = tuple(replace(claim, price=usd(0)) for claim in held.claims)
    assert price(replace(held, claims=free)) is None


async def test_too_few_tokens_leave_the_order_payable_another_way(world: World) -> None:
    till = await Till.open(world)
    held = await till.terminal.hold({"general": 4})
    with pytest.raises(InsufficientTokens):
        await till.pay(held)
    assert (await till.state(held), await till.spent()) == (HELD, 0)
    paid = await till.terminal.services.sales.pay_cash(held.id, usd(1600), a_cashier())
    assert (paid.state, await till.spent()) == (PAID, 0)


async def test_paying_twice_is_paying_once(world: World) -> None:
    till = await Till.open(world)
    held = await till.terminal.hold()
    assert await till.pay(held)
    with pytest.raises(NotPayable):
        await till.pay(held)
    assert (await till.spent(), await till.bar.amounts()) == (3, [7])


async def test_after_the_hold_no_tokens_are_taken(world: World) -> None:
    till = await Till.open(world)
    held = await till.terminal.hold()
    world.clock.advance(minutes=5)
    with pytest.raises(HoldExpired):
        await till.pay(held)
    assert await till.spent() == 0


async def test_a_refund_gives_tokens_back_that_expire_as_before(world: World) -> None:
    till = await Till.open(world)
    held = await till.terminal.hold()
    await till.pay(held)
    await till.refund(held)
    bills = await till.bar.bills()
    assert [(bill.amount, bill.expires_at) for bill in bills] == [(7, GONE), (3, GONE)]
    assert (await till.state(held), await till.spent(), await till.received()) == (REFUNDED, 0, 0)
    history = await till.terminal.services.wallets.owner_history(bills[1].id)
    assert [one.owner for one in history] == [ADA, ADA]


async def test_of_two_terminals_with_one_wallet_one_pays(world: World) -> None:
    north = await Till.open(world)
    south = Till(await world.open(name="south"))
    first, second = (
        await north.terminal.hold({"general": 3}),
        await south.bar.hold("general", GRACE),
    )
    assert await north.pay(first)
    third = await south.terminal.hold()
    with pytest.raises(InsufficientTokens):
        await south.pay(third)
    assert await north.bar.amounts() == [2]
    assert await south.state(second) is HELD


@pytest.mark.parametrize("act", ["pay", "refund"])
async def test_a_crash_at_any_step_is_made_good(world: World, act: str) -> None:
    for step in range(STEPS_MAX):
        fuse = Fuse()
        till = await Till.open(world, fuse)
        held = await till.terminal.hold()
        if act == "refund":
            await till.pay(held)
        fuse.set(step)
        try:
            await (till.pay(held) if act == "pay" else till.refund(held))
        except Crash:
            fuse.set(None)
            till = Till(await world.open())
            await till.terminal.services.reconciliation.run_once()
            await check(till, held)
            if await till.state(held) is HELD:
                assert await till.pay(held)
            if act == "refund":
                await till.refund(held)
            await check(till, held)
        else:
            fuse.set(None)
            await check(till, held)
            return
        assert await till.terminal.services.reconciliation.run_once() == Report()
        await world.close_terminals()
    pytest.fail(f"more than {STEPS_MAX} steps")


async def check(till: Till, order: Order) -> None:
    """Tokens are with the event if the order is paid, and with Ada if not."""
    is_paid = await till.state(order) is PAID
    assert await till.spent() == (3 if is_paid else 0)
    assert sum(await till.bar.amounts()) == (7 if is_paid else 10)
    assert await till.received() == (400 if is_paid else 0)
