"""The tables of doors that work offline: what changed for them, and what they found afterwards."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from kiosk.store.schema import METADATA as METADATA
from kiosk.store.schema import STRICT, one_of
from kiosk.store.types import Id128, Instant, Integer64

# The condition of a partial index. A query that is to use it must say it in the same words.
UNREAD: Final = text("acknowledged_at IS NULL")


class ChangedSubject(StrEnum):
    """What a change is of."""

    CLAIM = "claim"
    ORDER = "order"
    """All claims of it."""
    HOLDER = "holder"


class DoorChangeRow(SQLModel, table=True):
    """Something that doors must know has changed; triggers write it, and nothing else does."""

    __tablename__ = "door_change"
    __table_args__ = (
        one_of("subject", ChangedSubject),
        CheckConstraint("length(id) = 16", name="id"),
        {**STRICT, "sqlite_autoincrement": True},
    )

    number: int | None = Field(default=None, primary_key=True)
    subject: str = Field(sa_type=Text)
    id: int = Field(sa_type=Id128)


class ConflictRow(SQLModel, table=True):
    """A lane let somebody in offline whom ledger and store, once they answered, refused."""

    __tablename__ = "lane_conflict"
    __table_args__ = (
        CheckConstraint("nonce > 0", name="nonce"),
        CheckConstraint(
            "(acknowledged_by = '') = (acknowledged_at IS NULL)", name="acknowledged_at"
        ),
        Index(
            "ix_lane_conflict_unread",
            "event_id",
            sqlite_where=UNREAD,
            postgresql_where=UNREAD,
        ),
        STRICT,
    )

    terminal_number: int = Field(primary_key=True, foreign_key="terminal.number")
    nonce: int = Field(primary_key=True, sa_type=Integer64)
    event_id: int = Field(foreign_key="event.id", sa_type=Id128)
    claim_id: int | None = Field(default=None, sa_type=Id128)
    """None if there is no such ticket."""
    reason: str = Field(sa_type=Text)
    staff: str = Field(sa_type=Text)
    scanned_at: datetime = Field(sa_type=Instant)
    found_at: datetime = Field(sa_type=Instant)
    other_at: datetime | None = Field(default=None, sa_type=Instant)
    other_terminal: str = Field(default="", sa_type=Text)
    acknowledged_by: str = Field(default="", sa_type=Text)
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
