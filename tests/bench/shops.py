"""A shop to be measured: the services of one terminal on an engine, and what its books say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL
from sqlmodel import Session, col, func, select

from kiosk.bootstrap import assemble
from kiosk.clock import SystemClock
from kiosk.domain import chart
from kiosk.domain.chart import AccountCode
from kiosk.domain.events import Discount, ProviderName, Role
from kiosk.domain.money import Money
from kiosk.domain.orders import Order, OrderState
from kiosk.domain.people import Attendee
from kiosk.services.backing import Backing
from kiosk.services.kiosk import Services
from kiosk.store.database import Database
from kiosk.store.keys import SigningKeys
from kiosk.store.tables import ClaimRow, OrderRow
from tests.bench.engines import Engine
from tests.fakes import FakeClock
from tests.kiosk.factories import a_cashier, a_slot, an_event
from tests.kiosk.fake_provider import FakeProvider

SLOTS = ("general", "workshop", "party")
SLOT = SLOTS[0]
CAPACITY = 100_000_000
CASHIER = a_cashier(role=Role.ORGANISER)


class Lost(Exception):
    """An order that was answered is missing, or the books say something else."""


@dataclass(frozen=True, slots=True)
class Shop:
    """One terminal, and the ledger engine it stands on."""

    engine: Engine
    services: Services
    backing: Backing

    async def hold(self, buyer: int) -> Order:
        """Hold one place for one buyer."""
        sales = self.services.sales
        attendee = Attendee(f"Buyer {buyer}", f"buyer-{buyer}@example.org")
        order = await sales.place(sales.new_order_id(), SLOT, attendee)
        if order.state is not OrderState.HELD:
            raise Lost(f"order {order.number} is {order.state}")
        return order

    async def buy(self, buyer: int) -> None:
        """A full flow: hold, pay in cash, have the ticket in hand."""
        held = await self.hold(buyer)
        order = await self.services.sales.pay_cash(held.id, held.total, CASHIER)
        tickets = self.services.sales.tickets_of(order)
        if order.state is not OrderState.PAID or len(tickets) != 1:
            raise Lost(f"order {order.number} is {order.state} with {len(tickets)} tickets")

    async def check(self, *, paid: int, held: int) -> None:
        """Raise `Lost` unless store and ledger have exactly these orders."""
        event = self.services.catalog.event
        spent, cash, sales = await self.backing.ledger.lookup_accounts(
            [
                chart.slot_account_id(event, event.slot(SLOT).number, AccountCode.SPENT),
                chart.event_account_id(event, AccountCode.CASH),
                chart.event_account_id(event, AccountCode.SALES),
            ]
        )
        taken = event.slot(SLOT).price.minor * paid
        found = {
            "unfinished orders": (await self.services.reconciliation.run_once()).orders,
            "tickets paid in the store": await self._claims(OrderState.PAID),
            "tickets held in the store": await self._claims(OrderState.HELD),
            "places sold on the ledger": spent.credits_posted,
            "places held on the ledger": spent.credits_pending,
            "cash on the ledger": cash.debits_posted,
            "sales on the ledger": sales.credits_posted,
        }
        wanted = [0, paid, held, paid, held, taken, taken]
        for (what, count), right in zip(found.items(), wanted, strict=True):
            if count != right:
                raise Lost(f"{what}: {count} instead of {right}")

    async def _claims(self, state: OrderState) -> int:
        def count(session: Session) -> int:
            of_orders = select(func.count(col(ClaimRow.id))).join(
                OrderRow, col(ClaimRow.order_id) == OrderRow.id
            )
            of_event = of_orders.where(OrderRow.event_id == self.services.catalog.event.id)
            return session.exec(of_event.where(OrderRow.state == state)).one()

        return await self.backing.store.transaction(count)


@asynccontextmanager
async def shop(engine: Engine, folder: Path, url: URL | str) -> AsyncIterator[Shop]:
    """A new event with more places than anybody will ask for; its keys are kept in `folder`."""
    slots = (a_slot(key, price=Money(400, "USD"), capacity=CAPACITY) for key in SLOTS)
    event = an_event(
        *slots,
        providers=(ProviderName.CASH, ProviderName.SANDBOX),
        discounts=(Discount("HALF", percent=50),),
        staff=(CASHIER,),
    )
    store = await Database.open(url)
    try:
        keys, clock = SigningKeys(folder / "keys"), SystemClock()
        backing = Backing(store, engine.ledger, keys, clock, folder)
        provider = FakeProvider(FakeClock(clock.now()))
        channels = {str(ProviderName.SANDBOX): provider.channel}
        yield Shop(engine, await assemble(backing, event, "bench", channels), backing)
    finally:
        await store.close()
