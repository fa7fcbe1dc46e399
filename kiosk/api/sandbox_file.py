"""What the sandbox provider remembers: its payments, how they ended, and which webhooks are due.

A file of its own, as a provider's books are not the kiosk's. The outcome of a payment and the
webhook that tells of it are one row: a crash never leaves one without the other. Several processes
may have the file open.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self, TypeVar

from kiosk.api.sandbox_payments import pack, unpack
from kiosk.domain.providers import PaymentRequest, ProviderEvent, ProviderUnavailable
from kiosk.domain.webhooks import parse, render

T = TypeVar("T")

BUSY_SECONDS: Final = 5.0

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS payments (
    reference TEXT PRIMARY KEY,
    request TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- At most one per payment: who inserts first decides. It is due until it ended.
CREATE TABLE IF NOT EXISTS events (
    reference TEXT PRIMARY KEY REFERENCES payments (reference),
    body BLOB NOT NULL,
    decided_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at REAL,
    ended TEXT CHECK (ended IN ('delivered', 'given up')),
    CHECK ((due_at IS NULL) = (ended IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS events_due ON events (due_at) WHERE due_at IS NOT NULL;
"""

_PRUNE: Final = (
    "DELETE FROM events WHERE ended = 'delivered' AND reference IN"
    " (SELECT reference FROM payments WHERE json_extract(request, '$.expires_at') < :before)",
    "DELETE FROM payments WHERE json_extract(request, '$.expires_at') < :before"
    " AND reference NOT IN (SELECT reference FROM events)",
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook to be sent now, for the `attempts`-th time. Times in Unix seconds."""

    reference: str
    body: bytes
    decided_at: float
    attempts: int


class SandboxFile:
    """The sandbox's SQLite file, on a thread of its own. Raises `ProviderUnavailable`."""

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._thread = thread

    @classmethod
    async def open(cls, file: Path) -> Self:
        """Open `file`, made with all its folders if it is not there."""
        thread = ThreadPoolExecutor(1, "sandbox")
        try:
            connection = await _run(thread, lambda: _connect(file))
        except ProviderUnavailable:
            thread.shutdown()
            raise
        return cls(connection, thread)

    async def close(self) -> None:
        """Close the file, after what is under way."""
        await self._do(self._connection.close)
        self._thread.shutdown()

    async def add(self, request: PaymentRequest) -> PaymentRequest:
        """Remember a payment; the one that was there first under its reference stays."""

        def insert() -> PaymentRequest:
            self._connection.execute(
                "INSERT INTO payments VALUES (?, ?) ON CONFLICT DO NOTHING",
                (request.reference, pack(request)),
            )
            stored = self._request(request.reference)
            assert stored is not None
            return stored

        return await self._do(insert)

    async def request(self, reference: str) -> PaymentRequest | None:
        """The payment of a reference, or None."""
        return await self._do(lambda: self._request(reference))

    async def event(self, reference: str) -> ProviderEvent | None:
        """How a payment ended, or None."""
        return await self._do(lambda: self._event(reference))

    async def decide(self, event: ProviderEvent, now: float, due_at: float) -> ProviderEvent:
        """End a payment; if it had ended before, that is how it stays. The end that counts."""

        def insert() -> ProviderEvent:
            self._connection.execute(
                "INSERT INTO events (reference, body, decided_at, due_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (event.reference, render(event), now, due_at),
            )
            decided = self._event(event.reference)
            assert decided is not None
            return decided

        return await self._do(insert)

    async def prune(self, before: datetime) -> None:
        """Forget payments that could be made until then, if their end was delivered or never came.

        A webhook that was given up stays: the merchant may still ask how the payment ended.
        """

        def forget() -> None:
            # Both or neither: a payment without its end could be ended in another way.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for statement in _PRUNE:
                    self._connection.execute(statement, {"before": before.isoformat()})
                self._connection.execute("COMMIT")
            except sqlite3.Error:
                self._connection.execute("ROLLBACK")
                raise

        await self._do(forget)

    async def next_due(self) -> float | None:
        """When the next webhook is due; None if all came to an end."""

        def first() -> float | None:
            [due_at] = self._connection.execute("SELECT min(due_at) FROM events").fetchone()
            return None if due_at is None else float(due_at)

        return await self._do(first)

    async def claim(self, now: float, until: float, count: int) -> list[Delivery]:
        """Up to `count` webhooks that are due; nobody else gets them before `until`."""

        def take() -> list[Delivery]:
            rows = self._connection.execute(
                "UPDATE events SET attempts = attempts + 1, due_at = ?"
                " WHERE reference IN"
                " (SELECT reference FROM events WHERE due_at <= ? ORDER BY due_at LIMIT ?)"
                " RETURNING reference, body, decided_at, attempts",
                (until, now, count),
            )
            return [Delivery(*row) for row in rows]

        return await self._do(take)

    async def retry(self, delivery: Delivery, due_at: float) -> None:
        """Try a claimed webhook again at `due_at`."""
        await self._update("due_at = ?", (due_at,), delivery)

    async def end(self, delivery: Delivery, how: str) -> None:
        """A claimed webhook was `delivered`, or `given up`."""
        await self._update("due_at = NULL, ended = ?", (how,), delivery)

    async def hasten(self, now: float) -> None:
        """Let all that waits for another try be due by `now`."""
        await self._do(
            lambda: self._connection.execute(
                "UPDATE events SET due_at = min(due_at, ?) WHERE due_at IS NOT NULL", (now,)
            )
        )

    async def resend(self, reference: str, now: float) -> None:
        """Send the webhook of a payment once more, whatever came of it before."""
        await self._do(
            lambda: self._connection.execute(
                # Counted as a try, so that the end of one under way is not taken for its end.
                "UPDATE events SET due_at = ?, ended = NULL, attempts = attempts + 1,"
                " decided_at = ? WHERE reference = ?",
                (now, now, reference),
            )
        )

    async def _update(self, change: str, values: tuple[float | str], delivery: Delivery) -> None:
        # Only while the claim is the last one: what was asked for since is still to be done.
        await self._do(
            lambda: self._connection.execute(
                f"UPDATE events SET {change} WHERE reference = ? AND attempts = ?",
                (*values, delivery.reference, delivery.attempts),
            )
        )

    def _request(self, reference: str) -> PaymentRequest | None:
        row = self._connection.execute(
            "SELECT request FROM payments WHERE reference = ?", (reference,)
        ).fetchone()
        return None if row is None else unpack(row[0])

    def _event(self, reference: str) -> ProviderEvent | None:
        row = self._connection.execute(
            "SELECT body FROM events WHERE reference = ?", (reference,)
        ).fetchone()
        return None if row is None else parse(row[0])

    async def _do(self, work: Callable[[], T]) -> T:
        return await _run(self._thread, work)


async def _run(thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, work)
    except sqlite3.Error as fault:
        raise ProviderUnavailable("sandbox", str(fault)) from fault


def _connect(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Each statement is a transaction of its own, durable when it returns.
    connection = sqlite3.connect(
        file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection
