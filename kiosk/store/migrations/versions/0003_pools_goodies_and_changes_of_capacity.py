"""Pools, goodies, and changes of capacity."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Id128, Instant, Integer64
from ledger.ids import derived_id

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for table in ("pool", "goodie"):
        _numbers(table)
    _capacity()
    _copy_funding()
    op.drop_table("funding")
    op.add_column("slot", sa.Column("valid_starts", Instant(), nullable=True))
    op.add_column("slot", sa.Column("valid_ends", Instant(), nullable=True))
    op.add_column("slot", sa.Column("pool_number", sa.Integer(), nullable=True))
    op.add_column("claim", sa.Column("pool_number", sa.Integer(), nullable=True))
    op.create_index("ix_claim_holder_id", "claim", ["holder_id"])
    op.add_column(
        "orders", sa.Column("pieces", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    _pieces()


def _numbers(table: str) -> None:
    op.create_table(
        table,
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 65535", name=op.f(f"ck_{table}_number")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f(f"fk_{table}_event_id")),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("event_id", "key", name=op.f(f"uq_{table}_event_id")),
        sqlite_strict=True,
    )


def _capacity() -> None:
    op.create_table(
        "capacity",
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("amount", Integer64, nullable=False),
        sa.Column("transfer_id", Id128(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('slot', 'pool', 'goodie')", name=op.f("ck_capacity_kind")),
        sa.CheckConstraint(
            "outcome IN ('asked', 'done', 'refused')", name=op.f("ck_capacity_outcome")
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_capacity_amount")),
        sa.CheckConstraint("batch >= 1", name=op.f("ck_capacity_batch")),
        sa.CheckConstraint("length(transfer_id) = 16", name=op.f("ck_capacity_transfer_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_capacity_event_id")),
        sa.PrimaryKeyConstraint("event_id", "batch", "kind", "number", name=op.f("pk_capacity")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_capacity_transfer_id")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_capacity_asked",
        "capacity",
        ["event_id"],
        sqlite_where=sa.text("outcome = 'asked'"),
        postgresql_where=sa.text("outcome = 'asked'"),
    )


def _copy_funding() -> None:
    """Each step keeps the id its transfer has, so that it never happens a second time."""
    funding = sa.table(
        "funding",
        sa.column("event_id", Id128()),
        sa.column("slot_number", sa.Integer()),
        sa.column("total", sa.Integer()),
        sa.column("amount", sa.Integer()),
    )
    capacity = sa.table(
        "capacity",
        sa.column("event_id", Id128()),
        sa.column("batch", sa.Integer()),
        sa.column("kind", sa.Text()),
        sa.column("number", sa.Integer()),
        sa.column("amount", Integer64),
        sa.column("transfer_id", Id128()),
        sa.column("outcome", sa.Text()),
    )
    ordered = sa.select(funding).order_by(
        funding.c.event_id, funding.c.slot_number, funding.c.total
    )
    copies = [
        {
            "event_id": row.event_id,
            # A step was asked for by itself.
            "batch": batch,
            "kind": "slot",
            "number": row.slot_number,
            "amount": row.amount,
            "transfer_id": derived_id("fund", row.event_id, row.slot_number, row.total),
            "outcome": "asked",
        }
        for batch, row in enumerate(op.get_bind().execute(ordered), 1)
    ]
    if copies:
        op.bulk_insert(capacity, copies)


def _pieces() -> None:
    op.create_table(
        "goodie_piece",
        sa.Column("order_id", Id128(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("goodie_number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('asked', 'promised', 'granted', 'none')",
            name=op.f("ck_goodie_piece_state"),
        ),
        sa.CheckConstraint("position >= 0", name=op.f("ck_goodie_piece_position")),
        sa.ForeignKeyConstraint(
            ["event_id", "goodie_number"],
            ["goodie.event_id", "goodie.number"],
            name=op.f("fk_goodie_piece_event_id"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_goodie_piece_order_id")),
        sa.PrimaryKeyConstraint("order_id", "position", name=op.f("pk_goodie_piece")),
        sqlite_strict=True,
    )
