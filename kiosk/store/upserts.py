"""Insert what is missing: the same statement on SQLite and PostgreSQL."""

from collections.abc import Mapping

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def insert_missing(session: Session, table: type[SQLModel], values: Mapping[str, object]) -> None:
    """Insert a row unless one with the same key is there; that one stays as it is."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    session.execute(insert(table).values(**values).on_conflict_do_nothing())
