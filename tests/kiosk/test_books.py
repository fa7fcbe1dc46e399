"""Whether the books balance: what store and ledger say of money, tickets and tokens."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import text

from kiosk.domain import chart_refunds, chart_tokens
from kiosk.domain.books import Book
from kiosk.domain.chart import (
    BANK,
    AccountCode,
    TransferCode,
    cash_account_id,
    receivable_account_id,
    slot_account_id,
)
from kiosk.domain.chart_money import move
from kiosk.domain.events import Discount, Role
from kiosk.domain.tokens import Origin
from kiosk.services.books import Books
from ledger.ids import new_id
from ledger.types import Transfer
from tests.kiosk.factories import a_cashier, a_slot, an_event, usd
from tests.kiosk.purses import Purses, a_token
from tests.kiosk.shop import Shop
from tests.kiosk.test_refunds import refund, unfulfilled
from tests.kiosk.test_token_payments import Till
from tests.kiosk.world import Terminal, World

pytestmark = pytest.mark.every_store

BOSS = a_cashier("Sam", role=Role.ORGANISER)


async def found(terminal: Terminal) -> list[tuple[Book, str, int, int]]:
    report = await terminal.services.books.compare()
    return [(one.book, one.what, one.stored, one.counted) for one in report.differences]


async def test_books_balance_whatever_was_bought_refunded_and_left(world: World) -> None:
    event = an_event(a_slot(capacity=9), discounts=(Discount("HALF", percent=50),))
    terminal = await world.open(event)
    sales = terminal.services.sales
    used, returned = await terminal.sell(), await terminal.sell()
    await terminal.admit(used.claims[0].ticket_number)
    await refund(terminal, returned)
    await terminal.hold()
    invoiced = [await terminal.hold() for _ in range(2)]
    await sales.apply_discount(invoiced[0].id, "half")
    for order in invoiced:
        await sales.pay_by_invoice(order.id, BOSS)
    money = (usd(150), BANK, "ref")
    await terminal.services.invoices.settle(invoiced[0].id, new_id(), money, BOSS)

    report = await terminal.services.books.compare()

    assert report.differences == ()
    assert (report.orders, report.at) == (5, world.clock.now())


async def test_money_that_is_due_is_in_the_books_until_it_is_paid_out(world: World) -> None:
    shop = await Shop.open(world)
    await unfulfilled(shop)
    assert await found(shop.terminal) == []
    [due] = await shop.services.refunds.due()
    await shop.services.refunds.pay_out(due.refund.id, a_cashier())
    assert await found(shop.terminal) == []


async def test_an_order_is_named_of_which_the_ledger_has_other_money(world: World) -> None:
    shop = await Shop.open(world)
    order = await unfulfilled(shop)
    [due] = await shop.services.refunds.due()
    # Paid out, and nobody wrote it down.
    event = shop.services.catalog.event
    paid = chart_refunds.pay_out(event, order, due.refund)
    await shop.terminal.backing.ledger.create_transfers([paid])

    assert await found(shop.terminal) == [(Book.ORDER, str(order.number), 400, 0)]


async def test_a_debt_is_named_that_the_ledger_has_not(world: World) -> None:
    terminal = await world.open()
    order = await terminal.services.sales.pay_by_invoice((await terminal.hold()).id, BOSS)
    event = terminal.services.catalog.event
    stray = move(event, order, usd(100), TransferCode.SETTLEMENT)
    stray.id = new_id()
    stray.debit_account_id = cash_account_id(event, BANK)
    stray.credit_account_id = receivable_account_id(order.id)
    await terminal.backing.ledger.create_transfers([stray])

    assert await found(terminal) == [(Book.INVOICE, str(order.number), 400, 300)]


async def test_a_slot_is_named_of_which_other_places_are_posted_than_tickets_issued(
    world: World,
) -> None:
    terminal = await world.open()
    await terminal.sell()
    await take_place(terminal)
    assert await found(terminal) == [(Book.SLOT, "general", 1, 2)]


async def take_place(terminal: Terminal) -> None:
    """A place is posted for which nobody has a ticket."""
    event = terminal.services.catalog.event
    stray = Transfer(
        id=new_id(),
        debit_account_id=slot_account_id(event, 1, AccountCode.BUDGET),
        credit_account_id=slot_account_id(event, 1, AccountCode.SPENT),
        amount=1,
        ledger=1,
        code=TransferCode.TAKE,
    )
    await terminal.backing.ledger.create_transfers([stray])


async def test_what_a_crash_left_is_no_difference_until_it_is_finished(embedded: World) -> None:
    terminal = await embedded.open()
    order = await terminal.sell()
    await terminal.backing.store.transaction(
        lambda session: session.connection().execute(
            text("UPDATE orders SET state = 'held', settled = 0 WHERE number = :n"),
            {"n": order.number},
        )
    )
    assert await found(terminal) == []


async def test_books_that_are_written_meanwhile_balance(world: World) -> None:
    terminal = await world.open(an_event(a_slot(capacity=60)))

    async def trade() -> None:
        for _ in range(10):
            order = await terminal.sell()
            if order.number % 3 == 0:
                await refund(terminal, order)

    trading = [asyncio.create_task(trade()) for _ in range(3)]
    while not all(one.done() for one in trading):
        assert await found(terminal) == []
    await asyncio.gather(*trading)
    assert await found(terminal) == []


async def test_all_tokens_are_somewhere(world: World) -> None:
    purses = await Purses.open(world, a_token(supply=100))
    await purses.buy("Tony", 30)
    await purses.buy("Nina", 10, Origin.AIRDROP)
    await purses.send("Tony", "Nina", 12)
    await purses.spend("Nina", 5)

    [totals] = (await purses.terminal.services.books.compare()).tokens

    assert (totals.issued, totals.left) == (40, 60)
    assert (totals.in_wallets, totals.spent) == (35, 5)
    assert (totals.on_its_way, totals.expired) == (0, 0)
    assert totals.balances
    assert await purses.terminal.services.books.tokens(purses.token) == totals


async def test_another_events_tokens_are_none_of_ours(embedded: World) -> None:
    purses = await Purses.open(embedded)
    await purses.buy("Tony", 30)
    other = await embedded.open(an_event(tokens=(a_token(),)), "south")
    books = Books(other.backing, other.services.catalog)
    [token] = other.services.catalog.event.tokens
    totals = await books.tokens(token)
    assert (totals.issued, totals.in_wallets, totals.balances) == (0, 0, True)


async def test_a_token_is_named_of_which_some_are_nobodys(world: World) -> None:
    purses = await Purses.open(world)
    await purses.buy("Tony", 30)
    event, number = purses.terminal.services.catalog.event, purses.token.number
    ledger, bill = purses.terminal.backing.ledger, new_id()
    stray = chart_tokens.bill_account(bill, token_number=number, owner=123, expires_at=None)
    await ledger.create_accounts([stray])
    issued = Transfer(
        id=new_id(),
        debit_account_id=chart_tokens.token_account_id(event, number, AccountCode.DEBT),
        credit_account_id=bill,
        amount=7,
        ledger=chart_tokens.token_ledger(number),
        code=TransferCode.ISSUE,
    )
    await ledger.create_transfers([issued])

    assert await found(purses.terminal) == [(Book.TOKEN, "beer", 37, 30)]
    assert not (await purses.terminal.services.books.tokens(purses.token)).balances


async def test_tokens_that_moved_while_they_were_counted_are_not_lost(embedded: World) -> None:
    purses = await Purses.open(embedded)
    totals = await purses.terminal.services.books.tokens(purses.token)
    off = replace(totals, issued=1)
    assert not off.balances
    assert replace(off, has_moved=True).balances


async def test_orders_that_buy_tokens_and_are_paid_with_them_balance(world: World) -> None:
    till = await Till.open(world)
    terminal = till.terminal
    books = Books(terminal.backing, terminal.services.catalog)
    order, other = await terminal.hold(), await terminal.hold()
    assert await till.pay(order)
    assert await till.pay(other)
    assert (await books.compare()).differences == ()
    await refund(terminal, order)

    report = await books.compare()

    assert report.differences == ()
    [totals] = report.tokens
    assert totals.issued == totals.accounted
    assert totals.spent == await till.spent()
