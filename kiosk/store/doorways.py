"""What each terminal's door is for."""

from sqlmodel import Session, select

from kiosk.domain.admission import EVERY_SLOT, Gate, Way
from kiosk.domain.doorways import Doorway
from kiosk.store.doorway_tables import DoorwayRow


def of(session: Session, event_id: int, terminal: int) -> Doorway:
    """What the door of a terminal was for last; at first, everybody comes in."""
    row = session.exec(
        select(DoorwayRow)
        .where(DoorwayRow.terminal_number == terminal)
        .where(DoorwayRow.event_id == event_id)
    ).first()
    if row is None:
        return Doorway()
    slots = frozenset(row.slots.split())
    return Doorway(Way(row.way), Gate(slots) if slots else EVERY_SLOT)


def keep(session: Session, event_id: int, terminal: int, doorway: Doorway) -> None:
    """From now on the door of a terminal is for this."""
    slots = " ".join(sorted(doorway.gate.slots or ()))
    session.merge(
        DoorwayRow(terminal_number=terminal, event_id=event_id, way=doorway.way, slots=slots)
    )
