"""Invoices: tickets now, a credit note, and money that comes later."""

import asyncio

import pytest

from kiosk.domain.audit import Action
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
from kiosk.domain.invoices import AlreadyRecorded, InvalidReference, MoreThanOwed, NotInvoiced
from kiosk.domain.money import Money
from kiosk.domain.orders import Order
from kiosk.domain.refunds import RefundFault
from kiosk.domain.rights import NotAllowed
from kiosk.services.reconciliation import Report
from kiosk.store import audit
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
    payment_id = payment_id or new_id()
    money = (amount, BANK, f"transfer {payment_id}")
    paid = await terminal.services.invoices.settle(order.id, payment_id, money, BOSS)
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


async def test_the_same_transfer_is_not_booked_twice(terminal: Terminal) -> None:
    order, other = await invoiced(terminal, 1), await invoiced(terminal, 1)
    invoices = terminal.services.invoices
    await invoices.settle(order.id, new_id(), (usd(100), BANK, " RF18 "), BOSS)

    for _ in range(2):
        with pytest.raises(AlreadyRecorded) as again:
            await invoices.settle(order.id, new_id(), (usd(50), BANK, "RF18"), BOSS)
        assert again.value.before.amount == usd(100)

    assert await owed(terminal, order) == 300
    # One transfer may pay two invoices; cash has no reference that would tell it apart.
    await invoices.settle(other.id, new_id(), (usd(400), BANK, "RF18"), BOSS)
    for _ in range(2):
        await invoices.settle(order.id, new_id(), (usd(10), "cash", ""), a_cashier())
    assert await owed(terminal, order) == 280
    assert await owed(terminal, other) == 0


@pytest.mark.parametrize("reference", ["", "  ", "x" * 65, "a\nb", "\u202e1"])
async def test_a_transfer_has_a_reference_that_can_be_read(embedded: World, reference: str) -> None:
    terminal = await embedded.open()
    order = await invoiced(terminal, 1)
    with pytest.raises(InvalidReference):
        await terminal.services.invoices.settle(
            order.id, new_id(), (usd(100), BANK, reference), BOSS
        )
    assert await owed(terminal, order) == 400


async def test_only_organisers_say_what_came_to_the_bank(embedded: World) -> None:
    terminal = await embedded.open()
    order, invoices = await invoiced(terminal, 1), terminal.services.invoices
    with pytest.raises(NotAllowed):
        await invoices.settle(order.id, new_id(), (usd(100), BANK, "RF18"), a_cashier())
    steward = a_cashier(role=Role.STEWARD)
    with pytest.raises(NotAllowed):
        await invoices.settle(order.id, new_id(), (usd(100), "cash", ""), steward)
    await invoices.settle(order.id, new_id(), (usd(100), BANK, "RF18"), BOSS)
    *_, last = await terminal.backing.store.transaction(audit.page)
    assert (last.action, last.staff) == (Action.INVOICE_SETTLED, "Sam")
    assert last.detail == "1.00 USD, bank, RF18"
    assert await invoices.received(order.id) == {BANK: usd(100)}


async def test_open_invoices_are_those_on_which_the_ledger_has_a_debt(terminal: Terminal) -> None:
    invoices = terminal.services.invoices
    first, second, third = [await invoiced(terminal, 1) for _ in range(3)]
    await terminal.sell()
    await settle(terminal, first, usd(150))
    await settle(terminal, second, usd(400))

    found = await invoices.open()

    assert [(one.order_id, one.owed) for one in found] == [
        (first.id, usd(250)),
        (third.id, usd(400)),
    ]
    assert not any(one.is_moving for one in found)
    assert (found[0].invoice.paid, found[0].invoice.attendee) == (usd(150), ADA)
    await refund(terminal, third)
    assert [one.order_id for one in await invoices.open()] == [first.id]


async def test_money_that_is_being_booked_shows(embedded: World) -> None:
    away = Leaving(after=True)
    terminal = await embedded.open(an_event(a_slot(capacity=5)), back=away)
    order = await invoiced(terminal, 1)
    away.is_away = True
    with pytest.raises(LedgerUnavailable):
        await settle(terminal, order, usd(100))
    away.is_away = False
    [found] = await terminal.services.invoices.open()
    assert (found.owed, found.invoice.outstanding, found.is_moving) == (usd(300), usd(400), True)
    await terminal.services.reconciliation.run_once()
    [found] = await terminal.services.invoices.open()
    assert not found.is_moving


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
