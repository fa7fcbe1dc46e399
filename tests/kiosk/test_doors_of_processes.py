"""Doors in processes of their own: killed at any step, or at the same ticket at the same time."""

from collections import Counter
from multiprocessing.context import ForkServerContext

import pytest

from kiosk.domain.admission import Reason
from kiosk.services.reconciliation import Report
from tests.kiosk.doomed_door import Venue, play, race
from tests.kiosk.door_acts import PLAYS
from tests.kiosk.door_audit import audit_door, standings
from tests.kiosk.doors import let_in
from tests.kiosk.processes import forking, is_killed, raced
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store

STEPS_MAX = 40
ROUNDS = 20


@pytest.fixture(scope="module")
def forks() -> ForkServerContext:
    return forking(race)


@pytest.mark.long
@pytest.mark.parametrize("name", PLAYS)
async def test_a_door_that_is_killed_is_followed_by_one_that_makes_it_good(
    embedded: World, forks: ForkServerContext, name: str
) -> None:
    for step in range(STEPS_MAX):
        venue = Venue.of(embedded)
        killed = await is_killed(forks, play, venue, name, step)

        door = await embedded.open(venue.event, "doomed")
        report = await door.services.reconciliation.run_once()
        assert report.contradictions == ()
        await audit_door(door)
        assert await door.services.reconciliation.run_once() == Report()
        await embedded.close_terminals()
        if not killed:
            assert step > 1
            return
    pytest.fail(f"more than {STEPS_MAX} steps")


async def test_of_two_processes_at_one_ticket_in_the_same_instant_one_admits(
    world: World, forks: ForkServerContext, server: tuple[int, str] | None
) -> None:
    venue = Venue.of(world, server, places=ROUNDS, room=ROUNDS)
    desk = await world.open(venue.event)
    numbers = []
    for _ in range(ROUNDS // 10):
        order = await desk.sell({"general": 10})
        numbers += [claim.ticket_number for claim in order.claims]

    each = [(venue, name, numbers) for name in ("north", "south")]
    for one in await raced(forks, race, each, ROUNDS):
        assert Counter(one) == {Reason.ADMITTED: 1, Reason.ALREADY_IN: 1}
    assert all(one.is_inside for _, one in (await standings(desk)).values())
    await audit_door(desk)
    assert (await let_in(desk, numbers[0])).reason is Reason.ALREADY_IN
