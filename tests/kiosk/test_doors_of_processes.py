"""Doors in processes of their own: killed at any step, or at the same ticket at the same time."""

import asyncio
import multiprocessing
import signal
from collections import Counter
from dataclasses import replace
from multiprocessing.context import ForkServerContext

import pytest

from kiosk.domain.admission import Reason
from kiosk.services.reconciliation import Report
from ledger.ids import new_id
from ledger.node import Node
from tests.kiosk.doomed_door import Venue, play, race
from tests.kiosk.door_acts import PLAYS
from tests.kiosk.door_audit import audit_door, standings
from tests.kiosk.doors import let_in
from tests.kiosk.world import World

STEPS_MAX = 40
ROUNDS = 20
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def forks() -> ForkServerContext:
    """Processes that begin with everything loaded, and without the threads of this one."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([race.__module__])
    return context


def a_venue(world: World) -> Venue:
    return Venue(world.folder, world.clock.now(), f"event-{new_id():x}")


@pytest.mark.long
@pytest.mark.parametrize("name", PLAYS)
async def test_a_door_that_is_killed_is_followed_by_one_that_makes_it_good(
    embedded: World, forks: ForkServerContext, name: str
) -> None:
    for step in range(STEPS_MAX):
        venue = a_venue(embedded)
        process = forks.Process(target=play, args=(venue, name, step))
        process.start()
        process.join(PATIENCE_SECONDS)
        assert process.exitcode in (0, -signal.SIGKILL)

        door = await embedded.open(venue.event, "doomed")
        report = await door.services.reconciliation.run_once()
        assert report.contradictions == ()
        await audit_door(door)
        assert await door.services.reconciliation.run_once() == Report()
        await embedded.close_terminals()
        if process.exitcode == 0:
            assert step > 1
            return
    pytest.fail(f"more than {STEPS_MAX} steps")


async def test_of_two_processes_at_one_ticket_in_the_same_instant_one_admits(
    world: World, forks: ForkServerContext, engine: str, request: pytest.FixtureRequest
) -> None:
    node: Node | None = request.getfixturevalue("node") if engine == "server" else None
    server = (node.cluster_id, node.address) if node else None
    venue = replace(a_venue(world), server=server, places=ROUNDS, room=ROUNDS)
    desk = await world.open(venue.event)
    numbers = []
    for _ in range(ROUNDS // 10):
        order = await desk.sell({"general": 10})
        numbers += [claim.ticket_number for claim in order.claims]
    start = forks.Barrier(2)
    pipes = [forks.Pipe(duplex=False) for _ in range(2)]
    processes = [
        forks.Process(target=race, args=(venue, name, numbers, start, told))
        for name, (_, told) in zip(("north", "south"), pipes, strict=True)
    ]
    for process in processes:
        process.start()

    said = await asyncio.to_thread(lambda: [[heard.recv() for _ in numbers] for heard, _ in pipes])

    for process in processes:
        process.join(PATIENCE_SECONDS)
    for one in zip(*said, strict=True):
        assert Counter(one) == {Reason.ADMITTED: 1, Reason.ALREADY_IN: 1}
    assert all(one.is_inside for _, one in (await standings(desk)).values())
    await audit_door(desk)
    assert (await let_in(desk, numbers[0])).reason is Reason.ALREADY_IN
