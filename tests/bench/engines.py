"""The ledger engines that are there to be measured."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import tigerbeetle

from ledger.binary import find_binary
from ledger.engine import Ledger
from ledger.native import NativeClient
from ledger.node import Node
from ledger.sqlite import SqliteLedger
from ledger.tigerbeetle import TigerBeetleLedger

SQLITE = "SqliteLedger"
TIGERBEETLE = "TigerBeetleLedger"
OFFICIAL = "official ClientAsync"
PACKED = "packed beforehand"

DEADLINE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Engine:
    """An opened ledger, what it stands on, and how large that is."""

    name: str
    store: str
    ledger: Ledger
    size_bytes: Callable[[], int]
    at: str = ""
    """How full it is, as a prefix of what is measured."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server's clients."""

    ours: Engine
    official: Engine
    native: NativeClient
    """The library by itself."""


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[Engine]:
    """The embedded engine on a new file in `folder`, as the kiosk runs it."""
    folder.mkdir(parents=True)
    ledger = SqliteLedger(folder / "ledger.sqlite", own_process=True)
    yield Engine(SQLITE, "one file", ledger, lambda: _size(folder, "ledger.sqlite*"))
    await ledger.close()


@asynccontextmanager
async def server(folder: Path) -> AsyncIterator[Server | None]:
    """A server on a new file in `folder`; None where there is no binary."""
    binary = find_binary()
    if binary is None:
        yield None
        return
    async with AsyncExitStack() as stack:
        node = Node(folder, binary)
        stack.callback(node.stop)
        await asyncio.to_thread(node.start)
        ours = await stack.enter_async_context(_tigerbeetle(node))
        official = await stack.enter_async_context(_official(node))
        native = NativeClient(node.cluster_id, node.address)
        stack.callback(native.close)
        yield Server(ours, official, native)


@asynccontextmanager
async def _tigerbeetle(node: Node) -> AsyncIterator[Engine]:
    ledger = TigerBeetleLedger(node.cluster_id, node.address, deadline_seconds=DEADLINE_SECONDS)
    yield Engine(TIGERBEETLE, _store(node), ledger, lambda: node.data.path.stat().st_size)
    await ledger.close()


@asynccontextmanager
async def _official(node: Node) -> AsyncIterator[Engine]:
    client = tigerbeetle.ClientAsync(node.cluster_id, node.address)
    ledger = cast("Ledger", client)
    yield Engine(OFFICIAL, _store(node), ledger, lambda: node.data.path.stat().st_size)
    await client.close()


def _store(node: Node) -> str:
    return f"{node.version} {node.mode.value}"


def _size(folder: Path, pattern: str) -> int:
    return sum(file.stat().st_size for file in folder.glob(pattern))
