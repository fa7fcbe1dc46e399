"""The engines under one contract: fixtures that open each."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import cast

import pytest
import pytest_asyncio
import tigerbeetle

from ledger.binary import find_binary
from ledger.data_file import Mode
from ledger.engine import Ledger
from ledger.node import Node
from ledger.sqlite import SqliteLedger
from ledger.tigerbeetle import TigerBeetleLedger
from tests.ledger.books import Books
from tests.ledger.factories import FakeClock
from tests.ledger.model import Model
from tests.ledger.reopening import ReopeningLedger

# The official client is asked too, alone: what it answers is right. The model has to agree with it
# before engines are compared with the model.
OWN_CLOCK = ["sqlite", pytest.param("reopened", marks=pytest.mark.long), "model"]
ROOMY = [*OWN_CLOCK, pytest.param("tigerbeetle", marks=pytest.mark.server)]
ENGINES = [*ROOMY, pytest.param("client", marks=pytest.mark.server)]
# The same code as "sqlite" in a process of its own: what may differ is what callers see of it.
BESIDE = pytest.param("beside", marks=pytest.mark.long)


@pytest.fixture(params=ENGINES)
def books(request: pytest.FixtureRequest) -> Books:
    """Each engine in turn."""
    return _books(request)


@pytest.fixture(params=[*OWN_CLOCK, BESIDE])
def own_clock(request: pytest.FixtureRequest) -> Books:
    """Each engine whose clock a test can set."""
    return _books(request)


@pytest.fixture(params=ROOMY)
def roomy(request: pytest.FixtureRequest) -> Books:
    """Each engine that takes full requests whatever the server takes."""
    return _books(request)


@pytest.fixture(params=[*ROOMY, BESIDE])
def ours(request: pytest.FixtureRequest) -> Books:
    """Each engine by our classes: the official client alone cannot do all that these do."""
    return _books(request)


def _books(request: pytest.FixtureRequest) -> Books:
    found = request.getfixturevalue(f"{request.param}_books")
    assert isinstance(found, Books)
    return found


@pytest_asyncio.fixture(loop_scope="session")
async def sqlite_books(tmp_path: Path) -> AsyncIterator[Books]:
    """A new file."""
    clock = FakeClock()
    ledger = SqliteLedger(tmp_path / "ledger.sqlite", clock)
    yield Books.over(ledger, clock)
    await ledger.close()


@pytest_asyncio.fixture(loop_scope="session")
async def beside_books(tmp_path: Path) -> AsyncIterator[Books]:
    """A new file, and a process of its own that executes requests."""
    clock = FakeClock()
    ledger = SqliteLedger(tmp_path / "ledger.sqlite", clock, own_process=True)
    yield Books.over(ledger, clock)
    await ledger.close()


@pytest.fixture
def reopened_books(tmp_path: Path) -> Books:
    """A file that is closed and opened again between any two requests."""
    clock = FakeClock()
    return Books.over(ReopeningLedger(tmp_path / "ledger.sqlite", clock), clock)


@pytest.fixture
def tigerbeetle_books(tigerbeetle_ledger: Ledger) -> Books:
    """A real server."""
    return Books.over(tigerbeetle_ledger)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def tigerbeetle_ledger(node: Node) -> AsyncIterator[Ledger]:
    """One connection for all tests of this process: a session takes the server half a second."""
    ledger = TigerBeetleLedger(node.cluster_id, node.address, deadline_seconds=60)
    yield ledger
    await ledger.close()


@pytest.fixture
def model_books() -> Books:
    """The model: what the contract says of it shows that it is a model of the same thing."""
    clock = FakeClock()
    return Books.over(Model(clock), clock)


@pytest.fixture
def client_books(client: Ledger) -> Books:
    """A real server, asked through the official client alone."""
    return Books.over(client)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def client(node: Node) -> AsyncIterator[Ledger]:
    """The official client itself, the oracle of the contract."""
    official = tigerbeetle.ClientAsync(node.cluster_id, node.address)
    # It has all the requests of the protocol, and nothing else is asked of it.
    yield cast("Ledger", official)
    await official.close()


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One server for all tests of this process."""
    binary = find_binary()
    assert binary is not None
    folder = tmp_path_factory.mktemp("node")
    server = Node(folder, binary, mode=Mode.DEVELOPMENT)
    server.start()
    yield server
    server.stop()
    # Of each session pytest keeps a folder for a while: not this gigabyte.
    shutil.rmtree(folder)
