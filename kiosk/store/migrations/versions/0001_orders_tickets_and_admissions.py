"""Orders, tickets and admissions."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Flag, Id128, Instant, Integer64

revision = "0001"
down_revision = None


def upgrade() -> None:
    _events()
    _people()
    _orders()
    _order_indexes()
    _claims()
    _payments()
    _acceptances()
    _admissions()


def _events() -> None:
    op.create_table(
        "event",
        sa.Column("id", Id128(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_event_id")),
        sa.CheckConstraint("length(public_key) = 32", name=op.f("ck_event_public_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("key", name=op.f("uq_event_key")),
        sqlite_strict=True,
    )
    op.create_table(
        "slot",
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 65535", name=op.f("ck_slot_number")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_slot_event_id")),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f("pk_slot")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_slot_event_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "funding",
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("slot_number", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount BETWEEN 1 AND total", name=op.f("ck_funding_amount")),
        sa.ForeignKeyConstraint(
            ["event_id", "slot_number"],
            ["slot.event_id", "slot.number"],
            name=op.f("fk_funding_event_id"),
        ),
        sa.PrimaryKeyConstraint("event_id", "slot_number", "total", name=op.f("pk_funding")),
        sqlite_strict=True,
    )


def _people() -> None:
    op.create_table(
        "terminal",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pin_failures", sa.Integer(), nullable=False),
        sa.Column("pin_retry_at", Instant(), nullable=True),
        sa.CheckConstraint("pin_failures >= 0", name=op.f("ck_terminal_pin_failures")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_terminal")),
        sa.UniqueConstraint("name", name=op.f("uq_terminal_name")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    op.create_table(
        "attendee",
        sa.Column("id", Id128(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_attendee_id")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_attendee_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendee")),
        sa.UniqueConstraint("email", "name", name=op.f("uq_attendee_email")),
        sqlite_strict=True,
    )


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", Id128(), nullable=False),
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("attendee_id", Id128(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("hold_seconds", sa.Integer(), nullable=False),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.Column("held_until", Instant(), nullable=False),
        sa.Column("settled", Flag(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'placed' OR settled = 0", name=op.f("ck_orders_placed_is_open")
        ),
        sa.CheckConstraint(
            "state IN ('placed', 'held', 'sold_out', 'paid', 'paid_unfulfilled', 'cancelled',"
            " 'expired', 'refunded')",
            name=op.f("ck_orders_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('sold_out', 'paid', 'paid_unfulfilled', 'refunded') OR settled = 1",
            name=op.f("ck_orders_ended_is_settled"),
        ),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_orders_attempt")),
        sa.CheckConstraint("held_until > placed_at", name=op.f("ck_orders_held_until")),
        sa.CheckConstraint("hold_seconds >= 1", name=op.f("ck_orders_hold_seconds")),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_orders_id")),
        sa.CheckConstraint("settled IN (0, 1)", name=op.f("ck_orders_settled")),
        sa.CheckConstraint("revision >= 0", name=op.f("ck_orders_revision")),
        sa.ForeignKeyConstraint(
            ["attendee_id"], ["attendee.id"], name=op.f("fk_orders_attendee_id")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_orders_event_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_orders")),
        sa.UniqueConstraint("id", name=op.f("uq_orders_id")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )


def _order_indexes() -> None:
    op.create_index(
        "ix_orders_held",
        "orders",
        ["event_id", "held_until"],
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "ix_orders_open",
        "orders",
        ["event_id", "held_until"],
        sqlite_where=sa.text("settled = 0"),
        postgresql_where=sa.text("settled = 0"),
    )


def _claims() -> None:
    op.create_table(
        "claim",
        sa.Column("id", Id128(), nullable=False),
        sa.Column("order_id", Id128(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("slot_number", sa.Integer(), nullable=False),
        sa.Column("ticket_number", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("price_minor", Integer64, nullable=False),
        sa.Column("holder_id", Id128(), nullable=False),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_claim_id")),
        sa.CheckConstraint("length(ticket_number) = 12", name=op.f("ck_claim_ticket_number")),
        sa.CheckConstraint("position >= 0", name=op.f("ck_claim_position")),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_claim_price_minor")),
        sa.CheckConstraint("version BETWEEN 1 AND 65535", name=op.f("ck_claim_version")),
        sa.ForeignKeyConstraint(
            ["event_id", "slot_number"],
            ["slot.event_id", "slot.number"],
            name=op.f("fk_claim_event_id"),
        ),
        sa.ForeignKeyConstraint(["holder_id"], ["attendee.id"], name=op.f("fk_claim_holder_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_claim_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_claim_order_id")),
        sa.UniqueConstraint("ticket_number", name=op.f("uq_claim_ticket_number")),
        sqlite_strict=True,
    )


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
        sa.CheckConstraint(
            "booking IN ('post', 'retry', 'alone')", name=op.f("ck_payment_booking")
        ),
        sa.CheckConstraint("method IN ('cash', 'free')", name=op.f("ck_payment_method")),
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


def _acceptances() -> None:
    op.create_table(
        "conduct_acceptance",
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("attendee_id", Id128(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=False),
        sa.Column("terminal_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_conduct_acceptance_digest")),
        sa.ForeignKeyConstraint(
            ["attendee_id"], ["attendee.id"], name=op.f("fk_conduct_acceptance_attendee_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_conduct_acceptance_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["terminal_number"],
            ["terminal.number"],
            name=op.f("fk_conduct_acceptance_terminal_number"),
        ),
        sa.PrimaryKeyConstraint(
            "event_id", "attendee_id", "digest", name=op.f("pk_conduct_acceptance")
        ),
        sqlite_strict=True,
    )


def _admissions() -> None:
    op.create_table(
        "admission",
        sa.Column("claim_id", Id128(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("nonce", Integer64, nullable=False),
        sa.Column("terminal_number", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("admitted_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'admitted') = (admitted_at IS NOT NULL)",
            name=op.f("ck_admission_admitted_at"),
        ),
        sa.CheckConstraint(
            "outcome IN ('asked', 'admitted', 'refused')", name=op.f("ck_admission_outcome")
        ),
        sa.CheckConstraint("entry >= 1", name=op.f("ck_admission_entry")),
        sa.CheckConstraint("nonce > 0", name=op.f("ck_admission_nonce")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_admission_claim_id")),
        sa.ForeignKeyConstraint(
            ["terminal_number"], ["terminal.number"], name=op.f("fk_admission_terminal_number")
        ),
        sa.PrimaryKeyConstraint(
            "claim_id", "entry", "nonce", "terminal_number", name=op.f("pk_admission")
        ),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_admission_asked",
        "admission",
        ["asked_at"],
        sqlite_where=sa.text("outcome = 'asked'"),
        postgresql_where=sa.text("outcome = 'asked'"),
    )
    op.create_index(
        "uq_admission_admitted",
        "admission",
        ["claim_id", "entry"],
        unique=True,
        sqlite_where=sa.text("outcome = 'admitted'"),
        postgresql_where=sa.text("outcome = 'admitted'"),
    )
