"""The ledger of a data folder with its own server."""

from contextlib import AsyncExitStack
from pathlib import Path
from time import monotonic
from typing import Self

from ledger.data_file import Mode
from ledger.engine import LedgerError, LedgerUnavailable
from ledger.node_share import SharedNode
from ledger.node_status import NodeStatus
from ledger.tigerbeetle import TigerBeetleLedger

READY_DEADLINE_SECONDS = 30.0


class NodeLedger(TigerBeetleLedger):
    """A ledger that goes where the folder's server goes, and closes it if it is ours."""

    def __init__(self, node: SharedNode, *, deadline_seconds: float) -> None:
        status = node.status
        super().__init__(
            status.cluster_id,
            status.address,
            deadline_seconds=deadline_seconds,
            engine=status.engine,
        )
        self._node = node

    @classmethod
    async def open(
        cls, folder: Path, binary: Path, *, mode: Mode | None = None, deadline_seconds: float = 5.0
    ) -> Self:
        """Find or start the server; return when it has answered a request."""
        async with AsyncExitStack() as undo:
            node = SharedNode(folder, binary, mode=mode)
            undo.push_async_callback(node.close)
            await node.open()
            ledger = cls(node, deadline_seconds=deadline_seconds)
            undo.push_async_callback(ledger.close)
            node.on_move(ledger._follow)
            await ledger._ready(folder)
            undo.pop_all()
        return ledger

    @property
    def status(self) -> NodeStatus:
        """The server as last seen."""
        return self._node.status

    @property
    def engine(self) -> str:
        """What runs, in words for a status line; a take-over may change it."""
        return self._node.status.engine

    async def close(self) -> None:
        """Close the client, then the server if it is ours."""
        await super().close()
        await self._node.close()

    async def _follow(self, status: NodeStatus) -> None:
        await self.move(status.address)

    async def _ready(self, folder: Path) -> None:
        # The client connects when it is first asked, so only an answer shows that it can.
        patience_ends = monotonic() + READY_DEADLINE_SECONDS
        while True:
            try:
                await self.lookup_accounts([1])
                return
            except LedgerUnavailable as error:
                if monotonic() > patience_ends:
                    raise LedgerError(
                        f"the TigerBeetle server of {folder} does not answer within "
                        f"{READY_DEADLINE_SECONDS:.0f} s; its log is server.log there"
                    ) from error
