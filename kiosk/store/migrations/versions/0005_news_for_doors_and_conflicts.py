"""What changed for doors that may have to work offline, and what they found afterwards."""

from typing import Final

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Id128, Instant, Integer64

revision = "0005"
down_revision = "0004"

TRIGGERS: Final = (
    # A place that was only held concerns no door.
    ("orders", "INSERT", "NEW.state = 'paid'", "order", "id"),
    (
        "orders",
        "UPDATE",
        "NEW.state <> OLD.state AND (NEW.state = 'paid' OR OLD.state = 'paid')",
        "order",
        "id",
    ),
    ("claim", "UPDATE", None, "claim", "id"),
    ("admission", "INSERT", "NEW.outcome <> 'asked'", "claim", "claim_id"),
    ("admission", "UPDATE", "NEW.outcome <> 'asked'", "claim", "claim_id"),
    ("conduct_acceptance", "INSERT", None, "holder", "attendee_id"),
)
"""Table, operation, condition, and what has changed by which of its columns."""


def upgrade() -> None:
    _changes()
    _conflicts()
    postgresql = op.get_bind().dialect.name == "postgresql"
    for trigger in TRIGGERS:
        for statement in _for_postgresql(*trigger) if postgresql else _for_sqlite(*trigger):
            op.execute(statement)


def _changes() -> None:
    op.create_table(
        "door_change",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("id", Id128(), nullable=False),
        sa.CheckConstraint(
            "subject IN ('claim', 'order', 'holder')", name=op.f("ck_door_change_subject")
        ),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_door_change_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_door_change")),
        sqlite_strict=True,
        sqlite_autoincrement=True,
    )


def _conflicts() -> None:
    op.create_table(
        "lane_conflict",
        sa.Column("terminal_number", sa.Integer(), nullable=False),
        sa.Column("nonce", Integer64, nullable=False),
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("claim_id", Id128(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("scanned_at", Instant(), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("other_at", Instant(), nullable=True),
        sa.Column("other_terminal", sa.Text(), nullable=False),
        sa.Column("acknowledged_by", sa.Text(), nullable=False),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.CheckConstraint("nonce > 0", name=op.f("ck_lane_conflict_nonce")),
        sa.CheckConstraint(
            "(acknowledged_by = '') = (acknowledged_at IS NULL)",
            name=op.f("ck_lane_conflict_acknowledged_at"),
        ),
        sa.ForeignKeyConstraint(
            ["terminal_number"], ["terminal.number"], name=op.f("fk_lane_conflict_terminal_number")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_lane_conflict_event_id")),
        sa.PrimaryKeyConstraint("terminal_number", "nonce", name=op.f("pk_lane_conflict")),
        sqlite_strict=True,
    )
    unread = sa.text("acknowledged_at IS NULL")
    op.create_index(
        "ix_lane_conflict_unread",
        "lane_conflict",
        ["event_id"],
        sqlite_where=unread,
        postgresql_where=unread,
    )


def _for_sqlite(
    table: str, operation: str, condition: str | None, subject: str, column: str
) -> tuple[str, ...]:
    when = f"WHEN {condition}" if condition else ""
    return (
        f"CREATE TRIGGER {_name(table, operation)} AFTER {operation} ON {table} {when} BEGIN"
        f" INSERT INTO door_change (subject, id) VALUES ('{subject}', NEW.{column}); END",
    )


def _for_postgresql(
    table: str, operation: str, condition: str | None, subject: str, column: str
) -> tuple[str, ...]:
    name = _name(table, operation)
    when = f"WHEN ({condition})" if condition else ""
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" INSERT INTO door_change (subject, id) VALUES ('{subject}', NEW.{column});"
        " RETURN NULL; END $$",
        f"CREATE TRIGGER {name} AFTER {operation} ON {table} FOR EACH ROW {when}"
        f" EXECUTE FUNCTION {name}()",
    )


def _name(table: str, operation: str) -> str:
    return f"tell_doors_of_{table}_{operation.lower()}"
