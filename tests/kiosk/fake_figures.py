"""What an organiser sees, as the test sets it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from kiosk.domain.books import Book, BookReport, Difference, TokenTotals
from kiosk.domain.crowds import Curve, Presence, span_number
from kiosk.domain.events import (
    Event,
    ProviderName,
    StaffMember,
)
from kiosk.domain.exports import Progress, Table
from kiosk.domain.invoices import Invoice, OpenInvoice
from kiosk.domain.lineage import BillRecord, BillUse, NoSuchBill
from kiosk.domain.money import Money, zero
from kiosk.domain.people import Attendee
from kiosk.domain.token_moves import MoveKind
from kiosk.domain.tokens import Token
from kiosk.services.books import Books
from kiosk.services.crowds import Crowd, Crowds
from kiosk.services.exports import Exports
from kiosk.services.lineages import Lineages
from kiosk.services.stats import Count, Health, Snapshot, Stats, Takings
from tests.kiosk.fake_events import NOON
from tests.kiosk.fake_sales import Answers

LONG_AGO = NOON - timedelta(hours=2)


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


class FakeCrowds(Crowds, Answers):
    """A crowd as the test sets it."""

    def __init__(self) -> None:
        Answers.__init__(self)
        self.now = Crowd((), Curve({}, span_number(NOON)), conflicts=0)

    async def look(self) -> Crowd:
        self.check()
        return self.now


class FakeBooks(Books, Answers):
    """Books that balance, unless the test says otherwise."""

    def __init__(self) -> None:
        Answers.__init__(self)
        self.now = BookReport(NOON, 0, (), ())

    async def compare(self) -> BookReport:
        self.check()
        return self.now


class FakeExports(Exports, Answers):
    """Writes nothing, and goes on when the test says so."""

    def __init__(self) -> None:
        Answers.__init__(self)
        self.written: list[Path] = []
        self.go_on = asyncio.Event()
        self.is_over = False

    def new_folder(self) -> Path:
        return Path("/home/kiosk/exports/gopherfest-2027-20270312T170411Z")

    async def write(
        self, folder: Path, told: Callable[[Progress], None], staff: StaffMember | None = None
    ) -> Mapping[Table, int]:
        self.check()
        told(Progress(Table.TICKETS, 12_000))
        try:
            await self.go_on.wait()
        finally:
            self.is_over = True
        self.written.append(folder)
        return dict.fromkeys(Table, 12_000)


class FakeLineages(Lineages, Answers):
    """Knows the bills of one issue."""

    def __init__(self) -> None:
        Answers.__init__(self)
        self.known: list[BillRecord] = []

    async def of(self, start: str) -> list[BillRecord]:
        self.check()
        found = [one for one in self.known if f"{one.id:032x}".startswith(start)]
        if len(found) != 1:
            raise NoSuchBill(start, len(found))
        return list(self.known)

    async def owned_by(self, email: str) -> list[BillRecord]:
        self.check()
        return [one for one in self.known if one.owner.email == email]


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


def a_crowd() -> Crowd:
    """A hall that is nearly full, a party without a limit, and two who should not be there."""
    last = span_number(NOON)
    came = [3, 9, 14, 31, 58, 84, 77, 40, 22, 0, 12, 18, 35, 29, 16, 8, 5, 11, 4, 2]
    counts = {last - len(came) + at: count for at, count in enumerate(came, 1)}
    places = (Presence("Great Hall", 412, 450), Presence("Party", 38, None))
    return Crowd(places, Curve(counts, last), conflicts=2)


def books_off_by_some() -> BookReport:
    """Of everything something differs."""
    drink = Token("drink", "Drink", 1000, number=1)
    coin = Token("coin", "Game coin", 500_000, number=2)
    return BookReport(
        NOON,
        orders=1842,
        tokens=(
            TokenTotals(drink, 600, 320, 20, 250, 10, 400),
            TokenTotals(coin, 125_000, 100_000, 0, 24_993, 0, 375_000),
        ),
        differences=(
            Difference(Book.ORDER, "1042", 400, 0),
            Difference(Book.INVOICE, "977", 120_000, 100_000),
            Difference(Book.SLOT, "regular", 121, 122),
            Difference(Book.TOKEN, "coin", 125_000, 124_993),
        ),
    )


def a_life(name: str = "Ada Lovelace") -> list[BillRecord]:
    """Ten tokens that were bought, of which some went on, and some were spent."""
    ada, nina = Attendee(name, "ada@example.org"), Attendee("Nina Simone", "nina@example.org")
    kim = Attendee("Kim", "kim@example.org")
    spent = (BillUse(MoveKind.SPEND, "bar", 3),)
    first, second, third = (bill << 120 for bill in (0xA1, 0xB2, 0xB3))
    at = [LONG_AGO + timedelta(minutes=minutes) for minutes in range(0, 40, 10)]
    return [
        BillRecord(first, None, 1, ada, 10, 1, at[0], None, spent),
        BillRecord(second, first, 1, nina, 5, 3, at[1], NOON + timedelta(days=1), ()),
        BillRecord(third, second, 1, kim, 2, 0, at[2], None, (BillUse(MoveKind.EXPIRE, "", 2),)),
        BillRecord(0xC4 << 120, first, 1, kim, 1, 1, at[3], None, ()),
    ]


def an_open_invoice(
    number: int = 1042, name: str = "Ada Lovelace", minor: int = 1200
) -> OpenInvoice:
    """An invoice of which two dollars came."""
    owed = Money(minor - 200, "USD")
    invoice = Invoice(
        number=number,
        issued_at=NOON,
        issued_by="Noor",
        attendee=Attendee(name, f"{name.split()[0].lower()}@example.org"),
        lines=(),
        total=Money(minor, "USD"),
        discount=Money(0, "USD"),
        paid=Money(200, "USD"),
        outstanding=owed,
        is_paid=False,
    )
    return OpenInvoice(number, invoice, owed)
