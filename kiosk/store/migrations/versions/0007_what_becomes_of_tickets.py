"""Tickets that are passed on, replaced, revoked, noted and found, and presents handed out."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Flag, Id128, Instant, Integer64, Word

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    _claims()
    _former_tickets()
    _transfers()
    _hand_outs()
    _undos()
    _words()


def _claims() -> None:
    # Columns are added one by one: a table made anew would lose its triggers.
    for name, check in (("note", "length(note) <= 200"), ("revoked", "length(revoked) <= 200")):
        empty = sa.text("''")
        limit = sa.CheckConstraint(check, name=op.f(f"ck_claim_{name}"))
        op.add_column(
            "claim", sa.Column(name, sa.Text(), limit, server_default=empty, nullable=False)
        )
    one_or_none = sa.CheckConstraint("passed_on IN (0, 1)", name=op.f("ck_claim_passed_on"))
    op.add_column(
        "claim",
        sa.Column("passed_on", Flag(), one_or_none, server_default=sa.text("0"), nullable=False),
    )


def _former_tickets() -> None:
    op.create_table(
        "former_ticket",
        sa.Column("claim_id", Id128(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ticket_number", sa.Text(), nullable=False),
        sa.Column("holder_id", Id128(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "length(ticket_number) = 12", name=op.f("ck_former_ticket_ticket_number")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_former_ticket_version")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_former_ticket_claim_id")),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["attendee.id"], name=op.f("fk_former_ticket_holder_id")
        ),
        sa.PrimaryKeyConstraint("claim_id", "version", name=op.f("pk_former_ticket")),
        sa.UniqueConstraint("ticket_number", name=op.f("uq_former_ticket_ticket_number")),
        sqlite_strict=True,
    )


def _transfers() -> None:
    op.create_table(
        "claim_transfer",
        sa.Column("claim_id", Id128(), nullable=False),
        sa.Column("id", Id128(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ticket_number", sa.Text(), nullable=False),
        sa.Column("receiver_id", Id128(), nullable=False),
        sa.Column("terminal_number", sa.Integer(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.CheckConstraint("entry >= 1", name=op.f("ck_claim_transfer_entry")),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_claim_transfer_id")),
        sa.CheckConstraint(
            "length(ticket_number) = 12", name=op.f("ck_claim_transfer_ticket_number")
        ),
        sa.CheckConstraint(
            "outcome IN ('asked', 'done', 'refused')", name=op.f("ck_claim_transfer_outcome")
        ),
        sa.CheckConstraint("version >= 2", name=op.f("ck_claim_transfer_version")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_claim_transfer_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["attendee.id"], name=op.f("fk_claim_transfer_receiver_id")
        ),
        sa.ForeignKeyConstraint(
            ["terminal_number"],
            ["terminal.number"],
            name=op.f("fk_claim_transfer_terminal_number"),
        ),
        sa.PrimaryKeyConstraint("claim_id", "id", name=op.f("pk_claim_transfer")),
        sqlite_strict=True,
    )
    asked = sa.text("outcome = 'asked'")
    op.create_index(
        "uq_claim_transfer_asked",
        "claim_transfer",
        ["claim_id"],
        unique=True,
        sqlite_where=asked,
        postgresql_where=asked,
    )


def _hand_outs() -> None:
    op.create_table(
        "hand_out",
        sa.Column("order_id", Id128(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("nonce", Integer64, nullable=False),
        sa.Column("terminal_number", sa.Integer(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("handed_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'handed') = (handed_at IS NOT NULL)", name=op.f("ck_hand_out_handed_at")
        ),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_hand_out_attempt")),
        sa.CheckConstraint("nonce > 0", name=op.f("ck_hand_out_nonce")),
        sa.CheckConstraint(
            "outcome IN ('asked', 'handed', 'refused')", name=op.f("ck_hand_out_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "position"],
            ["goodie_piece.order_id", "goodie_piece.position"],
            name=op.f("fk_hand_out_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["terminal_number"], ["terminal.number"], name=op.f("fk_hand_out_terminal_number")
        ),
        sa.PrimaryKeyConstraint(
            *("order_id", "position", "attempt", "nonce", "terminal_number"),
            name=op.f("pk_hand_out"),
        ),
        sqlite_strict=True,
    )
    asked, handed = sa.text("outcome = 'asked'"), sa.text("outcome = 'handed'")
    op.create_index(
        "ix_hand_out_asked", "hand_out", ["asked_at"], sqlite_where=asked, postgresql_where=asked
    )
    op.create_index(
        "uq_hand_out_handed",
        "hand_out",
        ["order_id", "position", "attempt"],
        unique=True,
        sqlite_where=handed,
        postgresql_where=handed,
    )


def _undos() -> None:
    op.create_table(
        "hand_out_undo",
        sa.Column("order_id", Id128(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("terminal_number", sa.Integer(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_hand_out_undo_attempt")),
        sa.CheckConstraint(
            "length(reason) BETWEEN 1 AND 200", name=op.f("ck_hand_out_undo_reason")
        ),
        sa.ForeignKeyConstraint(
            ["order_id", "position"],
            ["goodie_piece.order_id", "goodie_piece.position"],
            name=op.f("fk_hand_out_undo_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["terminal_number"], ["terminal.number"], name=op.f("fk_hand_out_undo_terminal_number")
        ),
        sa.PrimaryKeyConstraint("order_id", "position", "attempt", name=op.f("pk_hand_out_undo")),
        sqlite_strict=True,
    )
    open_ = sa.text("done_at IS NULL")
    op.create_index(
        "ix_hand_out_undo_asked",
        "hand_out_undo",
        ["asked_at"],
        sqlite_where=open_,
        postgresql_where=open_,
    )


def _words() -> None:
    op.add_column("attendee", sa.Column("folded", sa.Text(), nullable=True))
    new = sa.text("folded IS NULL")
    op.create_index("ix_attendee_new", "attendee", ["id"], sqlite_where=new, postgresql_where=new)
    op.create_table(
        "attendee_word",
        sa.Column("word", Word, nullable=False),
        sa.Column("attendee_id", Id128(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendee_id"], ["attendee.id"], name=op.f("fk_attendee_word_attendee_id")
        ),
        sa.PrimaryKeyConstraint("word", "attendee_id", name=op.f("pk_attendee_word")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
