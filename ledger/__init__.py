"""A double-entry ledger on two engines: accounts, transfers, and nothing about what they mean.

Open one with `open_ledger`; the rest is its vocabulary. Names load when first used, because
the vocabulary is the official client's and brings its native library.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.engine import Ledger, LedgerClosed, LedgerError, LedgerUnavailable
    from ledger.ids import derived_id, new_id
    from ledger.open import open_ledger
    from ledger.settings import LedgerSettings
    from ledger.types import (
        AMOUNT_MAX,
        BATCH_MAX,
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
    "Ledger",
    "LedgerClosed",
    "LedgerError",
    "LedgerSettings",
    "LedgerUnavailable",
    "QueryFilter",
    "QueryFilterFlags",
    "TooMuchDataError",
    "Transfer",
    "TransferFlags",
    "derived_id",
    "new_id",
    "open_ledger",
]

_HOMES = {
    "Ledger": "engine",
    "LedgerClosed": "engine",
    "LedgerError": "engine",
    "LedgerUnavailable": "engine",
    "LedgerSettings": "settings",
    "derived_id": "ids",
    "new_id": "ids",
    "open_ledger": "open",
}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'types')}"), name)
