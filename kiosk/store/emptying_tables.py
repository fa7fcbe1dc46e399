"""The table of halls that were emptied, or are being."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from kiosk.store.schema import STRICT
from kiosk.store.tables import METADATA
from kiosk.store.types import Id128, Instant

__all__ = ["METADATA"]


class EmptyingRow(SQLModel, table=True):
    """Everybody is let out who came in before an instant."""

    __tablename__ = "emptying"
    __table_args__ = (STRICT,)

    id: int = Field(primary_key=True, sa_type=Id128)
    event_id: int = Field(foreign_key="event.id", sa_type=Id128)
    slots: str = Field(sa_type=Text)
    """Keys of those they were let in to, with blanks between; none means every slot."""
    before: datetime = Field(sa_type=Instant)
    terminal_number: int | None = Field(default=None, foreign_key="terminal.number")
    staff: str = Field(sa_type=Text)
    done_at: datetime | None = Field(default=None, sa_type=Instant)
