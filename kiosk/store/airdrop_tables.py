"""The tables of airdrops: their rows, and the batches these are sent to a chain in."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kiosk.domain.airdrops import AirdropState, ShareState
from kiosk.store.schema import STRICT, one_of
from kiosk.store.types import Flag, Id128, Instant, Integer64
from kiosk.store.wallet_tables import METADATA

__all__ = ["METADATA"]

# The condition of a partial index. A query that is to use it must say it in the same words.
OPEN_BATCH: Final = text("settled = 0")


class BatchState(StrEnum):
    """What is known of a transaction on a chain."""

    NEW = "new"
    """Stored; the chain may or may not have heard of it."""
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"


class AirdropRow(SQLModel, table=True):
    """Tokens of one kind for a list of people."""

    __tablename__ = "airdrop"
    __table_args__ = (
        UniqueConstraint("event_id", "name"),
        one_of("state", AirdropState),
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("length(name) BETWEEN 1 AND 200", name="name"),
        CheckConstraint("is_claimed IN (0, 1)", name="is_claimed"),
        STRICT,
    )

    id: int = Field(primary_key=True, sa_type=Id128)
    event_id: int = Field(foreign_key="event.id", sa_type=Id128)
    name: str = Field(sa_type=Text)
    token_number: int
    requirements: str = Field(sa_type=Text)
    is_claimed: bool = Field(sa_type=Flag)
    chain: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=Instant)
    state: str = Field(sa_type=Text)


class AirdropBatchRow(SQLModel, table=True):
    """Rows that are sent to a chain in one transaction: stored before the chain is asked."""

    __tablename__ = "airdrop_batch"
    __table_args__ = (
        one_of("state", BatchState),
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("settled IN (0, 1)", name="settled"),
        CheckConstraint("state IN ('confirmed', 'failed') OR settled = 0", name="ended"),
        Index(
            "ix_airdrop_batch_open",
            "airdrop_id",
            sqlite_where=OPEN_BATCH,
            postgresql_where=OPEN_BATCH,
        ),
        STRICT,
    )

    id: int = Field(primary_key=True, sa_type=Id128)
    airdrop_id: int = Field(foreign_key="airdrop.id", sa_type=Id128)
    transaction_id: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    since: datetime = Field(sa_type=Instant)
    settled: bool = Field(sa_type=Flag)
    """Whether the ledger has done what `state` says."""


class AirdropShareRow(SQLModel, table=True):
    """One person's share of an airdrop."""

    __tablename__ = "airdrop_share"
    __table_args__ = (
        ForeignKeyConstraint(["wallet_id"], ["wallet.id"]),
        one_of("state", ShareState),
        UniqueConstraint("airdrop_id", "position"),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("attempt >= 1", name="attempt"),
        Index("ix_airdrop_share_state", "airdrop_id", "state", "position"),
        Index("ix_airdrop_share_batch_id", "batch_id"),
        Index("ix_airdrop_share_wallet_id", "wallet_id"),
        STRICT,
    )

    airdrop_id: int = Field(primary_key=True, foreign_key="airdrop.id", sa_type=Id128)
    wallet_id: int = Field(primary_key=True, sa_type=Id128)
    position: int
    amount: int = Field(sa_type=Integer64)
    address: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    attempt: int
    batch_id: int | None = Field(default=None, foreign_key="airdrop_batch.id", sa_type=Id128)
