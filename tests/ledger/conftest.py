"""The engines under one contract: fixtures that open each."""

from collections.abc import AsyncIterator, Iterator
from typing import cast

import pytest
import pytest_asyncio
import tigerbeetle

from ledger.binary import find_binary
from ledger.data_file import Mode
from ledger.engine import Ledger
from ledger.node import Node
from tests.ledger.books import Books
from tests.ledger.factories import FakeClock
from tests.ledger.model import Model

ENGINES = [
    "model",
    pytest.param("client", marks=pytest.mark.server),
]


@pytest.fixture(params=ENGINES)
def books(request: pytest.FixtureRequest) -> Books:
    """Each engine in turn."""
    found = request.getfixturevalue(f"{request.param}_books")
    assert isinstance(found, Books)
    return found


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
    server = Node(tmp_path_factory.mktemp("node"), binary, mode=Mode.DEVELOPMENT)
    server.start()
    yield server
    server.stop()
