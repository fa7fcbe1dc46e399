"""Halls of limited room, and steps at the door in place of admissions."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Id128, Instant, Integer64

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _halls()
    _capacity_of_halls()
    _steps()
    _copy_admissions()
    op.drop_table("admission")
    _tell_doors_of_steps()


def _halls() -> None:
    op.create_table(
        "hall",
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 65535", name=op.f("ck_hall_number")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_hall_event_id")),
        sa.PrimaryKeyConstraint("event_id", "number", name=op.f("pk_hall")),
        sa.UniqueConstraint("event_id", "key", name=op.f("uq_hall_event_id")),
        sqlite_strict=True,
    )
    op.add_column("slot", sa.Column("hall_number", sa.Integer(), nullable=True))


def _capacity_of_halls() -> None:
    # SQLite cannot change the check of a table; and a renamed one is spelled otherwise for ever.
    columns = "event_id, batch, kind, number, amount, transfer_id, outcome"
    op.execute(f"CREATE TABLE capacity_before AS SELECT {columns} FROM capacity")
    op.drop_table("capacity")
    _capacity()
    op.execute(f"INSERT INTO capacity ({columns}) SELECT {columns} FROM capacity_before")
    op.drop_table("capacity_before")


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
        sa.CheckConstraint(
            "kind IN ('slot', 'pool', 'goodie', 'hall')", name=op.f("ck_capacity_kind")
        ),
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
    asked = sa.text("outcome = 'asked'")
    op.create_index(
        "ix_capacity_asked", "capacity", ["event_id"], sqlite_where=asked, postgresql_where=asked
    )


def _steps() -> None:
    op.create_table(
        "door_step",
        sa.Column("claim_id", Id128(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("nonce", Integer64, nullable=False),
        sa.Column("terminal_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('enter', 'return', 'leave', 'undo', 'pass_on')",
            name=op.f("ck_door_step_kind"),
        ),
        sa.CheckConstraint(
            "outcome IN ('asked', 'done', 'refused')", name=op.f("ck_door_step_outcome")
        ),
        sa.CheckConstraint("step >= 1", name=op.f("ck_door_step_step")),
        sa.CheckConstraint("nonce > 0", name=op.f("ck_door_step_nonce")),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_door_step_attempt")),
        sa.CheckConstraint("length(reason) <= 200", name=op.f("ck_door_step_reason")),
        sa.CheckConstraint("kind = 'undo' OR reason = ''", name=op.f("ck_door_step_undo_reason")),
        sa.CheckConstraint(
            "(outcome = 'done') = (done_at IS NOT NULL)", name=op.f("ck_door_step_done_at")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_door_step_claim_id")),
        sa.ForeignKeyConstraint(
            ["terminal_number"], ["terminal.number"], name=op.f("fk_door_step_terminal_number")
        ),
        sa.PrimaryKeyConstraint(
            "claim_id", "step", "nonce", "terminal_number", name=op.f("pk_door_step")
        ),
        sqlite_strict=True,
    )
    asked, done = sa.text("outcome = 'asked'"), sa.text("outcome = 'done'")
    op.create_index(
        "ix_door_step_asked",
        "door_step",
        ["asked_at"],
        sqlite_where=asked,
        postgresql_where=asked,
    )
    op.create_index(
        "uq_door_step_done",
        "door_step",
        ["claim_id", "step"],
        unique=True,
        sqlite_where=done,
        postgresql_where=done,
    )


def _copy_admissions() -> None:
    columns = "claim_id, step, nonce, terminal_number, kind, attempt, staff, reason, asked_at"
    op.execute(
        f"INSERT INTO door_step ({columns}, outcome, done_at)"
        " SELECT claim_id, entry, nonce, terminal_number, 'enter', 1, '', '', asked_at,"
        " CASE outcome WHEN 'admitted' THEN 'done' ELSE outcome END, admitted_at FROM admission"
    )
    # Nobody counted them when they went in: a hall that is full of them has room.
    op.execute(
        f"INSERT INTO door_step ({columns}, outcome, done_at)"
        " SELECT claim_id, entry + 1, nonce, terminal_number, 'leave', 1, '', '', admitted_at,"
        " 'done', admitted_at FROM admission WHERE outcome = 'admitted'"
    )


def _tell_doors_of_steps() -> None:
    """As of admissions before, whose triggers went with their table."""
    noted = "INSERT INTO door_change (subject, id) VALUES ('claim', NEW.claim_id);"
    postgresql = op.get_bind().dialect.name == "postgresql"
    for operation in ("INSERT", "UPDATE"):
        name = f"tell_doors_of_door_step_{operation.lower()}"
        if postgresql:
            op.execute(f"DROP FUNCTION tell_doors_of_admission_{operation.lower()}()")
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" {noted} RETURN NULL; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {name} AFTER {operation} ON door_step FOR EACH ROW"
                f" WHEN (NEW.outcome <> 'asked') EXECUTE FUNCTION {name}()"
            )
        else:
            op.execute(
                f"CREATE TRIGGER {name} AFTER {operation} ON door_step"
                f" WHEN NEW.outcome <> 'asked' BEGIN {noted} END"
            )
