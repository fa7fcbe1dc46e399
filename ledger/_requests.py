"""What an SQLite ledger can be asked, as data: it may be sent to another process."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from ledger import guards, requests
from ledger._store import Store
from ledger.records import AccountRecord, TransferRecord
from ledger.types import CreateAccountResult, CreateTransferResult

_Tuples: TypeAlias = tuple[tuple[int, ...], ...]
_Answer = TypeVar("_Answer")
_Answer_co = TypeVar("_Answer_co", covariant=True)


class Request(NamedTuple, Generic[_Answer_co]):
    """What to do in a transaction at the time given in ns, and what must be loaded before it."""

    execute: Callable[[Store, int], _Answer_co]
    accounts: Sequence[AccountRecord] = ()
    transfers: Sequence[TransferRecord] = ()
    size: int = 0
    """How many events it creates; 0 for one that only reads."""
    again: Callable[[_Tuples, _Tuples], "Request[_Answer_co]"] | None = None
    """Makes the request from its accounts and its transfers, if it is of these."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        if self.again is None:
            return Request, (self.execute,)
        # As plain tuples, events take a quarter of the time.
        return self.again, (tuple(map(tuple, self.accounts)), tuple(map(tuple, self.transfers)))


def creating_accounts(accounts: list[AccountRecord]) -> Request[list[CreateAccountResult]]:
    """The request to create these accounts."""
    execute = partial(_create_accounts, accounts)
    return Request(execute, accounts, (), len(accounts), _accounts_again)


def creating_transfers(
    transfers: list[TransferRecord], accounts: list[AccountRecord]
) -> Request[list[CreateTransferResult]]:
    """The request to create these transfers, and before them the accounts that are missing."""
    execute = partial(_create_transfers, accounts, transfers)
    size = len(accounts) + len(transfers)
    return Request(execute, accounts, transfers, size, _transfers_again)


def selecting(select: Callable[[Store], _Answer]) -> Request[_Answer]:
    """The request to look something up."""
    return Request(partial(_select, select))


def _accounts_again(accounts: _Tuples, _: _Tuples) -> Request[list[CreateAccountResult]]:
    return creating_accounts([*map(AccountRecord._make, accounts)])


def _transfers_again(accounts: _Tuples, transfers: _Tuples) -> Request[list[CreateTransferResult]]:
    return creating_transfers(
        [*map(TransferRecord._make, transfers)], [*map(AccountRecord._make, accounts)]
    )


def _create_accounts(
    accounts: list[AccountRecord], store: Store, now: int
) -> list[CreateAccountResult]:
    return requests.create_accounts(store.books, accounts, now)


def _create_transfers(
    accounts: list[AccountRecord], transfers: list[TransferRecord], store: Store, now: int
) -> list[CreateTransferResult]:
    known = store.books.transfers
    settled = (known.get(id_) for id_ in guards.imported_settlements(transfers))
    guards.refuse_imported_settlements((p.id, p.timeout) for p in settled if p is not None)
    if accounts:
        opened = requests.create_accounts(store.books, accounts, now)
        guards.require_accounts(accounts, opened)
    return requests.create_transfers(store.books, transfers, now)


def _select(select: Callable[[Store], _Answer], store: Store, _now: int) -> _Answer:
    return select(store)
