"""The server as a child process: formatted once, started on loopback, never outliving us."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.binary import CLIENT_VERSION, find_binary
from ledger.node import Node

pytestmark = pytest.mark.server


@pytest.fixture
def binary() -> Path:
    found = find_binary()
    assert found is not None
    return found


@pytest.fixture
def node(tmp_path: Path, binary: Path) -> Iterator[Node]:
    node = Node(tmp_path, binary)
    yield node
    node.stop()


def test_a_node_starts_on_an_empty_folder_and_says_where_it_listens(node: Node) -> None:
    node.start()
    assert node.running
    assert node.address == f"127.0.0.1:{node.port}"
    assert node.version >= CLIENT_VERSION
    assert 0 < node.cluster_id < 2**128


def test_a_stopped_node_starts_again_with_the_same_cluster(node: Node, binary: Path) -> None:
    node.start()
    pid = node.pid
    assert pid is not None
    node.stop()
    assert not node.running
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    again = Node(node.folder, binary)
    again.start()
    try:
        assert (again.cluster_id, again.mode) == (node.cluster_id, node.mode)
    finally:
        again.stop()
