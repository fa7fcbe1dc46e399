"""Services that answer at once from memory, so that a screen can be tested against each answer."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.domain.admission import NeedsConduct, Reason, Verdict
from kiosk.domain.basket import Basket, opened_by, order_max
from kiosk.domain.discounts import AppliedDiscount, DiscountState, amount_off
from kiosk.domain.errors import (
    DiscountFault,
    DiscountRefused,
    HoldExpired,
    KioskError,
    NotPayable,
    SaleState,
    UnknownOrder,
    WrongPin,
)
from kiosk.domain.events import (
    AccessCode,
    CodeOfConduct,
    Discount,
    Event,
    EventSlot,
    Goodie,
    ProviderName,
    Resource,
    Role,
    StaffMember,
    Window,
)
from kiosk.domain.goodies import GoodiePiece, GoodieState
from kiosk.domain.money import Money, zero
from kiosk.domain.orders import Method, Order, OrderState, Payment, SlotClaim
from kiosk.domain.people import Attendee
from kiosk.domain.provider_payments import PaymentState
from kiosk.domain.providers import PaymentRequest
from kiosk.domain.refunds import RefundDue
from kiosk.domain.tickets import Ticket
from kiosk.services.admission import Admission
from kiosk.services.catalog import Catalog, Offer, Places
from kiosk.services.invoices import Invoices
from kiosk.services.kiosk import Services
from kiosk.services.payments import OpenPayment, Payments
from kiosk.services.reconciliation import Reconciliation, Report
from kiosk.services.refunds import Refunds
from kiosk.services.sales import Sales
from kiosk.services.staff import Staff
from kiosk.services.stats import Count, Health, Snapshot, Stats, Takings
from kiosk.services.ticket_files import TicketFiles
from ledger.engine import LedgerUnavailable
from tests.fakes import FakeClock

NOON = datetime(2027, 3, 12, 17, 4, 11, tzinfo=UTC)
CODE = ("7K2M4QX0AB3CD5EFGH6JLMNPQRSTUVWX189" * 5)[:154]
NUMBER = "7K2M-4QX0-AB3C"
PINS = {
    "1111": StaffMember("Robin", Role.STEWARD, ""),
    "2222": StaffMember("Kim", Role.CASHIER, ""),
    "3333": StaffMember("Sasha", Role.SUPERVISOR, ""),
    "4444": StaffMember("Noor", Role.ORGANISER, ""),
}


def code_of(at: int) -> str:
    """The code of the ticket at this position of an order; that of the first is `CODE`."""
    return CODE if at == 0 else f"{at}{CODE[1:]}"


def number_of(at: int) -> str:
    """The number of the ticket at this position of an order; that of the first is `NUMBER`."""
    return NUMBER if at == 0 else f"{at}{NUMBER[1:]}"


def a_slot(
    key: str, name: str, category: str = "", *, minor: int = 400, **changes: object
) -> EventSlot:
    """A valid slot, with whatever is changed."""
    slot = EventSlot(
        key=key,
        name=name,
        category=category,
        place="all halls",
        price=Money(minor, "USD"),
        capacity=200,
        sale=Window(),
        valid=Window(datetime(2027, 3, 12, 8, tzinfo=UTC), datetime(2027, 3, 14, 17, tzinfo=UTC)),
        number=1,
    )
    return replace(slot, **changes)  # type: ignore[arg-type]


def an_event(**changes: object) -> Event:
    """A valid event of three days, with whatever is changed."""
    saturday = Window(datetime(2027, 3, 13, 9, tzinfo=UTC), datetime(2027, 3, 13, 12, tzinfo=UTC))
    conduct = "Be kind. Ask before you take a picture.\n\nNo harassment of any kind. " * 6
    event = Event(
        key="gopherfest-2027",
        name="GopherFest 2027",
        currency="USD",
        timezone="Europe/Berlin",
        hold_seconds=300,
        slots=(
            a_slot("early", "General Admission", "Early Bird", minor=300),
            a_slot("regular", "General Admission", "Regular"),
            a_slot(
                "workshop",
                "Workshop: Profiling Go",
                minor=0,
                place="room 2",
                valid=saturday,
                requires=("early", "regular"),
                order_max=2,
            ),
            a_slot("party", "Party", place="hall 3", valid=saturday),
            a_slot("crew", "General Admission", "Crew", minor=0, public=False),
        ),
        conduct={
            "en": CodeOfConduct("en", "Code of Conduct", f"## How we are here\n\n{conduct}"),
            "es": CodeOfConduct("es", "Código de conducta", f"## Cómo estamos aquí\n\n{conduct}"),
        },
        staff=tuple(PINS.values()),
        id=1,
        goodies=(Goodie("shirt", "T-shirt", 100, slot_keys=("early", "regular"), number=1),),
        access_codes=(AccessCode("CREW", ("crew",)),),
        providers=(ProviderName.CASH, ProviderName.SANDBOX),
        discounts=(Discount("HALF", percent=50), Discount("ALL", percent=100)),
    )
    return replace(event, **changes)  # type: ignore[arg-type]


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
        self, order_id: int, basket: Basket | str, attendee: Attendee, codes: Iterable[str] = ()
    ) -> Order:
        self._called("place", order_id)
        if order_id not in self.orders:
            self.codes = list(codes)
            wanted = {basket: 1} if isinstance(basket, str) else basket
            slots = [slot for slot in self._event.slots for _ in range(wanted.get(slot.key, 0))]
            self.orders[order_id] = self._held(order_id, slots, attendee)
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


class FakeStaff(Staff):
    """Knows the PINs of this module; the third wrong one makes people wait."""

    def __init__(self) -> None:
        self._wrong = 0

    async def unlock(self, pin: str, role_at_least: Role) -> StaffMember:
        member = PINS.get(pin)
        if member is None or member.role < role_at_least:
            self._wrong += 1
            raise WrongPin(0 if self._wrong < 3 else 4)
        return member


class FakeAdmission(Admission, Answers):
    """Gives the verdicts queued by the test, else that the code is not ours."""

    def __init__(self, terminal: str) -> None:
        Answers.__init__(self)
        self.terminal = terminal
        self.verdicts: deque[Verdict | NeedsConduct] = deque()
        self.scans: list[tuple[str, int]] = []
        self.accepted: list[str] = []

    def new_nonce(self) -> int:
        return len(self.scans) + 1

    async def scan(self, text: str, nonce: int) -> Verdict | NeedsConduct:
        self.scans.append((text, nonce))
        self.check()
        return self.verdicts.popleft() if self.verdicts else Verdict(Reason.NOT_OURS)

    async def accept_conduct(self, needs: NeedsConduct, language: str, nonce: int) -> Verdict:
        self.accepted.append(language)
        self.check()
        return Verdict(Reason.ADMITTED, needs.ticket_number, needs.holder, needs.slot_key)


class FakeReconciliation(Reconciliation):
    """Has nothing to do."""

    def __init__(self) -> None:
        pass

    async def run_once(self) -> Report:
        return Report()

    async def run_forever(self, every_seconds: float = 60) -> None:
        return


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


class FakeStats(Stats, Answers):
    """Figures as the test sets them."""

    def __init__(self, now: Snapshot) -> None:
        Answers.__init__(self)
        self.now = now

    async def snapshot(self) -> Snapshot:
        self.check()
        return self.now

    async def health(self) -> Health:
        return self.now.health


def a_snapshot(event: Event, **changes: object) -> Snapshot:
    """An event of which nothing is sold, with whatever is changed."""
    counts = tuple(
        Count(slot.resource, slot.title, sold=0, held=0, left=slot.capacity, redeemed=0)
        for slot in event.slots
    )
    nothing = zero(event.currency)
    snapshot = Snapshot(
        at=NOON,
        slots=counts,
        pools=(),
        goodies=(),
        takings=Takings(nothing, nothing, {ProviderName.CASH: nothing}, nothing, 0),
        health=Health("fake", ledger_seconds=0.001, store_seconds=0.001),
    )
    return replace(snapshot, **changes)  # type: ignore[arg-type]  # keywords of a dataclass


def half_sold(event: Event) -> Snapshot:
    """An event that sells well, with money by every way and refunds to pay."""
    counts = [
        Count(slot.resource, slot.title, sold, held, slot.capacity - sold - held, redeemed)
        for slot, sold, held, redeemed in zip(
            event.slots, (200, 121, 0, 48, 1), (0, 4, 0, 12, 0), (180, 33, 0, 0, 0), strict=True
        )
    ]
    shirts = [Count(one.resource, one.name, 88, 2, 10, 41) for one in event.goodies]
    takings = Takings(
        sales=Money(127600, "USD"),
        discounts=Money(1250, "USD"),
        received={
            ProviderName.CASH: Money(84350, "USD"),
            ProviderName.SANDBOX: Money(42400, "USD"),
        },
        refunds_due=Money(800, "USD"),
        refunds_due_count=2,
    )
    return a_snapshot(event, slots=tuple(counts), goodies=tuple(shirts), takings=takings)


class FakeRefunds(Refunds):
    """Nothing is due."""

    def __init__(self) -> None:
        pass

    async def due(self) -> list[RefundDue]:
        return []


class FakeInvoices(Invoices):
    """Has none."""

    def __init__(self) -> None:
        pass


@dataclass
class Fakes:
    """The fakes behind one set of services, each by its own type."""

    event: Event = field(default_factory=an_event)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    tickets_folder: Path = Path("/media/tickets")

    def __post_init__(self) -> None:
        self.catalog = FakeCatalog(self.event)
        self.sales = FakeSales(self.event, self.clock)
        self.payments = FakePayments(self.event, self.sales)
        self.admission = FakeAdmission("North gate")
        self.stats = FakeStats(a_snapshot(self.event))
        self.services = Services(
            catalog=self.catalog,
            sales=self.sales,
            admission=self.admission,
            staff=FakeStaff(),
            payments=self.payments,
            refunds=FakeRefunds(),
            invoices=FakeInvoices(),
            reconciliation=FakeReconciliation(),
            stats=self.stats,
            clock=self.clock,
            ledger_engine="fake",
            terminal="North gate",
            ticket_files=TicketFiles(self.tickets_folder),
        )


LEDGER_AWAY: KioskError | LedgerUnavailable = LedgerUnavailable("no answer")
