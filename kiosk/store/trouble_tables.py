"""The table of orders that could not be finished."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, SQLModel

# Imported for what it registers: the migrations compare all tables.
from kiosk.store import tables as tables
from kiosk.store.schema import STRICT
from kiosk.store.types import Id128, Instant


class OrderTroubleRow(SQLModel, table=True):
    """An order that people should look into; gone once it is finished after all."""

    __tablename__ = "order_trouble"
    __table_args__ = (
        CheckConstraint("tries > 0", name="tries"),
        CheckConstraint("retry_at >= since", name="retry_at"),
        STRICT,
    )

    order_id: int = Field(primary_key=True, foreign_key="orders.id", sa_type=Id128)
    tries: int
    reason: str = Field(sa_type=Text)
    since: datetime = Field(sa_type=Instant)
    retry_at: datetime = Field(sa_type=Instant)
