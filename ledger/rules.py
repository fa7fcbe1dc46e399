"""What an event does to the ledger: the first check that applies is the answer, else the effect.

Pure: a rule reads a `View` and returns a status or the effect, and changes nothing. The order of
the checks is TigerBeetle's, and it is part of the answer. `dr` is the debit account of a transfer,
`cr` its credit account, `p` the pending transfer which another one posts or voids.
"""

from collections.abc import Mapping, Set
from typing import NamedTuple, Protocol

from ledger.flags import (
    ACCOUNT_IMPORTED,
    ACCOUNT_RESERVED,
    BALANCING,
    BALANCING_CREDIT,
    BALANCING_DEBIT,
    CLOSED,
    CLOSING,
    CLOSING_CREDIT,
    CLOSING_DEBIT,
    CREDITS_LIMITED,
    DEBITS_LIMITED,
    PENDING,
    SETTLES,
    TRANSFER_IMPORTED,
    TRANSFER_RESERVED,
    VOID,
)
from ledger.records import MAX128, TIMESTAMP_MAX, AccountRecord, PendingStatus, TransferRecord
from ledger.retries import account_exists, filled_in, transfer_exists
from ledger.types import CreateAccountStatus as AccountStatus
from ledger.types import CreateTransferStatus as TransferStatus

NANOSECONDS = 10**9

TRANSIENT = frozenset(
    {
        TransferStatus.DEBIT_ACCOUNT_NOT_FOUND,
        TransferStatus.CREDIT_ACCOUNT_NOT_FOUND,
        TransferStatus.PENDING_TRANSFER_NOT_FOUND,
        TransferStatus.EXCEEDS_CREDITS,
        TransferStatus.EXCEEDS_DEBITS,
        TransferStatus.DEBIT_ACCOUNT_ALREADY_CLOSED,
        TransferStatus.CREDIT_ACCOUNT_ALREADY_CLOSED,
    }
)
"""Answers that depend on the moment. A transfer id which got one is refused for ever after."""


class View(Protocol):
    """What the rules may see: everything which the event mentions and which exists."""

    @property
    def accounts(self) -> Mapping[int, AccountRecord]:
        """Accounts by id, as they stand."""

    @property
    def transfers(self) -> Mapping[int, TransferRecord]:
        """Transfers by id."""

    @property
    def pendings(self) -> Mapping[int, PendingStatus]:
        """What became of each pending transfer, by its id."""

    @property
    def burnt(self) -> Set[int]:
        """Transfer ids that failed with a transient status."""

    @property
    def newest_account(self) -> int:
        """Timestamp of the newest account, 0 if there is none."""

    @property
    def newest_transfer(self) -> int:
        """Timestamp of the newest transfer, 0 if there is none."""

    @property
    def account_timestamps(self) -> Set[int]:
        """Those timestamps of imported events which an account has."""

    @property
    def transfer_timestamps(self) -> Set[int]:
        """Those timestamps of imported events which a transfer has."""


class Moved(NamedTuple):
    """The effect of a transfer: what to store, the accounts as they stand afterwards, and the
    pending transfer (itself, or the one it settles) whose status is new; 0 if none.
    """

    transfer: TransferRecord
    dr: AccountRecord
    cr: AccountRecord
    pending_id: int
    pending_status: PendingStatus


def create_account(view: View, a: AccountRecord, at: int) -> AccountRecord | AccountStatus:
    """The account as created at the timestamp `at`, or why it is not."""
    if a.flags & ACCOUNT_RESERVED:
        return AccountStatus.RESERVED_FLAG
    if a.id == 0:
        return AccountStatus.ID_MUST_NOT_BE_ZERO
    if a.id == MAX128:
        return AccountStatus.ID_MUST_NOT_BE_INT_MAX
    existing = view.accounts.get(a.id)
    if existing is not None:
        return account_exists(a, existing)
    if a.flags & DEBITS_LIMITED and a.flags & CREDITS_LIMITED:
        return AccountStatus.FLAGS_ARE_MUTUALLY_EXCLUSIVE
    if a.debits_pending:
        return AccountStatus.DEBITS_PENDING_MUST_BE_ZERO
    if a.debits_posted:
        return AccountStatus.DEBITS_POSTED_MUST_BE_ZERO
    if a.credits_pending:
        return AccountStatus.CREDITS_PENDING_MUST_BE_ZERO
    if a.credits_posted:
        return AccountStatus.CREDITS_POSTED_MUST_BE_ZERO
    if a.ledger == 0:
        return AccountStatus.LEDGER_MUST_NOT_BE_ZERO
    if a.code == 0:
        return AccountStatus.CODE_MUST_NOT_BE_ZERO
    if not a.flags & ACCOUNT_IMPORTED:
        return a._replace(timestamp=at)
    if a.timestamp <= view.newest_account or a.timestamp in view.transfer_timestamps:
        return AccountStatus.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
    return a


def create_transfer(view: View, t: TransferRecord, at: int) -> Moved | TransferStatus:
    """What the transfer does at the timestamp `at`, or why it does nothing."""
    if t.flags & TRANSFER_RESERVED:
        return TransferStatus.RESERVED_FLAG
    if t.id == 0:
        return TransferStatus.ID_MUST_NOT_BE_ZERO
    if t.id == MAX128:
        return TransferStatus.ID_MUST_NOT_BE_INT_MAX
    existing = view.transfers.get(t.id)
    if existing is not None:
        return transfer_exists(t, existing, view.transfers.get(t.pending_id))
    if t.id in view.burnt:
        return TransferStatus.ID_ALREADY_FAILED
    if t.flags & SETTLES:
        return _settle(view, t, at)
    return _malformed(t) or _move(view, t, at)


def _malformed(t: TransferRecord) -> TransferStatus | None:
    """What is wrong with a single-phase or pending transfer by itself."""
    if t.debit_account_id == 0:
        return TransferStatus.DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO
    if t.debit_account_id == MAX128:
        return TransferStatus.DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX
    if t.credit_account_id == 0:
        return TransferStatus.CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO
    if t.credit_account_id == MAX128:
        return TransferStatus.CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX
    if t.debit_account_id == t.credit_account_id:
        return TransferStatus.ACCOUNTS_MUST_BE_DIFFERENT
    if t.pending_id:
        return TransferStatus.PENDING_ID_MUST_BE_ZERO
    if not t.flags & PENDING:
        if t.timeout:
            return TransferStatus.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER
        if t.flags & CLOSING:
            return TransferStatus.CLOSING_TRANSFER_MUST_BE_PENDING
    if t.ledger == 0:
        return TransferStatus.LEDGER_MUST_NOT_BE_ZERO
    if t.code == 0:
        return TransferStatus.CODE_MUST_NOT_BE_ZERO
    return None


def _move(view: View, t: TransferRecord, at: int) -> Moved | TransferStatus:
    """A well-formed single-phase or pending transfer between its accounts."""
    dr = view.accounts.get(t.debit_account_id)
    if dr is None:
        return TransferStatus.DEBIT_ACCOUNT_NOT_FOUND
    cr = view.accounts.get(t.credit_account_id)
    if cr is None:
        return TransferStatus.CREDIT_ACCOUNT_NOT_FOUND
    if dr.ledger != cr.ledger:
        return TransferStatus.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER
    if t.ledger != dr.ledger:
        return TransferStatus.TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS
    if t.flags & TRANSFER_IMPORTED:
        refusal = _not_importable(view, t, dr, cr)
        if refusal is not None:
            return refusal
        at = t.timestamp
    if dr.flags & CLOSED:
        return TransferStatus.DEBIT_ACCOUNT_ALREADY_CLOSED
    if cr.flags & CLOSED:
        return TransferStatus.CREDIT_ACCOUNT_ALREADY_CLOSED
    amount = _balanced(t, dr, cr) if t.flags & BALANCING else t.amount
    return (
        _overflow(t, dr, cr, amount, at)
        or _exceeds(dr, cr, amount)
        or _moved(t, dr, cr, amount, at)
    )


def _not_importable(
    view: View, t: TransferRecord, dr: AccountRecord, cr: AccountRecord
) -> TransferStatus | None:
    if _regresses(view, t):
        return TransferStatus.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
    if t.timestamp <= dr.timestamp:
        return TransferStatus.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT
    if t.timestamp <= cr.timestamp:
        return TransferStatus.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT
    if t.timeout:
        return TransferStatus.IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO
    return None


def _regresses(view: View, t: TransferRecord) -> bool:
    return t.timestamp <= view.newest_transfer or t.timestamp in view.account_timestamps


def _balanced(t: TransferRecord, dr: AccountRecord, cr: AccountRecord) -> int:
    """The part of the amount which the balancing side, or sides, can still bear."""
    amount = t.amount
    if t.flags & BALANCING_DEBIT:
        amount = min(amount, max(0, dr.credits_posted - dr.debits_posted - dr.debits_pending))
    if t.flags & BALANCING_CREDIT:
        amount = min(amount, max(0, cr.debits_posted - cr.credits_posted - cr.credits_pending))
    return amount


def _overflow(
    t: TransferRecord, dr: AccountRecord, cr: AccountRecord, amount: int, at: int
) -> TransferStatus | None:
    # Pending and posted together overflow first, so without them nothing else can.
    debits = amount + dr.debits_pending + dr.debits_posted
    credits_ = amount + cr.credits_pending + cr.credits_posted
    if debits > MAX128 or credits_ > MAX128:
        if t.flags & PENDING and amount + dr.debits_pending > MAX128:
            return TransferStatus.OVERFLOWS_DEBITS_PENDING
        if t.flags & PENDING and amount + cr.credits_pending > MAX128:
            return TransferStatus.OVERFLOWS_CREDITS_PENDING
        if amount + dr.debits_posted > MAX128:
            return TransferStatus.OVERFLOWS_DEBITS_POSTED
        if amount + cr.credits_posted > MAX128:
            return TransferStatus.OVERFLOWS_CREDITS_POSTED
        if debits > MAX128:
            return TransferStatus.OVERFLOWS_DEBITS
        return TransferStatus.OVERFLOWS_CREDITS
    if at + t.timeout * NANOSECONDS > TIMESTAMP_MAX:
        return TransferStatus.OVERFLOWS_TIMEOUT
    return None


def _exceeds(dr: AccountRecord, cr: AccountRecord, amount: int) -> TransferStatus | None:
    debits = dr.debits_pending + dr.debits_posted + amount
    if debits > dr.credits_posted and dr.flags & DEBITS_LIMITED:
        return TransferStatus.EXCEEDS_CREDITS
    credits_ = cr.credits_pending + cr.credits_posted + amount
    if credits_ > cr.debits_posted and cr.flags & CREDITS_LIMITED:
        return TransferStatus.EXCEEDS_DEBITS
    return None


def _moved(t: TransferRecord, dr: AccountRecord, cr: AccountRecord, amount: int, at: int) -> Moved:
    stored = TransferRecord._make((*t[:3], amount, *t[4:12], at))
    if not t.flags & PENDING:
        dr, cr = _adjusted(dr, cr, pending=0, posted=amount)
        return Moved(stored, dr, cr, 0, PendingStatus.PENDING)
    dr, cr = _adjusted(dr, cr, pending=amount, posted=0)
    if t.flags & CLOSING_DEBIT:
        dr = dr._replace(flags=dr.flags | CLOSED)
    if t.flags & CLOSING_CREDIT:
        cr = cr._replace(flags=cr.flags | CLOSED)
    return Moved(stored, dr, cr, t.id, PendingStatus.PENDING)


def _adjusted(
    dr: AccountRecord, cr: AccountRecord, *, pending: int, posted: int
) -> tuple[AccountRecord, AccountRecord]:
    """Both accounts after their side grew by these amounts, which may be negative."""
    return (
        AccountRecord._make((dr[0], dr[1] + pending, dr[2] + posted, *dr[3:])),
        AccountRecord._make((*cr[:3], cr[3] + pending, cr[4] + posted, *cr[5:])),
    )


def _settle(view: View, t: TransferRecord, at: int) -> Moved | TransferStatus:
    """A transfer which posts or voids a pending one."""
    malformed = _malformed_settlement(t)
    if malformed is not None:
        return malformed
    p = view.transfers.get(t.pending_id)
    if p is None:
        return TransferStatus.PENDING_TRANSFER_NOT_FOUND
    stored = filled_in(t, p)
    refusal = _mismatch(stored, p) or _too_late(view, p, at)
    if refusal is not None:
        return refusal
    if not t.flags & TRANSFER_IMPORTED:
        stored = stored._replace(timestamp=at)
    elif _regresses(view, t):
        return TransferStatus.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
    dr, cr = view.accounts[p.debit_account_id], view.accounts[p.credit_account_id]
    if t.flags & VOID:
        return Moved(stored, *_released(p, dr, cr), p.id, PendingStatus.VOIDED)
    if dr.flags & CLOSED:
        return TransferStatus.DEBIT_ACCOUNT_ALREADY_CLOSED
    if cr.flags & CLOSED:
        return TransferStatus.CREDIT_ACCOUNT_ALREADY_CLOSED
    dr, cr = _adjusted(dr, cr, pending=-p.amount, posted=stored.amount)
    return Moved(stored, dr, cr, p.id, PendingStatus.POSTED)


def _malformed_settlement(t: TransferRecord) -> TransferStatus | None:
    if t.flags & SETTLES == SETTLES or t.flags & (PENDING | BALANCING | CLOSING):
        return TransferStatus.FLAGS_ARE_MUTUALLY_EXCLUSIVE
    if t.pending_id == 0:
        return TransferStatus.PENDING_ID_MUST_NOT_BE_ZERO
    if t.pending_id == MAX128:
        return TransferStatus.PENDING_ID_MUST_NOT_BE_INT_MAX
    if t.pending_id == t.id:
        return TransferStatus.PENDING_ID_MUST_BE_DIFFERENT
    if t.timeout:
        return TransferStatus.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER
    return None


def _mismatch(t: TransferRecord, p: TransferRecord) -> TransferStatus | None:
    """Where the settling `t`, filled in, contradicts the pending transfer."""
    if not p.flags & PENDING:
        return TransferStatus.PENDING_TRANSFER_NOT_PENDING
    if t.debit_account_id != p.debit_account_id:
        return TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID
    if t.credit_account_id != p.credit_account_id:
        return TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID
    if t.ledger != p.ledger:
        return TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_LEDGER
    if t.code != p.code:
        return TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_CODE
    if t.amount > p.amount:
        return TransferStatus.EXCEEDS_PENDING_TRANSFER_AMOUNT
    if t.flags & VOID and t.amount < p.amount:
        return TransferStatus.PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT
    return None


def _too_late(view: View, p: TransferRecord, at: int) -> TransferStatus | None:
    match view.pendings[p.id]:
        case PendingStatus.POSTED:
            return TransferStatus.PENDING_TRANSFER_ALREADY_POSTED
        case PendingStatus.VOIDED:
            return TransferStatus.PENDING_TRANSFER_ALREADY_VOIDED
        case PendingStatus.EXPIRED:
            return TransferStatus.PENDING_TRANSFER_EXPIRED
        case PendingStatus.PENDING if p.timeout and expires_at(p) <= at:
            return TransferStatus.PENDING_TRANSFER_EXPIRED
    return None


def expires_at(p: TransferRecord) -> int:
    """The first nanosecond at which a pending transfer with a timeout is void."""
    return p.timestamp + p.timeout * NANOSECONDS


def expire(view: View, p: TransferRecord) -> tuple[AccountRecord, AccountRecord]:
    """The accounts of a pending transfer after it expired."""
    return _released(p, view.accounts[p.debit_account_id], view.accounts[p.credit_account_id])


def _released(
    p: TransferRecord, dr: AccountRecord, cr: AccountRecord
) -> tuple[AccountRecord, AccountRecord]:
    """Both accounts without what `p` had reserved, and open again if `p` had closed them."""
    dr, cr = _adjusted(dr, cr, pending=-p.amount, posted=0)
    if p.flags & CLOSING_DEBIT:
        dr = dr._replace(flags=dr.flags & ~CLOSED)
    if p.flags & CLOSING_CREDIT:
        cr = cr._replace(flags=cr.flags & ~CLOSED)
    return dr, cr
