"""What the books changed, written to the ledger file in as few statements as possible."""

import sqlite3

from ledger._rows import account_values, balance_values, id_blob, transfer_values
from ledger.books import Books
from ledger.records import PendingStatus
from ledger.rules import expires_at

_INSERT_ACCOUNT = "INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_UPDATE_ACCOUNT = """
UPDATE accounts SET debits_pending = ?, debits_posted = ?, credits_pending = ?,
    credits_posted = ?, flags = ?
WHERE number = ?
"""
_INSERT_TRANSFER = "INSERT INTO transfers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_TRANSFER_ID = "INSERT INTO transfer_ids VALUES (?, ?)"
_PUT_PENDING = """
INSERT INTO pendings VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET status = excluded.status, expires_at = excluded.expires_at
"""
_INSERT_BALANCES = "INSERT INTO balances VALUES (?, ?, ?, ?, ?, ?)"
_UPDATE_TIMESTAMP = "UPDATE ledger SET last_timestamp = ?"


class Changes:
    """Writes changes of the books; `numbers` are those which the file has for accounts."""

    def __init__(
        self, connection: sqlite3.Connection, books: Books, numbers: dict[int, int]
    ) -> None:
        self._connection = connection
        self._books = books
        self._numbers = numbers
        self.next_number = 1
        self.stored_timestamp = 0

    def store(self) -> None:
        """Write what has changed since the last time."""
        books = self._books
        # The newest account and transfer tell how far time has come, unless later events failed.
        if books.last_timestamp > max(
            self.stored_timestamp, books.newest_account, books.newest_transfer
        ):
            self._connection.execute(_UPDATE_TIMESTAMP, (books.last_timestamp,))
            self.stored_timestamp = books.last_timestamp
        if books.created_accounts:
            self._insert_accounts()
        if books.changed_accounts:
            self._update_accounts()
        if books.created_transfers:
            self._insert_transfers()
        if books.changed_pendings:
            self._put_pendings()
        if books.newly_burnt:
            burnt = [(id_blob(id_), None) for id_ in books.newly_burnt]
            self._connection.executemany(_INSERT_TRANSFER_ID, burnt)
        if books.history:
            self._insert_balances()
        books.forget_changes()

    def _insert_accounts(self) -> None:
        rows = []
        for account_id in self._books.created_accounts:
            self._numbers[account_id] = self.next_number
            values = account_values(self._books.accounts[account_id])
            rows.append((self.next_number, *values))
            self.next_number += 1
        self._connection.executemany(_INSERT_ACCOUNT, rows)

    def _update_accounts(self) -> None:
        rows = []
        for account_id in self._books.changed_accounts:
            # An account which only an undone chain had created is not there any more.
            account = self._books.accounts.get(account_id)
            if account is not None:
                row = (*balance_values(account), account.flags, self._numbers[account_id])
                rows.append(row)
        self._connection.executemany(_UPDATE_ACCOUNT, rows)

    def _insert_transfers(self) -> None:
        numbers = self._numbers
        rows = [
            transfer_values(t, numbers[t.debit_account_id], numbers[t.credit_account_id])
            for t in self._books.created_transfers
        ]
        # In their order, so that random ids meet each page of the index once.
        ids = sorted((row[1], row[0]) for row in rows)
        self._connection.executemany(_INSERT_TRANSFER, rows)
        self._connection.executemany(_INSERT_TRANSFER_ID, ids)

    def _put_pendings(self) -> None:
        rows = []
        for pending_id in self._books.changed_pendings:
            # A pending transfer of an undone chain has no status any more.
            status = self._books.pendings.get(pending_id)
            if status is None:
                continue
            p = self._books.transfers[pending_id]
            expiry = expires_at(p) if p.timeout and status is PendingStatus.PENDING else None
            rows.append((p.timestamp, status.value, expiry))
        self._connection.executemany(_PUT_PENDING, rows)

    def _insert_balances(self) -> None:
        self._connection.executemany(
            _INSERT_BALANCES,
            [
                (self._numbers[account.id], timestamp, *balance_values(account))
                for account, timestamp in self._books.history
            ],
        )
