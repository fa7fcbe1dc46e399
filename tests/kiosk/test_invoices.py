"""Invoices: tickets now, a credit note, and money that comes later."""

import asyncio

import pytest

from kiosk.domain.chart import (
    BANK,
    AccountCode,
    cash_account_id,
    customer_account_id,
    event_account_id,
    receivable_account_id,
)
from kiosk.domain.errors import HoldExpired
from kiosk.domain.events import Discount, Role
from kiosk.domain.invoices import MoreThanOwed, NotInvoiced
from kiosk.domain.money import Money
from kiosk.domain.orders import Order
from kiosk.domain.refunds import RefundFault
from kiosk.services.reconciliation import Report
from ledger.engine import LedgerUnavailable
from ledger.ids import new_id
from tests.kiosk.factories import ADA, a_cashier, a_slot, an_event, usd
from tests.kiosk.shop import EXPIRED, HELD, PAID, REFUNDED, Shop
from tests.kiosk.test_receiving import Leaving
from tests.kiosk.test_refunds import fault, left, refund
from tests.kiosk.world import Terminal, World

BOSS = a_cashier("Sam", role=Role.ORGANISER)
HALF = Discount("HALF", percent=50, uses_max=3)


@pytest.fixture
async def terminal(world: World) -> Terminal:
    return await world.open(an_event(a_slot(capacity=5), discounts=(HALF,)))


async def invoiced(terminal: Terminal, count: int = 2, code: str | None = None) -> Order:
    """An order for which an invoice was issued."""
    sales = terminal.services.sales
    order = await sales.place(sales.new_order_id(), {"general": count}, ADA)
    if code:
        await sales.apply_discount(order.id, code)
    return await sales.pay_by_invoice(order.id, BOSS)


async def owed(terminal: Terminal, order: Order) -> int:
    return -await terminal.balance(receivable_account_id(order.id))


async def settle(terminal: Terminal, order: Order, amount: Money, payment_id: int = 0) -> bool:
    """Whether the invoice has its seal after this money."""
    money = (amount, BANK, "bank reference")
    paid = await terminal.services.invoices.settle(
        order.id, payment_id or new_id(), money, a_cashier()
    )
    return paid.is_paid


async def test_an_invoice_gives_tickets_now_and_books_a_debt(terminal: Terminal) -> None:
    order = await invoiced(terminal)

    assert order.state is PAID
    assert len(await terminal.services.sales.tickets(order.id)) == 2
    assert await owed(terminal, order) == 800
    assert await terminal.takings() == (0, 800)
    found = await terminal.services.invoices.invoice(order.id)
    assert (found.number, found.issued_by, found.attendee) == (order.number, "Sam", ADA)
    assert [line.price for line in found.lines] == [usd(400), usd(400)]
    assert (found.total, found.outstanding, found.is_paid) == (usd(800), usd(800), False)


async def test_money_pays_the_debt_off_in_parts(terminal: Terminal) -> None:
    order = await invoiced(terminal)

    seals = [await settle(terminal, order, usd(minor)) for minor in (300, 499, 1)]

    assert seals == [False, False, True]
    assert await owed(terminal, order) == 0
    assert await terminal.takings() == (800, 800)
    event = terminal.services.catalog.event
    assert -await terminal.balance(cash_account_id(event, BANK)) == 800
    assert await terminal.balance(customer_account_id(order.id)) == 0
    assert await terminal.services.reconciliation.run_once() == Report()


async def test_the_same_money_comes_in_once(terminal: Terminal) -> None:
    order, payment_id = await invoiced(terminal), new_id()

    await asyncio.gather(
        *(settle(terminal, order, usd(300), payment_id) for _ in range(4)),
    )

    assert await owed(terminal, order) == 500


async def test_more_than_is_owed_is_not_taken(terminal: Terminal) -> None:
    order = await invoiced(terminal)
    await settle(terminal, order, usd(700))

    said = await asyncio.gather(
        *(settle(terminal, order, usd(100)) for _ in range(2)), return_exceptions=True
    )

    assert sorted(map(str, map(type, said))) == sorted(map(str, (bool, MoreThanOwed)))
    assert await owed(terminal, order) == 0


async def test_a_discount_lowers_the_debt_and_the_seal_waits_for_the_rest(
    terminal: Terminal,
) -> None:
    order = await invoiced(terminal, code="HALF")
    found = await terminal.services.invoices.invoice(order.id)
    assert (found.total, found.discount, found.outstanding) == (usd(800), usd(400), usd(400))
    assert await owed(terminal, order) == 400

    seals = [await settle(terminal, order, usd(minor)) for minor in (399, 1)]

    assert seals == [False, True]
    event = terminal.services.catalog.event
    assert -await terminal.balance(event_account_id(event, AccountCode.DISCOUNTS)) == 400


@pytest.mark.parametrize("code", [None, "HALF"])
@pytest.mark.parametrize("minor", [0, 150])
async def test_an_invoiced_order_goes_back_with_debt_and_money(
    terminal: Terminal, code: str | None, minor: int
) -> None:
    order = await invoiced(terminal, code=code)
    if minor:
        await settle(terminal, order, usd(minor))

    assert (await refund(terminal, order)).state is REFUNDED

    event = terminal.services.catalog.event
    accounts = [
        receivable_account_id(order.id),
        customer_account_id(order.id),
        cash_account_id(event, BANK),
        event_account_id(event, AccountCode.SALES),
        event_account_id(event, AccountCode.DISCOUNTS),
    ]
    assert [await terminal.balance(one) for one in accounts] == [0] * 5
    assert await left(terminal) == 5
    with pytest.raises(NotInvoiced):
        await settle(terminal, order, usd(1))


async def test_money_on_its_way_keeps_an_order_from_going_back(embedded: World) -> None:
    away = Leaving(after=False)
    terminal = await embedded.open(an_event(a_slot(capacity=5)), back=away)
    order = await invoiced(terminal)
    away.is_away = True
    with pytest.raises(LedgerUnavailable):
        await settle(terminal, order, usd(100))
    away.is_away = False

    assert await fault(terminal, order) is RefundFault.BEING_SETTLED
    assert (await terminal.services.reconciliation.run_once()).payments == 1
    assert await owed(terminal, order) == 700
    assert (await refund(terminal, order)).state is REFUNDED


async def test_what_is_paid_otherwise_has_no_invoice(embedded: World) -> None:
    terminal = await embedded.open()
    paid, held = await terminal.sell(), await terminal.hold()
    for order in (paid, held):
        with pytest.raises(NotInvoiced):
            await terminal.services.invoices.invoice(order.id)
    assert (await terminal.services.sales.order(held.id)).state is HELD


async def test_an_invoice_too_late_for_a_place_is_not_issued(world: World) -> None:
    shop = await Shop.open(world)
    order = await shop.terminal.hold()
    await shop.time_out(order)
    await shop.terminal.sell()

    with pytest.raises(HoldExpired):
        await shop.services.sales.pay_by_invoice(order.id, BOSS)

    assert await shop.state(order) is EXPIRED
    assert await owed(shop.terminal, order) == 0
