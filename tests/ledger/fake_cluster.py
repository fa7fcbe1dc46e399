"""A cluster without a server: it holds packets until a test answers them."""

import asyncio
import struct
from collections import deque
from dataclasses import dataclass, field

from ledger.native import Done, Operation, PacketStatus
from ledger.types import CreateTransferStatus

EVENT_SIZES = {
    Operation.CREATE_ACCOUNTS: 128,
    Operation.CREATE_TRANSFERS: 128,
    Operation.LOOKUP_ACCOUNTS: 16,
    Operation.LOOKUP_TRANSFERS: 16,
    Operation.QUERY_TRANSFERS: 64,
}
CREATES = (Operation.CREATE_ACCOUNTS, Operation.CREATE_TRANSFERS)


@dataclass(frozen=True, slots=True)
class SentPacket:
    """What a client has submitted."""

    operation: Operation
    data: bytes
    done: Done
    client: "FakeClient"

    @property
    def ids(self) -> list[int]:
        """The ids of its events, as small numbers in tests."""
        size = EVENT_SIZES[self.operation]
        starts = range(0, len(self.data), size)
        return [int.from_bytes(self.data[start : start + 16], "little") for start in starts]


@dataclass(slots=True)
class FakeCluster:
    """Clients are made by `connect`; what they send stays in `sent` until it is answered.

    As the native library does, it refuses a packet that is too large by itself, at once.
    """

    limit: int = 8189
    sent: deque[SentPacket] = field(default_factory=deque)
    executed: list[list[int]] = field(default_factory=list)
    """The ids of each packet that was answered OK, probes left out."""
    clients: list["FakeClient"] = field(default_factory=list)

    def connect(self, _cluster_id: int, addresses: str) -> "FakeClient":
        """A client, as `ledger.connection` makes one."""
        client = FakeClient(self, addresses)
        self.clients.append(client)
        return client

    async def answer(self, status: PacketStatus = PacketStatus.OK) -> SentPacket:
        """Answer the packet that was sent first, as soon as there is one."""
        while not self.sent:
            await asyncio.sleep(0)
        packet = self.sent.popleft()
        packet.done(status, self._reply(packet) if status is PacketStatus.OK else b"")
        return packet

    async def serve(self) -> None:
        """Answer everything, for ever."""
        while True:
            await self.answer()

    def _reply(self, packet: SentPacket) -> bytes:
        if any(packet.ids):
            self.executed.append(packet.ids)
        if packet.operation in CREATES:
            # The timestamp says whose result it is.
            status = CreateTransferStatus.CREATED
            return b"".join(struct.pack("<QI4x", id_, status) for id_ in packet.ids)
        if packet.operation is Operation.QUERY_TRANSFERS:
            return b""
        # Even ids are there, odd ones are not.
        there = [id_ for id_ in packet.ids if id_ and id_ % 2 == 0]
        return b"".join(id_.to_bytes(16, "little") + bytes(112) for id_ in there)


class FakeClient:
    """One session with the cluster."""

    def __init__(self, cluster: FakeCluster, addresses: str) -> None:
        self.addresses = addresses
        self.alive = True
        self.closed = 0
        self._cluster = cluster

    def submit(self, operation: Operation, data: bytes, done: Done) -> bool:
        """Hold the packet until the test answers it, or refuse it."""
        if not self.alive:
            return False
        if len(data) // EVENT_SIZES[operation] > self._cluster.limit:
            loop = asyncio.get_running_loop()
            loop.call_soon(done, PacketStatus.TOO_MUCH_DATA, b"")
        else:
            self._cluster.sent.append(SentPacket(operation, data, done, self))
        return True

    def close(self) -> None:
        """Hand back what is under way."""
        self.closed += 1
        self.alive = False
        mine = [packet for packet in self._cluster.sent if packet.client is self]
        for packet in mine:
            self._cluster.sent.remove(packet)
            asyncio.get_running_loop().call_soon(packet.done, PacketStatus.CLIENT_SHUTDOWN, b"")
