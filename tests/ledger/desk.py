"""A caller's desk before a cluster without a server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ledger.connection import Connection
from ledger.operations import Lanes
from ledger.types import Transfer
from tests.ledger.factories import a_transfer
from tests.ledger.fake_cluster import FakeCluster

LONG = 60.0


class Desk:
    """Lanes over a fake cluster."""

    def __init__(self, cluster: FakeCluster, *, deadline_seconds: float = LONG) -> None:
        self.cluster = cluster
        self.connection = Connection(0, "1", engine="fake", make_client=cluster.connect)
        self.lanes = Lanes(self.connection, deadline_seconds)

    def ask(self, *ids: int, flags: int = 0) -> asyncio.Task[list[int]]:
        """One request; its result is the timestamps, which the fake cluster makes the ids."""
        return self.send([a_transfer(id=id_, flags=flags) for id_ in ids])

    def send(self, transfers: list[Transfer]) -> asyncio.Task[list[int]]:
        """One request of any transfers."""

        async def ask() -> list[int]:
            results = await self.lanes.create_transfers.ask(transfers)
            return [result.timestamp for result in results]

        return asyncio.create_task(ask())

    def look_up(self, *ids: int) -> asyncio.Task[list[int]]:
        """One request; the ids found."""

        async def ask() -> list[int]:
            return [found.id for found in await self.lanes.lookup_transfers.ask(ids)]

        return asyncio.create_task(ask())

    def close(self) -> None:
        """Close as the ledger does."""
        self.lanes.close()
        self.connection.close()


async def settle() -> None:
    """Let everybody who can go on do so."""
    for _ in range(10):
        await asyncio.sleep(0)


@asynccontextmanager
async def serving(cluster: FakeCluster) -> AsyncIterator[None]:
    """While inside, the cluster answers everything."""
    task = asyncio.create_task(cluster.serve())
    yield
    task.cancel()
