"""Orders buy tokens, and tokens that were spent may come back."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Flag, Id128, Instant, Integer64

revision = "0014"
down_revision = "0013"

_MOVE = (
    "id, event_id, token_number, kind, sender_id, receiver_id, amount, app, note, attempt, state,"
    " asked_at, done_at"
)
_PART = "move_id, position, source, bill, amount, expires_at, empties"


def upgrade() -> None:
    _packs()
    # SQLite cannot change the check of a table; and a renamed one is spelled otherwise for ever.
    op.execute(f"CREATE TABLE token_move_before AS SELECT {_MOVE} FROM token_move")
    op.execute(f"CREATE TABLE token_part_before AS SELECT {_PART} FROM token_part")
    op.drop_table("token_part")
    op.drop_table("token_move")
    _moves()
    _parts()
    op.execute(f"INSERT INTO token_move ({_MOVE}) SELECT {_MOVE} FROM token_move_before")
    op.execute(f"INSERT INTO token_part ({_PART}) SELECT {_PART} FROM token_part_before")
    op.drop_table("token_part_before")
    op.drop_table("token_move_before")


def _packs() -> None:
    op.add_column(
        "orders", sa.Column("packs", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.create_table(
        "order_pack",
        sa.Column("order_id", Id128(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("token_number", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("tokens", Integer64, nullable=False),
        sa.Column("price_minor", Integer64, nullable=False),
        sa.Column("wallet_id", Id128(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.CheckConstraint("position >= 0", name=op.f("ck_order_pack_position")),
        sa.CheckConstraint("count >= 1", name=op.f("ck_order_pack_count")),
        sa.CheckConstraint("tokens >= 1", name=op.f("ck_order_pack_tokens")),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_order_pack_price_minor")),
        sa.CheckConstraint(
            "wallet_id IS NOT NULL OR expires_at IS NULL", name=op.f("ck_order_pack_expires_at")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_pack_order_id")),
        sa.ForeignKeyConstraint(
            ["event_id", "token_number"],
            ["token.event_id", "token.number"],
            name=op.f("fk_order_pack_event_id"),
        ),
        sa.ForeignKeyConstraint(["wallet_id"], ["wallet.id"], name=op.f("fk_order_pack_wallet_id")),
        sa.PrimaryKeyConstraint("order_id", "position", name=op.f("pk_order_pack")),
        sqlite_strict=True,
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
        sa.Column("order_id", Id128(), nullable=True),
        sa.CheckConstraint(
            "(kind IN ('issue', 'give_back')) = (sender_id IS NULL)",
            name=op.f("ck_token_move_sender_id"),
        ),
        sa.CheckConstraint(
            "(kind IN ('spend', 'give_back')) = (app <> '')", name=op.f("ck_token_move_app")
        ),
        sa.CheckConstraint(
            "(kind IN ('issue', 'send', 'give_back')) = (receiver_id IS NOT NULL)",
            name=op.f("ck_token_move_receiver"),
        ),
        sa.CheckConstraint(
            "(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_token_move_done_at")
        ),
        sa.CheckConstraint(
            "kind IN ('issue', 'send', 'spend', 'give_back', 'expire', 'claw_back')",
            name=op.f("ck_token_move_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'held', 'done', 'refused')", name=op.f("ck_token_move_state")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_token_move_amount")),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_token_move_attempt")),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_token_move_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_token_move_event_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_token_move_order_id")),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["wallet.id"], name=op.f("fk_token_move_receiver_id")
        ),
        sa.ForeignKeyConstraint(["sender_id"], ["wallet.id"], name=op.f("fk_token_move_sender_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_move")),
        sqlite_strict=True,
    )
    op.create_index("ix_token_move_receiver_id", "token_move", ["receiver_id", "asked_at"])
    op.create_index("ix_token_move_sender_id", "token_move", ["sender_id", "asked_at"])
    unfinished = sa.text("state IN ('asked', 'held')")
    op.create_index(
        "ix_token_move_unfinished",
        "token_move",
        ["event_id"],
        sqlite_where=unfinished,
        postgresql_where=unfinished,
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
