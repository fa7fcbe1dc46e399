"""A door's own copy of what the store says of every ticket: a file that can be made anew."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self, TypeAlias

from kiosk.domain.admission import Way
from kiosk.domain.knowledge import KnownClaim, KnownHolder, News, Passage, Progress, Stay
from kiosk.domain.orders import OrderState
from kiosk.domain.people import Attendee
from kiosk.store.types import instant, microseconds

_FORMAT: Final = 2
"""Raised whenever the tables change: an older file is made anew."""
_BUSY_SECONDS: Final = 5.0
_PRAGMAS: Final = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    # In kibibytes, negative as SQLite has it: the machine keeps what else is read often.
    "cache_size = -8192",
)
_TABLES: Final = """
CREATE TABLE claim (
    id BLOB PRIMARY KEY, ticket_number TEXT NOT NULL, version INTEGER NOT NULL,
    slot_number INTEGER NOT NULL, state TEXT NOT NULL, revoked TEXT NOT NULL, note TEXT NOT NULL,
    entered_at INTEGER, entered_by TEXT, left_at INTEGER, left_by TEXT,
    holder_id BLOB NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL, accepted BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE progress (
    one INTEGER PRIMARY KEY CHECK (one = 1), event_id BLOB NOT NULL, changes INTEGER NOT NULL,
    claim_id BLOB NOT NULL, is_whole INTEGER NOT NULL, read_at INTEGER NOT NULL
) STRICT;
"""
_FIND: Final = "SELECT * FROM claim WHERE "
# Of what comes in the order of its ids, the rows are put one after the other, and their numbers,
# which are in no order, are sorted once: page by page they would be written all over the file.
_FORGET_NUMBERS: Final = "DROP INDEX IF EXISTS claim_by_number"
_SORT_NUMBERS: Final = "CREATE INDEX IF NOT EXISTS claim_by_number ON claim (ticket_number)"
_PUT_CLAIM: Final = f"INSERT OR REPLACE INTO claim VALUES ({', '.join('?' * 15)})"
_ENTER: Final = (
    "UPDATE claim SET entered_at = ?, entered_by = ?, left_at = NULL, left_by = '' WHERE id = ?"
)
_LEAVE: Final = "UPDATE claim SET left_at = ?, left_by = ? WHERE id = ? AND entered_at IS NOT NULL"
_PUT_PROGRESS: Final = "INSERT OR REPLACE INTO progress VALUES (1, ?, ?, ?, ?, ?)"

_Row: TypeAlias = tuple[
    bytes, str, int, int, str, str, str, int | None, str, int | None, str, bytes, str, str, bytes
]
"""A claim as `_FIND` answers it."""


@dataclass(frozen=True, slots=True)
class Copied:
    """How far the copy of which event has come, and when its last news was read."""

    event_id: int
    progress: Progress
    read_at: datetime


class KnowledgeFile:
    """One connection to the file; several, in this process and others, may be open at once.

    Every method raises `sqlite3.DatabaseError` for a file that is damaged.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, or make it, anew where it is of another release."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Who comes to the event is in it: SQLite gives its side files the same permissions.
        path.touch(mode=0o600)
        self._connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare()
        except sqlite3.DatabaseError:
            self._connection.close()
            raise

    def copied(self) -> Copied | None:
        """How far the copy has come; None if it has not begun."""
        row = self._connection.execute("SELECT * FROM progress").fetchone()
        if row is None:
            return None
        _, event_id, changes, claim_id, is_whole, read_at = row
        progress = Progress(changes, int.from_bytes(claim_id, "big"), bool(is_whole))
        return Copied(int.from_bytes(event_id, "big"), progress, instant(read_at))

    def find(self, claim_id: int) -> KnownClaim | None:
        """The ticket of this id."""
        return self._find("id = ?", claim_id.to_bytes(16, "big"))

    def find_number(self, ticket_number: str) -> KnownClaim | None:
        """The ticket of this number."""
        return self._find("ticket_number = ?", ticket_number)

    def begin(self, copied: Copied) -> None:
        """Forget everything, and begin the copy of an event."""
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            for table in ("claim", "progress"):
                self._connection.execute(f"DELETE FROM {table}")
            self._connection.execute(_FORGET_NUMBERS)
            self._put_progress(copied)

    def take(self, news: News, copied: Copied) -> None:
        """Write what is new; all of it is there afterwards, or nothing."""
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(_PUT_CLAIM, map(_claim_row, news.claims))
            if copied.progress.is_whole:
                self._connection.execute(_SORT_NUMBERS)
            self._put_progress(copied)

    def note(self, passages: Iterable[Passage]) -> None:
        """Write who was let in or out, before the news of it come around."""
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            for one in passages:
                values = (microseconds(one.at), one.terminal, one.claim_id.to_bytes(16, "big"))
                self._connection.execute(_ENTER if one.way is Way.IN else _LEAVE, values)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepare(self) -> None:
        # What a power cut takes of it is read again; that the file stays whole is enough.
        for pragma in _PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            [format_] = self._connection.execute("PRAGMA user_version").fetchone()
            if format_ == _FORMAT:
                return
            # Holders had a table of their own once.
            for table in ("claim", "holder", "progress"):
                self._connection.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in _TABLES.split(";"):
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {_FORMAT}")

    def _find(self, condition: str, value: bytes | str) -> KnownClaim | None:
        row = self._connection.execute(_FIND + condition, (value,)).fetchone()
        return None if row is None else _claim(row)

    def _put_progress(self, copied: Copied) -> None:
        progress = copied.progress
        values = (
            copied.event_id.to_bytes(16, "big"),
            progress.changes,
            progress.claim_id.to_bytes(16, "big"),
            progress.is_whole,
            microseconds(copied.read_at),
        )
        self._connection.execute(_PUT_PROGRESS, values)


def remove(path: Path) -> None:
    """Do away with a damaged file."""
    for side in ("", "-wal", "-shm"):
        path.with_name(path.name + side).unlink(missing_ok=True)


def _claim(row: _Row) -> KnownClaim:
    id_, number, version, slot, state, revoked, note = row[:7]
    entered_at, entered_by, left_at, left_by, holder, name, email, accepted = row[7:]
    return KnownClaim(
        id=int.from_bytes(id_, "big"),
        ticket_number=number,
        version=version,
        slot_number=slot,
        state=OrderState(state),
        holder=KnownHolder(int.from_bytes(holder, "big"), Attendee(name, email), accepted),
        revoked=revoked,
        note=note,
        stay=_stay(entered_at, entered_by, left_at, left_by),
    )


def _stay(
    entered_at: int | None, entered_by: str, left_at: int | None, left_by: str
) -> Stay | None:
    if entered_at is None:
        return None
    left = None if left_at is None else instant(left_at)
    return Stay(instant(entered_at), entered_by, left, left_by)


def _claim_row(claim: KnownClaim) -> tuple[object, ...]:
    return (
        claim.id.to_bytes(16, "big"),
        claim.ticket_number,
        claim.version,
        claim.slot_number,
        claim.state,
        claim.revoked,
        claim.note,
        *_stay_columns(claim.stay),
        claim.holder.id.to_bytes(16, "big"),
        claim.holder.attendee.name,
        claim.holder.attendee.email,
        claim.holder.accepted,
    )


def _stay_columns(stay: Stay | None) -> tuple[object, ...]:
    if stay is None:
        return (None, None, None, None)
    left_at = None if stay.left_at is None else microseconds(stay.left_at)
    return microseconds(stay.entered_at), stay.entered_by, left_at, stay.left_by
