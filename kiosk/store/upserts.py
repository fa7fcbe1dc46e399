"""Insert what is missing: the same statement on SQLite and PostgreSQL."""

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import Executable, Insert, Row, Table, TableClause
from sqlalchemy.dialects import sqlite
from sqlmodel import Session


def insert_missing(
    session: Session,
    table: Table,
    rows: Mapping[str, object] | Sequence[Mapping[str, object]],
    returned: tuple[str, ...] = (),
) -> Sequence[Row[*tuple[object, ...]]]:
    """Insert rows unless ones with the same keys are there, which stay.

    The answer has a row of the `returned` columns, or of the key, for each that was missing.
    """
    connection = session.connection()
    statement = _statement(table, returned, connection.dialect.name)
    return connection.execute(statement, rows).all()


@cache
def _statement(table: Table, returned: tuple[str, ...], dialect: str) -> Executable:
    # With something to return, many rows are one statement, not one statement for each.
    columns = [table.c[name] for name in returned] or list(table.primary_key)
    return inserting_missing(table, dialect).returning(*columns)


def inserting_missing(table: TableClause, dialect: str) -> Insert:
    """A statement that leaves rows with the same keys as they are."""
    if dialect == "postgresql":
        # Loaded for those who use it: it is a twentieth of a start.
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
