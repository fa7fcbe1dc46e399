"""The tables of who works here: what they did."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, SQLModel

from kiosk.store.tables import METADATA, STRICT
from kiosk.store.types import Id128, Instant

__all__ = ["METADATA"]


class AuditRow(SQLModel, table=True):
    """Somebody did something. Triggers refuse every change of a row, and its removal."""

    __tablename__ = "audit"
    __table_args__ = (
        CheckConstraint("length(action) BETWEEN 1 AND 40", name="action"),
        {**STRICT, "sqlite_autoincrement": True},
    )

    number: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=Instant)
    terminal_number: int | None = Field(default=None, foreign_key="terminal.number")
    staff: str = Field(sa_type=Text)
    action: str = Field(sa_type=Text)
    subject: int | None = Field(default=None, sa_type=Id128)
    detail: str = Field(sa_type=Text)
