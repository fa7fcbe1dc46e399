"""What each terminal's door is for, kept from one shift to the next."""

from sqlmodel import Session

from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.doorways import Doorway
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.store import audit, doorways


class Doorways:
    """The doorway of one terminal."""

    def __init__(self, backing: Backing, catalog: Catalog, terminal: int) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._terminal = terminal

    async def kept(self) -> Doorway:
        """What the door was for last; raises `StoreUnavailable`."""
        event = self._catalog.event
        doorway = await self._store.transaction(
            lambda session: doorways.of(session, event.id, self._terminal)
        )
        return doorway.within({slot.key for slot in event.slots})

    async def keep(self, doorway: Doorway, staff: str) -> None:
        """From now on the door is for this, says `staff`; raises `StoreUnavailable`."""
        event_id, terminal = self._catalog.event.id, self._terminal
        slots = (
            "every slot" if doorway.gate.slots is None else ", ".join(sorted(doorway.gate.slots))
        )
        entry = AuditEntry(
            at=self._clock.now(),
            actor=Actor(terminal, staff),
            action=Action.TERMINAL_CHANGED,
            subject=terminal,
            detail=f"door {doorway.way}, to {slots}",
        )

        def work(session: Session) -> None:
            doorways.keep(session, event_id, terminal, doorway)
            audit.record(session, entry)

        await self._store.transaction(work)
