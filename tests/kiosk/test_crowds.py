"""Who is where, and how many came when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.crowds import Curve, span_number, span_start
from kiosk.domain.events import EntryPolicy, Hall
from tests.kiosk.doors import let_in
from tests.kiosk.factories import a_slot, an_event
from tests.kiosk.world import World


@pytest.mark.every_store
async def test_people_are_counted_where_they_are_and_when_they_came(world: World) -> None:
    event = an_event(
        a_slot(hall="great", entry=EntryPolicy.FREE),
        a_slot("party"),
        halls=(Hall("great", "Great Hall", 7),),
    )
    terminal = await world.open(event)
    crowds = terminal.services.crowds
    nobody = await crowds.look()
    for slot in ("general", "general", "party"):
        order = await terminal.sell(slot)
        await let_in(terminal, order.claims[0].ticket_number)

    crowd = await crowds.look()

    assert sum(nobody.curve.counts.values()) == 0
    assert [(one.title, one.inside, one.limit) for one in crowd.places] == [
        ("Great Hall", 2, 7),
        ("General Admission · Regular", 1, None),
    ]
    assert crowd.conflicts == 0
    assert crowd.curve.last == span_number(world.clock.now())


async def test_what_came_before_is_counted_little_by_little(embedded: World) -> None:
    terminal = await embedded.open()
    crowds = terminal.services.crowds
    await let_in(terminal, (await terminal.sell()).claims[0].ticket_number)
    looks = 0
    embedded.clock.advance(minutes=300)
    while sum((await crowds.look()).curve.counts.values()) == 0:
        looks += 1
    assert 1 < looks < 5
    embedded.clock.advance(minutes=1440)
    for _ in range(20):
        curve = (await crowds.look()).curve
    assert sum(curve.counts.values()) == 0


def test_few_bars_are_of_five_minutes_and_more_of_an_hour() -> None:
    noon = span_number(datetime(2027, 3, 12, 12, tzinfo=UTC))
    now = Curve({noon: 3, noon + 2: 4}, noon + 2).bars(10)
    assert (now.begins, now.span) == (span_start(noon), timedelta(minutes=5))
    assert now.counts == (3, 0, 4)
    later = Curve({noon: 3, noon + 2: 4, noon + 25: 1}, noon + 25).bars(10)
    assert (later.span, later.counts) == (timedelta(minutes=15), (7, 0, 0, 0, 0, 0, 0, 0, 1))
    evening = Curve({noon - 1: 3, noon + 100: 1}, noon + 100).bars(10)
    assert (evening.span, evening.counts) == (timedelta(hours=1), (3, 0, 0, 0, 0, 0, 0, 0, 0, 1))


def test_nobody_is_one_bar_of_nothing() -> None:
    assert Curve({}, 7).bars(10).counts == (0,)


@given(
    counts=st.dictionaries(st.integers(0, 287), st.integers(0, 500)),
    most=st.integers(24, 120),
)
def test_a_day_is_drawn_whole_in_a_few_columns(counts: dict[int, int], most: int) -> None:
    bars = Curve(counts, 287).bars(most)
    assert len(bars.counts) <= most
    assert sum(bars.counts) == sum(counts.values())
