"""Orders say whether a provider was asked to take their money."""

import sqlalchemy as sa
from alembic import op

from kiosk.store.types import Flag

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    one_or_none = sa.CheckConstraint(
        "asked_provider IN (0, 1)", name=op.f("ck_orders_asked_provider")
    )
    op.add_column(
        "orders",
        sa.Column(
            "asked_provider", Flag(), one_or_none, server_default=sa.text("0"), nullable=False
        ),
    )
    op.execute(
        "UPDATE orders SET asked_provider = 1 WHERE id IN (SELECT order_id FROM provider_payment)"
    )
