"""What all tables share: how constraints are named, and the conditions that indexes name."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, text
from sqlmodel import SQLModel

NAMES: Final = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA: Final = SQLModel.metadata
METADATA.naming_convention = NAMES
STRICT: Final = {"sqlite_strict": True}

# The conditions of partial indexes. A query that is to use one must say it in the same words.
OPEN: Final = text("settled = 0")
HELD: Final = text("state = 'held'")
ASKED: Final = text("outcome = 'asked'")
DONE: Final = text("outcome = 'done'")
NEW: Final = text("folded IS NULL")
ENTERED: Final = text("outcome = 'done' AND kind IN ('enter', 'return')")
INVOICED: Final = text("method = 'invoice'")


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """A column of text that holds one of `words`."""
    return CheckConstraint(is_one_of(column, words), name=column)


def is_one_of(column: str, words: Iterable[StrEnum]) -> str:
    """That a column of text holds one of `words`, as a condition of a constraint."""
    # SQLite would build a list of them, as `IN` has it, anew for each row that it checks.
    return " OR ".join(f"{column} = '{word}'" for word in words)
