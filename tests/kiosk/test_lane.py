"""A lane goes on by itself, returns by itself, and loses nobody on the way."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import pytest
from sqlmodel import col, select, update

from kiosk.domain.admission import Colour, NeedsConduct, Reason, Scan, Verdict, Way
from kiosk.domain.chart import AccountCode
from kiosk.domain.events import EntryPolicy, Event, Hall, Role
from kiosk.domain.lane import Conflict, LaneState, Part
from kiosk.domain.tickets import Ticket
from kiosk.services.lane import DEADLINE_SECONDS, LOOK_SECONDS, Lane
from kiosk.store.tables import ClaimRow, ConductRow, StepRow
from tests.fakes import FakeClock
from tests.kiosk.factories import ADA, a_cashier, a_slot, an_event
from tests.kiosk.outages import Mode, Outage
from tests.kiosk.world import Terminal, World

BOSS: Final = a_cashier("Sam", role=Role.ORGANISER)
ONLINE, OFFLINE = LaneState.ONLINE, LaneState.OFFLINE
REFUSES, WELL = Mode.REFUSES, Mode.WELL


@dataclass
class Door:
    """A lane, and what may go wrong with what it stands on."""

    world: World
    terminal: Terminal
    outage: Outage

    @classmethod
    async def open(cls, world: World, name: str = "north", event: Event | None = None) -> "Door":
        outage = Outage()
        terminal = await world.open(event, name, back=outage.wrap)
        return cls(world, terminal, outage)

    @property
    def lane(self) -> Lane:
        return self.terminal.services.lane

    async def sell(self) -> Ticket:
        """A ticket of somebody whom this lane knows, and who accepted the Code of Conduct."""
        order = await self.terminal.sell()
        [ticket] = await self.terminal.services.sales.tickets(order.id)
        return ticket

    async def ready(self, tickets: int = 1) -> list[Ticket]:
        """Tickets nobody has used, of somebody who accepted the Code of Conduct before."""
        await self.terminal.admit((await self.sell()).code)
        sold = [await self.sell() for _ in range(tickets)]
        await self.lane.look()
        return sold

    def fail(self, ledger: Mode = REFUSES, store: Mode = REFUSES) -> None:
        """From now on nobody answers."""
        self.outage.ledger, self.outage.store = ledger, store
        self.lane.deadline_seconds = 0.1

    async def verdict(self, ticket: Ticket | str, **changes: object) -> Verdict:
        """What a new scan says."""
        text = ticket if isinstance(ticket, str) else ticket.code
        scan = Scan(text, self.lane.new_nonce(), "Kim")
        said = await self.lane.scan(replace(scan, **changes))  # type: ignore[arg-type]  # keywords
        assert isinstance(said, Verdict)
        return said

    async def come_back(self) -> None:
        """Everything answers again, and the lane has noticed."""
        self.outage.end()
        self.lane.deadline_seconds = DEADLINE_SECONDS
        await self.lane.look()
        self.world.clock.advance(minutes=2)
        await self.lane.look()
        assert (self.lane.status.state, self.lane.status.queued) == (ONLINE, 0)

    async def admitted(self) -> int:
        """How many the ledger has let in."""
        return (await self.terminal.slot_account(AccountCode.REDEEMED)).credits_posted

    async def conflicts(self) -> list[Conflict]:
        return await self.lane.conflicts()


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


async def test_two_lanes_that_let_the_same_ticket_in_are_both_named(world: World) -> None:
    north, south = await Door.open(world), await Door.open(world, "south")
    [ticket] = await north.ready()
    await south.lane.look()
    for door in (north, south):
        door.fail()
    for door in (north, south):
        world.clock.advance(minutes=1)
        assert (await door.verdict(ticket)).colour is Colour.GREY
    scanned_at = world.clock.now()

    await north.come_back()
    assert await north.conflicts() == []
    await south.come_back()

    assert await north.admitted() == 2
    [conflict] = await north.conflicts()
    assert (conflict.reason, conflict.holder) == (Reason.ALREADY_IN, ADA)
    assert (conflict.terminal, conflict.scanned_at) == ("south", scanned_at)
    assert (conflict.other_terminal, conflict.other_at) == (
        "north",
        scanned_at - timedelta(minutes=1),
    )
    assert (conflict.ticket_number, conflict.slot_key) == (ticket.number, "general")
    assert (conflict.staff, conflict.found_at) == ("Kim", world.clock.now())


async def test_a_conflict_is_seen_to_by_a_supervisor_once(embedded: World) -> None:
    north, south = await Door.open(embedded), await Door.open(embedded, "south")
    [ticket] = await north.ready()
    for door in (north, south):
        door.fail()
        await door.verdict(ticket)
    await north.come_back()
    await south.come_back()
    await north.lane.look()
    assert (north.lane.status.conflicts, south.lane.status.conflicts) == (1, 1)
    [conflict] = await north.conflicts()

    await north.lane.acknowledge(conflict, BOSS)
    await south.lane.acknowledge(conflict, replace(BOSS, name="Late"))

    assert north.lane.status.conflicts == 0
    assert [one.acknowledged_by for one in await south.conflicts()] == ["Sam"]


async def refund(door: Door, ticket: Ticket) -> None:
    services = door.terminal.services
    order_id = await door.terminal.backing.store.transaction(
        lambda session: session.exec(
            select(ClaimRow.order_id).where(ClaimRow.id == ticket.claim_id)
        ).one()
    )
    await services.refunds.refund_order(order_id, BOSS)


def changing(**values: object) -> Callable[[Door, Ticket], object]:
    async def change(door: Door, ticket: Ticket) -> None:
        claim = update(ClaimRow).where(col(ClaimRow.id) == ticket.claim_id).values(**values)
        await door.terminal.backing.store.transaction(lambda session: session.exec(claim))

    return change


MEANWHILE: Final = {
    Reason.REFUNDED: refund,
    Reason.REPLACED: changing(version=2),
    Reason.REVOKED: changing(revoked="chargeback"),
}


@pytest.mark.parametrize("reason", MEANWHILE)
async def test_what_became_of_a_ticket_meanwhile_is_a_conflict(
    world: World, reason: Reason
) -> None:
    north, south = await Door.open(world), await Door.open(world, "south")
    [ticket] = await north.ready()
    north.fail()
    await MEANWHILE[reason](south, ticket)  # type: ignore[misc]  # each can be awaited

    assert (await north.verdict(ticket)).colour is Colour.GREY
    await north.come_back()

    [conflict] = await north.conflicts()
    assert (conflict.reason, conflict.other_terminal) == (reason, None)
    assert await north.admitted() == 1


async def test_what_is_known_of_a_ticket_counts_offline(embedded: World) -> None:
    north, south = await Door.open(embedded), await Door.open(embedded, "south")
    [inside, gone] = await north.ready(2)
    await south.verdict(inside)
    await refund(south, gone)
    await north.lane.look()
    north.fail()

    assert (await north.verdict(gone)).reason is Reason.REFUNDED
    amber = await north.verdict(inside)
    assert (amber.reason, amber.terminal) == (Reason.ALREADY_IN, "south")
    assert north.lane.status.queued == 0


async def test_who_was_admitted_just_before_the_outage_is_in(embedded: World) -> None:
    door = await Door.open(embedded)
    [ticket] = await door.ready()
    await door.verdict(ticket)
    door.fail()
    assert (await door.verdict(ticket)).reason is Reason.ALREADY_IN


async def test_a_hall_that_is_overfull_by_then_is_a_conflict(world: World) -> None:
    hall = Hall("main", "Main hall", limit=2)
    event = an_event(a_slot(hall="main"), halls=(hall,))
    door = await Door.open(world, event=event)
    tickets = await door.ready(3)
    door.fail()
    for ticket in tickets:
        assert (await door.verdict(ticket)).colour is Colour.GREY

    await door.come_back()

    assert await door.admitted() == 2
    assert [one.reason for one in await door.conflicts()] == [Reason.HALL_FULL] * 2


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


async def test_clocks_that_differ_change_nothing_but_the_times(embedded: World) -> None:
    north = await Door.open(embedded)
    ahead = FakeClock(embedded.clock.now() + timedelta(minutes=20))
    outage = Outage()
    wrapped = await embedded.open(
        name="south", back=lambda backing: replace(outage.wrap(backing), clock=ahead)
    )
    south = Door(embedded, wrapped, outage)
    [ticket] = await north.ready()
    for door in (north, south):
        door.fail()
    here: datetime = embedded.clock.now()
    await north.verdict(ticket)
    await south.verdict(ticket)

    south.outage.end()
    await south.lane.look()
    ahead.advance(minutes=2)
    await south.lane.look()
    await north.come_back()

    [conflict] = await north.conflicts()
    assert (conflict.terminal, conflict.scanned_at) == ("north", here)
    assert (conflict.other_terminal, conflict.other_at) == ("south", here + timedelta(minutes=20))
