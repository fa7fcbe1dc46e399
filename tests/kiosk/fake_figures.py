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
from kiosk.domain.money import Money, zero
from kiosk.domain.tokens import Token
from kiosk.services.books import Books
from kiosk.services.crowds import Crowd, Crowds
from kiosk.services.exports import Exports
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
