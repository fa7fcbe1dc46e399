"""Discounts on orders, payments at providers, and what these said."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Flag, Id128, Instant, Integer64

revision = "0002"
down_revision = "0001"

_KEPT = "id, order_id, method, amount_minor, tendered_minor, taken_by, taken_at, booking"


def upgrade() -> None:
    # SQLite cannot change a constraint of a table that is there.
    op.execute("CREATE TEMPORARY TABLE kept AS SELECT * FROM payment")
    op.drop_table("payment")
    _payments()
    op.execute(
        f"INSERT INTO payment ({_KEPT}, provider, reference) SELECT {_KEPT}, '', '' FROM kept"
    )
    op.execute("DROP TABLE kept")
    _order_discounts()
    _provider_payments()
    _provider_payment_indexes()
    _provider_events()


def _payments() -> None:
    op.create_table(
        "payment",
        sa.Column("id", Id128(), nullable=False),
        sa.Column("order_id", Id128(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("amount_minor", Integer64, nullable=False),
        sa.Column("tendered_minor", Integer64, nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=False),
        sa.Column("booking", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "booking IN ('post', 'retry', 'alone')", name=op.f("ck_payment_booking")
        ),
        sa.CheckConstraint(
            "method IN ('cash', 'free', 'provider', 'invoice')", name=op.f("ck_payment_method")
        ),
        sa.CheckConstraint(
            "(method = 'provider') = (provider <> '')", name=op.f("ck_payment_provider")
        ),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_payment_amount_minor")),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_payment_id")),
        sa.CheckConstraint(
            "tendered_minor >= amount_minor", name=op.f("ck_payment_tendered_minor")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payment_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("order_id", name=op.f("uq_payment_order_id")),
        sqlite_strict=True,
    )


def _order_discounts() -> None:
    op.create_table(
        "order_discount",
        sa.Column("order_id", Id128(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("amount_minor", Integer64, nullable=False),
        sa.Column("is_limited", Flag(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'held', 'refused', 'returning', 'returned')",
            name=op.f("ck_order_discount_state"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_order_discount_amount_minor")),
        sa.CheckConstraint("is_limited IN (0, 1)", name=op.f("ck_order_discount_is_limited")),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_order_discount_attempt")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_discount_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_discount")),
        sqlite_strict=True,
    )


def _provider_payments() -> None:
    op.create_table(
        "provider_payment",
        sa.Column("id", Id128(), nullable=False),
        sa.Column("order_id", Id128(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("amount_minor", Integer64, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("settled", Flag(), nullable=False),
        sa.Column("received_minor", Integer64, nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'withdrawn', 'paid', 'surplus', 'failed', 'cancelled')",
            name=op.f("ck_provider_payment_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('open', 'withdrawn') OR settled = 0",
            name=op.f("ck_provider_payment_waiting"),
        ),
        sa.CheckConstraint(
            "(state IN ('paid', 'surplus')) = (received_minor IS NOT NULL)",
            name=op.f("ck_provider_payment_received_minor"),
        ),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_provider_payment_id")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_provider_payment_amount_minor")),
        sa.CheckConstraint("settled IN (0, 1)", name=op.f("ck_provider_payment_settled")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_provider_payment_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_payment")),
        sa.UniqueConstraint("reference", name=op.f("uq_provider_payment_reference")),
        sqlite_strict=True,
    )


def _provider_payment_indexes() -> None:
    op.create_index("ix_provider_payment_order_id", "provider_payment", ["order_id"])
    op.create_index(
        "uq_provider_payment_open",
        "provider_payment",
        ["order_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_provider_payment_unsettled",
        "provider_payment",
        ["opened_at"],
        sqlite_where=sa.text("settled = 0"),
        postgresql_where=sa.text("settled = 0"),
    )


def _provider_events() -> None:
    op.create_table(
        "provider_event",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("amount_minor", Integer64, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('succeeded', 'failed', 'cancelled')", name=op.f("ck_provider_event_kind")
        ),
        sa.CheckConstraint(
            "effect IN ('paid', 'surplus', 'ended', 'nothing')",
            name=op.f("ck_provider_event_effect"),
        ),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_provider_event_amount_minor")),
        sa.ForeignKeyConstraint(
            ["reference"],
            ["provider_payment.reference"],
            name=op.f("fk_provider_event_reference"),
        ),
        sa.PrimaryKeyConstraint("provider", "id", name=op.f("pk_provider_event")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_provider_event_undone",
        "provider_event",
        ["received_at"],
        sqlite_where=sa.text("effect IS NULL"),
        postgresql_where=sa.text("effect IS NULL"),
    )
