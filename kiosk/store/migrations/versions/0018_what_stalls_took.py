"""What stalls took is found by its time."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    spent = sa.text("kind = 'spend'")
    op.create_index(
        "ix_token_move_spent",
        "token_move",
        ["event_id", "asked_at"],
        sqlite_where=spent,
        postgresql_where=spent,
    )
