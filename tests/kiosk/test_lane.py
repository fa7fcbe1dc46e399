"""A lane goes on by itself when ledger or store do not answer, and loses nobody."""

import asyncio

import pytest
from sqlmodel import select

from kiosk.domain.admission import Colour, NeedsConduct, Reason, Scan, Way
from kiosk.domain.audit import Action
from kiosk.domain.events import EntryPolicy
from kiosk.domain.lane import Part
from kiosk.services.lane import LOOK_SECONDS
from kiosk.store.tables import ConductRow, StepRow
from tests.kiosk.factories import ADA, a_slot, an_event
from tests.kiosk.lane_door import OFFLINE, ONLINE, Door
from tests.kiosk.outages import Mode
from tests.kiosk.world import World

REFUSES, WELL = Mode.REFUSES, Mode.WELL

pytestmark = pytest.mark.every_store


async def test_on_line_a_lane_says_what_admission_says(world: World) -> None:
    door = await Door.open(world)
    [ticket] = await door.ready()

    green = await door.verdict(ticket)
    amber = await door.verdict(ticket)

    assert (green.reason, amber.reason) == (Reason.ADMITTED, Reason.ALREADY_IN)
    assert (door.lane.status.state, door.lane.status.queued) == (ONLINE, 0)
    assert await door.lane.look() == LOOK_SECONDS


@pytest.mark.parametrize(
    ("ledger", "store", "unchecked"),
    [
        (REFUSES, WELL, {Part.LEDGER}),
        (WELL, REFUSES, {Part.STORE}),
        (REFUSES, REFUSES, {Part.LEDGER, Part.STORE}),
        (Mode.SILENT, WELL, {Part.LEDGER}),
        (WELL, Mode.SILENT, {Part.STORE}),
    ],
)
async def test_whoever_does_not_answer_is_done_without_and_named(
    embedded: World, ledger: Mode, store: Mode, unchecked: set[Part]
) -> None:
    door = await Door.open(embedded)
    [ticket] = await door.ready()
    synced_at = embedded.clock.now()
    door.fail(ledger, store)

    said = await door.verdict(ticket)
    await door.lane.look()

    assert (said.reason, said.colour) == (Reason.HISTORY_UNKNOWN, Colour.GREY)
    assert said.holder == ADA.half_hidden
    status = door.lane.status
    assert (status.state, set(status.unchecked), status.queued) == (OFFLINE, unchecked, 1)
    assert (status.since, status.synced_at) == (embedded.clock.now(), synced_at)


async def test_an_outage_is_noticed_before_anybody_has_to_wait(embedded: World) -> None:
    door = await Door.open(embedded)
    [ticket] = await door.ready()
    door.fail()

    await door.lane.look()
    assert door.lane.status.state is OFFLINE
    door.outage.asked.clear()
    await door.verdict(ticket)

    assert door.outage.asked == []


async def test_who_was_let_in_offline_is_told_with_time_and_terminal(world: World) -> None:
    door = await Door.open(world)
    [ticket, typed] = await door.ready(2)
    door.fail()
    world.clock.advance(minutes=1)
    scanned_at = world.clock.now()

    await door.verdict(ticket)
    await door.verdict(typed.number)
    assert await door.admitted() == 1
    await door.come_back()

    assert await door.admitted() == 3
    steps = select(StepRow.asked_at, StepRow.staff).where(StepRow.staff == "Kim")
    rows = await door.terminal.backing.store.transaction(lambda session: session.exec(steps).all())
    assert [tuple(row) for row in rows] == [(scanned_at, "Kim")] * 2
    assert await door.conflicts() == []
    assert (await door.verdict(ticket)).reason is Reason.ALREADY_IN


async def test_the_second_scan_of_a_ticket_offline_is_amber(embedded: World) -> None:
    door = await Door.open(embedded)
    [ticket] = await door.ready()
    door.fail()
    first = Scan(ticket.code, 77)

    grey = await door.lane.scan(first)
    again = await door.lane.scan(first)
    amber = await door.verdict(ticket)

    assert grey == again
    assert (amber.reason, amber.terminal) == (Reason.ALREADY_IN, "north")
    assert amber.at == embedded.clock.now()
    assert (await door.verdict(ticket.number)).reason is Reason.ALREADY_IN
    assert door.lane.status.queued == 1


async def test_two_scans_of_a_ticket_in_the_same_instant_are_one_entry(embedded: World) -> None:
    door = await Door.open(embedded)
    [ticket] = await door.ready()
    door.fail()
    said = await asyncio.gather(*(door.verdict(ticket) for _ in range(5)))
    assert sorted(one.reason for one in said) == [Reason.ALREADY_IN] * 4 + [Reason.HISTORY_UNKNOWN]


@pytest.mark.parametrize("silent", ["ledger", "store"])
async def test_what_was_done_though_nobody_said_so_is_found_again(
    world: World, silent: str
) -> None:
    door = await Door.open(world)
    [ticket] = await door.ready()
    door.fail(**{"ledger": WELL, "store": WELL, silent: Mode.DOES_SILENTLY})

    assert (await door.verdict(ticket)).reason is Reason.HISTORY_UNKNOWN
    await door.come_back()

    assert await door.admitted() == 2
    assert await door.conflicts() == []
    assert (await door.verdict(ticket)).reason is Reason.ALREADY_IN


async def test_what_is_known_of_a_ticket_counts_offline(embedded: World) -> None:
    north, south = await Door.open(embedded), await Door.open(embedded, "south")
    [inside, gone] = await north.ready(2)
    await south.verdict(inside)
    await south.refund(gone)
    await north.lane.look()
    north.fail()

    refused = await north.verdict(gone)
    assert refused.reason is Reason.REFUNDED
    amber = await north.verdict(inside)
    assert (amber.reason, amber.terminal) == (Reason.ALREADY_IN, "south")
    assert north.lane.status.queued == 0
    await north.come_back()
    assert (await north.audited())[-2:] == [
        ("north", "Kim", Action.TURNED_AWAY, gone.claim_id, Reason.REFUNDED),
        ("north", "Kim", Action.TURNED_AWAY, inside.claim_id, Reason.ALREADY_IN),
    ]


async def test_who_was_admitted_just_before_the_outage_is_in(embedded: World) -> None:
    door = await Door.open(embedded)
    [ticket] = await door.ready()
    await door.verdict(ticket)
    door.fail()
    assert (await door.verdict(ticket)).reason is Reason.ALREADY_IN


async def test_out_and_in_again_are_told_in_their_order(world: World) -> None:
    door = await Door.open(world, event=an_event(a_slot(entry=EntryPolicy.FREE)))
    [ticket] = await door.ready()
    door.fail()
    for way in (Way.IN, Way.OUT, Way.IN, Way.OUT):
        world.clock.advance(seconds=10)
        assert (await door.verdict(ticket, way=way)).colour is Colour.GREY

    await door.come_back()

    assert await door.conflicts() == []
    assert (await door.verdict(ticket, way=Way.OUT)).reason is Reason.NOT_INSIDE


async def test_the_code_of_conduct_is_asked_offline_and_goes_on_record(world: World) -> None:
    door = await Door.open(world)
    first, second = await door.sell(), await door.sell()
    await door.lane.look()
    door.fail()
    scan = Scan(first.code, 77, "Kim")

    needs = await door.lane.scan(scan)
    assert isinstance(needs, NeedsConduct)
    assert needs.holder == ADA.half_hidden
    said = await door.lane.accept_conduct(needs, "es", scan)
    scanned_at = world.clock.now()
    # Whoever accepted once is not asked for the next ticket.
    assert (await door.verdict(second)).colour is Colour.GREY
    await door.come_back()

    assert said.colour is Colour.GREY
    rows = await door.terminal.backing.store.transaction(
        lambda session: session.exec(select(ConductRow.language, ConductRow.accepted_at)).all()
    )
    assert [tuple(row) for row in rows] == [("es", scanned_at)]
    [accepted] = await door.audited()
    assert accepted[:3] == ("north", "Kim", Action.CONDUCT_ACCEPTED)
    assert (await door.admitted(), await door.conflicts()) == (2, [])


async def test_an_acceptance_with_a_ticket_nobody_knew_is_its_holders(world: World) -> None:
    door = await Door.open(world)
    await door.lane.look()
    ticket = await door.sell()
    door.fail()
    scan = Scan(ticket.code, 77)

    needs = await door.lane.scan(scan)
    assert isinstance(needs, NeedsConduct)
    assert (needs.holder, needs.ticket_number) == (None, "")
    await door.lane.accept_conduct(needs, "en", scan)
    await door.come_back()

    assert await door.admitted() == 1
    assert (await door.verdict(await door.sell())).reason is Reason.ADMITTED


async def test_a_lane_may_return_while_somebody_reads(world: World) -> None:
    door = await Door.open(world)
    ticket = await door.sell()
    await door.lane.look()
    door.fail()
    scan = Scan(ticket.code, 77)
    needs = await door.lane.scan(scan)
    assert isinstance(needs, NeedsConduct)

    await door.come_back()
    said = await door.lane.accept_conduct(needs, "en", scan)

    assert (said.reason, said.holder) == (Reason.ADMITTED, ADA)
    assert (await door.admitted(), await door.conflicts()) == (1, [])


async def test_a_lane_may_leave_while_somebody_reads(world: World) -> None:
    door = await Door.open(world)
    ticket = await door.sell()
    await door.lane.look()
    scan = Scan(ticket.code, 77)
    needs = await door.lane.scan(scan)
    assert isinstance(needs, NeedsConduct)

    door.fail()
    said = await door.lane.accept_conduct(needs, "en", scan)
    await door.come_back()

    assert said.colour is Colour.GREY
    assert (await door.admitted(), await door.conflicts()) == (1, [])
