"""Refunds, and money for invoices."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Flag, Id128, Instant, Integer64

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _refunds()
    _refund_indexes()
    _invoice_payments()
    _refunds_of_before()


def _refunds() -> None:
    op.create_table(
        "refund",
        sa.Column("id", Id128(), nullable=False),
        sa.Column("order_id", Id128(), nullable=False),
        sa.Column("payment_id", Id128(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("amount_minor", Integer64, nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("paid_by", sa.Text(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('unfulfilled', 'surplus', 'returned')", name=op.f("ck_refund_reason")
        ),
        sa.CheckConstraint(
            "state IN ('due', 'asked', 'done', 'refused')", name=op.f("ck_refund_state")
        ),
        sa.CheckConstraint(
            "(state IN ('due', 'asked')) = (done_at IS NULL)", name=op.f("ck_refund_done_at")
        ),
        sa.CheckConstraint("(state = 'due') = (paid_by = '')", name=op.f("ck_refund_paid_by")),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_refund_id")),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_refund_amount_minor")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refund_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sqlite_strict=True,
    )


def _refund_indexes() -> None:
    unpaid = sa.text("state IN ('due', 'asked')")
    returning = sa.text("state IN ('asked', 'done') AND reason = 'returned'")
    op.create_index("ix_refund_order_id", "refund", ["order_id"])
    op.create_index(
        "ix_refund_unpaid", "refund", ["since"], sqlite_where=unpaid, postgresql_where=unpaid
    )
    op.create_index(
        "uq_refund_returned",
        "refund",
        ["order_id"],
        unique=True,
        sqlite_where=returning,
        postgresql_where=returning,
    )


def _invoice_payments() -> None:
    op.create_table(
        "invoice_payment",
        sa.Column("id", Id128(), nullable=False),
        sa.Column("order_id", Id128(), nullable=False),
        sa.Column("amount_minor", Integer64, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.Column("settled", Flag(), nullable=False),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_invoice_payment_id")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_invoice_payment_amount_minor")),
        sa.CheckConstraint("settled IN (0, 1)", name=op.f("ck_invoice_payment_settled")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_invoice_payment_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_payment")),
        sqlite_strict=True,
    )
    op.create_index("ix_invoice_payment_order_id", "invoice_payment", ["order_id"])
    unsettled = sa.text("settled = 0")
    op.create_index(
        "ix_invoice_payment_open",
        "invoice_payment",
        ["taken_at"],
        sqlite_where=unsettled,
        postgresql_where=unsettled,
    )


def _refunds_of_before() -> None:
    # Orders that were paid and not fulfilled before there was a list of refunds.
    op.execute(
        "INSERT INTO refund (id, order_id, payment_id, reason, amount_minor, provider, since,"
        " state, paid_by) SELECT payment.id, payment.order_id, payment.id, 'unfulfilled',"
        " payment.amount_minor, payment.provider, payment.taken_at, 'due', '' FROM payment"
        " JOIN orders ON orders.id = payment.order_id WHERE orders.state = 'paid_unfulfilled'"
    )
