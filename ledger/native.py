"""TigerBeetle's native client library, called with packed batches.

The library is the official package's own, through its bindings. The package's event loop client
stands on the same functions, but packs in ctypes, cannot be cancelled safely, and logs every
request through Python.
"""

import asyncio
import atexit
import ctypes
import itertools
import logging
import os
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import tigerbeetle
from tigerbeetle import bindings
from tigerbeetle.bindings import Operation, PacketStatus
from tigerbeetle.lib import c_uint128

from ledger.engine import LedgerError

Done = Callable[[int, bytes], None]
"""Called in the event loop with a `PacketStatus` and the packed answer."""

# Without a handler Python prints warnings to stderr, which is a kiosk's screen. Debug messages
# cost a tenth of each request even when nobody reads them.
logging.getLogger("tigerbeetle").addHandler(logging.NullHandler())
tigerbeetle.configure_logging(debug=False)

_tokens = itertools.count(1)


@dataclass(frozen=True, slots=True)
class _Packet:
    """What must stay alive until the library has answered, and whom to tell."""

    native: bindings.CPacket
    data: bytes
    loop: asyncio.AbstractEventLoop
    done: Done


_under_way: dict[int, _Packet] = {}


def _completed(_client: int, native: "ctypes._Pointer[bindings.CPacket]", *reply: int) -> None:
    """Hand an answer to its event loop; runs on the library's thread."""
    _timestamp, address, size = reply
    packet = _under_way.pop(native[0].user_data)
    # The library's memory is only good until this function returns.
    data = ctypes.string_at(address, size) if address else b""
    try:
        packet.loop.call_soon_threadsafe(packet.done, native[0].status, data)
    except RuntimeError:
        # The loop was closed: nobody waits any more.
        return


_ON_COMPLETION = bindings.OnCompletion(_completed)


class NativeClient:
    """One connection to a cluster, with a thread of its own, until `close`.

    Making one succeeds without a server; its packets then wait until there is one.
    """

    def __init__(self, cluster_id: int, addresses: str) -> None:
        """Raises `LedgerError` for addresses which cannot be used."""
        self._native = bindings.CClient()
        cluster = c_uint128.from_param(cluster_id)
        encoded = addresses.encode()
        status = bindings.tb_client_init(
            ctypes.byref(self._native),
            ctypes.cast(ctypes.byref(cluster), ctypes.POINTER(ctypes.c_uint8 * 16)),
            encoded,
            len(encoded),
            None,
            _ON_COMPLETION,
        )
        if status != bindings.InitStatus.SUCCESS:
            raise LedgerError(f"cannot make a client for {addresses!r}: {_explained(status)}")
        _open.add(self)

    def submit(self, operation: Operation, data: bytes, done: Done) -> bool:
        """Send a packet; `done` hears of it in the running loop. False: this client is dead."""
        token = next(_tokens)
        packet = bindings.CPacket(
            user_data=token,
            data=ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p),
            data_size=len(data),
            operation=operation,
        )
        _under_way[token] = _Packet(packet, data, asyncio.get_running_loop(), done)
        status = bindings.tb_client_submit(ctypes.byref(self._native), ctypes.byref(packet))
        if status != bindings.ClientStatus.OK:
            del _under_way[token]
            return False
        return True

    def close(self) -> None:
        """End the thread; packets under way are told `CLIENT_SHUTDOWN`. Only once."""
        _open.discard(self)
        status = bindings.tb_client_deinit(ctypes.byref(self._native))
        if status != bindings.ClientStatus.OK:
            _dying.append(self)


_open: set[NativeClient] = set()
_dying: deque[NativeClient] = deque(maxlen=64)
"""Evicted clients: the library ends their threads itself, and until then uses their memory."""


def _close_all() -> None:
    for client in tuple(_open):
        client.close()


# A native thread must not call into an interpreter that is gone, and a fork has no such threads.
atexit.register(_close_all)
os.register_at_fork(after_in_child=_open.clear)


def _explained(status: int) -> str:
    match status:
        case bindings.InitStatus.ADDRESS_INVALID:
            return "an address is a port, an IP address, or both, as in 127.0.0.1:3000"
        case bindings.InitStatus.ADDRESS_LIMIT_EXCEEDED:
            return "too many addresses"
        case _:
            return bindings.InitStatus(status).name.lower().replace("_", " ")


__all__ = ["NativeClient", "Operation", "PacketStatus"]
