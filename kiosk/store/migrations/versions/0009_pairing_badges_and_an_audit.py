"""Terminals that are paired, badges of the staff, and an audit that only grows."""

from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Flag, Id128, Instant

revision = "0009"
down_revision = "0008"

REFUSAL: Final = "the audit only grows"


def upgrade() -> None:
    _audit()
    _pairings()
    _invitations()
    _badges()
    _pair_known_terminals()


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("terminal_number", sa.Integer(), nullable=True),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", Id128(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint("length(action) BETWEEN 1 AND 40", name=op.f("ck_audit_action")),
        sa.ForeignKeyConstraint(
            ["terminal_number"], ["terminal.number"], name=op.f("fk_audit_terminal_number")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )
    postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in _refusal_for_postgresql() if postgresql else _refusal_for_sqlite():
        op.execute(statement)


def _refusal_for_sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER audit_refuses_{operation.lower()} BEFORE {operation} ON audit BEGIN"
        f" SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for operation in ("UPDATE", "DELETE")
    ]


def _refusal_for_postgresql() -> list[str]:
    return [
        "CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{REFUSAL}'; END $$",
        "CREATE TRIGGER audit_refuses BEFORE UPDATE OR DELETE OR TRUNCATE ON audit"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()",
    ]


def _pairings() -> None:
    op.create_table(
        "pairing",
        sa.Column("terminal_number", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True),
        sa.Column("paired_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("searches", Flag(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("length(secret_hash) = 32", name=op.f("ck_pairing_secret_hash")),
        sa.CheckConstraint("searches IN (0, 1)", name=op.f("ck_pairing_searches")),
        sa.ForeignKeyConstraint(
            ["terminal_number"], ["terminal.number"], name=op.f("fk_pairing_terminal_number")
        ),
        sa.PrimaryKeyConstraint("terminal_number", name=op.f("pk_pairing")),
        sqlite_strict=True,
    )
    op.create_table(
        "founding",
        sa.Column("one", sa.Integer(), nullable=False),
        sa.Column("terminal_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_founding_one")),
        sa.ForeignKeyConstraint(
            ["terminal_number"], ["terminal.number"], name=op.f("fk_founding_terminal_number")
        ),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_founding")),
        sqlite_strict=True,
    )


def _invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("terminal_number", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(code_hash) = 32", name=op.f("ck_invitation_code_hash")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_invitation_tries")),
        sa.ForeignKeyConstraint(
            ["terminal_number"], ["terminal.number"], name=op.f("fk_invitation_terminal_number")
        ),
        sa.PrimaryKeyConstraint("terminal_number", name=op.f("pk_invitation")),
        sqlite_strict=True,
    )


def _badges() -> None:
    op.create_table(
        "staff_badge",
        sa.Column("member_id", Id128(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("version BETWEEN 1 AND 65535", name=op.f("ck_staff_badge_version")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_staff_badge")),
        sqlite_strict=True,
    )


def _pair_known_terminals() -> None:
    # They sell already: each keeps the secret that it brings first.
    terminal = sa.table("terminal", sa.column("number", sa.Integer()))
    pairing = sa.table(
        "pairing",
        sa.column("terminal_number", sa.Integer()),
        sa.column("paired_at", Instant()),
    )
    founding = sa.table("founding", sa.column("one"), sa.column("terminal_number"))
    now = sa.literal(datetime.now(UTC), Instant())
    known = sa.select(terminal.c.number, now)
    op.execute(pairing.insert().from_select(["terminal_number", "paired_at"], known))
    first = sa.select(sa.literal(1), sa.func.min(terminal.c.number)).having(
        sa.func.count(terminal.c.number) > 0
    )
    op.execute(founding.insert().from_select(["one", "terminal_number"], first))
