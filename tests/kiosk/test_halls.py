"""Never more people than a hall takes, at however many gates."""

import asyncio
from collections import Counter

import pytest

from kiosk.domain.admission import Colour, Reason, Scan
from kiosk.domain.events import Hall, ResourceKind
from tests.kiosk.doors import (
    a_hall_event,
    inside,
    let_in,
    let_out,
    redeemed,
    repeat,
    tickets,
)
from tests.kiosk.factories import a_slot, an_event
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store


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
