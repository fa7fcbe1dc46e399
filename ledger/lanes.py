"""Requests of one kind on their way to a TigerBeetle cluster.

While one packet of a kind is under way the next one gathers, so a lone caller never waits for
company and a crowd shares its packets.
"""

import asyncio
import struct
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

from ledger.batches import BatchLimit, Events, Layout, joined
from ledger.connection import Connection
from ledger.engine import LedgerClosed, LedgerError, LedgerUnavailable
from ledger.native import Operation, PacketStatus
from ledger.types import BATCH_MAX, TooMuchDataError

Event = TypeVar("Event")
Result = TypeVar("Result")

_PACKETS_MAX = 2
"""One with the server, and a full one that follows it without a pause."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[Event, Result]):
    """One operation: how its events are packed, its answers unpacked and dealt out."""

    operation: Operation
    layout: Layout
    pack: Callable[[Sequence[Event]], bytes]
    unpack: Callable[[bytes], list[Result]]
    deal: Callable[[Sequence[tuple[Events, int]], list[Result]], Iterable[list[Result]]]
    usual_limits: tuple[int, ...]
    """Events in one packet: the most there can be, then what some servers take."""


@dataclass(slots=True, eq=False)
class Request(Events, Generic[Result]):
    """One caller's events and the answer that is waited for."""

    answer: asyncio.Future[list[Result]] = field(kw_only=True)
    deadline: float = field(kw_only=True)
    results: list[Result] = field(default_factory=list, kw_only=True)

    def fail(self, error: Exception) -> None:
        """Tell the caller, who may have gone."""
        if not self.answer.done():
            self.answer.set_exception(error)


Pieces = list[tuple[Request[Result], int]]
"""Requests, and how many of each one's events."""


@dataclass(slots=True, eq=False)
class _Packet(Generic[Result]):
    pieces: Pieces[Result]
    session: int = 0


class Lane(Generic[Event, Result]):
    """All requests of one kind, within one event loop."""

    def __init__(
        self, kind: Kind[Event, Result], connection: Connection, deadline_seconds: float
    ) -> None:
        self._kind = kind
        self._connection = connection
        self._deadline_seconds = deadline_seconds
        self._loop = asyncio.get_running_loop()
        self._waiting: OrderedDict[Request[Result], None] = OrderedDict()
        self._waiting_events = 0
        self._flush_planned = False
        self._under_way: set[_Packet[Result]] = set()
        self._due: deque[Request[Result]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._limit = BatchLimit(kind.usual_limits)
        self._session = connection.session
        self._probing = False

    async def ask(self, events: Sequence[Event]) -> list[Result]:
        """Send `events` with whatever else is waiting, and wait for their results."""
        self._connection.require_open()
        data = self._kind.pack(events)
        if len(events) > BATCH_MAX:
            raise TooMuchDataError
        if not events:
            return []
        request: Request[Result] = Request(
            data,
            self._kind.layout,
            len(events),
            answer=self._loop.create_future(),
            deadline=self._loop.time() + self._deadline_seconds,
        )
        self._enqueue(request)
        try:
            return await request.answer
        finally:
            self._drop(request)

    def close(self) -> None:
        """Tell everybody who waits that the ledger was closed."""
        if self._loop.is_closed():
            return
        if self._timer:
            self._timer.cancel()
        error = LedgerClosed(f"the connection to the {self._connection} was closed meanwhile")
        for packet in self._under_way:
            _fail(packet.pieces, error)
        _fail([(request, 0) for request in self._waiting], error)
        self._waiting.clear()

    def _enqueue(self, request: Request[Result]) -> None:
        self._waiting[request] = None
        self._waiting_events += request.count
        self._due.append(request)
        if not self._timer:
            self._timer = self._loop.call_at(request.deadline, self._sweep)
        if not self._flush_planned:
            # All callers who are ready now speak first.
            self._flush_planned = True
            self._loop.call_soon(self._flush)

    def _drop(self, request: Request[Result]) -> None:
        # What has been begun is finished; what nobody waits for is not begun.
        if request in self._waiting and not request.answered:
            del self._waiting[request]
            self._waiting_events -= request.left

    def _flush(self) -> None:
        self._flush_planned = False
        if self._session != self._connection.session:
            # Perhaps another server: what was learned of the last one says nothing of it.
            self._session = self._connection.session
            self._limit = BatchLimit(self._kind.usual_limits)
        while self._waiting and self._free:
            pieces = joined(self._waiting, self._limit.size)
            if not pieces:
                request, _ = self._waiting.popitem(last=False)
                self._waiting_events -= request.left
                request.fail(TooMuchDataError())
                continue
            for request, _length in pieces:
                del self._waiting[request]
                self._waiting_events -= request.left
            self._send(pieces)

    @property
    def _free(self) -> bool:
        if self._probing or self._connection.closed:
            return False
        full = self._waiting_events >= self._limit.size
        return not self._under_way or (full and len(self._under_way) < _PACKETS_MAX)

    def _send(self, pieces: Pieces[Result]) -> None:
        packet = _Packet(pieces)
        data = b"".join([request.piece(length) for request, length in pieces])
        try:
            packet.session = self._submit(data, partial(self._completed, packet))
        except LedgerError as error:
            _fail(pieces, error)
        else:
            self._under_way.add(packet)

    def _submit(self, data: bytes, done: Callable[[int, bytes], None]) -> int:
        return self._connection.submit(self._kind.operation, data, done)

    def _completed(self, packet: _Packet[Result], status: int, reply: bytes) -> None:
        self._under_way.discard(packet)
        if self._connection.closed:
            return
        match status:
            case PacketStatus.OK:
                self._answer(packet.pieces, reply)
            case PacketStatus.TOO_MUCH_DATA:
                self._refuse(packet)
            case PacketStatus.CLIENT_EVICTED | PacketStatus.CLIENT_SHUTDOWN:
                self._connection.retire(packet.session)
                self._return(packet.pieces)
            case _:
                self._connection.retire(packet.session)
                _fail(packet.pieces, self._connection.refusal(status))
        self._flush()

    def _answer(self, pieces: Pieces[Result], reply: bytes) -> None:
        try:
            shares = list(self._kind.deal(pieces, self._kind.unpack(reply)))
        except (ValueError, struct.error) as error:
            _fail(pieces, LedgerError(f"cannot read the {self._connection}'s answer: {error}"))
            return
        unfinished = []
        for (request, length), share in zip(pieces, shares, strict=True):
            request.left -= length
            if request.left:
                request.results += share
                unfinished.append((request, length))
            elif not request.answer.done():
                request.answer.set_result(request.results + share if request.results else share)
        self._return(unfinished)
        while self._due and self._due[0].answer.done():
            self._due.popleft()

    def _return(self, pieces: Pieces[Result]) -> None:
        for request, _length in reversed(pieces):
            if request.answered or not request.answer.done():
                self._waiting[request] = None
                self._waiting.move_to_end(request, last=False)
                self._waiting_events += request.left

    def _refuse(self, packet: _Packet[Result]) -> None:
        size = sum(length for _request, length in packet.pieces)
        if size == 1:
            _fail(packet.pieces, TooMuchDataError())
            return
        self._return(packet.pieces)
        if packet.session == self._session:
            self._limit.refuse(size)
            self._probe()

    def _probe(self) -> None:
        """Find the limit with events that cannot succeed: nobody has the id 0."""
        self._probing = not self._limit.known
        if not self._probing:
            return
        size = self._limit.probe
        packet: _Packet[Result] = _Packet([])
        data = bytes(size * self._kind.layout.event_size)
        try:
            packet.session = self._submit(data, partial(self._probed, packet, size))
        except LedgerError:
            self._probing = False

    def _probed(self, packet: _Packet[Result], size: int, status: int, _reply: bytes) -> None:
        match status:
            case _ if packet.session != self._session:
                self._probing = False
            case PacketStatus.OK:
                self._limit.accept(size)
                self._probe()
            case PacketStatus.TOO_MUCH_DATA:
                self._limit.refuse(size)
                self._probe()
            case _:
                self._connection.retire(packet.session)
                self._probing = False
        self._flush()

    def _sweep(self) -> None:
        self._timer = None
        now = self._loop.time()
        while self._due and (self._due[0].answer.done() or self._due[0].deadline <= now):
            self._due.popleft().fail(
                LedgerUnavailable(
                    f"no answer from the {self._connection} within {self._deadline_seconds:g} s: "
                    "it may still do what was asked, so ask again with the same ids"
                )
            )
        if self._due:
            self._timer = self._loop.call_at(self._due[0].deadline, self._sweep)


def _fail(pieces: Iterable[tuple[Request[Result], int]], error: Exception) -> None:
    for request, _length in pieces:
        # Each its own: an exception collects the traceback of every task that it passes.
        request.fail(type(error)(*error.args))
