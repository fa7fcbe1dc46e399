"""What no engine lets through, whatever stands behind it."""

from collections.abc import Iterable, Sequence, Sized

from ledger.engine import AccountRefused, LedgerError
from ledger.records import AccountRecord, TransferRecord
from ledger.types import (
    BATCH_MAX,
    Account,
    AccountFilter,
    CreateAccountResult,
    CreateAccountStatus,
    QueryFilter,
    TooMuchDataError,
    Transfer,
    TransferFlags,
)

_IMPORTED = int(TransferFlags.IMPORTED)
_SETTLES = int(TransferFlags.POST_PENDING_TRANSFER | TransferFlags.VOID_PENDING_TRANSFER)
_THERE = (CreateAccountStatus.CREATED, CreateAccountStatus.EXISTS)


def check_batch(events: Sized) -> None:
    """Raise `TooMuchDataError` for more events or ids than one request carries."""
    if len(events) > BATCH_MAX:
        raise TooMuchDataError


def check_limit(selection: AccountFilter | QueryFilter) -> None:
    """Raise `TooMuchDataError` for a filter that asks for more than one answer carries."""
    if selection.limit > BATCH_MAX:
        raise TooMuchDataError


def require_accounts(
    accounts: Sequence[AccountRecord | Account], results: Sequence[CreateAccountResult]
) -> None:
    """Raise `AccountRefused` unless all of these are there now, as they were asked for."""
    for account, result in zip(accounts, results, strict=True):
        if result.status not in _THERE:
            raise AccountRefused(account.id, result.status)


def imported_settlements(transfers: Sequence[TransferRecord | Transfer]) -> list[int]:
    """The pending transfers which an importing request wants to post or void.

    The real server stops for good (an assertion) when such a pending transfer has a timeout, so an
    engine must look these up first and hand what it finds to `refuse_imported_settlements`. Those
    which the same request creates are no danger: an imported transfer cannot have a timeout, and
    in a request whose first event is not imported no imported event is executed.
    """
    if not transfers or not transfers[0].flags & _IMPORTED:
        return []
    return [
        transfer.pending_id
        for transfer in transfers
        if transfer.flags & _IMPORTED and transfer.flags & _SETTLES
    ]


def refuse_imported_settlements(pending_timeouts: Iterable[tuple[int, int]]) -> None:
    """Raise `LedgerError` if one of these (pending id, timeout in seconds) could expire."""
    for pending_id, timeout_seconds in pending_timeouts:
        if timeout_seconds:
            raise LedgerError(
                f"an imported transfer cannot post or void {pending_id}, which has a timeout of "
                f"{timeout_seconds} s: the whole request was refused and nothing was executed"
            )
