"""Wallets have PINs and codes, and gifts wait for who has no wallet yet."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Flag, Id128, Instant, Integer64

revision = "0017"
down_revision = "0016"

_MOVE = (
    "id, event_id, token_number, kind, sender_id, receiver_id, amount, app, note, attempt, state,"
    " asked_at, done_at, order_id"
)
_PART = "move_id, position, source, bill, amount, expires_at, empties"


def upgrade() -> None:
    for tries in ("pin", "gift"):
        not_negative = sa.CheckConstraint(
            f"{tries}_failures >= 0", name=op.f(f"ck_wallet_{tries}_failures")
        )
        failures = sa.Column(
            f"{tries}_failures",
            sa.Integer(),
            not_negative,
            server_default=sa.text("0"),
            nullable=False,
        )
        op.add_column("wallet", failures)
        op.add_column("wallet", sa.Column(f"{tries}_retry_at", Instant(), nullable=True))
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
    _gifts()


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
            "(kind IN ('issue', 'send', 'give_back', 'gift_claim', 'gift_return'))"
            " = (receiver_id IS NOT NULL)",
            name=op.f("ck_token_move_receiver"),
        ),
        sa.CheckConstraint(
            "(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_token_move_done_at")
        ),
        sa.CheckConstraint(
            "kind IN ('issue', 'send', 'spend', 'give_back', 'expire', 'claw_back', 'gift',"
            " 'gift_claim', 'gift_return')",
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
        sa.Column("held", Id128(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_token_part_amount")),
        sa.CheckConstraint("empties IN (0, 1)", name=op.f("ck_token_part_empties")),
        sa.CheckConstraint("position >= 0", name=op.f("ck_token_part_position")),
        sa.ForeignKeyConstraint(["move_id"], ["token_move.id"], name=op.f("fk_token_part_move_id")),
        sa.PrimaryKeyConstraint("move_id", "position", name=op.f("pk_token_part")),
        sqlite_strict=True,
    )


def _gifts() -> None:
    op.create_table(
        "gift",
        sa.Column("id", Id128(), nullable=False),
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("giver_id", Id128(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("returns_at", Instant(), nullable=False),
        sa.Column("end_id", Id128(), nullable=True),
        sa.CheckConstraint("length(code_digest) = 32", name=op.f("ck_gift_code_digest")),
        sa.ForeignKeyConstraint(["end_id"], ["token_move.id"], name=op.f("fk_gift_end_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_gift_event_id")),
        sa.ForeignKeyConstraint(["giver_id"], ["wallet.id"], name=op.f("fk_gift_giver_id")),
        sa.ForeignKeyConstraint(["id"], ["token_move.id"], name=op.f("fk_gift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_gift_code_digest")),
        sqlite_strict=True,
    )
    op.create_index("ix_gift_giver_id", "gift", ["giver_id"])
    is_open = sa.text("end_id IS NULL")
    op.create_index(
        "ix_gift_open",
        "gift",
        ["event_id", "returns_at"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
