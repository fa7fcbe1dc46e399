"""Both engines under the services."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ledger.binary import find_binary
from ledger.data_file import Mode
from ledger.node import Node
from ledger.sqlite import SqliteLedger
from ledger.tigerbeetle import TigerBeetleLedger
from tests.kiosk.world import MakeLedger, Terminal, World


@pytest.fixture(params=["embedded", pytest.param("server", marks=pytest.mark.server)])
def make_ledger(request: pytest.FixtureRequest) -> MakeLedger:
    """Each engine in turn."""
    if request.param == "embedded":
        return lambda folder, clock: SqliteLedger(folder / "ledger", clock.nanoseconds)
    node: Node = request.getfixturevalue("node")
    return lambda folder, clock: TigerBeetleLedger(node.cluster_id, node.address)


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One server for all tests of this process; their events keep out of each other's way."""
    binary = find_binary()
    assert binary is not None
    server = Node(tmp_path_factory.mktemp("node"), binary, mode=Mode.DEVELOPMENT)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An empty data folder, in memory where there is such a place: nobody cuts the power here."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as name:
        yield Path(name)


@pytest.fixture
async def world(folder: Path, make_ledger: MakeLedger) -> AsyncIterator[World]:
    """A data folder, empty at first, on each engine."""
    opened = World(folder, make_ledger)
    yield opened
    await opened.close()


@pytest.fixture
async def embedded(folder: Path) -> AsyncIterator[World]:
    """A data folder whose ledger keeps the test's time."""
    opened = World(folder, lambda folder, clock: SqliteLedger(folder / "ledger", clock.nanoseconds))
    yield opened
    await opened.close()


@pytest.fixture
async def terminal(world: World) -> Terminal:
    """One terminal on a fresh folder."""
    return await world.open()
