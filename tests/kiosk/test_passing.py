"""In, out, in again: as the slot's policy says, at the doors that lead there, and on record."""

import asyncio
from datetime import timedelta

import pytest

from kiosk.domain.admission import Colour, Gate, Reason, Scan, Verdict, Way
from kiosk.domain.audit import Action
from kiosk.domain.chart import AccountCode
from kiosk.domain.events import EntryPolicy, Hall, ResourceKind, Window
from kiosk.domain.terminals import NotPaired
from kiosk.services.reconciliation import Report
from kiosk.services.terminals import Terminals
from kiosk.services.turnout import DoorCounters
from kiosk.store import audit
from tests.kiosk.doors import (
    a_hall_event,
    claim_of,
    inside,
    let_in,
    let_out,
    present,
    redeemed,
    repeat,
    tickets,
    undo,
)
from tests.kiosk.factories import NOW, a_slot, an_event
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store

FREE, DAILY = EntryPolicy.FREE, EntryPolicy.DAILY


async def test_in_out_and_in_again_as_often_as_the_policy_says(world: World) -> None:
    terminal = await world.open(an_event(a_slot(entry=FREE)))
    [number] = await tickets(terminal)
    said = []
    for _ in range(3):
        said += [await let_in(terminal, number), await let_in(terminal, number)]
        assert (await inside(terminal), await redeemed(terminal)) == (1, 1)
        said += [await let_out(terminal, number), await let_out(terminal, number)]
        assert (await inside(terminal), await redeemed(terminal)) == (0, 1)

    round_trip = [Reason.ADMITTED, Reason.ALREADY_IN, Reason.LEFT, Reason.NOT_INSIDE]
    assert [one.reason for one in said] == round_trip * 3
    assert [one.entry for one in said[::4]] == [1, 2, 3]
    assert [one.colour for one in said[:4]] == [
        *(Colour.GREEN, Colour.AMBER, Colour.GREEN, Colour.AMBER)
    ]
    assert (said[3].at, said[3].terminal) == (said[2].at, "north")
    assert await terminal.services.reconciliation.run_once() == Report()


async def test_a_ticket_for_one_entry_lets_nobody_back_in(world: World) -> None:
    terminal = await world.open()
    [number] = await tickets(terminal)
    await let_in(terminal, number)
    left = await let_out(terminal, number)

    said = await let_in(terminal, number)

    assert (said.reason, said.colour, said.at) == (Reason.NO_RETURN, Colour.RED, left.at)
    assert (said.policy, said.terminal) == (EntryPolicy.SINGLE, "north")


async def test_a_daily_ticket_admits_once_on_each_day_of_the_place(world: World) -> None:
    terminal = await world.open(an_event(a_slot(entry=DAILY)))
    [number] = await tickets(terminal)
    said = [await let_in(terminal, number), await let_out(terminal, number)]
    said.append(await let_in(terminal, number))
    # In Chicago the day ends six hours after it does in UTC.
    world.clock.advance(minutes=60 * 17)
    said.append(await let_in(terminal, number))
    world.clock.advance(minutes=60)
    said.append(await let_in(terminal, number))
    world.clock.advance(minutes=60 * 24)
    # Who went home without a scan is counted once all the same.
    said.append(await let_in(terminal, number))

    assert [one.reason for one in said] == [
        *(Reason.ADMITTED, Reason.LEFT, Reason.NO_RETURN, Reason.NO_RETURN),
        *(Reason.ADMITTED, Reason.ADMITTED),
    ]
    assert said[-1].entry == 3
    assert (await inside(terminal), await redeemed(terminal)) == (1, 1)


async def test_five_times_the_same_scan_are_five_times_the_same_green(world: World) -> None:
    terminal = await world.open(an_event(a_slot(entry=FREE)))
    [number] = await tickets(terminal)
    admission = terminal.services.admission
    for way, reason in ((Way.IN, Reason.ADMITTED), (Way.OUT, Reason.LEFT)):
        scan = Scan(number, admission.new_nonce(), "Robin", way)
        first = await repeat(admission, scan)
        said = await asyncio.gather(*(repeat(admission, scan) for _ in range(4)))
        assert {first.reason} == {reason}
        assert set(said) == {first}
    account = await terminal.account(ResourceKind.SLOT, AccountCode.INSIDE)
    assert (account.credits_posted, account.debits_posted) == (1, 1)


async def test_the_same_scan_many_times_at_once_is_one_step(world: World) -> None:
    terminal = await world.open()
    await let_in(terminal, (await tickets(terminal))[0])
    [number] = await tickets(terminal)

    said = await asyncio.gather(
        *(terminal.services.admission.scan(Scan(number, nonce=7)) for _ in range(5))
    )

    assert len(set(said)) == 1
    assert isinstance(said[0], Verdict)
    assert (said[0].reason, await redeemed(terminal)) == (Reason.ADMITTED, 2)


# Gates


async def test_a_gate_sends_other_tickets_to_their_own(world: World) -> None:
    terminal = await world.open(an_event(a_slot(), a_slot("party")))
    [number] = await tickets(terminal, 1, "party")
    general, party = (Gate(frozenset({key})) for key in ("general", "party"))

    said = await let_in(terminal, number, general)

    assert (said.reason, said.colour, said.slot_key) == (Reason.WRONG_SLOT, Colour.RED, "party")
    assert (await let_in(terminal, number, party)).reason is Reason.ADMITTED
    out = await present(terminal, number, Way.OUT, gate=general)
    assert out.reason is Reason.WRONG_SLOT


async def test_whoever_is_inside_may_leave_when_the_slot_is_over(world: World) -> None:
    window = Window(ends=NOW + timedelta(hours=1))
    terminal = await world.open(an_event(a_slot(valid=window)))
    [number] = await tickets(terminal)
    await let_in(terminal, number)
    world.clock.advance(minutes=61)
    assert (await let_in(terminal, number)).reason is Reason.NOT_VALID_ANY_MORE
    assert (await let_out(terminal, number)).reason is Reason.LEFT


async def test_who_was_never_in_does_not_leave(world: World) -> None:
    terminal = await world.open()
    [number] = await tickets(terminal)
    said = await let_out(terminal, number)
    assert (said.reason, said.at) == (Reason.NOT_INSIDE, None)


async def test_a_terminal_that_was_sent_out_lets_nobody_in(embedded: World) -> None:
    north, south = await embedded.open(), await embedded.open(name="south")
    [number] = await tickets(north)
    await Terminals(north.backing.store, north.backing.clock).revoke("south")

    with pytest.raises(NotPaired):
        await let_in(south, number)
    with pytest.raises(NotPaired):
        await south.services.lane.scan(Scan(number, nonce=7))

    assert await redeemed(north) == 0
    assert (await let_in(north, number)).reason is Reason.ADMITTED


# Replays


async def test_a_replay_is_judged_and_recorded_as_of_then(world: World) -> None:
    terminal = await world.open(an_event(a_slot(entry=DAILY)))
    [number] = await tickets(terminal)
    world.clock.advance(minutes=60 * 24 * 2)
    admission = terminal.services.admission
    yesterday = NOW + timedelta(days=1)

    said = await admission.replay(Scan(number, 7, "Robin"), yesterday)

    assert (said.reason, said.terminal) == (Reason.ADMITTED, "north")
    assert await admission.replay(Scan(number, 7, "Robin"), yesterday) == said
    assert (await admission.replay(Scan(number, 8), yesterday)).reason is Reason.ALREADY_IN
    assert (await let_in(terminal, number)).reason is Reason.ADMITTED


# Counters and the record


async def test_counters_are_of_what_the_gate_leads_to(world: World) -> None:
    slots = (a_slot(entry=FREE, hall="dome"), a_slot("party"))
    terminal = await world.open(an_event(*slots, halls=(Hall("dome", "Dome", 5),)))
    admission, general = terminal.services.admission, Gate(frozenset({"general"}))
    one, two, _ = await tickets(terminal, 3)
    [party] = await tickets(terminal, 1, "party")
    assert await admission.counters(general) == DoorCounters(0, 3, 0, 5, 0)

    for number in (one, two):
        await let_in(terminal, number)
    await let_out(terminal, one)
    world.clock.advance(seconds=50)
    assert await admission.counters(general) == DoorCounters(2, 3, 1, 5, 2)
    await let_in(terminal, one)
    world.clock.advance(seconds=11)
    assert await admission.counters(general) == DoorCounters(2, 3, 2, 5, 1)

    await let_in(terminal, party)
    assert await admission.counters() == DoorCounters(3, 4, 3, None, 0)
    assert await admission.counters(Gate(frozenset({"party"}))) == DoorCounters(1, 1, 1, None, 0)


async def test_every_scan_and_undo_is_on_record_with_who_and_where(embedded: World) -> None:
    terminal = await embedded.open(a_hall_event(limit=1))
    one, two = await tickets(terminal, 2)
    admitted = await let_in(terminal, one)
    await let_in(terminal, one)
    await let_in(terminal, two)
    await let_out(terminal, one)
    await undo(terminal, claim_of(admitted), "[@click=app.quit]wrong[/] 🎟")

    records = await terminal.backing.store.transaction(audit.page)

    at_door = [one for one in records if one.staff in ("Robin", "Sasha")]
    assert [(one.action, one.staff, one.detail) for one in at_door[1:]] == [
        (Action.ADMITTED, "Robin", ""),
        (Action.TURNED_AWAY, "Robin", "already_in"),
        (Action.TURNED_AWAY, "Robin", "hall_full"),
        (Action.LET_OUT, "Robin", ""),
        (Action.ADMISSION_UNDONE, "Sasha", "[@click=app.quit]wrong[/] 🎟"),
    ]
    assert at_door[0].action == Action.CONDUCT_ACCEPTED
    assert at_door[0].detail.startswith("en ")
    assert {one.terminal for one in at_door} == {"north"}
    assert {one.subject for one in at_door[1:]} == {admitted.claim_id, at_door[3].subject}
