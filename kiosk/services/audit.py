"""What is on record, read back."""

from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial

from kiosk.domain.audit import AuditRecord
from kiosk.store import audit, events
from kiosk.store.database import Database


class Audit:
    """Reads what the units of work of all others have put on record."""

    def __init__(self, store: Database) -> None:
        self._store = store

    async def time_zones(self) -> set[str]:
        """The IANA names of where the events are that were opened here."""
        return await self._store.transaction(events.time_zones)

    async def records(self, since: datetime | None = None) -> AsyncIterator[AuditRecord]:
        """Every record from an instant on, the oldest first, however many there are."""
        after = 0
        while page := await self._store.transaction(partial(audit.page, after=after, since=since)):
            for record in page:
                yield record
            after = page[-1].number
