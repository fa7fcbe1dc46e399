"""A lane whose process is killed, whose files are locked, and whose server stands still."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.domain.admission import NeedsConduct, Reason, Scan
from kiosk.domain.errors import StoreUnavailable
from kiosk.domain.lane import Part
from ledger.binary import find_binary
from ledger.data_file import Mode as ServerMode
from ledger.ids import new_id
from ledger.node import Node
from ledger.tigerbeetle import TigerBeetleLedger
from tests.kiosk.crashes import Crash, Fuse, crashing
from tests.kiosk.doomed_lane import CODES, LET_IN, LaneDoom, run, the_event
from tests.kiosk.factories import an_event
from tests.kiosk.lane_door import ONLINE, Door
from tests.kiosk.processes import forking, is_killed
from tests.kiosk.world import World

STEPS_MAX = 60


async def test_a_crash_at_any_step_of_telling_loses_nobody_and_doubles_nobody(
    world: World,
) -> None:
    for step in range(STEPS_MAX):
        world.event = an_event()
        fuse = Fuse()
        door = await Door.open(world, back=crashing(fuse))
        tickets = await door.ready(2)
        door.fail()
        for ticket in tickets:
            assert (await door.verdict(ticket)).reason is Reason.HISTORY_UNKNOWN
        door.outage.end()
        await door.lane.look()
        world.clock.advance(minutes=2)
        fuse.set(step)
        crashed = False
        try:
            await door.lane.look()
        except Crash:
            crashed = True
        fuse.set(None)
        await world.close_terminals()

        again = await Door.open(world)
        await again.lane.look()
        assert (again.lane.status.state, again.lane.status.queued) == (ONLINE, 0)
        assert (await again.admitted(), await again.conflicts()) == (3, [])
        await world.close_terminals()
        if not crashed:
            assert step > 0
            return
    pytest.fail(f"more than {STEPS_MAX} steps")


@pytest.mark.long
async def test_a_lane_that_is_killed_is_followed_by_one_that_tells_of_everybody(
    embedded: World,
) -> None:
    forks = forking(run)
    for step in range(STEPS_MAX):
        (embedded.folder / CODES).unlink(missing_ok=True)
        key = f"event-{new_id():x}"
        doom = LaneDoom(embedded.folder, embedded.clock.now(), key, step)
        killed = await is_killed(forks, run, doom)

        again = await Door.open(embedded, "doomed", the_event(key))
        await again.lane.look()
        told_to_go_in = (embedded.folder / CODES).read_text().split()
        assert len(told_to_go_in) == LET_IN == await again.admitted()
        assert (again.lane.status.queued, await again.conflicts()) == (0, [])
        await embedded.close_terminals()
        if not killed:
            assert step > 0
            return
    pytest.fail(f"more than {STEPS_MAX} steps")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Somebody else has the file for themselves."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def test_a_locked_store_is_done_without(embedded: World) -> None:
    door = await Door.open(embedded)
    [ticket] = await door.ready()
    door.lane.deadline_seconds = 0.2
    with locked(embedded.folder / "kiosk.sqlite"):
        said = await door.verdict(ticket)
        await door.lane.look()
        assert said.reason is Reason.HISTORY_UNKNOWN
        assert door.lane.status.unchecked == {Part.STORE}
    await door.come_back()

    assert (await door.admitted(), await door.conflicts()) == (2, [])


async def test_damaged_knowledge_is_as_if_there_were_none(embedded: World) -> None:
    door = await Door.open(embedded)
    [ticket] = await door.ready()
    await door.verdict(ticket)
    await door.lane.close()
    [path] = embedded.folder.glob("lanes/*/knowledge.sqlite")
    path.write_bytes(b"damaged" * 1000)
    door.fail()

    # Whose ticket it is, and that it was used, is not known: the Code of Conduct is asked.
    assert isinstance(await door.lane.scan(Scan(ticket.code, 77)), NeedsConduct)
    await door.come_back()
    await door.lane.look()
    door.fail()
    assert (await door.verdict(ticket)).reason is Reason.ALREADY_IN


async def test_a_disk_that_takes_nothing_says_so(embedded: World) -> None:
    door = await Door.open(embedded)
    [ticket] = await door.ready()
    await door.lane.close()
    [folder] = embedded.folder.glob("lanes/*")
    folder.rename(folder.with_suffix(".gone"))
    folder.write_text("not a folder")

    assert (await door.verdict(ticket)).reason is Reason.ADMITTED
    door.fail()
    with pytest.raises(StoreUnavailable, match="queue of this lane"):
        await door.verdict(ticket)
    folder.unlink()
    folder.with_suffix(".gone").rename(folder)


@pytest.fixture
async def alone(folder: Path) -> AsyncIterator[tuple[World, Node]]:
    """A world with a server of its own, which may be harmed."""
    binary = find_binary()
    assert binary is not None
    node = Node(folder / "node", binary, mode=ServerMode.DEVELOPMENT)
    await asyncio.to_thread(node.start)
    world = World(
        folder, lambda *_: TigerBeetleLedger(node.cluster_id, node.address), is_server=True
    )
    yield world, node
    await world.close()
    node.stop()


@pytest.mark.server
async def test_a_server_that_stands_still_is_done_without_and_told_when_it_goes_on(
    alone: tuple[World, Node],
) -> None:
    world, node = alone
    door = await Door.open(world)
    [first, second] = await door.ready(2)
    assert node.pid is not None
    os.kill(node.pid, signal.SIGSTOP)
    try:
        # Its answer is not waited for: whether it was done shows when it goes on.
        assert (await door.verdict(first)).reason is Reason.HISTORY_UNKNOWN
        await door.lane.look()
        assert door.lane.status.unchecked == {Part.LEDGER}
        assert (await door.verdict(second)).reason is Reason.HISTORY_UNKNOWN
    finally:
        os.kill(node.pid, signal.SIGCONT)
    await door.come_back()

    assert (await door.admitted(), await door.conflicts()) == (3, [])


@pytest.mark.server
async def test_a_server_that_dies_is_done_without_until_it_is_started_again(
    alone: tuple[World, Node],
) -> None:
    world, node = alone
    door = await Door.open(world)
    [first, second] = await door.ready(2)
    assert node.pid is not None
    os.kill(node.pid, signal.SIGKILL)

    assert (await door.verdict(first)).reason is Reason.HISTORY_UNKNOWN
    assert (await door.verdict(second)).reason is Reason.HISTORY_UNKNOWN
    node.stop()
    await asyncio.to_thread(node.start)
    ledger = door.terminal.backing.ledger
    assert isinstance(ledger, TigerBeetleLedger)
    await ledger.move(node.address)
    await door.come_back()

    assert (await door.admitted(), await door.conflicts()) == (3, [])
