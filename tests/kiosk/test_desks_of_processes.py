"""Desks in processes of their own: killed at any step, or at the same ticket at the same time."""

import asyncio
import multiprocessing
import signal
from dataclasses import replace
from multiprocessing.context import ForkServerContext

import pytest

from kiosk.domain.admission import Reason
from kiosk.domain.claim_transfers import ChangeFault
from kiosk.domain.claims import ClaimState
from kiosk.services.reconciliation import Report
from ledger.ids import new_id
from ledger.node import Node
from tests.kiosk.desk_acts import ACTS
from tests.kiosk.desk_audit import audit_desk
from tests.kiosk.doomed_desk import DeskVenue, play, race
from tests.kiosk.doors import let_in
from tests.kiosk.world import Terminal, World

STEPS_MAX = 40
ROUNDS = 20
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def forks() -> ForkServerContext:
    """Processes that begin with everything loaded, and without the threads of this one."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([race.__module__])
    return context


@pytest.fixture
def venue(world: World, engine: str, request: pytest.FixtureRequest) -> DeskVenue:
    """Where the desks of the world are."""
    node: Node | None = request.getfixturevalue("node") if engine == "server" else None
    server = (node.cluster_id, node.address) if node else None
    return DeskVenue(world.folder, world.clock.now(), f"event-{new_id():x}", server, ROUNDS + 1)


@pytest.mark.long
@pytest.mark.parametrize("name", ACTS)
async def test_a_desk_that_is_killed_is_followed_by_one_that_makes_it_good(
    embedded: World, forks: ForkServerContext, name: str
) -> None:
    venue = DeskVenue(embedded.folder, embedded.clock.now(), "")
    for step in range(STEPS_MAX):
        venue = replace(venue, event_key=f"event-{new_id():x}")
        process = forks.Process(target=play, args=(venue, name, step))
        process.start()
        process.join(PATIENCE_SECONDS)
        assert process.exitcode in (0, -signal.SIGKILL)

        desk = await embedded.open(venue.event, "doomed")
        report = await desk.services.reconciliation.run_once()
        assert report.contradictions == ()
        await audit_desk(desk)
        assert await desk.services.reconciliation.run_once() == Report()
        await embedded.close_terminals()
        if process.exitcode == 0:
            assert step > 1
            return
    pytest.fail(f"more than {STEPS_MAX} steps")


async def raced(
    forks: ForkServerContext, venue: DeskVenue, names: tuple[str, str], claim_ids: list[int]
) -> list[tuple[str, str]]:
    """What two processes hear that work at the same tickets in the same instants."""
    start = forks.Barrier(2)
    pipes = [forks.Pipe(duplex=False) for _ in names]
    processes = [
        forks.Process(target=race, args=(venue, name, claim_ids, start, told))
        for name, (_, told) in zip(names, pipes, strict=True)
    ]
    for process in processes:
        process.start()
    said = await asyncio.to_thread(
        lambda: [[heard.recv() for _ in claim_ids] for heard, _ in pipes]
    )
    for process in processes:
        process.join(PATIENCE_SECONDS)
    return list(zip(*said, strict=True))


async def sold(desk: Terminal) -> list[int]:
    """Tickets of an order each, so that each comes with a T-shirt."""
    # Whoever was in once has accepted the Code of Conduct: a scan goes straight on.
    await let_in(desk, (await desk.sell()).claims[0].ticket_number)
    return [(await desk.sell()).claims[0].id for _ in range(ROUNDS)]


async def test_of_passing_on_and_admission_by_two_processes_one_happens(
    world: World, venue: DeskVenue, forks: ForkServerContext
) -> None:
    desk = await world.open(venue.event)
    claim_ids = await sold(desk)

    said = await raced(forks, venue, ("admit", "pass on"), claim_ids)

    for claim_id, heard in zip(claim_ids, said, strict=True):
        card = await desk.services.claims.card(claim_id)
        if heard == (Reason.ADMITTED, ChangeFault.USED):
            assert (card.state, card.version) == (ClaimState.IN, 1)
        else:
            assert heard == (Reason.REPLACED, "passed on")
            assert (card.state, card.version) == (ClaimState.OUT, 2)
    assert await desk.services.reconciliation.run_once() == Report()
    await audit_desk(desk)


async def test_of_two_processes_one_hands_a_piece_out(
    world: World, venue: DeskVenue, forks: ForkServerContext
) -> None:
    desk = await world.open(venue.event)

    said = await raced(forks, venue, ("hand out", "hand out"), await sold(desk))

    assert {tuple(sorted(heard)) for heard in said} == {("ours", "theirs")}
    assert await desk.services.reconciliation.run_once() == Report()
    await audit_desk(desk)
