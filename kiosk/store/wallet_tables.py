"""The tables of wallets: whose they are, their bills, and every move of tokens."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from kiosk.domain.token_moves import MoveKind, MoveState
from kiosk.store.schema import STRICT, one_of
from kiosk.store.tables import METADATA
from kiosk.store.types import Flag, Id128, Instant, Integer64

__all__ = ["METADATA"]

# The conditions of partial indexes. A query that is to use one must say it in the same words.
OPEN_GIFT: Final = text("end_id IS NULL")
UNFINISHED: Final = text("state IN ('asked', 'held')")
SPENDABLE: Final = text("is_empty = 0")
SPENT: Final = text("kind = 'spend'")


class TokenRow(SQLModel, table=True):
    """Which number stands for which kind of token, for ever."""

    __tablename__ = "token"
    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        CheckConstraint("number BETWEEN 1 AND 65535", name="number"),
        STRICT,
    )

    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=Id128)
    number: int = Field(primary_key=True)
    key: str = Field(sa_type=Text)


class WalletRow(SQLModel, table=True):
    """Somebody's wallet at one event."""

    __tablename__ = "wallet"
    __table_args__ = (
        UniqueConstraint("event_id", "attendee_id"),
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("version BETWEEN 1 AND 65535", name="version"),
        CheckConstraint("pin_failures >= 0", name="pin_failures"),
        CheckConstraint("gift_failures >= 0", name="gift_failures"),
        STRICT,
    )

    id: int = Field(primary_key=True, sa_type=Id128)
    event_id: int = Field(foreign_key="event.id", sa_type=Id128)
    attendee_id: int = Field(foreign_key="attendee.id", sa_type=Id128)
    opened_at: datetime = Field(sa_type=Instant)
    pin_hash: str = Field(sa_type=Text)
    """argon2id in PHC form; "" while no PIN was chosen."""
    version: int
    """Of its code: older ones open nothing."""
    pin_failures: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """Wrong PINs in a row."""
    pin_retry_at: datetime | None = Field(default=None, sa_type=Instant)
    gift_failures: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """Wrong codes of gifts in a row."""
    gift_retry_at: datetime | None = Field(default=None, sa_type=Instant)


class TokenMoveRow(SQLModel, table=True):
    """Tokens go from one wallet to another, come to be, or leave: stored before the ledger acts."""

    __tablename__ = "token_move"
    __table_args__ = (
        one_of("kind", MoveKind),
        one_of("state", MoveState),
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("attempt >= 1", name="attempt"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_at"),
        CheckConstraint("(kind IN ('issue', 'give_back')) = (sender_id IS NULL)", name="sender_id"),
        CheckConstraint(
            "(kind IN ('issue', 'send', 'give_back', 'gift_claim', 'gift_return'))"
            " = (receiver_id IS NOT NULL)",
            name="receiver",
        ),
        CheckConstraint("(kind IN ('spend', 'give_back')) = (app <> '')", name="app"),
        Index("ix_token_move_sender_id", "sender_id", "asked_at"),
        Index("ix_token_move_receiver_id", "receiver_id", "asked_at"),
        Index(
            "ix_token_move_spent",
            *("event_id", "asked_at"),
            sqlite_where=SPENT,
            postgresql_where=SPENT,
        ),
        Index(
            "ix_token_move_unfinished",
            "event_id",
            sqlite_where=UNFINISHED,
            postgresql_where=UNFINISHED,
        ),
        STRICT,
    )

    id: int = Field(primary_key=True, sa_type=Id128)
    event_id: int = Field(foreign_key="event.id", sa_type=Id128)
    token_number: int
    kind: str = Field(sa_type=Text)
    sender_id: int | None = Field(default=None, foreign_key="wallet.id", sa_type=Id128)
    receiver_id: int | None = Field(default=None, foreign_key="wallet.id", sa_type=Id128)
    amount: int = Field(sa_type=Integer64)
    app: str = Field(sa_type=Text)
    note: str = Field(sa_type=Text)
    attempt: int
    state: str = Field(sa_type=Text)
    asked_at: datetime = Field(sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    order_id: int | None = Field(default=None, foreign_key="orders.id", sa_type=Id128)
    """The order it belongs to, if it is part of one."""


class TokenPartRow(SQLModel, table=True):
    """What a move takes from one bill, and the bill it makes of it."""

    __tablename__ = "token_part"
    __table_args__ = (
        CheckConstraint("position >= 0", name="position"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("empties IN (0, 1)", name="empties"),
        STRICT,
    )

    move_id: int = Field(primary_key=True, foreign_key="token_move.id", sa_type=Id128)
    position: int = Field(primary_key=True)
    source: int | None = Field(default=None, sa_type=Id128)
    bill: int | None = Field(default=None, sa_type=Id128)
    amount: int = Field(sa_type=Integer64)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    empties: bool = Field(sa_type=Flag)
    held: int | None = Field(default=None, sa_type=Id128)
    """Of a gift: the account that keeps it between two wallets."""


class GiftRow(SQLModel, table=True):
    """Tokens that wait for somebody who has no wallet yet; its id is that of the move to it."""

    __tablename__ = "gift"
    __table_args__ = (
        CheckConstraint("length(code_digest) = 32", name="code_digest"),
        Index("ix_gift_giver_id", "giver_id"),
        Index(
            "ix_gift_open",
            *("event_id", "returns_at"),
            sqlite_where=OPEN_GIFT,
            postgresql_where=OPEN_GIFT,
        ),
        STRICT,
    )

    id: int = Field(primary_key=True, foreign_key="token_move.id", sa_type=Id128)
    event_id: int = Field(foreign_key="event.id", sa_type=Id128)
    giver_id: int = Field(foreign_key="wallet.id", sa_type=Id128)
    email: str = Field(sa_type=Text)
    """Whom it is meant for; whoever has its code may claim it."""
    code_digest: bytes = Field(unique=True)
    returns_at: datetime = Field(sa_type=Instant)
    end_id: int | None = Field(default=None, foreign_key="token_move.id", sa_type=Id128)
    """The move that claims or returns it: there is one at most."""


class BillRow(SQLModel, table=True):
    """A bill that a finished move made. What is left of it is the ledger's word."""

    __tablename__ = "bill"
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("is_empty IN (0, 1)", name="is_empty"),
        Index("ix_bill_source", "source"),
        Index(
            "ix_bill_spendable",
            *("wallet_id", "token_number"),
            sqlite_where=SPENDABLE,
            postgresql_where=SPENDABLE,
        ),
        Index("ix_bill_expiring", "expires_at", sqlite_where=SPENDABLE, postgresql_where=SPENDABLE),
        {**STRICT, "sqlite_autoincrement": True},
    )

    number: int | None = Field(default=None, primary_key=True)
    """Of two bills, the older one has less."""
    id: int = Field(unique=True, sa_type=Id128)
    wallet_id: int = Field(foreign_key="wallet.id", sa_type=Id128)
    token_number: int
    amount: int = Field(sa_type=Integer64)
    """What it was funded with."""
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    source: int | None = Field(default=None, foreign_key="bill.id", sa_type=Id128)
    """The bill it was sent from; None if it was issued."""
    is_empty: bool = Field(sa_type=Flag)
    """Whether the ledger is known to have nothing left of it, which never changes again."""
