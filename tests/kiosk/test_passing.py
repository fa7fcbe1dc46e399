"""In, out, in again, taken back: as the slot's policy says, and never more than a hall takes."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from kiosk.domain.admission import Colour, Gate, Reason, Scan, Verdict, Way
from kiosk.domain.audit import Action
from kiosk.domain.chart import AccountCode
from kiosk.domain.errors import InvalidReason
from kiosk.domain.events import EntryPolicy, Event, Hall, ResourceKind, Window
from kiosk.domain.orders import OrderState
from kiosk.domain.refunds import NotRefundable, RefundFault
from kiosk.domain.rights import NotAllowed
from kiosk.domain.terminals import NotPaired
from kiosk.services.reconciliation import Report
from kiosk.services.terminals import Terminals
from kiosk.services.turnout import DoorCounters
from kiosk.store import audit
from tests.kiosk.doors import SUPERVISOR, let_in, let_out, present, repeat, undo
from tests.kiosk.factories import NOW, a_cashier, a_slot, an_event
from tests.kiosk.world import Terminal, World

pytestmark = pytest.mark.every_store

FREE, DAILY = EntryPolicy.FREE, EntryPolicy.DAILY


def a_hall_event(limit: int, entry: EntryPolicy = FREE) -> Event:
    """One slot that leads to a hall."""
    return an_event(a_slot(hall="dome", entry=entry), halls=(Hall("dome", "Dome", limit),))


async def tickets(terminal: Terminal, number: int = 1, slot_key: str = "general") -> list[str]:
    """Numbers of tickets somebody bought."""
    order = await terminal.sell({slot_key: number})
    return [claim.ticket_number for claim in order.claims]


def claim_of(said: Verdict) -> int:
    assert said.claim_id is not None
    return said.claim_id


async def inside(terminal: Terminal, kind: ResourceKind = ResourceKind.SLOT) -> int:
    account = await terminal.account(kind, AccountCode.INSIDE)
    return account.credits_posted - account.debits_posted


async def redeemed(terminal: Terminal) -> int:
    account = await terminal.slot_account(AccountCode.REDEEMED)
    return account.credits_posted - account.debits_posted


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


# Halls


async def test_a_full_hall_refuses_at_every_gate_until_somebody_leaves(world: World) -> None:
    north = await world.open(a_hall_event(limit=2))
    south = await world.open(name="south")
    one, two, three = await tickets(north, 3)
    await let_in(north, one)
    await let_in(south, two)

    said = [await let_in(door, three) for door in (north, south)]

    assert {(s.reason, s.colour, s.hall) for s in said} == {(Reason.HALL_FULL, Colour.RED, "Dome")}
    assert (await redeemed(north), await inside(north, ResourceKind.HALL)) == (2, 2)
    await let_out(south, one)
    assert (await let_in(north, three)).reason is Reason.ADMITTED
    assert (await let_in(north, one)).reason is Reason.HALL_FULL
    assert await inside(north, ResourceKind.HALL) == 2


async def test_the_same_scan_is_let_in_once_there_is_room(world: World) -> None:
    terminal = await world.open(a_hall_event(limit=1))
    one, two = await tickets(terminal, 2)
    await let_in(terminal, one)
    admission = terminal.services.admission
    scan = Scan(two, admission.new_nonce())
    assert [(await repeat(admission, scan)).reason for _ in range(3)] == [Reason.HALL_FULL] * 3

    await let_out(terminal, one)

    said = [await repeat(admission, scan) for _ in range(3)]
    assert {one.reason for one in said} == {Reason.ADMITTED}
    assert len(set(said)) == 1


async def test_of_many_at_many_gates_as_many_get_in_as_the_hall_takes(world: World) -> None:
    doors = [await world.open(a_hall_event(limit=4)), await world.open(name="south")]
    numbers = await tickets(doors[0], 10)
    await let_in(doors[0], numbers[0])

    said = await asyncio.gather(
        *(let_in(doors[at % 2], number) for at, number in enumerate(numbers[1:]))
    )

    assert Counter(one.reason for one in said) == {Reason.ADMITTED: 3, Reason.HALL_FULL: 6}
    assert await inside(doors[0], ResourceKind.HALL) == await redeemed(doors[0]) == 4


async def test_slots_share_a_hall(world: World) -> None:
    slots = (a_slot("day", hall="dome"), a_slot("week", hall="dome"), a_slot("talk"))
    terminal = await world.open(an_event(*slots, halls=(Hall("dome", "Dome", 1),)))
    [day], [week], [talk] = [await tickets(terminal, 1, one.key) for one in slots]
    assert (await let_in(terminal, day)).reason is Reason.ADMITTED
    assert (await let_in(terminal, week)).reason is Reason.HALL_FULL
    assert (await let_in(terminal, talk)).reason is Reason.ADMITTED


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


# Undo


async def test_an_undone_admission_did_not_happen(world: World) -> None:
    terminal = await world.open()
    [number] = await tickets(terminal)
    admitted = await let_in(terminal, number)

    said = await undo(terminal, claim_of(admitted))

    assert (said.reason, said.colour) == (Reason.UNDONE, Colour.GREY)
    assert (said.at, said.terminal) == (admitted.at, "north")
    assert (await inside(terminal), await redeemed(terminal)) == (0, 0)
    again = await let_in(terminal, number)
    assert (again.reason, again.entry) == (Reason.ADMITTED, 1)
    assert (await inside(terminal), await redeemed(terminal)) == (1, 1)


async def test_the_same_undo_again_takes_nothing_else_back(world: World) -> None:
    terminal = await world.open(an_event(a_slot(entry=FREE)))
    [number] = await tickets(terminal)
    await let_in(terminal, number)
    await let_out(terminal, number)
    again = await let_in(terminal, number)

    said = [
        await terminal.services.admission.undo(
            claim_of(again), reason="walked past", supervisor=SUPERVISOR, nonce=77
        )
        for _ in range(3)
    ]

    assert len(set(said)) == 1
    # The first entry stands: the place is used, and its holder is outside.
    assert (await inside(terminal), await redeemed(terminal)) == (0, 1)
    assert (await let_in(terminal, number)).entry == 2


async def test_the_scan_of_an_undone_admission_is_no_second_one(world: World) -> None:
    terminal = await world.open()
    [number] = await tickets(terminal)
    admission = terminal.services.admission
    scan = Scan(number, admission.new_nonce())
    await undo(terminal, claim_of(await repeat(admission, scan)))

    assert (await repeat(admission, scan)).reason is Reason.UNDONE
    assert await redeemed(terminal) == 0


async def test_who_left_is_not_let_out_again_by_an_undo(world: World) -> None:
    terminal = await world.open()
    [number] = await tickets(terminal)
    admitted = await let_in(terminal, number)
    await let_out(terminal, number)

    await undo(terminal, claim_of(admitted))

    assert (await inside(terminal), await redeemed(terminal)) == (0, 0)
    assert (await undo(terminal, claim_of(admitted))).reason is Reason.NOTHING_TO_UNDO


async def test_an_undone_ticket_can_be_refunded_and_one_that_was_left_cannot(
    world: World,
) -> None:
    terminal = await world.open()
    order = await terminal.sell()
    number = order.claims[0].ticket_number
    admitted = await let_in(terminal, number)
    await let_out(terminal, number)
    refunds = terminal.services.refunds
    with pytest.raises(NotRefundable) as refused:
        await refunds.refund_order(order.id, SUPERVISOR)
    assert refused.value.reason is RefundFault.USED

    await undo(terminal, claim_of(admitted))

    refunded = await refunds.refund_order(order.id, SUPERVISOR)
    assert refunded.state is OrderState.REFUNDED
    assert (await let_in(terminal, number)).reason is Reason.REFUNDED
    assert await terminal.takings() == (0, 0)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "a\nb"])
async def test_an_undo_wants_a_reason(embedded: World, reason: str) -> None:
    terminal = await embedded.open()
    admitted = await let_in(terminal, (await tickets(terminal))[0])
    with pytest.raises(InvalidReason):
        await undo(terminal, claim_of(admitted), reason)
    assert await redeemed(terminal) == 1


async def test_only_a_supervisor_undoes(embedded: World) -> None:
    terminal = await embedded.open()
    admitted = await let_in(terminal, (await tickets(terminal))[0])
    with pytest.raises(NotAllowed):
        await terminal.services.admission.undo(
            claim_of(admitted), reason="no", supervisor=a_cashier(), nonce=7
        )
    assert await redeemed(terminal) == 1


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
