"""The auditor: what the ledger says must be what the orders say, to the last cent and place."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, select

from kiosk.domain import chart
from kiosk.domain.chart import BANK, AccountCode
from kiosk.domain.chart_discounts import uses_account_id
from kiosk.domain.claim_payment import claim_payment
from kiosk.domain.events import ProviderName
from kiosk.domain.invoices import InvoicePayment
from kiosk.domain.orders import Method, Order, OrderState
from kiosk.domain.refunds import Refund, RefundReason, RefundState
from kiosk.store import orders, refunds
from kiosk.store.tables import OrderRow
from ledger.types import Account
from tests.kiosk.world import Terminal

UNPAID = (RefundState.DUE, RefundState.ASKED)


@dataclass(frozen=True)
class Books:
    """All that is stored of an event's orders."""

    orders: list[Order]
    refunds: dict[int, list[Refund]]
    invoiced: dict[int, tuple[InvoicePayment, ...]]

    @property
    def paid(self) -> list[Order]:
        """Those with tickets."""
        return [order for order in self.orders if order.state is OrderState.PAID]

    @property
    def held(self) -> list[Order]:
        """Those that are being paid."""
        return [order for order in self.orders if order.state is OrderState.HELD]

    def due(self, order: Order) -> int:
        """What of an order's money bought nothing and is still here."""
        return sum(
            one.amount.minor
            for one in self.refunds[order.id]
            if one.state in UNPAID and one.reason is not RefundReason.RETURNED
        )

    def came_for(self, order: Order) -> int:
        """What came in for an order that has its tickets."""
        assert order.payment is not None
        settled = sum(one.amount.minor for one in self.invoiced[order.id])
        return order.payment.amount.minor + settled


async def read(terminal: Terminal) -> Books:
    """Everything the store knows of the open event."""
    event_id = terminal.services.catalog.event.id

    def everything(session: Session) -> Books:
        ids = session.exec(select(OrderRow.id).where(OrderRow.event_id == event_id)).all()
        found = [orders.find(session, order_id) for order_id in ids]
        return Books(
            [order for order in found if order],
            {order_id: refunds.of_order(session, order_id) for order_id in ids},
            {order_id: refunds.payments_of(session, order_id) for order_id in ids},
        )

    return await terminal.backing.store.transaction(everything)


async def audit(terminal: Terminal) -> Books:
    """Check the books of a terminal that has nothing left to finish."""
    books = await read(terminal)
    assert all(order.settled for order in books.orders)
    await _places(terminal, books)
    await _uses(terminal, books)
    await _money(terminal, books)
    for order in books.orders:
        await _customer(terminal, books, order)
    return books


async def _places(terminal: Terminal, books: Books) -> None:
    for slot in terminal.services.catalog.event.slots:
        spent = await terminal.slot_account(AccountCode.SPENT, slot.number)
        redeemed = await terminal.slot_account(AccountCode.REDEEMED, slot.number)
        sold = _balance(spent) + _balance(redeemed)
        assert sold == _claims(books.paid)[slot.key] <= slot.capacity
        assert spent.credits_pending == _claims(books.held)[slot.key]


async def _uses(terminal: Terminal, books: Books) -> None:
    event = terminal.services.catalog.event
    for discount in event.discounts:
        if discount.uses_max is None:
            continue
        account_id = uses_account_id(event, discount.code, AccountCode.SPENT)
        [spent] = await terminal.backing.ledger.lookup_accounts([account_id])
        assert _balance(spent) == _used(books.paid)[discount.code] <= discount.uses_max
        assert spent.credits_pending == _used(books.held)[discount.code]


async def _money(terminal: Terminal, books: Books) -> None:
    event = terminal.services.catalog.event
    sales = await terminal.balance(chart.event_account_id(event, AccountCode.SALES))
    discounts = await terminal.balance(chart.event_account_id(event, AccountCode.DISCOUNTS))
    assert sales == sum(order.total.minor for order in books.paid)
    assert -discounts == sum(order.granted.minor for order in books.paid)
    ways = {chart.cash_account_id(event, way) for way in (*ProviderName, BANK)}
    cash = -sum([await terminal.balance(way) for way in ways])
    due = sum(books.due(order) for order in books.orders)
    assert cash == sum(books.came_for(order) for order in books.paid) + due
    listed = await terminal.services.refunds.due()
    assert due == sum(one.refund.amount.minor for one in listed)


async def _customer(terminal: Terminal, books: Books, order: Order) -> None:
    assert await terminal.balance(chart.customer_account_id(order.id)) == books.due(order)
    owed = -await terminal.balance(chart.receivable_account_id(order.id))
    payment = order.payment
    invoiced = payment is not None and payment.method is Method.INVOICE
    if not invoiced or order.state is not OrderState.PAID:
        assert owed == 0
        return
    settled = [one.instrument for one in books.invoiced[order.id]]
    assert owed == claim_payment(order, settled).outstanding.minor


def _claims(found: Iterable[Order]) -> Counter[str]:
    return Counter(claim.slot_key for order in found for claim in order.claims)


def _used(found: Iterable[Order]) -> Counter[str]:
    return Counter(
        order.discount.code for order in found if order.discount is not None and order.granted
    )


def _balance(account: Account) -> int:
    return account.credits_posted - account.debits_posted
