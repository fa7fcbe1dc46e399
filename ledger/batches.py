"""Joining the packed events of several requests into one packet, and splitting them again.

Everything here keeps what a request means by itself. A packet executes as one request would, so
a chain that is open at the end of one caller's events must not swallow the next caller's first
event, and events of an import must not meet ordinary ones: the first event of a packet decides
for all of it which of the two it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ledger.flags import LINKED

Result = TypeVar("Result")

_FLAGS_AT = 118


@dataclass(frozen=True, slots=True)
class Layout:
    """How the events of one operation lie in a packet."""

    event_size: int
    imported_flag: int = 0
    """0 for events without flags: ids and filters."""


@dataclass(slots=True, eq=False)
class Events:
    """What one caller asked for, packed, and how much of it has yet to be answered."""

    data: bytes
    layout: Layout
    count: int
    left: int = field(init=False)
    imported: bool = False
    """Whether the first event is imported, which decides for the whole request."""
    chain_open: bool = False
    """Whether the last event is linked, to nothing."""

    def __post_init__(self) -> None:
        """Read the flags that decide what the events may be joined with."""
        self.left = self.count
        if self.layout.imported_flag:
            self.imported = self._imported(0)
            self.chain_open = self._linked(self.count - 1)

    @property
    def answered(self) -> int:
        """How many events have been answered."""
        return self.count - self.left

    def piece(self, length: int) -> bytes:
        """The next `length` events."""
        if length == self.count:
            return self.data
        size = self.layout.event_size
        return self.data[self.answered * size : (self.answered + length) * size]

    def cut(self, limit: int, start: int | None = None) -> int:
        """How many of the next events make a packet of at most `limit`, 0 for none.

        A cut falls between two chains, and before an event that is imported or not as the whole
        request is, so that the rest of it means the same when it comes first.
        """
        begin = self.answered if start is None else start
        for end in range(min(begin + limit, self.count), begin, -1):
            if end == self.count or self._separable(end):
                return end - begin
        return 0

    def divisible(self, limit: int) -> bool:
        """Whether all that is left can be cut into packets of at most `limit`."""
        start = self.answered
        while start < self.count:
            length = self.cut(limit, start)
            if not length:
                return False
            start += length
        return True

    def _separable(self, end: int) -> bool:
        if not self.layout.imported_flag:
            return True
        return not self._linked(end - 1) and self._imported(end) == self.imported

    def _linked(self, index: int) -> bool:
        return self.data[index * self.layout.event_size + _FLAGS_AT] & LINKED != 0

    def _imported(self, index: int) -> bool:
        at = index * self.layout.event_size + _FLAGS_AT
        return (self.data[at] | self.data[at + 1] << 8) & self.layout.imported_flag != 0


@dataclass(slots=True)
class BatchLimit:
    """How many events a server takes in one packet, found by asking.

    A server never says. Most take `usual[0]`; when one refuses a packet the other usual sizes are
    tried, and then what is between the largest accepted and the smallest refused.
    """

    usual: tuple[int, ...]
    accepted: int = 0
    refused: int = 0

    def __post_init__(self) -> None:
        """Nothing is refused yet but what nobody accepts."""
        self.refused = self.usual[0] + 1

    @property
    def known(self) -> bool:
        """Whether no question is left: nothing was refused, or the limit is exact."""
        return self.refused > self.usual[0] or self.refused - self.accepted <= 1

    @property
    def size(self) -> int:
        """The largest packet worth sending as far as is known."""
        return self.refused - 1

    @property
    def probe(self) -> int:
        """The size to try next while the limit is not known."""
        for size in self.usual:
            for probe in (size, size + 1):
                if self.accepted < probe < self.refused:
                    return probe
        return (self.accepted + self.refused) // 2

    def accept(self, size: int) -> None:
        """A packet of `size` events was taken."""
        self.accepted = max(self.accepted, size)

    def refuse(self, size: int) -> None:
        """A packet of `size` events was too large."""
        self.refused = min(self.refused, size)


Piece = TypeVar("Piece", bound=Events)


def joined(waiting: Iterable[Piece], limit: int) -> list[tuple[Piece, int]]:
    """The next packet: requests from the front of the queue, and how many events of each.

    Empty if the first request cannot be sent at all: it has a chain longer than `limit`.
    """
    packet: list[tuple[Piece, int]] = []
    room = limit
    for request in waiting:
        length = request.left
        if length > room:
            if packet:
                break
            return _first_piece(request, limit)
        if packet and request.imported != packet[0][0].imported:
            break
        packet.append((request, length))
        room -= length
        if request.chain_open:
            break
    return packet


def _first_piece(request: Piece, limit: int) -> list[tuple[Piece, int]]:
    # All or nothing: better to refuse a request now than half way through it.
    if request.left == request.count and not request.divisible(limit):
        return []
    length = request.cut(limit)
    return [(request, length)] if length else []


def dealt(lengths: Sequence[int], results: list[Result]) -> Iterator[list[Result]]:
    """The results of each of the joined requests, one result per event."""
    if sum(lengths) != len(results):
        raise ValueError(f"{len(results)} results for {sum(lengths)} events")
    start = 0
    for length in lengths:
        yield results[start : start + length]
        start += length


def dealt_found(
    asked: Iterable[Sequence[int]], found: Sequence[Result], found_ids: Sequence[int]
) -> Iterator[list[Result]]:
    """The objects found for each of the joined look-ups, which leave out what is not there.

    Objects come in the order asked, and within one packet an id is either there or not, so the
    next object belongs to the next id that equals its own.
    """
    position = 0
    for ids in asked:
        mine = []
        for id_ in ids:
            if position < len(found) and found_ids[position] == id_:
                mine.append(found[position])
                position += 1
        yield mine
    if position != len(found):
        raise ValueError(f"{len(found) - position} objects which nobody asked for")
