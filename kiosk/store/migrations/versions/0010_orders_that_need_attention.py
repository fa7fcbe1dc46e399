"""Orders that could not be finished."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Id128, Instant

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "order_trouble",
        sa.Column("order_id", Id128(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("retry_at", Instant(), nullable=False),
        sa.CheckConstraint("tries > 0", name=op.f("ck_order_trouble_tries")),
        sa.CheckConstraint("retry_at >= since", name=op.f("ck_order_trouble_retry_at")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_trouble_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_trouble")),
        sqlite_strict=True,
    )
