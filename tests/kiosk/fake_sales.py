"""Offers, orders and payments in memory, changed by the test at will."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from kiosk.domain.basket import Basket, opened_by, order_max
from kiosk.domain.discounts import AppliedDiscount, DiscountState, amount_off
from kiosk.domain.errors import (
    DiscountFault,
    DiscountRefused,
    HoldExpired,
    NotPayable,
    SaleState,
    UnknownOrder,
)
from kiosk.domain.events import (
    Event,
    EventSlot,
    ProviderName,
    Resource,
    StaffMember,
)
from kiosk.domain.goodies import GoodiePiece, GoodieState
from kiosk.domain.money import Money
from kiosk.domain.orders import Method, Order, OrderState, Payment, SlotClaim
from kiosk.domain.packs import packs_for
from kiosk.domain.people import Attendee
from kiosk.domain.provider_payments import PaymentState
from kiosk.domain.providers import PaymentRequest
from kiosk.domain.tickets import Ticket
from kiosk.services.catalog import Catalog, Offer, Places
from kiosk.services.pack_stock import PackOffer, PackStock
from kiosk.services.payments import OpenPayment, Payments
from kiosk.services.sales import Sales
from tests.fakes import FakeClock
from tests.kiosk.fake_events import NOON, code_of, number_of


@dataclass
class Answers:
    """Refusals to give before the real answer, first in first out."""

    waiting: deque[Exception | None] = field(default_factory=deque)

    def refuse(self, *refusals: Exception) -> None:
        """The next calls raise these."""
        self.waiting.extend(refusals)

    def refuse_after(self, calls: int, refusal: Exception) -> None:
        """So many calls are answered; the next raises this."""
        self.waiting.extend([None] * calls)
        self.waiting.append(refusal)

    def check(self) -> None:
        """Raise what is next, if anything is."""
        if refusal := self.waiting.popleft() if self.waiting else None:
            raise refusal


class FakeCatalog(Catalog, Answers):
    """Offers of an event, changed by the test at will."""

    def __init__(self, event: Event) -> None:
        Answers.__init__(self)
        self.event = event
        self.left = {slot.key: 61 for slot in event.slots}
        self.on_hold: dict[str, int] = {}
        self.states: dict[str, SaleState] = {}
        self.goodies_left = 12

    async def offers(self, codes: Iterable[str] = ()) -> list[Offer]:
        self.check()
        opened = opened_by(self.event, codes, NOON)
        return [
            Offer(
                slot,
                self.left[slot.key],
                self.on_hold.get(slot.key, 0),
                self.states.get(slot.key, SaleState.OPEN),
                order_max(self.event, slot),
            )
            for slot in self.event.slots
            if slot.public or slot.key in opened
        ]

    async def places(self, resources: Iterable[Resource]) -> dict[Resource, Places]:
        return {resource: Places(self.goodies_left, 0) for resource in resources}


class FakePackStock(PackStock, Answers):
    """Packs of an event, changed by the test at will."""

    def __init__(self, event: Event) -> None:
        Answers.__init__(self)
        self._event = event
        self.left = {pack.key: 61 for pack in event.packs}
        self.on_hold: dict[str, int] = {}
        self.states: dict[str, SaleState] = {}

    async def offers(self) -> list[PackOffer]:
        self.check()
        return [
            PackOffer(
                pack,
                self.left[pack.key],
                self.on_hold.get(pack.key, 0),
                self.states.get(pack.key, SaleState.OPEN),
            )
            for pack in self._event.packs
        ]


class FakeSales(Sales, Answers):
    """Orders in memory; every call is counted by the order id it was made with."""

    def __init__(self, event: Event, clock: FakeClock) -> None:
        Answers.__init__(self)
        self._event = event
        self._clock = clock
        self._next_id = 100
        self.orders: dict[int, Order] = {}
        self.calls: list[tuple[str, int]] = []
        self.codes: list[str] = []
        self.ends_as = OrderState.PAID

    def new_order_id(self) -> int:
        self._next_id += 1
        return self._next_id

    def _called(self, name: str, order_id: int) -> None:
        self.calls.append((name, order_id))
        self.check()

    async def place(
        self,
        order_id: int,
        basket: Basket | str,
        attendee: Attendee,
        codes: Iterable[str] = (),
        holders: Sequence[Attendee] = (),
    ) -> Order:
        self._called("place", order_id)
        if order_id not in self.orders:
            self.codes = list(codes)
            wanted = {basket: 1} if isinstance(basket, str) else basket
            slots = [slot for slot in self._event.slots for _ in range(wanted.get(slot.key, 0))]
            order = replace(
                self._held(order_id, slots, attendee), packs=packs_for(self._event, wanted)
            )
            self.orders[order_id] = order.for_holders(holders) if holders else order
        if self.orders[order_id].state is not OrderState.HELD:
            raise HoldExpired(order_id)
        return self.orders[order_id]

    def _held(self, order_id: int, slots: list[EventSlot], attendee: Attendee) -> Order:
        now = self._clock.now()
        return Order(
            id=order_id,
            number=1042,
            state=OrderState.HELD,
            attendee=attendee,
            claims=tuple(
                SlotClaim(at, slot.key, slot.number, number_of(at), 1, slot.price, attendee)
                for at, slot in enumerate(slots)
            ),
            goodies=tuple(
                GoodiePiece(at, goodie.key, goodie.number, GoodieState.GRANTED)
                for at, goodie in enumerate(self._event.goodies)
            ),
            attempt=1,
            hold_seconds=self._event.hold_seconds,
            placed_at=now,
            held_until=now + timedelta(seconds=self._event.hold_seconds),
            settled=True,
        )

    async def apply_discount(self, order_id: int, typed: str) -> Order:
        self._called("apply_discount", order_id)
        discount, order, now = self._event.discount(typed), self.orders[order_id], self._clock.now()
        if discount is None:
            raise DiscountRefused(typed, DiscountFault.UNKNOWN)
        prices = [(claim.slot_key, claim.price) for claim in order.claims]
        amount = amount_off(discount, prices, now, self._event.currency)
        asked = AppliedDiscount(discount.code, amount, False, 1, now, DiscountState.ASKED)
        self.orders[order_id] = order.apply_discount(asked)
        return self.orders[order_id]

    async def remove_discount(self, order_id: int) -> Order:
        self._called("remove_discount", order_id)
        self.orders[order_id] = self.orders[order_id].remove_discount(self._clock.now())
        return self.orders[order_id]

    def pay_by_phone(self, order_id: int) -> None:
        """Somebody has paid at the provider."""
        order = self.orders[order_id]
        payment = Payment(
            1, Method.PROVIDER, order.due, order.due, "", self._clock.now(), provider="sandbox"
        )
        self.orders[order_id] = replace(order, payment=payment, state=self.ends_as)

    async def pay_cash(self, order_id: int, tendered: Money, cashier: StaffMember) -> Order:
        self._called("pay_cash", order_id)
        return self._paid(order_id, Method.CASH, tendered, cashier.name)

    async def pay_by_invoice(self, order_id: int, organiser: StaffMember) -> Order:
        self._called("pay_by_invoice", order_id)
        return self._paid(order_id, Method.INVOICE, self.orders[order_id].due, organiser.name)

    async def take_free(self, order_id: int) -> Order:
        self._called("take_free", order_id)
        return self._paid(order_id, Method.FREE, self.orders[order_id].due, "")

    def _paid(self, order_id: int, method: Method, tendered: Money, by: str) -> Order:
        order = self.orders[order_id]
        if order.payment is None:
            payment = Payment(1, method, order.due, tendered, by, self._clock.now())
            order = replace(order.begin_payment(payment), state=self.ends_as, settled=True)
            self.orders[order_id] = order
        return order

    async def cancel(self, order_id: int) -> Order:
        self._called("cancel", order_id)
        self.orders[order_id] = (await self.order(order_id)).cancel()
        return self.orders[order_id]

    async def expire(self, order_id: int) -> Order:
        self._called("expire", order_id)
        self.orders[order_id] = self.orders[order_id].expire(self._clock.now())
        return self.orders[order_id]

    async def numbered(self, number: int) -> Order:
        for order in self.orders.values():
            if order.number == number:
                return order
        raise UnknownOrder(number)

    async def order(self, order_id: int) -> Order:
        if order_id not in self.orders:
            raise UnknownOrder(order_id)
        return self.orders[order_id]

    async def tickets(self, order_id: int) -> list[Ticket]:
        self._called("tickets", order_id)
        order = self.orders[order_id]
        valid = self._event.slots[0].valid
        return [
            Ticket(
                claim.id,
                claim.ticket_number,
                1,
                claim.slot_key,
                valid,
                claim.holder,
                code_of(claim.id),
            )
            for claim in order.claims
        ]


class FakePayments(Payments, Answers):
    """Takes payments on a phone; the test says how each ended."""

    address = "http://192.168.0.12:8080/pay/"

    def __init__(self, event: Event, sales: FakeSales) -> None:
        Answers.__init__(self)
        self._event = event
        self._sales = sales
        self.states: dict[str, PaymentState] = {}
        self.withdrawn: list[int] = []

    @property
    def providers(self) -> tuple[str, ...]:
        return tuple(one for one in self._event.providers if one is not ProviderName.CASH)

    async def request(self, order_id: int, provider: str, language: str) -> OpenPayment:
        self.check()
        order = self._sales.orders[order_id]
        if order.state is not OrderState.HELD:
            raise NotPayable(order_id, order.state)
        reference = f"{len(self.states):0>26}"
        self.states[reference] = PaymentState.OPEN
        request = PaymentRequest(
            reference, order_id, 1042, order.due, self._event.name, (), language, order.held_until
        )
        return OpenPayment(request, f"{self.address}{reference}")

    async def state(self, provider: str, reference: str) -> PaymentState:
        self.check()
        return self.states[reference]

    async def withdraw(self, order_id: int) -> None:
        self.withdrawn.append(order_id)

    def end(self, state: PaymentState) -> None:
        """The last payment ended so."""
        self.states[[*self.states][-1]] = state
