"""The newest tables at once, for a new file: what the migrations lead to, one after the other.

After a new migration, `python -m kiosk.store.newest` writes `newest.sql` anew.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, text

FILE: Final = Path(__file__).with_name("newest.sql")


def create(connection: Connection) -> None:
    """Create the tables of `newest.sql` in an SQLite database that has none."""
    for statement in _statements(FILE.read_text()):
        connection.exec_driver_sql(statement)


def described(connection: Connection) -> str:
    """The statements that make a database like this one, at its revision, which holds nothing."""
    made = connection.scalars(
        text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    )
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    stamp = f"INSERT INTO alembic_version (version_num) VALUES ('{revision}')"
    return "".join(f"{statement};\n" for statement in (*made, stamp))


def _statements(script: str) -> Iterator[str]:
    """One by one: a trigger has semicolons of its own."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def migrated() -> Engine:
    """A database in memory that went through all migrations."""
    # It makes use of this module, and needs Alembic.
    from kiosk.store.migrate import migrate

    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        migrate(connection)
    return engine


if __name__ == "__main__":
    with migrated().connect() as newest:
        FILE.write_text(described(newest))
