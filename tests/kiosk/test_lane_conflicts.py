"""What lanes hear when they come back, and would rather have known before."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest
from sqlmodel import col, update

from kiosk.domain.admission import Colour, Reason, Scan, Verdict
from kiosk.domain.audit import Action
from kiosk.domain.events import Hall
from kiosk.domain.rights import NotAllowed
from kiosk.domain.tickets import Ticket
from kiosk.store.tables import ClaimRow
from tests.fakes import FakeClock
from tests.kiosk.factories import ADA, a_cashier, a_slot, an_event
from tests.kiosk.lane_door import BOSS, Door
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store


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
    claim = ticket.claim_id
    assert (await north.audited())[1:] == [
        ("south", "Kim", Action.TURNED_AWAY, claim, Reason.ALREADY_IN),
        ("south", "Kim", Action.CONFLICT_FOUND, claim, Reason.ALREADY_IN),
        ("north", "Sam", Action.CONFLICT_ACKNOWLEDGED, claim, "already_in, let pass by south"),
    ]
    assert [one.acknowledged_by for one in await south.conflicts()] == ["Sam"]


def changing(**values: object) -> Callable[[Door, Ticket], object]:
    async def change(door: Door, ticket: Ticket) -> None:
        claim = update(ClaimRow).where(col(ClaimRow.id) == ticket.claim_id).values(**values)
        await door.terminal.backing.store.transaction(lambda session: session.exec(claim))

    return change


MEANWHILE: Final = {
    Reason.REFUNDED: Door.refund,
    Reason.REPLACED: changing(version=2),
    Reason.REVOKED: changing(revoked="chargeback"),
}


async def test_only_a_supervisor_sees_to_conflicts(embedded: World) -> None:
    north, south = await Door.open(embedded), await Door.open(embedded, "south")
    [ticket] = await north.ready()
    for door in (north, south):
        door.fail()
        await door.verdict(ticket)
    await north.come_back()
    await south.come_back()
    [conflict] = await north.conflicts()

    with pytest.raises(NotAllowed):
        await north.lane.acknowledge(conflict, a_cashier())
    assert [one.acknowledged_by for one in await north.conflicts()] == [""]


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


async def test_a_scan_that_cannot_be_told_keeps_nobody_else_waiting(
    embedded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = await Door.open(embedded)
    tickets = await door.ready(3)
    door.fail()
    for ticket in tickets:
        await door.verdict(ticket)
    admission = door.terminal.services.admission
    replay = admission.replay

    async def stumbles(scan: Scan, at: datetime) -> Verdict:
        assert scan.text != tickets[1].code, "a fault of ours"
        return await replay(scan, at)

    monkeypatch.setattr(admission, "replay", stumbles)
    await door.come_back()

    assert await door.admitted() == 3
    [conflict] = await door.conflicts()
    assert (conflict.ticket_number, conflict.reason) == (
        tickets[1].number,
        Reason.HISTORY_UNKNOWN,
    )


async def test_clocks_that_differ_change_nothing_but_the_times(embedded: World) -> None:
    north = await Door.open(embedded)
    ahead = FakeClock(embedded.clock.now() + timedelta(minutes=20))
    south = await Door.open(embedded, "south", back=lambda backing: replace(backing, clock=ahead))
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
