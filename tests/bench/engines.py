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


@dataclass(frozen=True, slots=True)
class Opened:
    """All engines on files of their own."""

    engines: list[Engine]
    native: NativeClient | None
    """The library by itself, on the same server as the other clients."""


@asynccontextmanager
async def opened(folder: Path, *, official: bool) -> AsyncIterator[Opened]:
    """Every engine that this machine has, on new files in `folder`."""
    folder.mkdir()
    async with AsyncExitStack() as stack:
        engines = [await stack.enter_async_context(_sqlite(folder))]
        binary = find_binary()
        native = None
        if binary is not None:
            node = Node(folder / "node", binary)
            stack.callback(node.stop)
            await asyncio.to_thread(node.start)
            engines.append(await stack.enter_async_context(_tigerbeetle(node)))
            if official:
                engines.append(await stack.enter_async_context(_official(node)))
                native = NativeClient(node.cluster_id, node.address)
                stack.callback(native.close)
        yield Opened(engines, native)


@asynccontextmanager
async def _sqlite(folder: Path) -> AsyncIterator[Engine]:
    ledger = SqliteLedger(folder / "ledger.sqlite")
    yield Engine(SQLITE, "one file", ledger, lambda: _size(folder, "ledger.sqlite*"))
    await ledger.close()


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
