"""The crowd as its organiser watches it: who is where, how many came when, what doors found."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlmodel import Session

from kiosk.domain.chart import AccountCode, resource_account_id
from kiosk.domain.chart_presence import counted_in
from kiosk.domain.crowds import Curve, Presence, span_number
from kiosk.domain.events import ResourceKind
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.store import crowds, lanes

_SPANS: Final = 24 * 12
"""A day of them is drawn."""
_SPANS_AT_ONCE: Final = 24
"""At first all are counted, a few with each look: nobody else waits long for the store."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """People at one moment, in the order of the event file."""

    places: tuple[Presence, ...]
    curve: Curve
    conflicts: int
    """Let in by doors that were by themselves, and should not have been; nobody has seen to it."""


class Crowds:
    """Watches one event; what is over is counted once."""

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog
        self._counts: dict[int, int] = {}

    async def look(self) -> Crowd:
        """The crowd now; raises `LedgerUnavailable` or `StoreUnavailable`."""
        last = span_number(self._clock.now())
        known = self._counts
        # The span before the last may just have got its last ones.
        wanted = [at for at in range(last, last - _SPANS, -1) if at not in known or at >= last - 1]
        read = partial(self._read, spans=wanted[:_SPANS_AT_ONCE])
        counts, conflicts = await self._store.transaction(read)
        self._counts = {at: n for at, n in {**known, **counts}.items() if at > last - _SPANS}
        return Crowd(await self._places(), Curve(dict(self._counts), last), conflicts)

    def _read(self, session: Session, spans: list[int]) -> tuple[Mapping[int, int], int]:
        event_id = self._catalog.event.id
        return crowds.admitted(session, event_id, spans), lanes.count(session, event_id)

    async def _places(self) -> tuple[Presence, ...]:
        event = self._catalog.event
        titles = {hall.resource: hall.name for hall in event.halls}
        titles |= {slot.resource: slot.title for slot in event.slots}
        places = dict.fromkeys(counted_in(event, slot) for slot in event.slots)
        ids = {
            resource_account_id(event, one.kind, one.number, AccountCode.INSIDE): one
            for one in places
        }
        inside = {
            ids[account.id]: account.credits_posted - account.debits_posted
            for account in await self._ledger.lookup_accounts([*ids])
        }
        return tuple(
            Presence(
                titles[one],
                inside.get(one, 0),
                one.capacity if one.kind is ResourceKind.HALL else None,
            )
            for one in places
        )
