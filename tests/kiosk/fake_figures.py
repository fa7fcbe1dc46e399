"""What an organiser sees, as the test sets it."""

from dataclasses import replace

from kiosk.domain.books import BookReport
from kiosk.domain.crowds import Curve, span_number
from kiosk.domain.events import (
    Event,
    ProviderName,
)
from kiosk.domain.money import Money, zero
from kiosk.services.books import Books
from kiosk.services.crowds import Crowd, Crowds
from kiosk.services.stats import Count, Health, Snapshot, Stats, Takings
from tests.kiosk.fake_events import NOON
from tests.kiosk.fake_sales import Answers


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
