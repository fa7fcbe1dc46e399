"""Insert what is missing: the same statement on SQLite and PostgreSQL."""

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session


def insert_missing(session: Session, table: Table, values: Mapping[str, object]) -> None:
    """Insert a row unless one with the same key is there; that one stays as it is."""
    connection = session.connection()
    connection.execute(_statement(table, connection.dialect.name), values)


@cache
def _statement(table: Table, dialect: str) -> sqlite.Insert | postgresql.Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()
