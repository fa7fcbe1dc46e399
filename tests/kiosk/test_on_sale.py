"""A whole on-sale: far more buyers than places, and a provider that does everything it may do."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field, replace

import pytest

from kiosk.domain.chart_places import HOLD_MARGIN_SECONDS
from kiosk.domain.errors import HoldExpired, KioskError, NotCancellable, NotPayable, SoldOut
from kiosk.domain.events import Discount, Pool
from kiosk.domain.orders import OrderState
from kiosk.domain.people import Attendee
from kiosk.domain.providers import EventKind, ProviderEvent
from kiosk.services.reconciliation import Report
from tests.kiosk.audit import Books, audit
from tests.kiosk.factories import a_cashier, a_slot, usd
from tests.kiosk.fake_provider import FakeProvider
from tests.kiosk.shop import SANDBOX, an_online_event
from tests.kiosk.world import Terminal, World

BUYERS = 500
PLACES = 120
AT_ONCE = 25
EVENT = an_online_event(
    a_slot("early", capacity=50, price=usd(300), pool="hall"),
    a_slot("regular", capacity=100, pool="hall"),
    discounts=(
        Discount("TENTH", percent=10, uses_max=20),
        Discount("GIFT", percent=100, uses_max=5),
    ),
)


@dataclass
class OnSale:
    """The doors of the shop, what happens in them, and webhooks that are still on their way."""

    terminals: list[Terminal]
    provider: FakeProvider
    chance: random.Random
    on_their_way: list[ProviderEvent] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)

    async def buyer(self, number: int) -> None:
        """One buyer from basket to whatever end."""
        terminal = self.chance.choice(self.terminals)
        sales = terminal.services.sales
        someone = Attendee(f"Buyer {number}", f"buyer{number}@example.org")
        order_id = sales.new_order_id()
        wanted = self.chance.choice([{"early": 1}, {"regular": 1}, {"early": 1, "regular": 1}])
        try:
            await sales.place(order_id, wanted, someone)
            await self._discount(terminal, order_id)
            await self._checkout(terminal, order_id)
        except (SoldOut, HoldExpired, NotPayable, NotCancellable) as refusal:
            self.told[type(refusal).__name__] += 1

    async def _discount(self, terminal: Terminal, order_id: int) -> None:
        if self.chance.random() < 0.25:
            code = self.chance.choice(["TENTH", "GIFT", "NONSENSE"])
            try:
                await terminal.services.sales.apply_discount(order_id, code)
            except KioskError as refusal:
                self.told[type(refusal).__name__] += 1

    async def _checkout(self, terminal: Terminal, order_id: int) -> None:
        sales = terminal.services.sales
        if not (await sales.order(order_id)).due:
            await sales.take_free(order_id)
            return
        way = self.chance.random()
        if way < 0.15:
            await sales.pay_cash(order_id, usd(1000), a_cashier())
        elif way < 0.22:
            await sales.cancel(order_id)
        elif way > 0.97:
            # Walks away without a word.
            return
        else:
            await self._online(terminal, order_id)

    async def _online(self, terminal: Terminal, order_id: int) -> None:
        opened = await terminal.services.payments.request(order_id, SANDBOX, "en")
        reference = opened.request.reference
        match self.chance.randrange(10):
            case 0:
                await self._hear(self.provider.end(reference, EventKind.FAILED))
                # Another try, which goes well.
                again = await terminal.services.payments.request(order_id, SANDBOX, "en")
                await self._hear(self.provider.end(again.request.reference, EventKind.SUCCEEDED))
            case 1:
                await self._hear(self.provider.end(reference, EventKind.CANCELLED))
                await terminal.services.sales.cancel(order_id)
            case 2:
                # Paid, and the webhook takes its time: some come after the hold has run out.
                self.on_their_way.append(self.provider.end(reference, EventKind.SUCCEEDED))
            case 3:
                # Pays cash as well, because the phone says nothing.
                paid = self.provider.event(reference, EventKind.SUCCEEDED)
                await terminal.services.sales.pay_cash(order_id, usd(1000), a_cashier())
                self.on_their_way.append(paid)
            case 4:
                paid = self.provider.end(reference, EventKind.SUCCEEDED)
                await asyncio.gather(*(self._hear(paid) for _ in range(3)))
            case 5:
                # Paid, and the webhook never comes.
                self.provider.end(reference, EventKind.SUCCEEDED)
            case _:
                await self._hear(self.provider.end(reference, EventKind.SUCCEEDED))

    async def _hear(self, event: ProviderEvent) -> None:
        webhook = self.provider.webhook(event)
        terminal = self.chance.choice(self.terminals)
        answer = await terminal.services.payments.receive(SANDBOX, webhook.headers, webhook.body)
        self.answers[answer.status] += 1

    async def hear_the_late(self, share: float) -> None:
        """Some of the webhooks on their way arrive, in any order, some of them twice."""
        self.chance.shuffle(self.on_their_way)
        arriving = [one for one in self.on_their_way if self.chance.random() < share]
        self.on_their_way = [one for one in self.on_their_way if one not in arriving]
        repeated = [one for one in arriving if self.chance.random() < 0.3]
        await asyncio.gather(*map(self._hear, arriving + repeated))


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
async def test_an_on_sale_ends_with_every_place_and_every_cent_accounted_for(
    world: World, seed: int
) -> None:
    provider = FakeProvider(world.clock)
    world.channels = {SANDBOX: provider.channel}
    event = an_online_event(*EVENT.slots, discounts=EVENT.discounts)
    event = replace(event, pools=(Pool("hall", "The hall", PLACES),))
    terminals = [await world.open(event, name) for name in ("north", "south")]
    sale = OnSale(terminals, provider, random.Random(seed))

    for first in range(0, BUYERS, AT_ONCE):
        await asyncio.gather(*map(sale.buyer, range(first, first + AT_ONCE)))
        await sale.hear_the_late(0.2)
        world.clock.advance(seconds=45)
        # Nobody can be asked: what the provider knows comes late, if it comes.
        provider.is_away = True
        await terminals[0].services.reconciliation.run_once()
        provider.is_away = False
    world.clock.advance(seconds=event.hold_seconds + HOLD_MARGIN_SECONDS + 1)
    await sale.hear_the_late(1)
    await asyncio.gather(*(one.services.reconciliation.run_once() for one in terminals))

    assert set(sale.answers) == {200}
    assert await terminals[1].services.reconciliation.run_once() == Report()
    books = await audit(terminals[0])
    assert len(books.orders) == BUYERS
    await nothing_is_pending(terminals[0])
    await everybody_has_what_they_paid_for(terminals[0], books, provider)
    states = Counter(order.state for order in books.orders)
    assert sum(len(order.claims) for order in books.paid) <= PLACES
    assert states[OrderState.PAID_UNFULFILLED] > 0
    assert states[OrderState.SOLD_OUT] > 0
    assert states[OrderState.CANCELLED] > 0


async def nothing_is_pending(terminal: Terminal) -> None:
    """No hold is left on any place."""
    for offer in await terminal.services.catalog.offers():
        assert offer.on_hold == 0


async def everybody_has_what_they_paid_for(
    terminal: Terminal, books: Books, provider: FakeProvider
) -> None:
    """Tickets for the paid orders, a refund for all other money, nothing for nobody."""
    issued = [await terminal.services.sales.tickets(order.id) for order in books.orders]
    assert sum(map(len, issued)) == sum(len(order.claims) for order in books.paid)
    took = {one.reference for one in provider.ended.values() if one.kind is EventKind.SUCCEEDED}
    for order in books.orders:
        paid = [
            one.amount.minor
            for one in provider.requests.values()
            if one.order_id == order.id and one.reference in took
        ]
        if paid:
            assert order.state is OrderState.PAID or books.due(order) == sum(paid)
