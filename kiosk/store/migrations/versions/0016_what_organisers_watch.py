"""What organisers watch: invoices, admissions by time, and when a terminal was last heard of."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Instant

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("pairing", sa.Column("seen_at", Instant(), nullable=True))
    invoiced = sa.text("method = 'invoice'")
    op.create_index(
        "ix_payment_invoiced",
        "payment",
        ["order_id"],
        sqlite_where=invoiced,
        postgresql_where=invoiced,
    )
    entered = sa.text("outcome = 'done' AND kind IN ('enter', 'return')")
    op.create_index(
        "ix_door_step_entered",
        "door_step",
        ["done_at"],
        sqlite_where=entered,
        postgresql_where=entered,
    )
