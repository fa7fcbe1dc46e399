"""The table of what doors are for."""

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from kiosk.domain.admission import Way
from kiosk.store.schema import STRICT, one_of
from kiosk.store.tables import METADATA
from kiosk.store.types import Id128

__all__ = ["METADATA"]


class DoorwayRow(SQLModel, table=True):
    """Which way people go through a terminal's door at an event, and to which slots."""

    __tablename__ = "doorway"
    __table_args__ = (one_of("way", Way), STRICT)

    terminal_number: int = Field(primary_key=True, foreign_key="terminal.number")
    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_type=Id128)
    way: str = Field(sa_type=Text)
    slots: str = Field(sa_type=Text)
    """Their keys with blanks between; none means every slot."""
