"""The process of an SQLite ledger: executes what comes on standard input until that ends.

A frame is a pickle behind its length: `Part`s come in, lists of outcomes go out. Both ends are one
program on one machine.
"""

import pickle
import select
import sys
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from ledger._requests import Request
from ledger._schema import open_file
from ledger._store import Store
from ledger._transactions import Transactions

LENGTH_BYTES = 4

_PATIENCE_SECONDS = 0.02
"""So long an announced part may keep other processes out; who announced it may be stopped."""


class Part(NamedTuple):
    """Some of the requests that become durable together."""

    now: int
    """Nanoseconds since the epoch."""
    is_last: bool
    requests: list[Request[object]]


def frame(content: object) -> bytes:
    """The content as it travels."""
    data = pickle.dumps(content, pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(LENGTH_BYTES) + data


def serve(path: Path, busy_seconds: float, parts: FileIO, answers: FileIO) -> None:
    """Execute parts on the ledger in this file as long as they come."""
    now = 0
    transactions = Transactions(Store(open_file(path), busy_seconds), lambda: now)
    while length := _read(parts, LENGTH_BYTES):
        part: Part = pickle.loads(_read(parts, int.from_bytes(length)))
        now = part.now
        transactions.execute(part.requests)
        if part.is_last or not select.select([parts], [], [], _PATIENCE_SECONDS)[0]:
            _write(answers, frame(transactions.finish()))
    transactions.finish()
    transactions.close()


def _read(source: FileIO, size: int) -> bytes:
    """So many bytes, fewer only where it ends."""
    data = b""
    while len(data) < size and (more := source.read(size - len(data))):
        data += more
    return data


def _write(target: FileIO, data: bytes) -> None:
    while data:
        data = data[target.write(data) :]


if __name__ == "__main__":
    serve(Path(sys.argv[1]), float(sys.argv[2]), FileIO(0, "r"), FileIO(1, "w"))
