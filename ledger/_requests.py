"""What an SQLite ledger can be asked, as data: it may be sent to another process."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from ledger import guards, requests
from ledger._store import Store
from ledger.records import AccountRecord, TransferRecord
from ledger.types import CreateAccountResult, CreateTransferResult

_Answer = TypeVar("_Answer")
_Answer_co = TypeVar("_Answer_co", covariant=True)


class Request(NamedTuple, Generic[_Answer_co]):
    """What to do in a transaction at the time given in ns, and what must be loaded before it."""

    execute: Callable[[Store, int], _Answer_co]
    accounts: Sequence[AccountRecord] = ()
    transfers: Sequence[TransferRecord] = ()
    size: int = 0
    """How many events it creates; 0 for one that only reads."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        # As plain tuples, events take a quarter of the time.
        if self.transfers:
            return _transfers_again, tuple(map(tuple, self.transfers))
        if self.accounts:
            return _accounts_again, tuple(map(tuple, self.accounts))
        return Request, (self.execute,)


def creating_accounts(accounts: list[AccountRecord]) -> Request[list[CreateAccountResult]]:
    """The request to create these accounts."""
    return Request(partial(_create_accounts, accounts), accounts=accounts, size=len(accounts))


def creating_transfers(transfers: list[TransferRecord]) -> Request[list[CreateTransferResult]]:
    """The request to create these transfers."""
    return Request(partial(_create_transfers, transfers), transfers=transfers, size=len(transfers))


def selecting(select: Callable[[Store], _Answer]) -> Request[_Answer]:
    """The request to look something up."""
    return Request(partial(_select, select))


def _accounts_again(*accounts: tuple[int, ...]) -> Request[list[CreateAccountResult]]:
    return creating_accounts([AccountRecord._make(account) for account in accounts])


def _transfers_again(*transfers: tuple[int, ...]) -> Request[list[CreateTransferResult]]:
    return creating_transfers([TransferRecord._make(transfer) for transfer in transfers])


def _create_accounts(
    accounts: list[AccountRecord], store: Store, now: int
) -> list[CreateAccountResult]:
    return requests.create_accounts(store.books, accounts, now)


def _create_transfers(
    transfers: list[TransferRecord], store: Store, now: int
) -> list[CreateTransferResult]:
    known = store.books.transfers
    settled = (known.get(id_) for id_ in guards.imported_settlements(transfers))
    guards.refuse_imported_settlements((p.id, p.timeout) for p in settled if p is not None)
    return requests.create_transfers(store.books, transfers, now)


def _select(select: Callable[[Store], _Answer], store: Store, _now: int) -> _Answer:
    return select(store)
