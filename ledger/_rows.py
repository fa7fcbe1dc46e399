"""Records as rows of the ledger file, and back."""

from typing import TypeAlias

from ledger.records import AccountRecord, TransferRecord
from ledger.types import AccountBalance

# `sqlite3` binds a `bytearray` five times as fast as `bytes` or `None`, for which it first looks
# for adapters. It is what every transfer waits for, so nothing else is bound here.
Blob: TypeAlias = bytearray
Number: TypeAlias = int | Blob
"""A number of up to 128 bits as it is stored: an integer if SQLite has one so large."""

_Stored: TypeAlias = int | bytes
_Balances: TypeAlias = tuple[Number, Number, Number, Number]
_AccountRow: TypeAlias = tuple[
    bytes, _Stored, _Stored, _Stored, _Stored, bytes, int, int, int, int, int, int
]
_TransferRow: TypeAlias = tuple[
    bytes, bytes, bytes, _Stored, bytes, bytes, int, int, int, int, int, int, int
]

_NOTHING = bytearray()
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


def id_blob(id_: int) -> Blob:
    """An id as it is stored."""
    return bytearray(id_.to_bytes(16, "big"))


def optional_blob(id_: int) -> Blob:
    """An id that may be 0 as it is stored: then it is empty."""
    return bytearray(id_.to_bytes(16, "big")) if id_ else _NOTHING


def number(value: int) -> Number:
    """A balance or an amount as it is stored."""
    return value if value <= _INTEGER_MAX else bytearray(value.to_bytes(16, "big"))


def signed(value: int) -> int:
    """An unsigned number of 64 bits as it is stored."""
    return value if value <= _INTEGER_MAX else value - 2**64


def balance_values(account: AccountRecord) -> _Balances:
    """The four balances as they are stored."""
    _, dr_pending, dr_posted, cr_pending, cr_posted, *_ = account
    return number(dr_pending), number(dr_posted), number(cr_pending), number(cr_posted)


def account_values(a: AccountRecord) -> tuple[Number, ...]:
    """An account as it is stored."""
    return (
        id_blob(a.id),
        *balance_values(a),
        optional_blob(a.user_data_128),
        signed(a.user_data_64),
        *a[7:],
    )


def transfer_values(t: TransferRecord, debit: int, credit: int) -> tuple[Number, ...]:
    """A transfer as it is stored, given the numbers of its accounts."""
    id_, _, _, amount, pending_id, data_128, data_64, data_32, timeout, ledger, code, flags, at = t
    return (
        at,
        id_blob(id_),
        debit,
        credit,
        number(amount),
        optional_blob(pending_id),
        optional_blob(data_128),
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


def account_balance(row: tuple[_Stored, _Stored, _Stored, _Stored, int]) -> AccountBalance:
    """A row of an account's history."""
    *balances, timestamp = row
    dr_pending, dr_posted, cr_pending, cr_posted = map(_value, balances)
    return AccountBalance(dr_pending, dr_posted, cr_pending, cr_posted, timestamp)


def _value(stored: _Stored) -> int:
    return stored if isinstance(stored, int) else int.from_bytes(stored, "big")
