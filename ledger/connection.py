"""The one native client of a ledger: made anew when the cluster drops it or moves."""

from importlib.metadata import version

from ledger.engine import LedgerClosed, LedgerError
from ledger.native import Done, NativeClient, Operation, PacketStatus


class Connection:
    """Where packets go now. Packets sent to an earlier client come back to whoever sent them."""

    def __init__(self, cluster_id: int, addresses: str, *, engine: str) -> None:
        """Raises `LedgerError` for addresses or a cluster id which cannot be used."""
        if not 0 <= cluster_id < 2**128:
            raise LedgerError(f"a cluster id has 128 bits and no sign: {cluster_id}")
        self._cluster_id = cluster_id
        self._addresses = addresses
        self._engine = engine
        self._closed = False
        self._client: NativeClient | None = NativeClient(cluster_id, addresses)

    def __str__(self) -> str:
        """What is at the other end, for messages to people."""
        return f"{self._engine} at {self._addresses}"

    @property
    def engine(self) -> str:
        """What runs at the other end, without its address."""
        return self._engine

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    @property
    def client(self) -> NativeClient:
        """The client to use now; raises `LedgerClosed` or, if none can be made, `LedgerError`."""
        if self._closed:
            raise LedgerClosed(f"the connection to {self} was closed")
        if self._client is None:
            self._client = NativeClient(self._cluster_id, self._addresses)
        return self._client

    def submit(self, operation: Operation, data: bytes, done: Done) -> NativeClient:
        """Send a packet and say by which client; `done` hears of it in the running loop."""
        client = self.client
        while not client.submit(operation, data, done):
            # Evicted, and nothing was under way that could have told us.
            self.retire(client)
            client = self.client
        return client

    def retire(self, client: NativeClient) -> None:
        """Use this client no more; the next packet makes a new one."""
        if client is self._client:
            self._client = None
            client.close()

    def move(self, addresses: str) -> None:
        """Use the cluster at `addresses` from now on; raises `LedgerError` if it cannot."""
        if self._closed:
            raise LedgerClosed(f"the connection to {self} was closed")
        successor = NativeClient(self._cluster_id, addresses)
        former, self._client = self._client, successor
        self._addresses = addresses
        if former is not None:
            former.close()

    def close(self) -> None:
        """End the client; closing twice is closing once."""
        self._closed = True
        if self._client is not None:
            self.retire(self._client)

    def refusal(self, status: int) -> LedgerError:
        """Why the cluster or the library refuses every packet of this client."""
        release = f"this client (release {version('tigerbeetle')})"
        match status:
            case PacketStatus.CLIENT_RELEASE_TOO_HIGH:
                return LedgerError(
                    f"{release} is newer than the {self}: a server serves clients of its own "
                    "release or older, so install a newer server"
                )
            case PacketStatus.CLIENT_RELEASE_TOO_LOW:
                return LedgerError(
                    f"{release} is too old for the {self}: "
                    "install a newer client, or a server that still serves this one"
                )
            case _:
                return LedgerError(
                    f"the native library refused a packet for the {self}: status {status}"
                )
