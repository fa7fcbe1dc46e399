"""The tables of money that goes back, and of money that invoices bring."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlmodel import Field, SQLModel

from kiosk.domain.refunds import RefundReason, RefundState

# Imported for what it registers: the migrations compare all tables.
from kiosk.store import payment_tables as payment_tables
from kiosk.store.schema import METADATA as METADATA
from kiosk.store.schema import OPEN, STRICT, one_of
from kiosk.store.types import Flag, Id128, Instant, Integer64

# The conditions of partial indexes. A query that is to use one must say it in the same words.
UNPAID: Final = text("state IN ('due', 'asked')")
RETURNING: Final = text("state IN ('asked', 'done') AND reason = 'returned'")


class RefundRow(SQLModel, table=True):
    """Money that is to go back, or did: stored before the ledger is asked."""

    __tablename__ = "refund"
    __table_args__ = (
        one_of("reason", RefundReason),
        one_of("state", RefundState),
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("amount_minor >= 0", name="amount_minor"),
        CheckConstraint("(state IN ('due', 'asked')) = (done_at IS NULL)", name="done_at"),
        CheckConstraint("(state = 'due') = (paid_by = '')", name="paid_by"),
        Index("ix_refund_unpaid", "since", sqlite_where=UNPAID, postgresql_where=UNPAID),
        Index(
            "uq_refund_returned",
            "order_id",
            unique=True,
            sqlite_where=RETURNING,
            postgresql_where=RETURNING,
        ),
        Index("ix_refund_order_id", "order_id"),
        STRICT,
    )

    id: int = Field(primary_key=True, sa_type=Id128)
    order_id: int = Field(foreign_key="orders.id", sa_type=Id128)
    payment_id: int = Field(sa_type=Id128)
    reason: str = Field(sa_type=Text)
    amount_minor: int = Field(sa_type=Integer64)
    provider: str = Field(sa_type=Text)
    since: datetime = Field(sa_type=Instant)
    state: str = Field(sa_type=Text)
    paid_by: str = Field(sa_type=Text)
    done_at: datetime | None = Field(default=None, sa_type=Instant)


class InvoicePaymentRow(SQLModel, table=True):
    """Money for an invoice: stored before the ledger is asked."""

    __tablename__ = "invoice_payment"
    __table_args__ = (
        CheckConstraint("length(id) = 16", name="id"),
        CheckConstraint("amount_minor > 0", name="amount_minor"),
        CheckConstraint("settled IN (0, 1)", name="settled"),
        Index("ix_invoice_payment_order_id", "order_id"),
        Index("ix_invoice_payment_open", "taken_at", sqlite_where=OPEN, postgresql_where=OPEN),
        STRICT,
    )

    id: int = Field(primary_key=True, sa_type=Id128)
    order_id: int = Field(foreign_key="orders.id", sa_type=Id128)
    amount_minor: int = Field(sa_type=Integer64)
    way: str = Field(sa_type=Text)
    reference: str = Field(sa_type=Text)
    taken_by: str = Field(sa_type=Text)
    taken_at: datetime = Field(sa_type=Instant)
    settled: bool = Field(sa_type=Flag)
