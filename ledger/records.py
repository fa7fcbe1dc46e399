"""Accounts and transfers as the rules handle them: immutable, plain integers, the client's order.

They are tuples and not dataclasses because the rules make three of them for every transfer, and a
tuple is made about five times faster.
"""

from collections.abc import Sequence
from enum import IntEnum
from functools import cache
from operator import attrgetter
from typing import NamedTuple

from tigerbeetle.bindings import CAccount, CAccountFilter, CQueryFilter, CTransfer

from ledger.types import (
    Account,
    AccountFilter,
    AccountFlags,
    QueryFilter,
    Transfer,
    TransferFlags,
)

MAX128 = 2**128 - 1
TIMESTAMP_MAX = 2**63 - 1


class AccountRecord(NamedTuple):
    """An account as asked for or as it stands."""

    id: int
    debits_pending: int
    debits_posted: int
    credits_pending: int
    credits_posted: int
    user_data_128: int
    user_data_64: int
    user_data_32: int
    ledger: int
    code: int
    flags: int
    timestamp: int


class TransferRecord(NamedTuple):
    """A transfer as asked for or as it was stored; the timeout is in seconds."""

    id: int
    debit_account_id: int
    credit_account_id: int
    amount: int
    pending_id: int
    user_data_128: int
    user_data_64: int
    user_data_32: int
    timeout: int
    ledger: int
    code: int
    flags: int
    timestamp: int


class PendingStatus(IntEnum):
    """What became of a pending transfer."""

    PENDING = 1
    POSTED = 2
    VOIDED = 3
    EXPIRED = 4


_account_fields = attrgetter(*AccountRecord._fields[:10])
_transfer_fields = attrgetter(*TransferRecord._fields[:11])


def account_records(accounts: Sequence[Account]) -> list[AccountRecord]:
    """Copies with checked numbers; raises what the client raises for one outside its field."""
    return [_account_record(account) for account in accounts]


def transfer_records(transfers: Sequence[Transfer]) -> list[TransferRecord]:
    """Copies with checked numbers; raises what the client raises for one outside its field."""
    return [_transfer_record(transfer) for transfer in transfers]


def _account_record(account: Account) -> AccountRecord:
    fields, timestamp = _account_fields(account), account.timestamp
    id_, dr_pending, dr_posted, cr_pending, cr_posted, data_128, data_64, data_32, *kind = fields
    ledger, code = kind
    wide = id_ | dr_pending | dr_posted | cr_pending | cr_posted | data_128
    if wide >> 128 or (data_64 | timestamp) >> 64 or (data_32 | ledger) >> 32 or code >> 16:
        CAccount.from_param(account)
    return AccountRecord._make((*fields, int(account.flags) & 0xFFFF, timestamp))


def _transfer_record(transfer: Transfer) -> TransferRecord:
    fields, timestamp = _transfer_fields(transfer), transfer.timestamp
    id_, dr_id, cr_id, amount, pending_id, data_128, data_64, data_32, timeout, ledger, code = (
        fields
    )
    # A number too large leaves a bit above the field, a negative one leaves all of them.
    if (
        (id_ | dr_id | cr_id | amount | pending_id | data_128) >> 128
        or (data_64 | timestamp) >> 64
        or (data_32 | timeout | ledger) >> 32
        or code >> 16
    ):
        CTransfer.from_param(transfer)  # The client itself says which field, in its own words.
    return TransferRecord._make((*fields, int(transfer.flags) & 0xFFFF, timestamp))


def cut_ids(ids: Sequence[int]) -> list[int]:
    """Ids for a look-up, which the client does not check but cuts to 128 bits."""
    return [id_ & MAX128 for id_ in ids]


def account_filter(wanted: AccountFilter) -> AccountFilter:
    """A copy with checked numbers; raises what the client raises for one outside its field."""
    return CAccountFilter.from_param(wanted).to_python()


def query_filter(wanted: QueryFilter) -> QueryFilter:
    """A copy with checked numbers; raises what the client raises for one outside its field."""
    return CQueryFilter.from_param(wanted).to_python()


def official_account(record: AccountRecord) -> Account:
    """The record in the client's type."""
    return Account(*record[:10], _account_flags(record.flags), record.timestamp)


def official_transfer(record: TransferRecord) -> Transfer:
    """The record in the client's type."""
    return Transfer(*record[:11], _transfer_flags(record.flags), record.timestamp)


@cache
def _account_flags(bits: int) -> AccountFlags:
    return AccountFlags(bits)


@cache
def _transfer_flags(bits: int) -> TransferFlags:
    return TransferFlags(bits)
