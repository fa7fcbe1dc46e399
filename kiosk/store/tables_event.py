"""The tables of events: their identity, what they count, and how much of it there is."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kiosk.domain.events import ResourceKind
from kiosk.store.schema import ASKED, STRICT, one_of
from kiosk.store.types import Id128, Instant, Integer64


class CapacityOutcome(StrEnum):
    """What the ledger said to a change of capacity."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


class EventRow(SQLModel, table=True):
    """An event that was opened; only its name and its time zone ever change."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("length(public_key) = 32", name="public_key"),
        STRICT,
    )

    id: int = Field(primary_key=True, sa_type=Id128)
    key: str = Field(unique=True, sa_type=Text)
    name: str = Field(sa_type=Text)
    currency: str = Field(sa_type=Text)
    public_key: bytes
    opened_at: datetime = Field(sa_type=Instant)
    timezone: str = Field(default="", sa_type=Text, sa_column_kwargs={"server_default": text("''")})
    """Its IANA name; "" until the event was opened by a release that keeps it."""


class SlotRow(SQLModel, table=True):
    """Which number stands for which slot, for ever, and what its sold tickets rely on."""

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        CheckConstraint("number BETWEEN 1 AND 65535", name="number"),
        STRICT,
    )

    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=Id128)
    number: int = Field(primary_key=True)
    key: str = Field(sa_type=Text)
    valid_starts: datetime | None = Field(default=None, sa_type=Instant)
    valid_ends: datetime | None = Field(default=None, sa_type=Instant)
    pool_number: int | None = None
    hall_number: int | None = None


class PoolRow(SQLModel, table=True):
    """Which number stands for which pool, for ever."""

    __tablename__ = "pool"
    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        CheckConstraint("number BETWEEN 1 AND 65535", name="number"),
        STRICT,
    )

    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=Id128)
    number: int = Field(primary_key=True)
    key: str = Field(sa_type=Text)


class GoodieRow(SQLModel, table=True):
    """Which number stands for which goodie, for ever."""

    __tablename__ = "goodie"
    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        CheckConstraint("number BETWEEN 1 AND 65535", name="number"),
        STRICT,
    )

    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=Id128)
    number: int = Field(primary_key=True)
    key: str = Field(sa_type=Text)


class HallRow(SQLModel, table=True):
    """Which number stands for which hall, for ever."""

    __tablename__ = "hall"
    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        CheckConstraint("number BETWEEN 1 AND 65535", name="number"),
        STRICT,
    )

    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=Id128)
    number: int = Field(primary_key=True)
    key: str = Field(sa_type=Text)


class CapacityRow(SQLModel, table=True):
    """A change of how much there is of something: the intent behind a transfer.

    Changes that share a `batch` are asked for as one chain: all of them happen, or none.
    """

    __tablename__ = "capacity"
    __table_args__ = (
        one_of("kind", ResourceKind),
        one_of("outcome", CapacityOutcome),
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint("batch >= 1", name="batch"),
        CheckConstraint("length(transfer_id) = 16", name="transfer_id"),
        Index(
            "ix_capacity_asked",
            "event_id",
            sqlite_where=ASKED,
            postgresql_where=ASKED,
        ),
        STRICT,
    )

    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=Id128)
    batch: int = Field(primary_key=True)
    kind: str = Field(primary_key=True, sa_type=Text)
    number: int = Field(primary_key=True)
    amount: int = Field(sa_type=Integer64)
    transfer_id: int = Field(unique=True, sa_type=Id128)
    outcome: str = Field(sa_type=Text)
