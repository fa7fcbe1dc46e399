"""Several processes on one data folder: one server, whoever goes."""

import asyncio
import gc
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ledger.files import FileLock
from ledger.node import accepts
from ledger.node_share import HEALTHY_SECONDS, PAUSE_SECONDS_MAX, Pauses, SharedNode
from ledger.node_status import read_status, status_path
from tests.ledger.fake_binaries import fake_server
from tests.ledger.node_process import NodeProcess

MakeProcess = Callable[[], NodeProcess]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder that does not keep its gigabyte."""
    yield tmp_path
    shutil.rmtree(tmp_path)


@pytest.fixture
def process(folder: Path) -> Iterator[MakeProcess]:
    """Makes processes on the folder."""
    with ExitStack() as stack:

        def make() -> NodeProcess:
            made = NodeProcess(folder)
            stack.callback(made.close)
            return made

        yield make


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.server
def test_processes_that_open_a_new_folder_at_once_share_one_server(process: MakeProcess) -> None:
    everybody = [process(), process(), process()]
    for one in everybody:
        one.wait_until_open()
    [(_, _, owner_pid)] = {one.status() for one in everybody}
    assert owner_pid in {one.pid for one in everybody}
    heard = [one.create_account(7) for one in everybody]
    assert heard == ["CREATED", "EXISTS", "EXISTS"]


@pytest.mark.server
def test_when_the_owner_is_killed_another_takes_over_with_all_that_was_answered(
    process: MakeProcess, folder: Path
) -> None:
    owner = process()
    owner.wait_until_open()
    other = process()
    other.wait_until_open()
    address, server_pid, owner_pid = other.status()
    assert owner_pid == owner.pid
    assert owner.create_account(1) == "CREATED"
    owner.kill()
    # Whether the first attempt meets the old server, none or the new one: the same id, one outcome.
    assert other.create_account(2) in ("CREATED", "EXISTS")
    assert other.create_account(1) == "EXISTS"
    new_address, new_server_pid, new_owner_pid = other.status()
    assert new_owner_pid == other.pid
    assert new_server_pid != server_pid
    assert accepts(new_address)
    assert new_address == address or not accepts(address)


@pytest.mark.server
def test_when_the_owner_closes_another_takes_over(process: MakeProcess) -> None:
    owner = process()
    owner.wait_until_open()
    other = process()
    other.wait_until_open()
    assert owner.create_account(1) == "CREATED"
    owner.close()
    assert other.create_account(1) == "EXISTS"
    assert other.status()[2] == other.pid


@pytest.mark.server
def test_a_server_that_dies_is_started_again_and_everybody_finds_it(
    process: MakeProcess, folder: Path
) -> None:
    owner = process()
    owner.wait_until_open()
    other = process()
    other.wait_until_open()
    assert other.create_account(1) == "CREATED"
    _, server_pid, _ = owner.status()
    os.kill(server_pid, signal.SIGKILL)
    assert other.create_account(1) == "EXISTS"
    assert owner.create_account(1) == "EXISTS"
    status = read_status(folder)
    assert status is not None
    assert (status.restarts, status.owner_pid) == (1, owner.pid)
    assert "was killed" in status.trouble


@pytest.mark.server
def test_nothing_of_a_server_is_left_when_all_have_closed(
    process: MakeProcess, folder: Path
) -> None:
    only = process()
    only.wait_until_open()
    _, server_pid, _ = only.status()
    only.close()
    assert not is_alive(server_pid)
    assert not status_path(folder).exists()
    lock = FileLock(folder / "node.lock")
    assert lock.acquire()
    lock.release()


async def test_whoever_gives_up_while_the_server_starts_leaves_none_behind(
    tmp_path: Path, folder: Path
) -> None:
    started = tmp_path / "started"
    os.mkfifo(started)
    slow = fake_server(tmp_path / "bin", when_starting=f"echo $$ > {started}; exec sleep 1000")
    complaints: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, said: complaints.append(said))
    opening = asyncio.create_task(SharedNode(folder, slow).open())
    server_pid = int(await asyncio.to_thread(started.read_text))
    opening.cancel()
    await asyncio.wait([opening])
    assert opening.cancelled()
    assert not is_alive(server_pid)
    del opening
    gc.collect()
    assert complaints == []
    lock = FileLock(folder / "node.lock")
    assert lock.acquire()
    lock.release()


def test_what_cannot_be_read_of_a_status_is_no_status(tmp_path: Path) -> None:
    assert read_status(tmp_path) is None
    status_path(tmp_path).write_text('{"address": ')
    assert read_status(tmp_path) is None
    status_path(tmp_path).write_text('{"address": "127.0.0.1:1", "mode": "odd"}')
    assert read_status(tmp_path) is None


def test_a_server_that_keeps_dying_is_restarted_ever_more_rarely() -> None:
    pauses = Pauses()
    seconds = [pauses.next_seconds(lived_seconds=0.1) for _ in range(12)]
    assert seconds[:4] == [0.0, 0.25, 0.5, 1.0]
    assert seconds[-1] == PAUSE_SECONDS_MAX
    assert pauses.next_seconds(lived_seconds=HEALTHY_SECONDS) == 0.0
    assert pauses.next_seconds(lived_seconds=0.1) == 0.25
