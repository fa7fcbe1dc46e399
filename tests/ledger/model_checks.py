"""The checks of the model ledger, in their order: each is (is it violated, the status then)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from ledger.types import Account, AccountBalance, AccountFlags, Transfer, TransferFlags
from ledger.types import CreateAccountStatus as A
from ledger.types import CreateTransferStatus as T

MAX_128 = 2**128 - 1
MAX_TIMESTAMP = 2**63 - 1
SECOND_NS = 1_000_000_000
POST, VOID = TransferFlags.POST_PENDING_TRANSFER, TransferFlags.VOID_PENDING_TRANSFER
CLOSING = TransferFlags.CLOSING_DEBIT | TransferFlags.CLOSING_CREDIT
BALANCING = TransferFlags.BALANCING_DEBIT | TransferFlags.BALANCING_CREDIT
LIMITS = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS | AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS

Status = TypeVar("Status", A, T)
Checks = Iterator[tuple[bool | int, Status]]


@dataclass(slots=True)
class State:
    """Everything that a failed chain takes back; the objects in it are never changed in place."""

    accounts: dict[int, Account] = field(default_factory=dict)
    transfers: dict[int, Transfer] = field(default_factory=dict)
    fates: dict[int, T] = field(default_factory=dict)
    """Of pending transfers that are settled: why they can no longer be posted or voided."""
    history: dict[tuple[int, int], AccountBalance] = field(default_factory=dict)
    """By account id and the timestamp of the transfer."""

    def copy(self) -> "State":
        """A state that changes by itself."""
        return State(
            dict(self.accounts), dict(self.transfers), dict(self.fates), dict(self.history)
        )

    def account_times(self) -> set[int]:
        """The timestamps of all accounts, and 0."""
        return {0} | {account.timestamp for account in self.accounts.values()}

    def transfer_times(self) -> set[int]:
        """The timestamps of all transfers, and 0."""
        return {0} | {transfer.timestamp for transfer in self.transfers.values()}


def import_checks(
    event: Account | Transfer, first: Account | Transfer, end: int, statuses: type[Status]
) -> Checks[Status]:
    """`end` is the last timestamp of the request, `first` its first event."""
    flag = AccountFlags.IMPORTED if isinstance(event, Account) else TransferFlags.IMPORTED
    if not event.flags & flag:
        yield first.flags & flag, statuses.IMPORTED_EVENT_EXPECTED
        yield event.timestamp != 0, statuses.TIMESTAMP_MUST_BE_ZERO
        return
    yield not first.flags & flag, statuses.IMPORTED_EVENT_NOT_EXPECTED
    in_range = 1 <= event.timestamp <= MAX_TIMESTAMP
    yield not in_range, statuses.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE
    yield event.timestamp >= end, statuses.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE


def account_checks(state: State, a: Account) -> Checks[A]:
    """Everything that can be wrong with an account."""
    yield a.flags >= 1 << 6, A.RESERVED_FLAG
    yield a.id == 0, A.ID_MUST_NOT_BE_ZERO
    yield a.id == MAX_128, A.ID_MUST_NOT_BE_INT_MAX
    if e := state.accounts.get(a.id):
        yield a.flags != e.flags, A.EXISTS_WITH_DIFFERENT_FLAGS
        yield a.user_data_128 != e.user_data_128, A.EXISTS_WITH_DIFFERENT_USER_DATA_128
        yield a.user_data_64 != e.user_data_64, A.EXISTS_WITH_DIFFERENT_USER_DATA_64
        yield a.user_data_32 != e.user_data_32, A.EXISTS_WITH_DIFFERENT_USER_DATA_32
        yield a.ledger != e.ledger, A.EXISTS_WITH_DIFFERENT_LEDGER
        yield a.code != e.code, A.EXISTS_WITH_DIFFERENT_CODE
        yield True, A.EXISTS
    yield a.flags & LIMITS == LIMITS, A.FLAGS_ARE_MUTUALLY_EXCLUSIVE
    yield a.debits_pending, A.DEBITS_PENDING_MUST_BE_ZERO
    yield a.debits_posted, A.DEBITS_POSTED_MUST_BE_ZERO
    yield a.credits_pending, A.CREDITS_PENDING_MUST_BE_ZERO
    yield a.credits_posted, A.CREDITS_POSTED_MUST_BE_ZERO
    yield a.ledger == 0, A.LEDGER_MUST_NOT_BE_ZERO
    yield a.code == 0, A.CODE_MUST_NOT_BE_ZERO
    if a.flags & AccountFlags.IMPORTED:
        regress = a.timestamp <= max(state.account_times())
        regress = regress or a.timestamp in state.transfer_times()
        yield regress, A.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS


def transfer_checks(state: State, burnt: set[int], t: Transfer, now: int) -> Checks[T]:
    """Everything that can be wrong with a transfer; `now` is the timestamp of the event."""
    yield t.flags >= 1 << 9, T.RESERVED_FLAG
    yield t.id == 0, T.ID_MUST_NOT_BE_ZERO
    yield t.id == MAX_128, T.ID_MUST_NOT_BE_INT_MAX
    if e := state.transfers.get(t.id):
        yield from _existing_checks(state, t, e)
    yield t.id in burnt, T.ID_ALREADY_FAILED
    if t.flags & (POST | VOID):
        yield from _resolution_checks(state, t, now)
    else:
        yield from _movement_checks(state, t, now)


def _existing_checks(state: State, t: Transfer, e: Transfer) -> Checks[T]:
    yield t.flags != e.flags, T.EXISTS_WITH_DIFFERENT_FLAGS
    yield t.pending_id != e.pending_id, T.EXISTS_WITH_DIFFERENT_PENDING_ID
    yield t.timeout != e.timeout, T.EXISTS_WITH_DIFFERENT_TIMEOUT
    p = state.transfers.get(e.pending_id)

    def differs(name: str) -> bool:
        wanted, stored = getattr(t, name), getattr(e, name)
        taken = wanted == 0 and p is not None and stored == getattr(p, name)
        return bool(wanted != stored and not taken)

    yield differs("debit_account_id"), T.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID
    yield differs("credit_account_id"), T.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID
    amount = t.amount
    if t.flags & BALANCING:
        amount = min(t.amount, e.amount)
    elif p and t.amount == (MAX_128 if t.flags & POST else 0):
        amount = p.amount
    yield amount != e.amount, T.EXISTS_WITH_DIFFERENT_AMOUNT
    yield differs("user_data_128"), T.EXISTS_WITH_DIFFERENT_USER_DATA_128
    yield differs("user_data_64"), T.EXISTS_WITH_DIFFERENT_USER_DATA_64
    yield differs("user_data_32"), T.EXISTS_WITH_DIFFERENT_USER_DATA_32
    yield differs("ledger"), T.EXISTS_WITH_DIFFERENT_LEDGER
    yield differs("code"), T.EXISTS_WITH_DIFFERENT_CODE
    yield True, T.EXISTS


def _movement_checks(state: State, t: Transfer, now: int) -> Checks[T]:
    yield t.debit_account_id == 0, T.DEBIT_ACCOUNT_ID_MUST_NOT_BE_ZERO
    yield t.debit_account_id == MAX_128, T.DEBIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX
    yield t.credit_account_id == 0, T.CREDIT_ACCOUNT_ID_MUST_NOT_BE_ZERO
    yield t.credit_account_id == MAX_128, T.CREDIT_ACCOUNT_ID_MUST_NOT_BE_INT_MAX
    yield t.debit_account_id == t.credit_account_id, T.ACCOUNTS_MUST_BE_DIFFERENT
    yield t.pending_id != 0, T.PENDING_ID_MUST_BE_ZERO
    if not t.flags & TransferFlags.PENDING:
        yield t.timeout, T.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER
        yield t.flags & CLOSING, T.CLOSING_TRANSFER_MUST_BE_PENDING
    yield t.ledger == 0, T.LEDGER_MUST_NOT_BE_ZERO
    yield t.code == 0, T.CODE_MUST_NOT_BE_ZERO
    dr = state.accounts.get(t.debit_account_id)
    cr = state.accounts.get(t.credit_account_id)
    if dr is None or cr is None:
        yield dr is None, T.DEBIT_ACCOUNT_NOT_FOUND
        yield True, T.CREDIT_ACCOUNT_NOT_FOUND
        return
    yield dr.ledger != cr.ledger, T.ACCOUNTS_MUST_HAVE_THE_SAME_LEDGER
    yield dr.ledger != t.ledger, T.TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS
    if t.flags & TransferFlags.IMPORTED:
        yield _regresses(state, t), T.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
        before_debit, before_credit = t.timestamp <= dr.timestamp, t.timestamp <= cr.timestamp
        yield before_debit, T.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT
        yield before_credit, T.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT
        yield t.timeout, T.IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO
    yield dr.flags & AccountFlags.CLOSED, T.DEBIT_ACCOUNT_ALREADY_CLOSED
    yield cr.flags & AccountFlags.CLOSED, T.CREDIT_ACCOUNT_ALREADY_CLOSED
    yield from _amount_checks(t, dr, cr, now)


def _amount_checks(t: Transfer, dr: Account, cr: Account, now: int) -> Checks[T]:
    amount = settled_amount(t, dr, cr)
    debited, credited = dr.debits_pending + dr.debits_posted, cr.credits_pending + cr.credits_posted
    if t.flags & TransferFlags.PENDING:
        yield amount + dr.debits_pending > MAX_128, T.OVERFLOWS_DEBITS_PENDING
        yield amount + cr.credits_pending > MAX_128, T.OVERFLOWS_CREDITS_PENDING
    yield amount + dr.debits_posted > MAX_128, T.OVERFLOWS_DEBITS_POSTED
    yield amount + cr.credits_posted > MAX_128, T.OVERFLOWS_CREDITS_POSTED
    yield amount + debited > MAX_128, T.OVERFLOWS_DEBITS
    yield amount + credited > MAX_128, T.OVERFLOWS_CREDITS
    yield now + t.timeout * SECOND_NS > MAX_TIMESTAMP, T.OVERFLOWS_TIMEOUT
    if dr.flags & AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS:
        yield amount + debited > dr.credits_posted, T.EXCEEDS_CREDITS
    if cr.flags & AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS:
        yield amount + credited > cr.debits_posted, T.EXCEEDS_DEBITS


def _resolution_checks(state: State, t: Transfer, now: int) -> Checks[T]:
    both = t.flags & POST and t.flags & VOID
    others = t.flags & (TransferFlags.PENDING | BALANCING | CLOSING)
    yield both or others, T.FLAGS_ARE_MUTUALLY_EXCLUSIVE
    yield t.pending_id == 0, T.PENDING_ID_MUST_NOT_BE_ZERO
    yield t.pending_id == MAX_128, T.PENDING_ID_MUST_NOT_BE_INT_MAX
    yield t.pending_id == t.id, T.PENDING_ID_MUST_BE_DIFFERENT
    yield t.timeout, T.TIMEOUT_RESERVED_FOR_PENDING_TRANSFER
    p = state.transfers.get(t.pending_id)
    if p is None:
        yield True, T.PENDING_TRANSFER_NOT_FOUND
        return
    yield not p.flags & TransferFlags.PENDING, T.PENDING_TRANSFER_NOT_PENDING
    wrong_debit = t.debit_account_id not in (0, p.debit_account_id)
    wrong_credit = t.credit_account_id not in (0, p.credit_account_id)
    yield wrong_debit, T.PENDING_TRANSFER_HAS_DIFFERENT_DEBIT_ACCOUNT_ID
    yield wrong_credit, T.PENDING_TRANSFER_HAS_DIFFERENT_CREDIT_ACCOUNT_ID
    yield t.ledger not in (0, p.ledger), T.PENDING_TRANSFER_HAS_DIFFERENT_LEDGER
    yield t.code not in (0, p.code), T.PENDING_TRANSFER_HAS_DIFFERENT_CODE
    amount = resolved_amount(t, p)
    yield amount > p.amount, T.EXCEEDS_PENDING_TRANSFER_AMOUNT
    less = bool(t.flags & VOID) and amount < p.amount
    yield less, T.PENDING_TRANSFER_HAS_DIFFERENT_AMOUNT
    if fate := state.fates.get(p.id):
        yield True, fate
    yield is_over(p, now), T.PENDING_TRANSFER_EXPIRED
    if t.flags & TransferFlags.IMPORTED:
        yield _regresses(state, t), T.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
    if t.flags & POST:
        dr, cr = state.accounts[p.debit_account_id], state.accounts[p.credit_account_id]
        yield dr.flags & AccountFlags.CLOSED, T.DEBIT_ACCOUNT_ALREADY_CLOSED
        yield cr.flags & AccountFlags.CLOSED, T.CREDIT_ACCOUNT_ALREADY_CLOSED


def _regresses(state: State, t: Transfer) -> bool:
    newest = max(state.transfer_times())
    return t.timestamp <= newest or t.timestamp in state.account_times()


def is_over(p: Transfer, now: int) -> bool:
    """Whether the time of a pending transfer has run out."""
    return p.timeout > 0 and p.timestamp + p.timeout * SECOND_NS <= now


def settled_amount(t: Transfer, dr: Account, cr: Account) -> int:
    """What a single-phase or pending transfer moves."""
    amount = t.amount
    if t.flags & TransferFlags.BALANCING_DEBIT:
        room = dr.credits_posted - dr.debits_posted - dr.debits_pending
        amount = min(amount, max(room, 0))
    if t.flags & TransferFlags.BALANCING_CREDIT:
        room = cr.debits_posted - cr.credits_posted - cr.credits_pending
        amount = min(amount, max(room, 0))
    return amount


def resolved_amount(t: Transfer, p: Transfer) -> int:
    """What a post or a void of `p` moves or gives back."""
    everything = t.amount == (MAX_128 if t.flags & POST else 0)
    return p.amount if everything else t.amount
