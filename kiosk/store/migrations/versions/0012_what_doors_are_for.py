"""Which way people go through each terminal's door, and where it leads."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Id128

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "doorway",
        sa.Column("terminal_number", sa.Integer(), nullable=False),
        sa.Column("event_id", Id128(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("slots", sa.Text(), nullable=False),
        sa.CheckConstraint("way IN ('in', 'out')", name=op.f("ck_doorway_way")),
        sa.ForeignKeyConstraint(
            ["terminal_number"], ["terminal.number"], name=op.f("fk_doorway_terminal_number")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_doorway_event_id")),
        sa.PrimaryKeyConstraint("terminal_number", "event_id", name=op.f("pk_doorway")),
        sqlite_strict=True,
    )
