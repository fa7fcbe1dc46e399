"""Look-ups and filters: which rows they mean, in which order, and which index finds them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Generic, Protocol, TypeAlias, TypeVar

from ledger._rows import (
    ACCOUNT_COLUMNS,
    TRANSFER_ACCOUNTS,
    TRANSFER_COLUMNS,
    Number,
    account_balance,
    account_record,
    id_blob,
    signed,
    transfer_record,
)
from ledger._store import Store
from ledger.flags import HISTORY
from ledger.records import TIMESTAMP_MAX, official_account, official_transfer
from ledger.types import (
    Account,
    AccountBalance,
    AccountFilter,
    AccountFilterFlags,
    QueryFilter,
    QueryFilterFlags,
    Transfer,
)

_DEBITS = int(AccountFilterFlags.DEBITS)
_CREDITS = int(AccountFilterFlags.CREDITS)
_ACCOUNT_REVERSED = int(AccountFilterFlags.REVERSED)
_ACCOUNT_FLAGS = _DEBITS | _CREDITS | _ACCOUNT_REVERSED
_QUERY_REVERSED = int(QueryFilterFlags.REVERSED)
_FLAGS_MASK = 2**32 - 1

_Values: TypeAlias = tuple[Number, ...]


class _Timed(Protocol):
    timestamp: int


_Found = TypeVar("_Found", bound=_Timed)


@dataclass(frozen=True, slots=True)
class _Source(Generic[_Found]):
    """What is selected, from where (the table is `t`), and what it becomes."""

    columns: str
    table: str
    joins: str
    decode: Callable[..., _Found]


@dataclass(frozen=True, slots=True)
class _Condition:
    """What the rows must fulfil, and the index which finds those that do."""

    index: str
    where: str
    values: _Values


@dataclass(frozen=True, slots=True)
class _Span:
    """The part of a selection that is wanted; both timestamps are included."""

    timestamp_min: int
    timestamp_max: int
    limit: int
    newest_first: bool


_ACCOUNTS = _Source(
    ACCOUNT_COLUMNS, "accounts", "", lambda row: official_account(account_record(row))
)
_TRANSFERS = _Source(
    TRANSFER_COLUMNS,
    "transfers",
    TRANSFER_ACCOUNTS,
    lambda row: official_transfer(transfer_record(row)),
)


def lookup_accounts(store: Store, ids: Sequence[int]) -> list[Account]:
    """The accounts found, in the order asked."""
    store.load_accounts(set(ids))
    found = map(store.books.accounts.get, ids)
    return [official_account(account) for account in found if account is not None]


def lookup_transfers(store: Store, ids: Sequence[int]) -> list[Transfer]:
    """The transfers found, in the order asked."""
    store.load_transfers(set(ids))
    found = map(store.books.transfers.get, ids)
    return [official_transfer(transfer) for transfer in found if transfer is not None]


def query_accounts(store: Store, query: QueryFilter) -> list[Account]:
    """Accounts by their fields."""
    return _query(store, _ACCOUNTS, query)


def query_transfers(store: Store, query: QueryFilter) -> list[Transfer]:
    """Transfers by their fields."""
    return _query(store, _TRANSFERS, query)


def get_account_transfers(store: Store, wanted: AccountFilter) -> list[Transfer]:
    """Transfers of one account."""
    return _of_account(store, _TRANSFERS, wanted)


def get_account_balances(store: Store, wanted: AccountFilter) -> list[AccountBalance]:
    """Balances of an account that keeps its history, right after each of its transfers."""
    store.load_accounts({wanted.account_id})
    account = store.books.accounts.get(wanted.account_id)
    if account is None or not account.flags & HISTORY:
        return []
    source = _Source(
        "b.debits_pending, b.debits_posted, b.credits_pending, b.credits_posted, b.timestamp",
        "transfers",
        "CROSS JOIN balances AS b ON b.timestamp = t.timestamp"
        f" AND b.account = {store.account_number(account.id)}",
        account_balance,
    )
    return _of_account(store, source, wanted)


def _query(store: Store, source: _Source[_Found], query: QueryFilter) -> list[_Found]:
    flags = int(query.flags) & _FLAGS_MASK
    if flags & ~_QUERY_REVERSED:
        return []
    conditions = _selective(query) + _unselective(query)
    if query.ledger:
        conditions.append(_Condition("ledger", "t.ledger = ?", (query.ledger,)))
    span = _span(query, newest_first=bool(flags & _QUERY_REVERSED))
    return _select(store, source, conditions, span)


def _of_account(store: Store, source: _Source[_Found], wanted: AccountFilter) -> list[_Found]:
    flags = int(wanted.flags) & _FLAGS_MASK
    number = store.account_number(wanted.account_id)
    if flags & ~_ACCOUNT_FLAGS or number is None:
        return []
    span = _span(wanted, newest_first=bool(flags & _ACCOUNT_REVERSED))
    sides = [name for flag, name in ((_DEBITS, "debit"), (_CREDITS, "credit")) if flags & flag]
    selective, unselective = _selective(wanted), _unselective(wanted)
    if selective and sides:
        either = _Condition("", f"? IN ({', '.join(f't.{side}' for side in sides)})", (number,))
        return _select(store, source, [*selective, either, *unselective], span)
    found: list[_Found] = []
    for side in sides:
        condition = _Condition(side, f"t.{side} = ?", (number,))
        found += _select(store, source, [condition, *unselective], span)
    found.sort(key=attrgetter("timestamp"), reverse=span.newest_first)
    return found[: span.limit]


def _span(wanted: AccountFilter | QueryFilter, *, newest_first: bool) -> _Span:
    """The span a filter asks for; one that makes no sense is an empty one."""
    first, last = wanted.timestamp_min, wanted.timestamp_max or TIMESTAMP_MAX
    if first > TIMESTAMP_MAX or last > TIMESTAMP_MAX or first > last:
        return _Span(0, 0, 0, newest_first)
    return _Span(first, last, wanted.limit, newest_first)


def _selective(wanted: AccountFilter | QueryFilter) -> list[_Condition]:
    """Conditions that few rows fulfil, or so the caller who sets these fields hopes."""
    conditions = []
    if wanted.user_data_128:
        value = id_blob(wanted.user_data_128)
        conditions.append(
            _Condition("user_data_128", "t.user_data_128 = ? AND t.user_data_128 <> x''", (value,))
        )
    if wanted.user_data_64:
        where = "t.user_data_64 = ? AND t.user_data_64 <> 0"
        conditions.append(_Condition("user_data_64", where, (signed(wanted.user_data_64),)))
    return conditions


def _unselective(wanted: AccountFilter | QueryFilter) -> list[_Condition]:
    """Conditions that many rows may fulfil."""
    conditions = []
    if wanted.user_data_32:
        where = "t.user_data_32 = ? AND t.user_data_32 <> 0"
        conditions.append(_Condition("user_data_32", where, (wanted.user_data_32,)))
    if wanted.code:
        conditions.append(_Condition("code", "t.code = ?", (wanted.code,)))
    return conditions


def _select(
    store: Store, source: _Source[_Found], conditions: list[_Condition], span: _Span
) -> list[_Found]:
    """Rows that fulfil all conditions, found by the index of the first one."""
    if not span.limit:
        return []
    index = f"INDEXED BY {source.table}_{conditions[0].index}" if conditions else ""
    where = " AND ".join(["t.timestamp BETWEEN ? AND ?", *(each.where for each in conditions)])
    values: list[Number] = [span.timestamp_min, span.timestamp_max]
    for condition in conditions:
        values += condition.values
    order = "DESC" if span.newest_first else "ASC"
    statement = (
        f"SELECT {source.columns} FROM {source.table} AS t {index} {source.joins} "
        f"WHERE {where} ORDER BY t.timestamp {order} LIMIT ?"
    )
    return [source.decode(row) for row in store.select(statement, [*values, span.limit])]
