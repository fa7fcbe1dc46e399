"""The vocabulary of the ledger: the official client's own types, unchanged."""

from tigerbeetle import (
    AMOUNT_MAX,
    Account,
    AccountBalance,
    AccountFilter,
    AccountFilterFlags,
    AccountFlags,
    CreateAccountResult,
    CreateAccountStatus,
    CreateTransferResult,
    CreateTransferStatus,
    IntegerOverflowError,
    QueryFilter,
    QueryFilterFlags,
    TooMuchDataError,
    Transfer,
    TransferFlags,
)

BATCH_MAX = 8189
"""Events or ids in one request, and objects in one answer."""

__all__ = [
    "AMOUNT_MAX",
    "BATCH_MAX",
    "Account",
    "AccountBalance",
    "AccountFilter",
    "AccountFilterFlags",
    "AccountFlags",
    "CreateAccountResult",
    "CreateAccountStatus",
    "CreateTransferResult",
    "CreateTransferStatus",
    "IntegerOverflowError",
    "QueryFilter",
    "QueryFilterFlags",
    "TooMuchDataError",
    "Transfer",
    "TransferFlags",
]
