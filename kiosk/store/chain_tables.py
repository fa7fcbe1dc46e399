"""The table of transactions that were signed for an outside chain, kept before they are sent."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from kiosk.store.schema import OPEN, STRICT
from kiosk.store.tables import METADATA
from kiosk.store.types import Flag, Id128, Instant, Integer64

__all__ = ["METADATA"]


class ChainTransactionRow(SQLModel, table=True):
    """One batch of payouts as one transaction. Signed anew it keeps its nonce, so one happens."""

    __tablename__ = "chain_transaction"
    __table_args__ = (
        CheckConstraint("length(batch_id) = 16", name="batch_id"),
        CheckConstraint("nonce >= 0", name="nonce"),
        CheckConstraint("settled IN (0, 1)", name="settled"),
        UniqueConstraint("transaction_id"),
        Index(
            "ix_chain_transaction_open",
            *("chain_number", "payer", "nonce"),
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        STRICT,
    )

    batch_id: int = Field(primary_key=True, sa_type=Id128)
    transaction_id: str = Field(sa_type=Text)
    """What it was called when it was first signed."""
    chain_number: int = Field(sa_type=Integer64)
    payer: str = Field(sa_type=Text)
    nonce: int = Field(sa_type=Integer64)
    contract: str = Field(sa_type=Text)
    gas: int = Field(sa_type=Integer64)
    fee: int = Field(sa_type=Integer64)
    """Wei that it pays at most for a unit of gas."""
    tip: int = Field(sa_type=Integer64)
    """Wei of these that are for whoever puts it into a block."""
    data: str = Field(sa_type=Text)
    """What the contract is asked to do."""
    signed: str = Field(sa_type=Text)
    """As it is sent."""
    sent_at: datetime = Field(sa_type=Instant)
    settled: bool = Field(sa_type=Flag)
    """Whether it has happened, or never will, and neither can change."""
