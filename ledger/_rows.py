"""Records as rows of the ledger file, and back."""

from typing import TypeAlias

from ledger.records import AccountRecord, TransferRecord
from ledger.types import AccountBalance

Number: TypeAlias = int | bytes
"""A number of up to 128 bits as it is stored: an integer if SQLite has one so large."""

_Balances: TypeAlias = tuple[Number, Number, Number, Number]
_AccountRow: TypeAlias = tuple[
    bytes, Number, Number, Number, Number, bytes | None, int, int, int, int, int, int
]
_TransferRow: TypeAlias = tuple[
    bytes, bytes, bytes, Number, bytes | None, bytes | None, int, int, int, int, int, int, int
]

_INTEGER_MAX = 2**63 - 1
_MASK_64 = 2**64 - 1

ACCOUNT_COLUMNS = (
    "id, debits_pending, debits_posted, credits_pending, credits_posted, "
    "user_data_128, user_data_64, user_data_32, ledger, code, flags, timestamp"
)
TRANSFER_COLUMNS = (
    "t.id, dr.id, cr.id, t.amount, t.pending_id, t.user_data_128, t.user_data_64, "
    "t.user_data_32, t.timeout, t.ledger, t.code, t.flags, t.timestamp"
)
TRANSFER_ACCOUNTS = (
    "CROSS JOIN accounts AS dr ON dr.number = t.debit "
    "CROSS JOIN accounts AS cr ON cr.number = t.credit"
)


def id_bytes(id_: int) -> bytes:
    """An id as it is stored."""
    return id_.to_bytes(16, "big")


def optional_bytes(id_: int) -> bytes | None:
    """An id that may be 0 as it is stored."""
    return id_.to_bytes(16, "big") if id_ else None


def number(value: int) -> Number:
    """A balance or an amount as it is stored."""
    return value if value <= _INTEGER_MAX else value.to_bytes(16, "big")


def signed(value: int) -> int:
    """An unsigned number of 64 bits as it is stored."""
    return value if value <= _INTEGER_MAX else value - 2**64


def balance_values(account: AccountRecord) -> _Balances:
    """The four balances as they are stored."""
    _, dr_pending, dr_posted, cr_pending, cr_posted, *_ = account
    return number(dr_pending), number(dr_posted), number(cr_pending), number(cr_posted)


def account_values(a: AccountRecord) -> _AccountRow:
    """An account as it is stored."""
    return (
        id_bytes(a.id),
        *balance_values(a),
        optional_bytes(a.user_data_128),
        signed(a.user_data_64),
        *a[7:],
    )


def transfer_values(t: TransferRecord, debit: int, credit: int) -> tuple[Number | None, ...]:
    """A transfer as it is stored, given the numbers of its accounts."""
    id_, _, _, amount, pending_id, data_128, data_64, data_32, timeout, ledger, code, flags, at = t
    return (
        at,
        id_.to_bytes(16, "big"),
        debit,
        credit,
        number(amount),
        optional_bytes(pending_id),
        optional_bytes(data_128),
        signed(data_64),
        data_32,
        timeout,
        ledger,
        code,
        flags,
    )


def account_record(row: _AccountRow) -> AccountRecord:
    """An account from `ACCOUNT_COLUMNS`."""
    id_, dr_pending, dr_posted, cr_pending, cr_posted, data_128, data_64, *rest = row
    return AccountRecord(
        int.from_bytes(id_, "big"),
        _value(dr_pending),
        _value(dr_posted),
        _value(cr_pending),
        _value(cr_posted),
        _value(data_128),
        data_64 & _MASK_64,
        *rest,
    )


def transfer_record(row: _TransferRow) -> TransferRecord:
    """A transfer from `TRANSFER_COLUMNS`."""
    id_, debit_id, credit_id, amount, pending_id, data_128, data_64, *rest = row
    return TransferRecord(
        int.from_bytes(id_, "big"),
        int.from_bytes(debit_id, "big"),
        int.from_bytes(credit_id, "big"),
        _value(amount),
        _value(pending_id),
        _value(data_128),
        data_64 & _MASK_64,
        *rest,
    )


def account_balance(row: tuple[Number, Number, Number, Number, int]) -> AccountBalance:
    """A row of an account's history."""
    *balances, timestamp = row
    dr_pending, dr_posted, cr_pending, cr_posted = map(_value, balances)
    return AccountBalance(dr_pending, dr_posted, cr_pending, cr_posted, timestamp)


def _value(stored: Number | None) -> int:
    if isinstance(stored, int):
        return stored
    return 0 if stored is None else int.from_bytes(stored, "big")
