"""What is said of an id that exists: the first field in which the request differs, or `exists`."""

from operator import itemgetter
from typing import TypeVar

from ledger.flags import BALANCING, SETTLES, VOID
from ledger.records import AccountRecord, TransferRecord
from ledger.types import AMOUNT_MAX
from ledger.types import CreateAccountStatus as AccountStatus
from ledger.types import CreateTransferStatus as TransferStatus

_Status = TypeVar("_Status", AccountStatus, TransferStatus)

_ACCOUNT_DIFFERENCES = tuple(
    (itemgetter(AccountRecord._fields.index(field)), status)
    for field, status in (
        ("flags", AccountStatus.EXISTS_WITH_DIFFERENT_FLAGS),
        ("user_data_128", AccountStatus.EXISTS_WITH_DIFFERENT_USER_DATA_128),
        ("user_data_64", AccountStatus.EXISTS_WITH_DIFFERENT_USER_DATA_64),
        ("user_data_32", AccountStatus.EXISTS_WITH_DIFFERENT_USER_DATA_32),
        ("ledger", AccountStatus.EXISTS_WITH_DIFFERENT_LEDGER),
        ("code", AccountStatus.EXISTS_WITH_DIFFERENT_CODE),
    )
)
_TRANSFER_DIFFERENCES = tuple(
    (itemgetter(TransferRecord._fields.index(field)), status)
    for field, status in (
        ("flags", TransferStatus.EXISTS_WITH_DIFFERENT_FLAGS),
        ("pending_id", TransferStatus.EXISTS_WITH_DIFFERENT_PENDING_ID),
        ("timeout", TransferStatus.EXISTS_WITH_DIFFERENT_TIMEOUT),
        ("debit_account_id", TransferStatus.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID),
        ("credit_account_id", TransferStatus.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID),
        ("amount", TransferStatus.EXISTS_WITH_DIFFERENT_AMOUNT),
        ("user_data_128", TransferStatus.EXISTS_WITH_DIFFERENT_USER_DATA_128),
        ("user_data_64", TransferStatus.EXISTS_WITH_DIFFERENT_USER_DATA_64),
        ("user_data_32", TransferStatus.EXISTS_WITH_DIFFERENT_USER_DATA_32),
        ("ledger", TransferStatus.EXISTS_WITH_DIFFERENT_LEDGER),
        ("code", TransferStatus.EXISTS_WITH_DIFFERENT_CODE),
    )
)


def account_exists(a: AccountRecord, e: AccountRecord) -> AccountStatus:
    """How the request `a` compares with the account `e` of the same id."""
    for field, status in _ACCOUNT_DIFFERENCES:
        if field(a) != field(e):
            return status
    return AccountStatus.EXISTS


def transfer_exists(
    t: TransferRecord, e: TransferRecord, p: TransferRecord | None
) -> TransferStatus:
    """How the request `t` compares with the transfer `e` of the same id.

    `p` is the pending transfer which `t` names, if it names one that exists.
    """
    if t.flags == e.flags and t.flags & BALANCING and t.amount > e.amount:
        t = t._replace(amount=e.amount)  # The request was an upper limit.
    elif t.flags & SETTLES and p is not None:
        t = filled_in(t, p)
    for field, status in _TRANSFER_DIFFERENCES:
        if field(t) != field(e):
            return status
    return TransferStatus.EXISTS


def filled_in(t: TransferRecord, p: TransferRecord) -> TransferRecord:
    """The posting or voiding `t` with what it leaves to the pending transfer `p`."""
    everything = 0 if t.flags & VOID else AMOUNT_MAX
    return TransferRecord(
        t.id,
        t.debit_account_id or p.debit_account_id,
        t.credit_account_id or p.credit_account_id,
        p.amount if t.amount == everything else t.amount,
        t.pending_id,
        t.user_data_128 or p.user_data_128,
        t.user_data_64 or p.user_data_64,
        t.user_data_32 or p.user_data_32,
        t.timeout,
        t.ledger or p.ledger,
        t.code or p.code,
        t.flags,
        t.timestamp,
    )
