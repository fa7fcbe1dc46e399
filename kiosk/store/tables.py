"""The tables. Their constraints make wrong states impossible; rows never leave the store."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kiosk.domain.entries import StepKind
from kiosk.domain.goodies import GoodieState
from kiosk.domain.orders import Booking, Method, OrderState

# Imported for what it registers: keys of these tables refer to its tables.
from kiosk.store import tables_event as tables_event
from kiosk.store.schema import ASKED as ASKED
from kiosk.store.schema import DONE as DONE
from kiosk.store.schema import ENTERED as ENTERED
from kiosk.store.schema import HELD as HELD
from kiosk.store.schema import INVOICED as INVOICED
from kiosk.store.schema import METADATA as METADATA
from kiosk.store.schema import NEW as NEW
from kiosk.store.schema import OPEN as OPEN
from kiosk.store.schema import STRICT as STRICT
from kiosk.store.schema import is_one_of
from kiosk.store.schema import one_of as one_of
from kiosk.store.types import Flag, Id128, Instant, Integer64

_ENDED: Final = (
    OrderState.SOLD_OUT,
    OrderState.PAID,
    OrderState.PAID_UNFULFILLED,
    OrderState.REFUNDED,
)
_EMPTY: Final = {"server_default": text("''")}


class StepOutcome(StrEnum):
    """What became of the wish that a claim takes a step at the door."""

    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"


class TerminalRow(SQLModel, table=True):
    """A terminal: its number stands for it on the ledger, for ever."""

    __tablename__ = "terminal"
    __table_args__ = (
        CheckConstraint("pin_failures >= 0", name="pin_failures"),
        {**STRICT, "sqlite_autoincrement": True},
    )

    number: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, sa_type=Text)
    pin_failures: int = 0
    pin_retry_at: datetime | None = Field(default=None, sa_type=Instant)


class AttendeeRow(SQLModel, table=True):
    """Somebody under one name and address."""

    __tablename__ = "attendee"
    __table_args__ = (
        UniqueConstraint("email", "name"),
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("length(name) BETWEEN 1 AND 200", name="name"),
        # Of what is the same for all: in the order they came. Ids are random, and a rush of new
        # people would touch all of an index.
        Index("ix_attendee_new", "folded", sqlite_where=NEW, postgresql_where=NEW),
        STRICT,
    )

    id: int = Field(primary_key=True, sa_type=Id128)
    name: str = Field(sa_type=Text)
    email: str = Field(sa_type=Text)
    folded: str | None = Field(default=None, sa_type=Text)
    """Name and address as a search compares them; None for who cannot be found by it yet."""


class OrderRow(SQLModel, table=True):
    """One checkout."""

    __tablename__ = "orders"
    __table_args__ = (
        one_of("state", OrderState),
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("attempt >= 1", name="attempt"),
        CheckConstraint("hold_seconds >= 1", name="hold_seconds"),
        CheckConstraint("settled IN (0, 1)", name="settled"),
        CheckConstraint("asked_provider IN (0, 1)", name="asked_provider"),
        CheckConstraint("revision >= 0", name="revision"),
        CheckConstraint("held_until > placed_at", name="held_until"),
        # A hold that was only asked for is never settled; what was paid always is.
        CheckConstraint("state <> 'placed' OR settled = 0", name="placed_is_open"),
        CheckConstraint(
            f"settled = 1 OR NOT ({is_one_of('state', _ENDED)})",
            name="ended_is_settled",
        ),
        Index(
            "ix_orders_open",
            "event_id",
            "held_until",
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index(
            "ix_orders_held",
            "event_id",
            "held_until",
            sqlite_where=HELD,
            postgresql_where=HELD,
        ),
        {**STRICT, "sqlite_autoincrement": True},
    )

    number: int | None = Field(default=None, primary_key=True)
    id: int = Field(unique=True, sa_type=Id128)
    event_id: int = Field(foreign_key="event.id", sa_type=Id128)
    attendee_id: int = Field(foreign_key="attendee.id", sa_type=Id128)
    state: str = Field(sa_type=Text)
    attempt: int
    hold_seconds: int
    placed_at: datetime = Field(sa_type=Instant)
    held_until: datetime = Field(sa_type=Instant)
    settled: bool = Field(sa_type=Flag)
    revision: int
    pieces: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """How many pieces of goodies were asked for: of none, nobody need look for them."""
    asked_provider: bool = Field(
        default=False, sa_type=Flag, sa_column_kwargs={"server_default": text("0")}
    )
    """Whether there is a payment at a provider: of none, nobody need look for it."""
    packs: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """How many kinds of packs of tokens it buys: of none, nobody need look for them."""


class ClaimRow(SQLModel, table=True):
    """One ticket of an order."""

    __tablename__ = "claim"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "slot_number"], ["slot.event_id", "slot.number"]),
        UniqueConstraint("order_id", "position"),
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("length(ticket_number) = 12", name="ticket_number"),
        CheckConstraint("version BETWEEN 1 AND 65535", name="version"),
        CheckConstraint("price_minor >= 0", name="price_minor"),
        CheckConstraint("position >= 0", name="position"),
        CheckConstraint("length(note) <= 200", name="note"),
        CheckConstraint("length(revoked) <= 200", name="revoked"),
        CheckConstraint("passed_on IN (0, 1)", name="passed_on"),
        STRICT,
    )

    id: int = Field(primary_key=True, sa_type=Id128)
    order_id: int = Field(foreign_key="orders.id", sa_type=Id128)
    position: int
    event_id: int = Field(sa_type=Id128)
    slot_number: int
    ticket_number: str = Field(unique=True, sa_type=Text)
    version: int
    price_minor: int = Field(sa_type=Integer64)
    holder_id: int = Field(foreign_key="attendee.id", index=True, sa_type=Id128)
    pool_number: int | None = None
    note: str = Field(default="", sa_type=Text, sa_column_kwargs=_EMPTY)
    """What staff at the door should see."""
    revoked: str = Field(default="", sa_type=Text, sa_column_kwargs=_EMPTY)
    """Why it admits nobody; "" if it does."""
    passed_on: bool = Field(
        default=False, sa_type=Flag, sa_column_kwargs={"server_default": text("0")}
    )
    """Whether it is another person's than the buyer gave it to."""


class PieceRow(SQLModel, table=True):
    """One piece of a goodie that an order may get."""

    __tablename__ = "goodie_piece"
    __table_args__ = (
        ForeignKeyConstraint(["event_id", "goodie_number"], ["goodie.event_id", "goodie.number"]),
        one_of("state", GoodieState),
        CheckConstraint("position >= 0", name="position"),
        STRICT,
    )

    order_id: int = Field(primary_key=True, foreign_key="orders.id", sa_type=Id128)
    position: int = Field(primary_key=True)
    event_id: int = Field(sa_type=Id128)
    goodie_number: int
    state: str = Field(sa_type=Text)


class PaymentRow(SQLModel, table=True):
    """The payment of an order, stored before the ledger is asked."""

    __tablename__ = "payment"
    __table_args__ = (
        one_of("method", Method),
        one_of("booking", Booking),
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("amount_minor >= 0", name="amount_minor"),
        CheckConstraint("tendered_minor >= amount_minor", name="tendered_minor"),
        CheckConstraint("(method = 'provider') = (provider <> '')", name="provider"),
        Index(
            "ix_payment_invoiced",
            "order_id",
            sqlite_where=INVOICED,
            postgresql_where=INVOICED,
        ),
        STRICT,
    )

    id: int = Field(primary_key=True, sa_type=Id128)
    order_id: int = Field(unique=True, foreign_key="orders.id", sa_type=Id128)
    method: str = Field(sa_type=Text)
    amount_minor: int = Field(sa_type=Integer64)
    tendered_minor: int = Field(sa_type=Integer64)
    taken_by: str = Field(sa_type=Text)
    taken_at: datetime = Field(sa_type=Instant)
    booking: str = Field(sa_type=Text)
    provider: str = Field(default="", sa_type=Text)
    reference: str = Field(default="", sa_type=Text)


class ConductRow(SQLModel, table=True):
    """Somebody accepted the Code of Conduct: exactly this text, then and there."""

    __tablename__ = "conduct_acceptance"
    __table_args__ = (CheckConstraint("length(digest) = 32", name="digest"), STRICT)

    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=Id128)
    attendee_id: int = Field(primary_key=True, foreign_key="attendee.id", sa_type=Id128)
    digest: bytes = Field(primary_key=True)
    language: str = Field(sa_type=Text)
    accepted_at: datetime = Field(sa_type=Instant)
    terminal_number: int = Field(foreign_key="terminal.number")


class StepRow(SQLModel, table=True):
    """A terminal wanted a claim to take a step; one such wish for each number comes true."""

    __tablename__ = "door_step"
    __table_args__ = (
        one_of("kind", StepKind),
        one_of("outcome", StepOutcome),
        CheckConstraint("step >= 1", name="step"),
        CheckConstraint("nonce > 0", name="nonce"),
        CheckConstraint("attempt >= 1", name="attempt"),
        CheckConstraint("length(reason) <= 200", name="reason"),
        CheckConstraint("kind = 'undo' OR reason = ''", name="undo_reason"),
        CheckConstraint("(outcome = 'done') = (done_at IS NOT NULL)", name="done_at"),
        Index(
            "uq_door_step_done",
            *("claim_id", "step"),
            unique=True,
            sqlite_where=DONE,
            postgresql_where=DONE,
        ),
        Index(
            "ix_door_step_asked",
            "asked_at",
            sqlite_where=ASKED,
            postgresql_where=ASKED,
        ),
        Index(
            "ix_door_step_entered",
            "done_at",
            sqlite_where=ENTERED,
            postgresql_where=ENTERED,
        ),
        STRICT,
    )

    claim_id: int = Field(primary_key=True, foreign_key="claim.id", sa_type=Id128)
    step: int = Field(primary_key=True)
    nonce: int = Field(primary_key=True, sa_type=Integer64)
    terminal_number: int = Field(primary_key=True, foreign_key="terminal.number")
    kind: str = Field(sa_type=Text)
    attempt: int
    staff: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    """Why an admission was undone; "" for every other step."""
    asked_at: datetime = Field(sa_type=Instant)
    """By the clock of the terminal; the ledger's is `done_at`."""
    outcome: str = Field(sa_type=Text)
    done_at: datetime | None = Field(default=None, sa_type=Instant)
