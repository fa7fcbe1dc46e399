"""The tables of who works here, at which terminals, and what they did."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text, text
from sqlmodel import Field, SQLModel

from kiosk.store.tables import METADATA, STRICT
from kiosk.store.types import Flag, Id128, Instant

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


class PairingRow(SQLModel, table=True):
    """A terminal that was let in, and may be sent out again."""

    __tablename__ = "pairing"
    __table_args__ = (
        CheckConstraint("length(secret_hash) = 32", name="secret_hash"),
        CheckConstraint("searches IN (0, 1)", name="searches"),
        STRICT,
    )

    terminal_number: int = Field(primary_key=True, foreign_key="terminal.number")
    secret_hash: bytes | None = None
    """Of what the terminal keeps; None if it was here before terminals kept anything."""
    paired_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    searches: bool = Field(
        default=True, sa_type=Flag, sa_column_kwargs={"server_default": text("1")}
    )
    """Whether staff may find people by name there."""
    seen_at: datetime | None = Field(default=None, sa_type=Instant)
    """When it last said that it is there; it does so about twice a minute."""


class FoundingRow(SQLModel, table=True):
    """The first terminal, which nobody was there to invite; there is one row at most."""

    __tablename__ = "founding"
    __table_args__ = (CheckConstraint("one = 1", name="one"), STRICT)

    one: int = Field(primary_key=True)
    terminal_number: int = Field(foreign_key="terminal.number")


class InvitationRow(SQLModel, table=True):
    """A code that was given out for a terminal and not used yet."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("length(code_hash) = 32", name="code_hash"),
        CheckConstraint("tries >= 0", name="tries"),
        STRICT,
    )

    terminal_number: int = Field(primary_key=True, foreign_key="terminal.number")
    code_hash: bytes
    expires_at: datetime = Field(sa_type=Instant)
    tries: int = 0
    """How many wrong codes were typed."""


class BadgeRow(SQLModel, table=True):
    """Which version of a member's badge is good; those before it are void."""

    __tablename__ = "staff_badge"
    __table_args__ = (CheckConstraint("version BETWEEN 1 AND 65535", name="version"), STRICT)

    member_id: int = Field(primary_key=True, sa_type=Id128)
    version: int
