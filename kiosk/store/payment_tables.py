"""The tables of money: discounts on orders, payments at providers, what these said."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from kiosk.domain.discounts import DiscountState
from kiosk.domain.provider_payments import Effect, PaymentState
from kiosk.domain.providers import EventKind
from kiosk.store.tables import METADATA, STRICT, one_of
from kiosk.store.types import Flag, Id128, Instant, Integer64

__all__ = ["METADATA"]

# The conditions of partial indexes. A query that is to use one must say it in the same words.
WAITING: Final = text("state = 'open'")
UNSETTLED: Final = text("settled = 0")
UNDONE: Final = text("effect IS NULL")


class OrderDiscountRow(SQLModel, table=True):
    """The discount code of an order, as it was last asked for."""

    __tablename__ = "order_discount"
    __table_args__ = (
        one_of("state", DiscountState),
        CheckConstraint("amount_minor > 0", name="amount_minor"),
        CheckConstraint("is_limited IN (0, 1)", name="is_limited"),
        CheckConstraint("attempt >= 1", name="attempt"),
        STRICT,
    )

    order_id: int = Field(primary_key=True, foreign_key="orders.id", sa_type=Id128)
    code: str = Field(sa_type=Text)
    amount_minor: int = Field(sa_type=Integer64)
    is_limited: bool = Field(sa_type=Flag)
    attempt: int
    asked_at: datetime = Field(sa_type=Instant)
    state: str = Field(sa_type=Text)


class ProviderPaymentRow(SQLModel, table=True):
    """A payment that a provider is to collect: stored before the provider is asked."""

    __tablename__ = "provider_payment"
    __table_args__ = (
        one_of("state", PaymentState),
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("amount_minor > 0", name="amount_minor"),
        CheckConstraint("settled IN (0, 1)", name="settled"),
        CheckConstraint("state NOT IN ('open', 'withdrawn') OR settled = 0", name="waiting"),
        CheckConstraint(
            "(state IN ('paid', 'surplus')) = (received_minor IS NOT NULL)", name="received_minor"
        ),
        Index(
            "uq_provider_payment_open",
            "order_id",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        Index(
            "ix_provider_payment_unsettled",
            "opened_at",
            sqlite_where=UNSETTLED,
            postgresql_where=UNSETTLED,
        ),
        Index("ix_provider_payment_order_id", "order_id"),
        STRICT,
    )

    id: int = Field(primary_key=True, sa_type=Id128)
    order_id: int = Field(foreign_key="orders.id", sa_type=Id128)
    provider: str = Field(sa_type=Text)
    reference: str = Field(unique=True, sa_type=Text)
    amount_minor: int = Field(sa_type=Integer64)
    language: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    state: str = Field(sa_type=Text)
    settled: bool = Field(sa_type=Flag)
    received_minor: int | None = Field(default=None, sa_type=Integer64)


class ProviderEventRow(SQLModel, table=True):
    """What a provider said of a payment, and its effect once the ledger has done it."""

    __tablename__ = "provider_event"
    __table_args__ = (
        one_of("kind", EventKind),
        one_of("effect", Effect),
        CheckConstraint("amount_minor >= 0", name="amount_minor"),
        Index(
            "ix_provider_event_undone",
            "received_at",
            sqlite_where=UNDONE,
            postgresql_where=UNDONE,
        ),
        STRICT,
    )

    provider: str = Field(primary_key=True, sa_type=Text)
    id: str = Field(primary_key=True, sa_type=Text)
    kind: str = Field(sa_type=Text)
    reference: str = Field(foreign_key="provider_payment.reference", sa_type=Text)
    amount_minor: int = Field(sa_type=Integer64)
    at: datetime = Field(sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    effect: str | None = Field(default=None, sa_type=Text)
