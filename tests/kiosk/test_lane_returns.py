"""When a lane comes back, when it stays away, and what it finds when it starts again."""

import asyncio
from dataclasses import replace
from threading import Event

import pytest

from kiosk.domain import chart_discounts
from kiosk.domain.admission import Reason
from kiosk.domain.chart import AccountCode
from kiosk.domain.events import Discount
from kiosk.domain.lane import LaneState, Part, QueuedScan
from kiosk.store.lane_queue import LaneQueue
from ledger.engine import LedgerUnavailable
from tests.kiosk.factories import a_slot
from tests.kiosk.lane_door import OFFLINE, ONLINE, Door
from tests.kiosk.outages import Mode, Outage
from tests.kiosk.world import World

REFUSES, WELL = Mode.REFUSES, Mode.WELL


async def test_who_was_let_in_is_still_queued_when_the_terminal_starts_again(
    world: World,
) -> None:
    door = await Door.open(world)
    [ticket] = await door.ready()
    door.fail()
    await door.verdict(ticket)
    await world.close_terminals()

    again = await Door.open(world)
    again.fail()
    await again.lane.look()
    assert (again.lane.status.state, again.lane.status.queued) == (OFFLINE, 1)
    assert (await again.verdict(ticket)).reason is Reason.ALREADY_IN
    await again.come_back()

    assert (await again.admitted(), await again.conflicts()) == (2, [])


async def test_a_terminal_that_starts_without_a_ledger_has_its_door(world: World) -> None:
    door = await Door.open(world)
    [ticket, used] = await door.ready(2)
    await door.verdict(used)
    await world.close_terminals()

    outage = Outage(ledger=Mode.REFUSES)
    again = Door(world, await world.open(back=outage.wrap), outage)
    await again.lane.look()
    said = [(await again.verdict(one)).reason for one in (ticket, used)]
    assert said == [Reason.HISTORY_UNKNOWN, Reason.ALREADY_IN]
    await again.come_back()

    assert (await again.admitted(), await again.conflicts()) == (3, [])


async def test_what_was_not_opened_for_want_of_a_ledger_is_opened_when_it_answers(
    embedded: World,
) -> None:
    await embedded.open()
    event = replace(embedded.event, discounts=(Discount("FRIENDS", percent=50, uses_max=3),))
    outage = Outage(ledger=Mode.REFUSES)
    terminal = await embedded.open(event, "south", back=outage.wrap)
    uses = chart_discounts.uses_account_id(
        terminal.services.catalog.event, "FRIENDS", AccountCode.BUDGET
    )
    assert await terminal.backing.ledger.lookup_accounts([uses]) == []

    outage.end()
    await terminal.services.reconciliation.run_once()

    assert await terminal.balance(uses) == 3


async def test_an_event_that_was_never_opened_needs_its_ledger(embedded: World) -> None:
    outage = Outage(ledger=Mode.REFUSES)
    with pytest.raises(LedgerUnavailable):
        await embedded.open(back=outage.wrap)


async def test_an_event_that_has_changed_needs_its_ledger(embedded: World) -> None:
    await embedded.open()
    more = replace(embedded.event, slots=(a_slot(capacity=11),))
    outage = Outage(ledger=Mode.REFUSES)
    with pytest.raises(LedgerUnavailable):
        await embedded.open(more, back=outage.wrap)


async def test_a_lane_that_starts_without_a_store_knows_what_was_known_before(
    embedded: World,
) -> None:
    door = await Door.open(embedded)
    [ticket] = await door.ready()
    await door.verdict(ticket)
    await door.lane.look()
    yesterday = embedded.clock.now()
    await embedded.close_terminals()
    embedded.clock.advance(days=1)

    again = await Door.open(embedded)
    again.fail()
    said = await again.verdict(ticket)

    assert (said.reason, said.at) == (Reason.ALREADY_IN, yesterday)
    assert again.lane.status.synced_at == yesterday


@pytest.mark.parametrize(("seconds", "times"), [(2, 2), (20, 12), (80, 14)])
async def test_a_lane_does_not_come_and_go_with_a_bad_link(
    embedded: World, seconds: int, times: int
) -> None:
    door = await Door.open(embedded)
    await door.ready()
    left, due = 0, 0.0
    for second in range(1800):
        # By turns everything answers for so long, and the ledger does not for as long.
        door.outage.ledger = REFUSES if second // seconds % 2 else WELL
        if second >= due:
            was_online = door.lane.status.state is ONLINE
            due = second + await door.lane.look()
            left += was_online and door.lane.status.state is not ONLINE
        embedded.clock.advance(seconds=1)

    assert left <= times


async def test_a_lane_that_was_steady_is_back_within_seconds(embedded: World) -> None:
    door = await Door.open(embedded)
    await door.ready()
    for _ in range(5):
        embedded.clock.advance(minutes=5)
        door.fail()
        await door.lane.look()
        door.outage.end()
        for _ in range(2):
            embedded.clock.advance(seconds=await door.lane.look())
        await door.lane.look()
        assert door.lane.status.state is ONLINE


async def test_looks_in_vain_come_farther_and_farther_apart(embedded: World) -> None:
    door = await Door.open(embedded)
    door.fail()
    assert [await door.lane.look() for _ in range(7)] == [1, 2, 4, 8, 15, 15, 15]
    door.outage.end()
    assert await door.lane.look() == 1


async def test_whoever_is_judged_while_the_lane_returns_is_told_before_it_is_on_line(
    embedded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = await Door.open(embedded)
    [ticket] = await door.ready()
    door.fail()
    await door.lane.look()
    is_written, write = Event(), LaneQueue.add

    def write_slowly(queue: LaneQueue, *scans: QueuedScan) -> None:
        is_written.wait()
        write(queue, *scans)

    monkeypatch.setattr(LaneQueue, "add", write_slowly)
    judged = asyncio.create_task(door.verdict(ticket))
    door.outage.end()
    await door.lane.look()
    embedded.clock.advance(minutes=2)
    look = asyncio.create_task(door.lane.look())
    while door.lane.status.state is not LaneState.RETURNING:
        await asyncio.sleep(0)
    # Who comes now waits for the one before, and is judged by those who answer again.
    late = asyncio.create_task(door.verdict(ticket))
    is_written.set()

    assert [(await one).reason for one in (judged, late)] == [
        Reason.HISTORY_UNKNOWN,
        Reason.ALREADY_IN,
    ]
    await look
    assert (door.lane.status.state, door.lane.status.queued) == (ONLINE, 0)
    assert (await door.admitted(), await door.conflicts()) == (2, [])


async def test_a_clock_that_is_put_back_keeps_nobody_off_line(embedded: World) -> None:
    door = await Door.open(embedded)
    door.fail()
    await door.lane.look()
    door.outage.end()
    await door.lane.look()

    embedded.clock.advance(days=-1)
    await door.lane.look()
    embedded.clock.advance(seconds=2)
    await door.lane.look()

    assert door.lane.status.state is ONLINE


async def test_a_failure_while_telling_keeps_the_lane_by_itself(world: World) -> None:
    door = await Door.open(world)
    tickets = await door.ready(3)
    door.fail()
    for ticket in tickets:
        await door.verdict(ticket)
    door.outage.end()
    await door.lane.look()
    world.clock.advance(minutes=2)

    class FailsLater(list[str]):
        def append(self, who: str) -> None:
            super().append(who)
            door.outage.ledger = REFUSES if len(self) > 8 else WELL

    door.outage.asked = FailsLater()
    await door.lane.look()
    assert (door.lane.status.state, door.lane.status.queued) == (OFFLINE, 3)
    assert door.lane.status.unchecked == {Part.LEDGER}
    door.outage.asked = []
    await door.come_back()

    assert (await door.admitted(), await door.conflicts()) == (4, [])
