"""One server for all processes on a data folder: one of them runs it, the next takes over."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from os import getpid
from pathlib import Path
from time import monotonic

from ledger.data_file import Mode
from ledger.engine import LedgerError
from ledger.files import FileLock
from ledger.node import Node, accepts
from ledger.node_status import NodeStatus, publish, read_status, withdraw

logger = logging.getLogger(__name__)

WATCH_SECONDS = 0.2
OPEN_DEADLINE_SECONDS = 60.0

PAUSE_SECONDS_MAX = 30.0
HEALTHY_SECONDS = 60.0


class Pauses:
    """How long to wait before each restart: not at all, then longer each time it dies young."""

    def __init__(self) -> None:
        self._next_seconds = 0.0

    def next_seconds(self, *, lived_seconds: float) -> float:
        """The pause before a restart, after the server lived that long."""
        pause = 0.0 if lived_seconds >= HEALTHY_SECONDS else self._next_seconds
        self._next_seconds = min(max(2 * pause, 0.25), PAUSE_SECONDS_MAX)
        return pause


async def nothing_to_do(_: NodeStatus) -> None:
    """For users of a server who ask where it is each time."""


class SharedNode:
    """The server of a data folder, whichever process runs it.

    The process with the lock on the folder is the owner: it runs the server, restarts it when it
    dies, and publishes where it listens. The others use it; when the lock comes free, one of
    them takes over. The server holds the lock too, so none is ever started beside it.
    """

    def __init__(self, folder: Path, binary: Path, *, mode: Mode | None = None) -> None:
        self._folder = folder
        self._node = Node(folder, binary, mode=mode)
        self._lock = FileLock(folder / "node.lock")
        self._moved: Callable[[NodeStatus], Awaitable[None]] = nothing_to_do
        self._pauses = Pauses()
        self._status: NodeStatus | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._restarts = 0
        self._started = monotonic()

    @property
    def owned(self) -> bool:
        """Whether the server is ours to run."""
        return self._lock.held

    @property
    def status(self) -> NodeStatus:
        """The server as last seen; there after `open`."""
        assert self._status is not None
        return self._status

    def on_move(self, moved: Callable[[NodeStatus], Awaitable[None]]) -> None:
        """Have `moved` called with each new address after the first, which `open` answers."""
        self._moved = moved

    async def open(self) -> NodeStatus:
        """Find the running server or start one; raises `LedgerError` if neither succeeds."""
        patience_ends = monotonic() + OPEN_DEADLINE_SECONDS
        while not self._lock.acquire():
            if await self._find():
                break
            if monotonic() > patience_ends:
                raise LedgerError(_nobody_answers(self._folder))
            await asyncio.sleep(WATCH_SECONDS)
        else:
            await self._open_as_owner()
        self._watcher = asyncio.create_task(self._watch(), name="watch the ledger's server")
        return self.status

    async def close(self) -> None:
        """Stop the server if it is ours, so that another process can run it. Twice is once."""
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.cancel()
            await asyncio.wait([watcher])
        await self._let_go()

    async def _open_as_owner(self) -> None:
        try:
            withdraw(self._folder)
            await self._start()
            await self._tell()
        finally:
            if self._status is None:
                await self._let_go()

    async def _let_go(self) -> None:
        if not self.owned:
            return
        withdraw(self._folder)
        await asyncio.to_thread(self._node.stop)
        self._lock.release()

    async def _find(self) -> bool:
        """Whether another process runs a server that accepts connections."""
        status = read_status(self._folder)
        if status is None or not status.address:
            return False
        if not await asyncio.to_thread(accepts, status.address):
            return False
        self._status = status
        _log_place(status)
        return True

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                await (self._tend() if self.owned else self._follow())
            except (LedgerError, OSError) as error:
                # The next round tries again: nothing better can be done without a person.
                logger.error("%s", error)

    async def _follow(self) -> None:
        """Take over if the owner has gone, else go where its server went."""
        if self._lock.acquire():
            logger.warning("the process that ran the ledger's server has gone: taking over")
            withdraw(self._folder)
            await self._start()
            await self._tell()
            return
        status = read_status(self._folder)
        if status is not None and status.address and status != self._status:
            if status.address != self.status.address:
                _log_place(status)
                await self._moved(status)
            self._status = status

    async def _tend(self) -> None:
        """Keep our server running, and the others informed."""
        self._node.log.trim()
        if not self._node.running:
            await self._restart()
        if self.status.address != self._node.address or self.status.owner_pid != getpid():
            await self._tell()

    async def _restart(self) -> None:
        if self._node.pid is not None:
            self._report(self._node.ending())
        await asyncio.sleep(self._pauses.next_seconds(lived_seconds=monotonic() - self._started))
        self._restarts += 1
        await self._start()

    async def _start(self) -> None:
        """Start our server; if we are cancelled meanwhile, it does not come up behind our back."""
        keep_open = (self._lock.descriptor,)
        starting = asyncio.create_task(asyncio.to_thread(self._node.start, keep_open=keep_open))
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            self._node.interrupt()
            # That it failed now is our doing, and nothing to report.
            await asyncio.gather(starting, return_exceptions=True)
            raise
        finally:
            self._started = monotonic()

    async def _tell(self) -> None:
        """Publish where our server listens, and go there ourselves."""
        before = self._status
        status = NodeStatus(
            address=self._node.address,
            cluster_id=self._node.cluster_id,
            version=str(self._node.version),
            mode=self._node.mode,
            server_pid=self._node.pid or 0,
            owner_pid=getpid(),
            started_at=datetime.now(UTC),
            restarts=self._restarts,
            trouble=before.trouble if before else "",
        )
        publish(self._folder, status)
        _log_place(status)
        if before is not None:
            await self._moved(status)
        self._status = status

    def _report(self, trouble: str) -> None:
        logger.error("%s", trouble)
        self._status = replace(self.status, address="", trouble=trouble)
        publish(self._folder, self._status)


def _log_place(status: NodeStatus) -> None:
    logger.info(
        "%s listens at %s, run by process %d", status.engine, status.address, status.owner_pid
    )


def _nobody_answers(folder: Path) -> str:
    status = read_status(folder)
    owner = f"process {status.owner_pid}" if status else "another process"
    trouble = f"; it reports: {status.trouble}" if status and status.trouble else ""
    return (
        f"{folder} is in use by {owner}, whose TigerBeetle server did not answer within "
        f"{OPEN_DEADLINE_SECONDS:.0f} s{trouble}"
    )
