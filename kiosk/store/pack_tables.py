"""The table of packs of tokens that orders buy."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Text
from sqlmodel import Field, SQLModel

from kiosk.store.schema import STRICT
from kiosk.store.types import Id128, Instant, Integer64
from kiosk.store.wallet_tables import METADATA

__all__ = ["METADATA"]


class OrderPackRow(SQLModel, table=True):
    """Packs of one kind that an order buys."""

    __tablename__ = "order_pack"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "token_number"], ["token.event_id", "token.number"]),
        CheckConstraint("position >= 0", name="position"),
        CheckConstraint("count >= 1", name="count"),
        CheckConstraint("tokens >= 1", name="tokens"),
        CheckConstraint("price_minor >= 0", name="price_minor"),
        CheckConstraint("wallet_id IS NOT NULL OR expires_at IS NULL", name="expires_at"),
        STRICT,
    )

    order_id: int = Field(primary_key=True, foreign_key="orders.id", sa_type=Id128)
    position: int = Field(primary_key=True)
    event_id: int = Field(sa_type=Id128)
    key: str = Field(sa_type=Text)
    token_number: int
    count: int
    tokens: int = Field(sa_type=Integer64)
    """How many there are in one pack."""
    price_minor: int = Field(sa_type=Integer64)
    """Of one pack."""
    wallet_id: int | None = Field(default=None, foreign_key="wallet.id", sa_type=Id128)
    """Where they go; decided when they are paid, and with it when they expire."""
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
