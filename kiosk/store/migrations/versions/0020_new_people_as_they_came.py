"""New people in the order they came: an index that a rush writes at one place, not everywhere."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    new = sa.text("folded IS NULL")
    op.drop_index("ix_attendee_new", "attendee")
    op.create_index(
        "ix_attendee_new", "attendee", ["folded"], sqlite_where=new, postgresql_where=new
    )
