"""A terminal whose event takes payments at a provider, and what tests do there."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.domain import chart
from kiosk.domain.events import Discount, Event, EventSlot, ProviderName
from kiosk.domain.money import Money
from kiosk.domain.orders import Order, OrderState
from kiosk.domain.providers import EventKind, ProviderEvent
from kiosk.domain.webhooks import Answer
from kiosk.services.backing import Backing
from kiosk.services.kiosk import Services
from kiosk.services.payments import OpenPayment
from tests.kiosk.factories import a_slot, an_event
from tests.kiosk.fake_provider import FakeProvider, Webhook
from tests.kiosk.world import Terminal, World

SANDBOX = "sandbox"
PAID, HELD, EXPIRED = OrderState.PAID, OrderState.HELD, OrderState.EXPIRED
UNFULFILLED, CANCELLED = OrderState.PAID_UNFULFILLED, OrderState.CANCELLED
REFUNDED = OrderState.REFUNDED
SUCCEEDED, FAILED = EventKind.SUCCEEDED, EventKind.FAILED


def an_online_event(*slots: EventSlot, discounts: tuple[Discount, ...] = ()) -> Event:
    """An event of one place, unless said otherwise, that takes cash and the sandbox."""
    providers = (ProviderName.CASH, ProviderName.SANDBOX)
    event = an_event(*(slots or (a_slot(capacity=1),)))
    return replace(event, providers=providers, discounts=discounts)


@dataclass
class Shop:
    """One terminal and the provider it reaches."""

    world: World
    provider: FakeProvider
    terminal: Terminal

    @classmethod
    async def open(
        cls,
        world: World,
        event: Event | None = None,
        back: Callable[[Backing], Backing] = lambda backing: backing,
    ) -> "Shop":
        """Open a terminal on an event of its own."""
        provider = FakeProvider(world.clock)
        world.channels = {SANDBOX: provider.channel}
        terminal = await world.open(event or an_online_event(), back=back)
        return cls(world, provider, terminal)

    @property
    def services(self) -> Services:
        """Those of the terminal."""
        return self.terminal.services

    async def ask(self, order: Order) -> OpenPayment:
        """Ask for a payment of what is due."""
        return await self.services.payments.request(order.id, SANDBOX, "en")

    async def held(self) -> tuple[Order, str]:
        """A held order, and the reference of the payment that is open for it."""
        order = await self.terminal.hold()
        return order, (await self.ask(order)).request.reference

    def end(
        self, reference: str, kind: EventKind = SUCCEEDED, amount: Money | None = None
    ) -> ProviderEvent:
        """The buyer pays, or not; nobody here knows of it yet."""
        return self.provider.end(reference, kind, amount)

    async def hear(self, event: ProviderEvent) -> Answer:
        """A webhook about the event arrives."""
        return await self.receive(self.provider.webhook(event))

    async def receive(self, webhook: Webhook, provider: str = SANDBOX) -> Answer:
        """A webhook arrives."""
        return await self.services.payments.receive(provider, webhook.headers, webhook.body)

    async def pay(self, reference: str) -> Answer:
        """The buyer pays, and the webhook arrives at once."""
        return await self.hear(self.end(reference))

    async def order(self, order: Order) -> Order:
        """The order as it is now."""
        return await self.services.sales.order(order.id)

    async def state(self, order: Order) -> OrderState:
        """Where the order is now."""
        return (await self.order(order)).state

    async def refund_due(self, order: Order) -> int:
        """What the ledger says the order has paid too much."""
        return await self.terminal.balance(chart.customer_account_id(order.id))

    async def time_out(self, order: Order) -> None:
        """The time to pay runs out, and the kiosk notices."""
        self.world.clock.advance(minutes=5)
        await self.services.sales.expire(order.id)
