"""The client's flags as plain integers: an operation on an `IntFlag` costs as much as a rule."""

from ledger.types import AccountFlags, TransferFlags

LINKED = int(TransferFlags.LINKED)
PENDING = int(TransferFlags.PENDING)
POST = int(TransferFlags.POST_PENDING_TRANSFER)
VOID = int(TransferFlags.VOID_PENDING_TRANSFER)
BALANCING_DEBIT = int(TransferFlags.BALANCING_DEBIT)
BALANCING_CREDIT = int(TransferFlags.BALANCING_CREDIT)
CLOSING_DEBIT = int(TransferFlags.CLOSING_DEBIT)
CLOSING_CREDIT = int(TransferFlags.CLOSING_CREDIT)
TRANSFER_IMPORTED = int(TransferFlags.IMPORTED)
TRANSFER_RESERVED = 0xFFFF & ~((TRANSFER_IMPORTED << 1) - 1)

SETTLES = POST | VOID
BALANCING = BALANCING_DEBIT | BALANCING_CREDIT
CLOSING = CLOSING_DEBIT | CLOSING_CREDIT

DEBITS_LIMITED = int(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)
CREDITS_LIMITED = int(AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS)
HISTORY = int(AccountFlags.HISTORY)
ACCOUNT_IMPORTED = int(AccountFlags.IMPORTED)
CLOSED = int(AccountFlags.CLOSED)
ACCOUNT_RESERVED = 0xFFFF & ~((CLOSED << 1) - 1)
