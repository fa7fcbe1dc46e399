"""Wallets, their bills, and moves of tokens."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Flag, Id128, Instant, Integer64

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _wallets()
    _bills()
    _moves()
    _parts()


def _wallets() -> None:
    op.create_table(
        "token",
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 65535", name=op.f("ck_token_number")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_token_event_id")),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f("pk_token")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_token_event_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "wallet",
        sa.Column("id", Id128(), nullable=False),
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("attendee_id", Id128(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_wallet_id")),
        sa.CheckConstraint("version BETWEEN 1 AND 65535", name=op.f("ck_wallet_version")),
        sa.ForeignKeyConstraint(
            ["attendee_id"], ["attendee.id"], name=op.f("fk_wallet_attendee_id")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_wallet_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallet")),
        sa.UniqueConstraint("event_id", "attendee_id", name=op.f("uq_wallet_event_id")),
        sqlite_strict=True,
    )


def _bills() -> None:
    op.create_table(
        "bill",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", Id128(), nullable=False),
        sa.Column("wallet_id", Id128(), nullable=False),
        sa.Column("token_number", sa.Integer(), nullable=False),
        sa.Column("amount", Integer64, nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("source", Id128(), nullable=True),
        sa.Column("is_empty", Flag(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bill_amount")),
        sa.CheckConstraint("is_empty IN (0, 1)", name=op.f("ck_bill_is_empty")),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_bill_id")),
        sa.UniqueConstraint("id", name=op.f("uq_bill_id")),
        sa.ForeignKeyConstraint(["source"], ["bill.id"], name=op.f("fk_bill_source")),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallet.id"], name=op.f("fk_bill_wallet_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_bill")),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    op.create_index("ix_bill_source", "bill", ["source"])
    op.create_index(
        "ix_bill_expiring",
        "bill",
        ["expires_at"],
        sqlite_where=sa.text("is_empty = 0"),
        postgresql_where=sa.text("is_empty = 0"),
    )
    op.create_index(
        "ix_bill_spendable",
        "bill",
        ["wallet_id", "token_number"],
        sqlite_where=sa.text("is_empty = 0"),
        postgresql_where=sa.text("is_empty = 0"),
    )


def _moves() -> None:
    op.create_table(
        "token_move",
        sa.Column("id", Id128(), nullable=False),
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("token_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sender_id", Id128(), nullable=True),
        sa.Column("receiver_id", Id128(), nullable=True),
        sa.Column("amount", Integer64, nullable=False),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'issue') = (sender_id IS NULL)", name=op.f("ck_token_move_sender_id")
        ),
        sa.CheckConstraint("(kind = 'spend') = (app <> '')", name=op.f("ck_token_move_app")),
        sa.CheckConstraint(
            "(kind IN ('issue', 'send')) = (receiver_id IS NOT NULL)",
            name=op.f("ck_token_move_receiver"),
        ),
        sa.CheckConstraint(
            "(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_token_move_done_at")
        ),
        sa.CheckConstraint(
            "kind IN ('issue', 'send', 'spend', 'expire', 'claw_back')",
            name=op.f("ck_token_move_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'held', 'done', 'refused')", name=op.f("ck_token_move_state")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_token_move_amount")),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_token_move_attempt")),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_token_move_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_token_move_event_id")),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["wallet.id"], name=op.f("fk_token_move_receiver_id")
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["wallet.id"], name=op.f("fk_token_move_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_move")),
        sqlite_strict=True,
    )
    op.create_index("ix_token_move_receiver_id", "token_move", ["receiver_id", "asked_at"])
    op.create_index("ix_token_move_sender_id", "token_move", ["sender_id", "asked_at"])
    op.create_index(
        "ix_token_move_unfinished",
        "token_move",
        ["event_id"],
        sqlite_where=sa.text("state IN ('asked', 'held')"),
        postgresql_where=sa.text("state IN ('asked', 'held')"),
    )


def _parts() -> None:
    op.create_table(
        "token_part",
        sa.Column("move_id", Id128(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", Id128(), nullable=True),
        sa.Column("bill", Id128(), nullable=True),
        sa.Column("amount", Integer64, nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("empties", Flag(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_token_part_amount")),
        sa.CheckConstraint("empties IN (0, 1)", name=op.f("ck_token_part_empties")),
        sa.CheckConstraint("position >= 0", name=op.f("ck_token_part_position")),
        sa.ForeignKeyConstraint(["move_id"], ["token_move.id"], name=op.f("fk_token_part_move_id")),
        sa.PrimaryKeyConstraint("move_id", "position", name=op.f("pk_token_part")),
        sqlite_strict=True,
    )
