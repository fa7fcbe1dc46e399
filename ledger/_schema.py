"""The ledger file: its tables, how it is opened, and what its errors mean.

Ids are 16 bytes, big-endian, so that they sort by number; where there may be none it is empty.
Balances and amounts are integers, or 16 bytes
when they are larger than SQLite's. `user_data_64` above 2**63 - 1 is stored as the
negative number with the same bits. Within the file an account is known by its `number`, counted
from 1: a quarter of the size, eight times a transfer.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ledger.engine import LedgerError, LedgerUnavailable

APPLICATION_ID = 0x4C444752
SCHEMA_VERSION = 1
BUSY_SECONDS = 10.0
"""How long a request waits for another process to finish its own."""

# Left to itself, SQLite asks again only every 0.1 s: between two busy processes one would starve.
_ATTEMPT_SECONDS = 0.02
_PAUSE_SECONDS = 0.001
# A transfer touches one page of each side's index, wherever the account's last one was: with many
# busy accounts that is most of what a batch writes, and half the page is a third less of it.
_PAGE_BYTES = 2048
_CHECKPOINT_PAGES = 16384
_CACHE_KIBIBYTES = 65536

_Answer = TypeVar("_Answer")

_SCHEMA = """
CREATE TABLE ledger (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    last_timestamp INTEGER NOT NULL
) STRICT;

CREATE TABLE accounts (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    debits_pending ANY NOT NULL,
    debits_posted ANY NOT NULL,
    credits_pending ANY NOT NULL,
    credits_posted ANY NOT NULL,
    user_data_128 BLOB NOT NULL,
    user_data_64 INTEGER NOT NULL,
    user_data_32 INTEGER NOT NULL,
    ledger INTEGER NOT NULL,
    code INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    timestamp INTEGER NOT NULL UNIQUE
) STRICT;

CREATE TABLE transfers (
    timestamp INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    debit INTEGER NOT NULL,
    credit INTEGER NOT NULL,
    amount ANY NOT NULL,
    pending_id BLOB NOT NULL,
    user_data_128 BLOB NOT NULL,
    user_data_64 INTEGER NOT NULL,
    user_data_32 INTEGER NOT NULL,
    timeout INTEGER NOT NULL,
    ledger INTEGER NOT NULL,
    code INTEGER NOT NULL,
    flags INTEGER NOT NULL
) STRICT;

-- Every transfer id ever used: by which transfer, or by none because it was refused for ever.
CREATE TABLE transfer_ids (
    id BLOB PRIMARY KEY,
    timestamp INTEGER
) STRICT, WITHOUT ROWID;

-- What became of the pending transfer with this timestamp.
CREATE TABLE pendings (
    timestamp INTEGER PRIMARY KEY,
    status INTEGER NOT NULL,
    expires_at INTEGER
) STRICT;

-- An account that keeps its history, right after one of its transfers.
CREATE TABLE balances (
    account INTEGER NOT NULL,
    timestamp INTEGER NOT NULL,
    debits_pending ANY NOT NULL,
    debits_posted ANY NOT NULL,
    credits_pending ANY NOT NULL,
    credits_posted ANY NOT NULL,
    PRIMARY KEY (account, timestamp)
) STRICT, WITHOUT ROWID;

CREATE INDEX transfers_debit ON transfers (debit);
CREATE INDEX transfers_credit ON transfers (credit);
CREATE INDEX pendings_expires_at ON pendings (expires_at) WHERE expires_at IS NOT NULL;

CREATE INDEX accounts_user_data_128 ON accounts (user_data_128, timestamp)
    WHERE user_data_128 <> x'';
CREATE INDEX accounts_user_data_64 ON accounts (user_data_64, timestamp)
    WHERE user_data_64 <> 0;
CREATE INDEX accounts_user_data_32 ON accounts (user_data_32, timestamp)
    WHERE user_data_32 <> 0;
CREATE INDEX accounts_ledger ON accounts (ledger, timestamp);
CREATE INDEX accounts_code ON accounts (code, timestamp);
CREATE INDEX transfers_user_data_128 ON transfers (user_data_128)
    WHERE user_data_128 <> x'';
CREATE INDEX transfers_user_data_64 ON transfers (user_data_64)
    WHERE user_data_64 <> 0;
CREATE INDEX transfers_user_data_32 ON transfers (user_data_32)
    WHERE user_data_32 <> 0;
CREATE INDEX transfers_ledger ON transfers (ledger);
CREATE INDEX transfers_code ON transfers (code);

INSERT INTO ledger VALUES (1, 0);
"""


def open_file(path: Path) -> sqlite3.Connection:
    """A connection to the ledger in this file, made if there is none; usable by any one thread."""
    try:
        connection = sqlite3.connect(
            path,
            timeout=_ATTEMPT_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
        )
    except sqlite3.Error as error:
        raise LedgerError(f"{path}: cannot be opened: {error}") from error
    try:
        _prepare(connection, path)
    except sqlite3.Error as error:
        connection.close()
        if error_code(error) == sqlite3.SQLITE_NOTADB:
            raise LedgerError(f"{path}: not a ledger file") from error
        raise LedgerError(f"{path}: cannot be used as a ledger file: {error}") from error
    except LedgerError:
        connection.close()
        raise
    return connection


def error_code(error: sqlite3.Error) -> int:
    """SQLite's primary error code, 0 if the error is not from SQLite."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def patiently(attempt: Callable[[], _Answer], seconds: float) -> _Answer:
    """Try again for so long while another process has the file locked."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except sqlite3.OperationalError as error:
            if error_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE_SECONDS)


def ledger_error(error: sqlite3.Error, *, undone: bool) -> LedgerError:
    """What an error means for the requests it met."""
    if not undone:
        return LedgerUnavailable(f"the ledger file failed, and what was executed is open: {error}")
    match error_code(error):
        case sqlite3.SQLITE_BUSY:
            return LedgerUnavailable("another process has held the ledger file for too long")
        case sqlite3.SQLITE_FULL:
            return LedgerError("no space left for the ledger file; nothing was executed")
        case _:
            return LedgerError(f"the ledger file failed, nothing was executed: {error}")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    # Before anything is written to what may be somebody else's file.
    patiently(lambda: _require_ledger(connection, path), BUSY_SECONDS)
    connection.execute(f"PRAGMA page_size = {_PAGE_BYTES}")
    _use_write_ahead_log(connection, path)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
    patiently(lambda: connection.execute("BEGIN IMMEDIATE"), BUSY_SECONDS)
    if _is_new(connection, path):
        for statement in _SCHEMA.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")


def _require_ledger(connection: sqlite3.Connection, path: Path) -> None:
    with connection:
        connection.execute("BEGIN")
        _is_new(connection, path)


def _is_new(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether the file is empty; raises `LedgerError` for anything but a ledger of this version."""
    [application] = connection.execute("PRAGMA application_id").fetchone()
    [version] = connection.execute("PRAGMA user_version").fetchone()
    [tables] = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application == version == tables == 0:
        return True
    if application != APPLICATION_ID:
        raise LedgerError(f"{path}: an SQLite file, but not a ledger file")
    if version > SCHEMA_VERSION:
        raise LedgerError(
            f"{path}: made by a newer release (schema {version}, known up to {SCHEMA_VERSION})"
        )
    return False


def _use_write_ahead_log(connection: sqlite3.Connection, path: Path) -> None:
    switched = patiently(lambda: connection.execute("PRAGMA journal_mode = WAL"), BUSY_SECONDS)
    [mode] = switched.fetchone()
    if mode != "wal":
        raise LedgerError(f"{path}: this file system cannot keep a write-ahead log")
