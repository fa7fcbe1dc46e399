"""Transactions for outside chains are kept, signed, before they are sent."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Flag, Id128, Instant, Integer64

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "chain_transaction",
        sa.Column("batch_id", Id128(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("chain_number", Integer64, nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("nonce", Integer64, nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("gas", Integer64, nullable=False),
        sa.Column("fee", Integer64, nullable=False),
        sa.Column("tip", Integer64, nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("settled", Flag(), nullable=False),
        sa.CheckConstraint("length(batch_id) = 16", name=op.f("ck_chain_transaction_batch_id")),
        sa.CheckConstraint("nonce >= 0", name=op.f("ck_chain_transaction_nonce")),
        sa.CheckConstraint("settled IN (0, 1)", name=op.f("ck_chain_transaction_settled")),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_chain_transaction")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_chain_transaction_transaction_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_chain_transaction_open",
        "chain_transaction",
        ["chain_number", "payer", "nonce"],
        unique=True,
        sqlite_where=sa.text("settled = 0"),
        postgresql_where=sa.text("settled = 0"),
    )
