"""Many rows by one statement.

SQLAlchemy writes each statement once; the values go straight to the driver. It would prepare them
row by row, every time, and that takes longer than SQLite takes to store them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Final, TypeAlias, TypeVar, cast

from sqlalchemy import (
    Column,
    Connection,
    Dialect,
    FromClause,
    Insert,
    Table,
    Update,
    bindparam,
    column,
    insert,
    table,
    update,
)
from sqlalchemy.engine.default import DefaultDialect

from kiosk.store.upserts import inserting_missing

T = TypeVar("T")
Values: TypeAlias = Mapping[str, object]
"""Columns by their names, and what they hold."""
_Names: TypeAlias = tuple[str, ...]
_Processors: TypeAlias = Sequence[Callable[[object], object] | None]

_PORTIONS: Final = (100, 50, 20, 10, 5, 2, 1)
"""So many rows share a statement. As with coins, a few of a few sizes make any number: there are
few statements, and the driver keeps them all prepared."""


def insert_rows(connection: Connection, into: Table, rows: Sequence[Values]) -> None:
    """Insert rows that name the same columns; the others get what the database says."""
    _insert(connection, into, rows, None)


def insert_missing_rows(
    connection: Connection,
    into: Table,
    rows: Sequence[Values],
    returned: tuple[Column[T], ...] = (),
) -> list[tuple[T, ...]]:
    """As `insert_rows`, unless ones with the same keys are there, which stay.

    The answer has the `returned` columns of each that was missing.
    """
    return _insert(connection, into, rows, returned)


def update_rows(
    connection: Connection, key: Column[T], keys: Sequence[T], seen: Values, new: Values
) -> list[T]:
    """Set columns of rows that still hold what was `seen`; the keys of those."""
    dialect, names, known = connection.dialect, tuple(new), tuple(seen)
    [values] = _processed(_binds(dialect, key.table, names), [tuple(new.values())])
    [guards] = _processed(_binds(dialect, key.table, known), [tuple(seen.values())])
    as_bound = _binds(dialect, key.table, (key.name,))
    updated: list[tuple[object, ...]] = []
    for portion in _portions(keys):
        which = chain.from_iterable(_processed(as_bound, zip(portion, strict=True)))
        sql = _update_sql(dialect, key, (names, known), len(portion))
        result = connection.exec_driver_sql(sql, (*values, *which, *guards))
        updated += _processed(_reads(dialect, (key,)), result.all())
    # By their column they can only be these.
    return cast("list[T]", list(chain.from_iterable(updated)))


def _insert(
    connection: Connection,
    into: Table,
    rows: Sequence[Values],
    returned: tuple[Column[T], ...] | None,
) -> list[tuple[T, ...]]:
    answers: list[tuple[object, ...]] = []
    dialect, names = connection.dialect, tuple(rows[0]) if rows else ()
    for portion in _portions(rows):
        values = _processed(_binds(dialect, into, names), map(itemgetter(*names), portion))
        sql = _insert_sql(dialect, into, names, returned, len(portion))
        result = connection.exec_driver_sql(sql, tuple(chain.from_iterable(values)))
        if returned:
            answers += _processed(_reads(dialect, returned), result.all())
    # By their columns they can only be these.
    return cast("list[tuple[T, ...]]", answers)


def _portions(items: Sequence[T]) -> Iterator[Sequence[T]]:
    start = 0
    for size in _PORTIONS:
        while len(items) - start >= size:
            yield items[start : start + size]
            start += size


def _processed(
    processors: _Processors, rows: Iterable[Sequence[object]]
) -> Iterator[tuple[object, ...]]:
    columns = zip(processors, zip(*rows, strict=True), strict=False)
    return zip(*(map(one, values) if one else values for one, values in columns), strict=True)


@lru_cache
def _binds(dialect: Dialect, of: FromClause, names: _Names) -> _Processors:
    return [of.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]


@lru_cache
def _reads(dialect: Dialect, columns: tuple[Column[object], ...]) -> _Processors:
    types = (one.type.dialect_impl(dialect) for one in columns)
    return [one.result_processor(dialect, None) for one in types]


@lru_cache
def _insert_sql(
    dialect: Dialect,
    into: Table,
    names: _Names,
    returned: tuple[Column[object], ...] | None,
    count: int,
) -> str:
    # Of these columns alone: SQLAlchemy would add those that have a default.
    bare = table(into.name, *(column(name, into.c[name].type) for name in names))
    statement = insert(bare) if returned is None else inserting_missing(bare, dialect.name)
    statement = statement.values([dict.fromkeys(names)] * count)
    return _sql(dialect, statement.returning(*returned) if returned else statement)


@lru_cache
def _update_sql(
    dialect: Dialect, key: Column[object], names: tuple[_Names, _Names], count: int
) -> str:
    columns, (changed, seen) = key.table.c, names
    # Each is given its name by SQLAlchemy: they are bound by position.
    new = [(columns[name], bindparam(None, type_=columns[name].type)) for name in changed]
    keys = [bindparam(None, type_=key.type) for _ in range(count)]
    guards = [columns[name] == bindparam(None, type_=columns[name].type) for name in seen]
    statement = update(key.table).ordered_values(*new).where(key.in_(keys), *guards)
    return _sql(dialect, statement.returning(key))


def _sql(dialect: Dialect, statement: Insert | Update) -> str:
    assert isinstance(dialect, DefaultDialect), "all are"
    # Values are bound by position, in the order that they are written in.
    by_position = dialect if dialect.positional else type(dialect)(paramstyle="format")
    return str(statement.compile(dialect=by_position))
