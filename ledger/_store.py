"""Books kept in an SQLite file: load what requests mention, store what they changed."""

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TypeVar

from ledger import rules
from ledger._changes import Changes
from ledger._rows import (
    ACCOUNT_COLUMNS,
    TRANSFER_ACCOUNTS,
    TRANSFER_COLUMNS,
    Blob,
    Number,
    account_record,
    id_blob,
    transfer_record,
)
from ledger._schema import patiently
from ledger.books import NEVER, Books
from ledger.flags import ACCOUNT_IMPORTED, SETTLES, TRANSFER_IMPORTED
from ledger.records import AccountRecord, PendingStatus, TransferRecord
from ledger.types import BATCH_MAX

_ACCOUNTS_KEPT = 100_000
_LIST_SIZES = (1, 4, 16, 64, 256, 1024)
"""Lists in statements come in these lengths only, so that few statements are ever prepared."""

_HEADS = """
SELECT last_timestamp,
    (SELECT max(timestamp) FROM accounts),
    (SELECT max(timestamp) FROM transfers),
    (SELECT max(number) FROM accounts),
    (SELECT min(expires_at) FROM pendings WHERE expires_at IS NOT NULL)
FROM ledger
"""
_ACCOUNTS = f"SELECT number, {ACCOUNT_COLUMNS} FROM accounts WHERE id IN"
_TRANSFER_IDS = "SELECT id, timestamp FROM transfer_ids WHERE id IN"
_TRANSFERS = f"""
SELECT {TRANSFER_COLUMNS}, p.status FROM transfers AS t {TRANSFER_ACCOUNTS}
LEFT JOIN pendings AS p ON p.timestamp = t.timestamp
WHERE t.timestamp IN
"""
_DUE = """
SELECT timestamp FROM pendings INDEXED BY pendings_expires_at
WHERE expires_at <= ? ORDER BY expires_at, timestamp LIMIT ?
"""

_Key = TypeVar("_Key", int, Blob)


class Store:
    """One connection and the books on it. Between `begin` and `commit` nobody else writes.

    After an `sqlite3.Error` call `abandon`: all is then as it was before `begin`.
    """

    def __init__(self, connection: sqlite3.Connection, busy_seconds: float) -> None:
        """Write on this connection alone, waiting so long for other processes."""
        self._connection = connection
        self._busy_seconds = busy_seconds
        self._forget()

    def _forget(self) -> None:
        self.books = Books()
        self._numbers: dict[int, int] = {}
        self._changes = Changes(self._connection, self.books, self._numbers)
        self._version = -1

    def begin(self, *, writing: bool) -> None:
        """Start a transaction; one that is not writing must not change the books."""
        version = patiently(lambda: self._begin(writing=writing), self._busy_seconds)
        if version != self._version:
            self._forget()  # Another connection has written: memory may be out of date.
            self._version = version
            self._load_heads()

    def _begin(self, *, writing: bool) -> int:
        """A transaction, and the number which changes when another connection has written."""
        try:
            self._connection.execute("BEGIN IMMEDIATE" if writing else "BEGIN")
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.OperationalError:
            self._rollback()
            raise

    def commit(self) -> None:
        """Make all changes durable."""
        self._changes.store()
        self._connection.execute("COMMIT")
        self.books.forget_transfers()
        if len(self.books.accounts) > _ACCOUNTS_KEPT:
            self._forget()

    def abandon(self) -> None:
        """Undo everything since `begin`, in the file and in memory."""
        self._forget()
        self._rollback()

    def _rollback(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def select(self, statement: str, values: Sequence[Number]) -> sqlite3.Cursor:
        """Ask the file, after it was told of all changes of the books."""
        self._changes.store()
        return self._connection.execute(statement, values)

    def account_number(self, account_id: int) -> int | None:
        """The number which the file has for an account, `None` if there is no such account."""
        self._changes.store()
        self.load_accounts({account_id})
        return self._numbers.get(account_id)

    def load_for_accounts(self, accounts: Sequence[AccountRecord]) -> None:
        """Have in the books whatever creating these accounts may look at."""
        self.load_accounts({account.id for account in accounts})
        imported = [a.timestamp for a in accounts if a.flags & ACCOUNT_IMPORTED]
        self.books.transfer_timestamps |= self._taken("transfers", imported)

    def load_for_transfers(self, transfers: Sequence[TransferRecord]) -> None:
        """Have in the books whatever creating these transfers may look at."""
        ids = {transfer.id for transfer in transfers}
        ids.update(transfer.pending_id for transfer in transfers if transfer.flags & SETTLES)
        self.load_transfers(ids)
        accounts: set[int] = set()
        for transfer in chain(transfers, self.books.transfers.values()):
            accounts.add(transfer.debit_account_id)
            accounts.add(transfer.credit_account_id)
        self.load_accounts(accounts)
        imported = [t.timestamp for t in transfers if t.flags & TRANSFER_IMPORTED]
        self.books.account_timestamps |= self._taken("accounts", imported)

    def expire(self, now: int) -> None:
        """Release all pending transfers whose time is over at `now` (ns)."""
        while self.books.next_expiry <= now:
            due = [at for (at,) in self._connection.execute(_DUE, (now, BATCH_MAX))]
            pendings = {p.timestamp: p for p in self._load_transfers_at(due)}
            self.load_accounts({p.debit_account_id for p in pendings.values()})
            self.load_accounts({p.credit_account_id for p in pendings.values()})
            for at in due:
                self.books.expire(pendings[at].id, *rules.expire(self.books, pendings[at]))
            self._changes.store()
            self._load_heads()

    def _load_heads(self) -> None:
        last, account, transfer, number, expiry = self._connection.execute(_HEADS).fetchone()
        self.books.newest_account = account or 0
        self.books.newest_transfer = transfer or 0
        self.books.last_timestamp = max(last, account or 0, transfer or 0)
        self.books.next_expiry = expiry or NEVER
        self._changes.stored_timestamp = last
        self._changes.next_number = (number or 0) + 1

    def load_accounts(self, ids: set[int]) -> None:
        """Have these accounts in the books, if they exist."""
        # Not by subtraction: of a dictionary's keys, that looks at every one.
        missing = [id_blob(id_) for id_ in ids if id_ not in self.books.accounts]
        for keys in _lists(missing):
            for number, *row in self._connection.execute(_ACCOUNTS + _marks(len(keys)), keys):
                account = account_record(row)
                self.books.accounts[account.id] = account
                self._numbers[account.id] = number

    def load_transfers(self, ids: set[int]) -> None:
        """Have these transfers in the books, if they exist, or know that their ids are burnt."""
        timestamps = []
        # What the books have is newer than what the file has.
        unknown = sorted(id_ for id_ in ids if id_ not in self.books.transfers)
        for keys in _lists([id_blob(id_) for id_ in unknown]):
            found = self._connection.execute(_TRANSFER_IDS + _marks(len(keys)), keys)
            for id_, timestamp in found:
                if timestamp is None:
                    self.books.burnt.add(int.from_bytes(id_, "big"))
                else:
                    timestamps.append(timestamp)
        self._load_transfers_at(timestamps)

    def _load_transfers_at(self, timestamps: list[int]) -> list[TransferRecord]:
        loaded = []
        for keys in _lists(timestamps):
            for *row, status in self._connection.execute(_TRANSFERS + _marks(len(keys)), keys):
                transfer = transfer_record(row)
                self.books.transfers[transfer.id] = transfer
                if status is not None:
                    self.books.pendings[transfer.id] = PendingStatus(status)
                loaded.append(transfer)
        return loaded

    def _taken(self, table: str, timestamps: list[int]) -> set[int]:
        """Those of the timestamps which a row of the table has."""
        taken: set[int] = set()
        for keys in _lists([at for at in timestamps if at < NEVER]):
            statement = f"SELECT timestamp FROM {table} WHERE timestamp IN"
            rows = self._connection.execute(statement + _marks(len(keys)), keys)
            taken.update(timestamp for (timestamp,) in rows)
        return taken


def _lists(keys: list[_Key]) -> Iterator[list[_Key]]:
    """The keys in lists of the lengths in `_LIST_SIZES`, the last one filled with repetitions."""
    longest = _LIST_SIZES[-1]
    for start in range(0, len(keys), longest):
        part = keys[start : start + longest]
        size = next(size for size in _LIST_SIZES if size >= len(part))
        yield part + part[:1] * (size - len(part))


def _marks(count: int) -> str:
    return f" ({','.join('?' * count)})"
