"""The one native client of a ledger: made anew when the cluster drops it or moves."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Protocol

from ledger.engine import LedgerClosed, LedgerError
from ledger.native import Done, NativeClient, Operation, PacketStatus


class Client(Protocol):
    """What is asked of a native client."""

    def submit(self, operation: Operation, data: bytes, done: Done) -> bool:
        """Send a packet; `done` hears of it in the running loop. False: this client is dead."""

    def close(self) -> None:
        """End; packets under way are told `CLIENT_SHUTDOWN`."""


class Connection:
    """Where packets go now. Packets sent to an earlier client come back to whoever sent them."""

    def __init__(
        self,
        cluster_id: int,
        addresses: str,
        *,
        engine: str,
        make_client: Callable[[int, str], Client] = NativeClient,
    ) -> None:
        """Raises `LedgerError` for addresses or a cluster id which cannot be used."""
        if not 0 <= cluster_id < 2**128:
            raise LedgerError(f"a cluster id has 128 bits and no sign: {cluster_id}")
        self._cluster_id = cluster_id
        self._addresses = addresses
        self._engine = engine
        self._closed = False
        self._session = 1
        self._make_client = make_client
        self._client: Client | None = make_client(cluster_id, addresses)

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
    def session(self) -> int:
        """Which client is in use or made next; another number is another one, with limits anew."""
        return self._session

    def submit(self, operation: Operation, data: bytes, done: Done) -> int:
        """Send a packet and say in which session; `done` hears of it in the running loop.

        Raises `LedgerClosed` or, if no client can be made, `LedgerError`.
        """
        while True:
            self.require_open()
            if self._client is None:
                self._client = self._make_client(self._cluster_id, self._addresses)
            if self._client.submit(operation, data, done):
                return self._session
            # Evicted, and nothing was under way that could have told us.
            self.retire(self._session)

    def retire(self, session: int) -> None:
        """Use this session's client no more, if it still is in use."""
        if session == self._session:
            self._replace(None)

    def move(self, addresses: str) -> None:
        """Use the cluster at `addresses` from now on; raises `LedgerError` if it cannot."""
        self.require_open()
        successor = self._make_client(self._cluster_id, addresses)
        self._addresses = addresses
        self._replace(successor)

    def close(self) -> None:
        """End the client; closing twice is closing once."""
        self._closed = True
        self._replace(None)

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

    def _replace(self, successor: Client | None) -> None:
        former, self._client = self._client, successor
        self._session += 1
        if former is not None:
            former.close()

    def require_open(self) -> None:
        if self._closed:
            raise LedgerClosed(f"the connection to the {self} was closed")
