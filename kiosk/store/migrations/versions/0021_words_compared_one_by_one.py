"""Words compared one by one: SQLite builds a list of them anew for each row that it checks."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_LIST = re.compile(r"CHECK \((\w+) IN \(((?:'\w+'(?:, )?)+)\)\)")
_ENDED = "state NOT IN ('sold_out', 'paid', 'paid_unfulfilled', 'refunded') OR settled = 1"
_ENDED_NOW = (
    "settled = 1 OR NOT (state = 'sold_out' OR state = 'paid' OR state = 'paid_unfulfilled'"
    " OR state = 'refunded')"
)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    # What is stored stays: then, SQLite's manual says, tables may be described anew, not copied.
    version = connection.scalar(sa.text("PRAGMA schema_version"))
    tables = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
    described = {name: _compared(sql) for name, sql in tables if _compared(sql) != sql}
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    for name, sql in described.items():
        connection.execute(
            sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name"),
            {"name": name, "sql": sql},
        )
    connection.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    connection.execute(sa.text("PRAGMA writable_schema = RESET"))


def _compared(sql: str) -> str:
    return _LIST.sub(_one_by_one, sql).replace(_ENDED, _ENDED_NOW)


def _one_by_one(check: re.Match[str]) -> str:
    column, words = check.groups()
    return f"CHECK ({' OR '.join(f'{column} = {word}' for word in words.split(', '))})"
