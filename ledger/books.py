"""The part of the ledger which is in memory: what requests mention, and what they changed.

Books never read the file: whoever executes requests on them loads first what these mention, and
stores afterwards what they changed. Every change is one assignment in a dict or one more item in
a list, so a chain is undone by taking them back in reverse.
"""

from typing import NamedTuple, TypeVar

from ledger.flags import HISTORY
from ledger.records import AccountRecord, PendingStatus, TransferRecord
from ledger.rules import Moved, expires_at

NEVER = 2**63
"""Later than every timestamp."""

_Value = TypeVar("_Value")


class HistoryRow(NamedTuple):
    """An account right after one of its transfers."""

    account: AccountRecord
    timestamp: int


class _Mark(NamedTuple):
    """How much there was of everything when a chain began."""

    created_accounts: int
    created_transfers: int
    history: int
    newest_account: int
    newest_transfer: int


class Books:
    """Accounts, transfers and pendings by id, the changes to them, and the ledger's time."""

    def __init__(self) -> None:
        self.accounts: dict[int, AccountRecord] = {}
        self.transfers: dict[int, TransferRecord] = {}
        self.pendings: dict[int, PendingStatus] = {}
        self.burnt: set[int] = set()
        self.account_timestamps: set[int] = set()
        self.transfer_timestamps: set[int] = set()
        self.created_accounts: list[int] = []
        self.created_transfers: list[TransferRecord] = []
        self.changed_accounts: set[int] = set()
        self.changed_pendings: set[int] = set()
        self.newly_burnt: list[int] = []
        self.history: list[HistoryRow] = []
        self.newest_account = 0
        self.newest_transfer = 0
        self.last_timestamp = 0
        self.next_expiry = NEVER
        self._mark: _Mark | None = None
        self._accounts_before: list[tuple[int, AccountRecord | None]] = []
        self._pendings_before: list[tuple[int, PendingStatus | None]] = []

    def create_account(self, account: AccountRecord) -> None:
        """Add an account."""
        if self._mark is not None:
            self._accounts_before.append((account.id, None))
        self.accounts[account.id] = account
        self.created_accounts.append(account.id)
        self.account_timestamps.add(account.timestamp)
        self.newest_account = account.timestamp

    def move(self, moved: Moved) -> None:
        """Add a transfer with all its effects."""
        transfer, dr, cr, pending_id, pending_status = moved
        self._change_account(dr)
        self._change_account(cr)
        self.transfers[transfer.id] = transfer
        self.created_transfers.append(transfer)
        self.transfer_timestamps.add(transfer.timestamp)
        self.newest_transfer = transfer.timestamp
        if pending_id:
            self._change_pending(pending_id, pending_status)
            if transfer.timeout:
                self.next_expiry = min(self.next_expiry, expires_at(transfer))
        if dr.flags & HISTORY:
            self.history.append(HistoryRow(dr, transfer.timestamp))
        if cr.flags & HISTORY:
            self.history.append(HistoryRow(cr, transfer.timestamp))

    def expire(self, pending_id: int, dr: AccountRecord, cr: AccountRecord) -> None:
        """Release a pending transfer whose time is over."""
        self._change_account(dr)
        self._change_account(cr)
        self._change_pending(pending_id, PendingStatus.EXPIRED)

    def burn(self, transfer_id: int) -> None:
        """Refuse this id for ever; a chain that is undone does not undo it."""
        self.burnt.add(transfer_id)
        self.newly_burnt.append(transfer_id)

    def begin_chain(self) -> None:
        """From here on everything can be undone."""
        self._mark = _Mark(
            len(self.created_accounts),
            len(self.created_transfers),
            len(self.history),
            self.newest_account,
            self.newest_transfer,
        )

    def keep_chain(self) -> None:
        """What the chain did is done."""
        self._mark = None
        self._accounts_before.clear()
        self._pendings_before.clear()

    def undo_chain(self) -> None:
        """Take back what the chain did."""
        assert self._mark is not None
        for transfer in self.created_transfers[self._mark.created_transfers :]:
            del self.transfers[transfer.id]
            self.transfer_timestamps.remove(transfer.timestamp)
        for account_id in self.created_accounts[self._mark.created_accounts :]:
            self.account_timestamps.remove(self.accounts[account_id].timestamp)
        _restore(self.accounts, self._accounts_before)
        _restore(self.pendings, self._pendings_before)
        del self.created_accounts[self._mark.created_accounts :]
        del self.created_transfers[self._mark.created_transfers :]
        del self.history[self._mark.history :]
        self.newest_account = self._mark.newest_account
        self.newest_transfer = self._mark.newest_transfer
        self.keep_chain()

    def _change_account(self, account: AccountRecord) -> None:
        if self._mark is not None:
            self._accounts_before.append((account.id, self.accounts[account.id]))
        self.accounts[account.id] = account
        self.changed_accounts.add(account.id)

    def _change_pending(self, pending_id: int, status: PendingStatus) -> None:
        if self._mark is not None:
            self._pendings_before.append((pending_id, self.pendings.get(pending_id)))
        self.pendings[pending_id] = status
        self.changed_pendings.add(pending_id)

    def forget_changes(self) -> None:
        """All changes are in the file now."""
        self.created_accounts.clear()
        self.created_transfers.clear()
        self.changed_accounts.clear()
        self.changed_pendings.clear()
        self.newly_burnt.clear()
        self.history.clear()

    def forget_transfers(self) -> None:
        """Drop what was loaded for requests that are answered; the accounts stay."""
        self.transfers.clear()
        self.pendings.clear()
        self.burnt.clear()
        self.account_timestamps.clear()
        self.transfer_timestamps.clear()


def _restore(values: dict[int, _Value], before: list[tuple[int, _Value | None]]) -> None:
    for key, value in reversed(before):
        if value is None:
            del values[key]
        else:
            values[key] = value
