"""Halls are emptied by the event file or by a supervisor's word: everybody is out, once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlmodel import Session

from kiosk.domain.admission import EVERY_SLOT, Gate, Reason
from kiosk.domain.audit import Action
from kiosk.domain.emptying import nightly
from kiosk.domain.entries import Standing, Step, StepKind
from kiosk.domain.events import EntryPolicy, Event, Hall, Role
from kiosk.domain.rights import NotAllowed
from kiosk.services.reconciliation import Report
from kiosk.store import audit, door
from tests.kiosk.crashes import Crash, Fuse, crashing
from tests.kiosk.door_audit import audit_door
from tests.kiosk.doors import SUPERVISOR, let_in, let_out
from tests.kiosk.factories import NOW, a_cashier, a_slot, an_event
from tests.kiosk.lane_door import Door
from tests.kiosk.world import Terminal, World

pytestmark = pytest.mark.every_store

STEPS_MAX = 40
FREE = EntryPolicy.FREE


def a_house(*, emptied_at: time | None = None) -> Event:
    """A dome for three, and a cellar without a limit."""
    dome = a_slot("dome", capacity=9, hall="dome", entry=FREE)
    cellar = a_slot("cellar", capacity=9, entry=EntryPolicy.DAILY)
    event = an_event(dome, cellar, halls=(Hall("dome", "Dome", 3),))
    return replace(event, emptied_at=emptied_at)


async def crowd(terminal: Terminal, **people: int) -> list[str]:
    """So many are let in to each slot; the numbers of their tickets."""
    order = await terminal.sell(people)
    numbers = [claim.ticket_number for claim in order.claims]
    for number in numbers:
        assert (await let_in(terminal, number)).reason is Reason.ADMITTED
    return numbers


async def inside(terminal: Terminal, gate: Gate = EVERY_SLOT) -> int:
    return (await terminal.services.admission.counters(gate)).inside


async def emptied(terminal: Terminal) -> list[tuple[str, str, str]]:
    """Where, by whom and what of was emptied, as far as it is on record."""
    records = await terminal.backing.store.transaction(
        lambda session: audit.page(session, limit=999)
    )
    return [
        (one.terminal, one.staff, one.detail.partition(":")[0])
        for one in records
        if one.action == Action.EMPTIED
    ]


def test_a_night_ends_at_the_same_instant_for_whoever_asks() -> None:
    event = replace(an_event(), timezone="Europe/Madrid", emptied_at=time(5))
    before, after = datetime(2027, 3, 12, 3, 59, tzinfo=UTC), datetime(2027, 3, 12, 4, tzinfo=UTC)

    last, this = nightly(event, before), nightly(event, after)

    assert last is not None
    assert this is not None
    assert (last.before, this.before) == (after - timedelta(days=1), after)
    assert last.id != this.id
    assert nightly(event, after + timedelta(hours=20)) == this
    # The clocks went forward in the night to the 28th.
    summer = nightly(event, datetime(2027, 3, 28, 12, tzinfo=UTC))
    assert summer is not None
    assert summer.before == datetime(2027, 3, 28, 3, tzinfo=UTC)
    assert nightly(an_event(), after) is None


async def test_who_went_home_without_a_scan_is_out_in_the_morning(world: World) -> None:
    opens = (NOW + timedelta(hours=2)).time()
    terminal = await world.open(replace(a_house(), timezone="UTC", emptied_at=opens))
    numbers = await crowd(terminal, dome=3, cellar=1)
    [waiting] = (await terminal.sell("dome")).claims
    assert await terminal.services.reconciliation.run_once() == Report()
    world.clock.advance(minutes=60)
    assert (await let_in(terminal, waiting.ticket_number)).reason is Reason.HALL_FULL

    world.clock.advance(minutes=60)
    assert await terminal.services.reconciliation.run_once() == Report(tickets=4)

    assert await inside(terminal) == 0
    assert await emptied(terminal) == [("north", "", "everywhere")] * 2
    # Tickets that let people return do so again; the others are used, as before.
    reasons = [(await let_in(terminal, number)).reason for number in numbers]
    assert reasons == [Reason.ADMITTED] * 3 + [Reason.NO_RETURN]
    assert await terminal.services.reconciliation.run_once() == Report()
    assert await inside(terminal) == 3
    await audit_door(terminal)


async def test_a_supervisor_empties_what_a_door_leads_to(world: World) -> None:
    terminal = await world.open(a_house())
    await crowd(terminal, dome=2, cellar=1)
    world.clock.advance(minutes=1)
    steward = a_cashier("Robin", role=Role.STEWARD)

    with pytest.raises(NotAllowed):
        await terminal.services.emptyings.empty(EVERY_SLOT, steward)
    assert await inside(terminal) == 3
    dome = Gate(frozenset({"dome"}))
    assert await terminal.services.emptyings.empty(dome, SUPERVISOR) == 2

    assert (await inside(terminal, dome), await inside(terminal)) == (0, 1)
    assert await emptied(terminal) == [("north", "Sasha", "dome")]
    assert await terminal.services.emptyings.empty(dome, SUPERVISOR) == 0
    await audit_door(terminal)


async def test_many_are_let_out_page_by_page(embedded: World) -> None:
    slot = a_slot(capacity=999, entry=FREE)
    terminal = await embedded.open(replace(an_event(slot), order_max=50))
    numbers = [number for _ in range(5) for number in await crowd(terminal, general=50)]
    embedded.clock.advance(minutes=1)
    assert await terminal.services.emptyings.empty(EVERY_SLOT, SUPERVISOR) == len(numbers)
    assert await inside(terminal) == 0


async def test_a_crash_at_any_step_is_finished_by_the_next_terminal(world: World) -> None:
    for step in range(STEPS_MAX):
        fuse = Fuse()
        doomed = await world.open(a_house(), back=crashing(fuse))
        await crowd(doomed, dome=2, cellar=1)
        world.clock.advance(minutes=1)

        fuse.set(step)
        try:
            out: int | None = await doomed.services.emptyings.empty(EVERY_SLOT, SUPERVISOR)
        except Crash:
            out = None
        fuse.set(None)

        terminal = await world.open(name="next")
        before = await emptied(terminal)
        assert (await terminal.services.reconciliation.run_once()).contradictions == ()
        assert await terminal.services.reconciliation.run_once() == Report()
        is_stored = out is not None or await inside(terminal) == 0
        assert await inside(terminal) == (0 if is_stored else 3)
        assert len(await emptied(terminal)) <= len(before) + 1
        await audit_door(terminal)
        await terminal.services.emptyings.empty(EVERY_SLOT, SUPERVISOR)
        await world.close_terminals()
        if out is not None:
            assert (step > 1, out) == (True, 3)
            return
    pytest.fail(f"more than {STEPS_MAX} steps")


async def test_two_who_empty_it_and_people_at_the_doors_in_the_same_instant(world: World) -> None:
    north = await world.open(a_house())
    south = await world.open(name="south")
    one, two, *_ = await crowd(north, dome=3)
    world.clock.advance(minutes=1)

    await asyncio.gather(
        north.services.emptyings.empty(EVERY_SLOT, SUPERVISOR),
        let_out(south, one),
        south.services.emptyings.empty(EVERY_SLOT, SUPERVISOR),
        let_out(north, two),
        let_in(south, one),
        let_in(north, two),
    )
    await north.services.reconciliation.run_once()

    await audit_door(north)
    # Whoever was let in again in that instant is in; nobody else is.
    assert await inside(north) <= 2
    assert len(await emptied(north)) == 2


@pytest.mark.parametrize("scanned", [[StepKind.LEAVE], [StepKind.LEAVE, StepKind.RETURN]])
async def test_who_is_scanned_in_the_same_instant_is_not_asked_to_leave(
    world: World, monkeypatch: pytest.MonkeyPatch, scanned: list[StepKind]
) -> None:
    terminal = await world.open(a_house())
    numbers = await crowd(terminal, dome=2)
    world.clock.advance(minutes=1)
    first_read = door.standings

    def read_after_a_scan(session: Session, ids: Sequence[int]) -> dict[int, Standing]:
        """As where somebody else's commit is seen between two reads of a transaction."""
        found = first_read(session, ids)
        one = found[ids[0]]
        now = world.clock.now()
        steps = [
            Step(number, kind, 1, 2, now, now)
            for number, kind in enumerate(scanned, one.next_number)
        ]
        return found | {ids[0]: Standing.after([*one.steps, *steps])}

    with monkeypatch.context() as patched:
        patched.setattr(door, "standings", read_after_a_scan)
        assert await terminal.services.emptyings.empty(EVERY_SLOT, SUPERVISOR) == 1

    assert await inside(terminal) == 1
    assert await terminal.services.emptyings.empty(EVERY_SLOT, SUPERVISOR) == 1
    reasons = [(await let_in(terminal, number)).reason for number in numbers]
    assert reasons == [Reason.ADMITTED] * 2
    await audit_door(terminal)


async def test_a_door_off_line_knows_who_is_out(embedded: World) -> None:
    door = await Door.open(embedded, event=a_house())
    [number] = await crowd(door.terminal, dome=1)
    embedded.clock.advance(minutes=1)
    await door.terminal.services.emptyings.empty(EVERY_SLOT, SUPERVISOR)
    await door.lane.look()
    door.fail()
    assert (await door.verdict(number)).reason is Reason.HISTORY_UNKNOWN
