"""What the sandbox chain remembers: its transactions, and how it was told to behave."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kiosk.domain.chains import ChainState

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS behaviour (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    delay_seconds REAL NOT NULL,
    failing INTEGER NOT NULL,
    losing INTEGER NOT NULL
) STRICT;
INSERT OR IGNORE INTO behaviour VALUES (1, 0, 0, 0);
CREATE TABLE IF NOT EXISTS batch (
    id TEXT PRIMARY KEY,
    confirmed_at REAL NOT NULL,
    fails INTEGER NOT NULL CHECK (fails IN (0, 1))
) STRICT;
CREATE TABLE IF NOT EXISTS payout (
    batch TEXT NOT NULL REFERENCES batch (id),
    position INTEGER NOT NULL,
    address TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    PRIMARY KEY (batch, position)
) STRICT;
"""


class ReplyLost(Exception):
    """The chain has done as it was asked, and nobody hears of it."""


class SandboxFile:
    """The whole chain, in one file. `now` is in seconds since 1970."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(_SCHEMA)

    def behave(self, *, delay_seconds: float = 0, failing: int = 0, losing: int = 0) -> None:
        """Confirm after a delay, fail the next transactions, lose the replies of the next."""
        self._connection.execute(
            "UPDATE behaviour SET delay_seconds = ?, failing = ?, losing = ?",
            (delay_seconds, failing, losing),
        )

    def submit(self, batch: str, payouts: Sequence[tuple[str, int]], now: float) -> str:
        """Take a batch, once; the id of its transaction. Raises `ReplyLost` if told to."""
        self._connection.execute("BEGIN IMMEDIATE")
        with self._connection:
            lost = self._take(batch, payouts, now)
        if lost:
            raise ReplyLost
        return batch

    def status(self, transaction: str, now: float) -> ChainState:
        """What became of a transaction; one that is not known may still come."""
        query = "SELECT confirmed_at, fails FROM batch WHERE id = ?"
        found = self._connection.execute(query, (transaction,)).fetchone()
        if found is None or now < found[0]:
            return ChainState.PENDING
        return ChainState.FAILED if found[1] else ChainState.CONFIRMED

    def paid(self, now: float) -> int:
        """Tokens that the chain has moved."""
        query = (
            "SELECT coalesce(sum(payout.amount), 0) FROM payout JOIN batch ON batch.id = batch"
            " WHERE fails = 0 AND confirmed_at <= ?"
        )
        paid: int = self._connection.execute(query, (now,)).fetchone()[0]
        return paid

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _take(self, batch: str, payouts: Sequence[tuple[str, int]], now: float) -> bool:
        delay, failing, losing = self._connection.execute(
            "SELECT delay_seconds, failing, losing FROM behaviour"
        ).fetchone()
        taken = self._connection.execute(
            "INSERT INTO batch VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (batch, now + delay, int(failing > 0)),
        ).rowcount
        if taken:
            self._connection.executemany(
                "INSERT INTO payout VALUES (?, ?, ?, ?)",
                [(batch, at, *payout) for at, payout in enumerate(payouts)],
            )
            self._connection.execute("UPDATE behaviour SET failing = max(failing - 1, 0)")
        self._connection.execute("UPDATE behaviour SET losing = max(losing - 1, 0)")
        return bool(losing > 0)
