"""Airdrops, their shares, and the batches these are sent in."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Flag, Id128, Instant, Integer64

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    _airdrops()
    _batches()
    _shares()


def _airdrops() -> None:
    op.create_table(
        "airdrop",
        sa.Column("id", Id128(), nullable=False),
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_number", sa.Integer(), nullable=False),
        sa.Column("requirements", sa.Text(), nullable=False),
        sa.Column("is_claimed", Flag(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('running', 'paused', 'clawed_back')", name=op.f("ck_airdrop_state")
        ),
        sa.CheckConstraint("is_claimed IN (0, 1)", name=op.f("ck_airdrop_is_claimed")),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_airdrop_id")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name=op.f("ck_airdrop_name")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_airdrop_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_airdrop")),
        sa.UniqueConstraint("event_id", "name", name=op.f("uq_airdrop_event_id")),
        sqlite_strict=True,
    )


def _batches() -> None:
    op.create_table(
        "airdrop_batch",
        sa.Column("id", Id128(), nullable=False),
        sa.Column("airdrop_id", Id128(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("settled", Flag(), nullable=False),
        sa.CheckConstraint(
            "state IN ('confirmed', 'failed') OR settled = 0", name=op.f("ck_airdrop_batch_ended")
        ),
        sa.CheckConstraint(
            "state IN ('new', 'sent', 'confirmed', 'failed')", name=op.f("ck_airdrop_batch_state")
        ),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_airdrop_batch_id")),
        sa.CheckConstraint("settled IN (0, 1)", name=op.f("ck_airdrop_batch_settled")),
        sa.ForeignKeyConstraint(
            ["airdrop_id"], ["airdrop.id"], name=op.f("fk_airdrop_batch_airdrop_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_airdrop_batch")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_airdrop_batch_open",
        "airdrop_batch",
        ["airdrop_id"],
        sqlite_where=sa.text("settled = 0"),
        postgresql_where=sa.text("settled = 0"),
    )


def _shares() -> None:
    op.create_table(
        "airdrop_share",
        sa.Column("airdrop_id", Id128(), nullable=False),
        sa.Column("wallet_id", Id128(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("amount", Integer64, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("batch_id", Id128(), nullable=True),
        sa.CheckConstraint(
            "state IN ('offered', 'pending', 'reserved', 'waiting', 'received', 'refused',"
            " 'taken_back')",
            name=op.f("ck_airdrop_share_state"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_airdrop_share_amount")),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_airdrop_share_attempt")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_airdrop_share_position")),
        sa.ForeignKeyConstraint(
            ["airdrop_id"], ["airdrop.id"], name=op.f("fk_airdrop_share_airdrop_id")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["airdrop_batch.id"], name=op.f("fk_airdrop_share_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["wallet_id"], ["wallet.id"], name=op.f("fk_airdrop_share_wallet_id")
        ),
        sa.PrimaryKeyConstraint("airdrop_id", "wallet_id", name=op.f("pk_airdrop_share")),
        sa.UniqueConstraint("airdrop_id", "position", name=op.f("uq_airdrop_share_airdrop_id")),
        sqlite_strict=True,
    )
    op.create_index("ix_airdrop_share_batch_id", "airdrop_share", ["batch_id"])
    op.create_index("ix_airdrop_share_state", "airdrop_share", ["airdrop_id", "state", "position"])
    op.create_index("ix_airdrop_share_wallet_id", "airdrop_share", ["wallet_id"])
