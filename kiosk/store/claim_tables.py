"""The tables of what becomes of tickets besides entering: passed on, found, handed presents for."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from kiosk.store.schema import ASKED, STRICT, one_of
from kiosk.store.tables import METADATA
from kiosk.store.types import Id128, Instant, Integer64, Word

__all__ = ["METADATA"]

# The conditions of partial indexes. A query that is to use one must say it in the same words.
HANDED: Final = text("outcome = 'handed'")
RETURNING: Final = text("done_at IS NULL")


class TransferOutcome(StrEnum):
    """What became of the wish to pass a ticket on."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


class HandOutOutcome(StrEnum):
    """What became of the wish to hand a piece out."""

    ASKED = "asked"
    HANDED = "handed"
    REFUSED = "refused"


class FormerTicketRow(SQLModel, table=True):
    """What a claim's ticket was before a newer one replaced it: refused by name at the door."""

    __tablename__ = "former_ticket"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("length(ticket_number) = 12", name="ticket_number"),
        STRICT,
    )

    claim_id: int = Field(primary_key=True, foreign_key="claim.id", sa_type=Id128)
    version: int = Field(primary_key=True)
    ticket_number: str = Field(unique=True, sa_type=Text)
    holder_id: int = Field(foreign_key="attendee.id", sa_type=Id128)
    ended_at: datetime = Field(sa_type=Instant)


class ClaimTransferRow(SQLModel, table=True):
    """One ticket on its way to another person; those of one id go together or not at all."""

    __tablename__ = "claim_transfer"
    __table_args__ = (
        one_of("outcome", TransferOutcome),
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("entry >= 1", name="entry"),
        CheckConstraint("version >= 2", name="version"),
        CheckConstraint("length(ticket_number) = 12", name="ticket_number"),
        Index(
            "uq_claim_transfer_asked",
            "claim_id",
            unique=True,
            sqlite_where=ASKED,
            postgresql_where=ASKED,
        ),
        STRICT,
    )

    claim_id: int = Field(primary_key=True, foreign_key="claim.id", sa_type=Id128)
    id: int = Field(primary_key=True, sa_type=Id128)
    entry: int
    """Whose place on the ledger it takes, so that of it and an admission one happens."""
    version: int
    """What the claim's version becomes."""
    ticket_number: str = Field(sa_type=Text)
    receiver_id: int = Field(foreign_key="attendee.id", sa_type=Id128)
    terminal_number: int = Field(foreign_key="terminal.number")
    staff: str = Field(sa_type=Text)
    asked_at: datetime = Field(sa_type=Instant)
    outcome: str = Field(sa_type=Text)


class HandOutRow(SQLModel, table=True):
    """A terminal wanted to hand a piece of a goodie out; one such wish per attempt comes true."""

    __tablename__ = "hand_out"
    __table_args__ = (
        ForeignKeyConstraint(
            ["order_id", "position"], ["goodie_piece.order_id", "goodie_piece.position"]
        ),
        one_of("outcome", HandOutOutcome),
        CheckConstraint("attempt >= 1", name="attempt"),
        CheckConstraint("nonce > 0", name="nonce"),
        CheckConstraint("(outcome = 'handed') = (handed_at IS NOT NULL)", name="handed_at"),
        Index(
            "uq_hand_out_handed",
            *("order_id", "position", "attempt"),
            unique=True,
            sqlite_where=HANDED,
            postgresql_where=HANDED,
        ),
        Index("ix_hand_out_asked", "asked_at", sqlite_where=ASKED, postgresql_where=ASKED),
        STRICT,
    )

    order_id: int = Field(primary_key=True, sa_type=Id128)
    position: int = Field(primary_key=True)
    attempt: int = Field(primary_key=True)
    nonce: int = Field(primary_key=True, sa_type=Integer64)
    terminal_number: int = Field(primary_key=True, foreign_key="terminal.number")
    staff: str = Field(sa_type=Text)
    asked_at: datetime = Field(sa_type=Instant)
    outcome: str = Field(sa_type=Text)
    handed_at: datetime | None = Field(default=None, sa_type=Instant)


class HandOutUndoRow(SQLModel, table=True):
    """A piece that was handed out came back; it is handed out anew by the next attempt."""

    __tablename__ = "hand_out_undo"
    __table_args__ = (
        ForeignKeyConstraint(
            ["order_id", "position"], ["goodie_piece.order_id", "goodie_piece.position"]
        ),
        CheckConstraint("attempt >= 1", name="attempt"),
        CheckConstraint("length(reason) BETWEEN 1 AND 200", name="reason"),
        Index(
            "ix_hand_out_undo_asked",
            "asked_at",
            sqlite_where=RETURNING,
            postgresql_where=RETURNING,
        ),
        STRICT,
    )

    order_id: int = Field(primary_key=True, sa_type=Id128)
    position: int = Field(primary_key=True)
    attempt: int = Field(primary_key=True)
    terminal_number: int = Field(foreign_key="terminal.number")
    staff: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    asked_at: datetime = Field(sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)


class AttendeeWordRow(SQLModel, table=True):
    """A word by whose beginning somebody is found, folded."""

    __tablename__ = "attendee_word"
    __table_args__ = ({**STRICT, "sqlite_with_rowid": False},)

    word: str = Field(primary_key=True, sa_type=Word)
    attendee_id: int = Field(primary_key=True, foreign_key="attendee.id", sa_type=Id128)
