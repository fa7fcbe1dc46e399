"""How many went through a door: every figure is the ledger's."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kiosk.domain.admission import EVERY_SLOT, Gate
from kiosk.domain.chart import AccountCode, resource_account_id
from kiosk.domain.chart_presence import counted_in
from kiosk.domain.events import Event, Resource, ResourceKind
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from ledger.types import Account

_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DoorCounters:
    """Of all doors to what a gate leads to, together."""

    admitted: int
    """Tickets that let somebody in, whether they are inside now or not."""
    sold: int
    """Tickets that are paid for, admitted or not."""
    inside: int
    """People, of whatever ticket, where the gate leads to."""
    limit: int | None
    """How many people may be inside; None if there is a place without a limit."""
    per_minute: int
    """Entries within the last minute, as far as this terminal has watched."""


class Turnout:
    """Counts for one terminal, which looks again every few seconds."""

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog
        self._gate = EVERY_SLOT
        self._entries: deque[tuple[datetime, int]] = deque()
        """How many entries there had been, and when."""

    async def counters(self, gate: Gate) -> DoorCounters:
        """The figures now; raises `LedgerUnavailable`."""
        event = self._catalog.event
        slots = [slot for slot in event.slots if gate.leads_to(slot.key)]
        places = {counted_in(event, slot) for slot in slots}
        sold = _ids(event, (slot.resource for slot in slots), AccountCode.SPENT)
        used = _ids(event, (slot.resource for slot in slots), AccountCode.REDEEMED)
        inside = _ids(event, places, AccountCode.INSIDE)
        accounts = await self._ledger.lookup_accounts([*sold, *used, *inside])
        people = [one for one in accounts if one.id in inside]
        admitted = sum(_balance(one) for one in accounts if one.id in used)
        is_limited = all(place.kind is ResourceKind.HALL for place in places)
        return DoorCounters(
            admitted=admitted,
            sold=admitted + sum(_balance(one) for one in accounts if one.id in sold),
            inside=sum(map(_balance, people)),
            limit=sum(place.capacity for place in places) if is_limited else None,
            per_minute=self._per_minute(gate, sum(one.credits_posted for one in people)),
        )

    def _per_minute(self, gate: Gate, entries: int) -> int:
        now = self._clock.now()
        if gate != self._gate:
            self._gate = gate
            self._entries.clear()
        self._entries.append((now, entries))
        while now - self._entries[0][0] > _MINUTE:
            self._entries.popleft()
        return entries - self._entries[0][1]


def _ids(event: Event, of: Iterable[Resource], code: AccountCode) -> set[int]:
    return {resource_account_id(event, one.kind, one.number, code) for one in of}


def _balance(account: Account) -> int:
    return account.credits_posted - account.debits_posted
