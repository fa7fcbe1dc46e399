"""Both engines under the services."""

import logging
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import URL, create_engine

from kiosk.store.database import sqlite_url
from kiosk.store.migrate import upgrade
from ledger.binary import find_binary
from ledger.data_file import Mode
from ledger.engine import Ledger
from ledger.node import Node
from ledger.sqlite import SqliteLedger
from ledger.tigerbeetle import TigerBeetleLedger
from tests.anvil import Anvil
from tests.anvil import running as anvil_running
from tests.fakes import FakeClock
from tests.kiosk.world import MakeLedger, Terminal, World
from tests.postgresql import running

SERVER = pytest.mark.server
ON_SERVER = pytest.param("server", marks=(SERVER, pytest.mark.long))
POSTGRESQL = pytest.param("postgresql", marks=(pytest.mark.postgresql, pytest.mark.long))
"""The embedded engine, with the store on PostgreSQL."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what wants an engine on each, and on each store where its module says so.

    That the engines do the same is what the tests of the ledger say, which are never left out: the
    services are tried on all but the embedded one with the long tests.
    """
    if "engine" in metafunc.fixturenames:
        marked = {mark.name for mark in metafunc.definition.iter_markers()}
        stores = [POSTGRESQL] if "every_store" in marked else []
        metafunc.parametrize("engine", ["embedded", ON_SERVER, *stores])


@pytest.fixture
def make_ledger(engine: str, request: pytest.FixtureRequest) -> MakeLedger:
    """Opens a ledger of each engine."""
    if engine != "server":
        return open_embedded
    node: Node = request.getfixturevalue("node")
    return lambda folder, clock: TigerBeetleLedger(node.cluster_id, node.address)


@pytest.fixture
def server(engine: str, request: pytest.FixtureRequest) -> tuple[int, str] | None:
    """Cluster and address of the server that processes of their own share; None for a file."""
    if engine != "server":
        return None
    node: Node = request.getfixturevalue("node")
    return node.cluster_id, node.address


@pytest.fixture
def database_url(engine: str, folder: Path, request: pytest.FixtureRequest) -> URL:
    """Where the store of a world is, its tables being there."""
    if engine != "postgresql":
        empty: Path = request.getfixturevalue("empty_store")
        shutil.copy(empty, folder / "kiosk.sqlite")
        return sqlite_url(folder / "kiosk.sqlite")
    new_database: Callable[[], URL] = request.getfixturevalue("new_database")
    return new_database()


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with all tables and nothing in them: to make one takes longer than most tests do."""
    file = tmp_path_factory.mktemp("store") / "kiosk.sqlite"
    engine = create_engine(sqlite_url(file))
    upgrade(engine)
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def new_database() -> Iterator[Callable[[], URL]]:
    """Makes databases with all tables, on one PostgreSQL server for all tests of this process."""
    with running() as cluster:
        template = cluster.new_database()
        engine = create_engine(template)
        upgrade(engine)
        engine.dispose()
        yield partial(cluster.new_database, template)


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """One server for all tests of this process; their events keep out of each other's way."""
    binary = find_binary()
    assert binary is not None
    server = Node(tmp_path_factory.mktemp("node"), binary, mode=Mode.DEVELOPMENT)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def anvil() -> Iterator[Anvil]:
    """One Ethereum chain for all tests of this process; each has an account of its own."""
    with anvil_running() as started:
        yield started


@pytest.fixture
def log_ends() -> Iterator[None]:
    """A log that a command opens ends with the test."""
    before = list(logging.root.handlers)
    yield
    for handler in set(logging.root.handlers) - set(before):
        handler.close()
    logging.root.handlers[:] = before


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An empty data folder, in memory where there is such a place: nobody cuts the power here."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as name:
        yield Path(name)


@pytest.fixture
async def world(
    folder: Path, make_ledger: MakeLedger, engine: str, database_url: URL
) -> AsyncIterator[World]:
    """A data folder, empty at first, on each engine."""
    opened = World(folder, make_ledger, is_server=engine == "server", database_url=database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def embedded(folder: Path, empty_store: Path) -> AsyncIterator[World]:
    """A data folder whose ledger keeps the test's time."""
    shutil.copy(empty_store, folder / "kiosk.sqlite")
    opened = World(folder, open_embedded)
    yield opened
    await opened.close()


@pytest.fixture
async def terminal(world: World) -> Terminal:
    """One terminal on a fresh folder."""
    return await world.open()


def open_embedded(folder: Path, clock: FakeClock) -> Ledger:
    """The embedded ledger of a folder, keeping the test's time."""
    return SqliteLedger(folder / "ledger", clock.nanoseconds)
