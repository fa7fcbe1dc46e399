"""Halls that were emptied, and where events are."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Id128, Instant

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "emptying",
        sa.Column("id", Id128(), nullable=False),
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("slots", sa.Text(), nullable=False),
        sa.Column("before", Instant(), nullable=False),
        sa.Column("terminal_number", sa.Integer(), nullable=True),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_emptying_event_id")),
        sa.ForeignKeyConstraint(
            ["terminal_number"], ["terminal.number"], name=op.f("fk_emptying_terminal_number")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emptying")),
        sqlite_strict=True,
    )
    op.add_column(
        "event", sa.Column("timezone", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
