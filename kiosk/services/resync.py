"""Tell ledger and store whom a lane let pass without them, and report what they would not have."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Final

from kiosk.domain.admission import Reason, Verdict
from kiosk.domain.errors import StoreUnavailable
from kiosk.domain.lane import PASSED, QueuedScan
from kiosk.services.admission import Admission
from kiosk.services.backing import Backing
from kiosk.services.trouble import FAULTS
from kiosk.store import lanes
from kiosk.store.lanes import Found, Lane
from ledger.engine import LedgerUnavailable

log = logging.getLogger(__name__)

AT_ONCE: Final = 256
"""So many are told at the same time: they share commits and batches."""


class Resync:
    """Tells queued scans, each with its own nonce and time: told twice, it happens once.

    Raises `LedgerUnavailable` or `StoreUnavailable`, and everything may then be told again.
    """

    def __init__(self, backing: Backing, admission: Admission, lane: Lane) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._admission = admission
        self._lane = lane

    async def tell(self, scans: Sequence[QueuedScan]) -> int:
        """Make what happened known, and store what is in conflict with it; how much was."""
        await self._store.transaction(partial(lanes.accept, lane=self._lane, scans=scans))
        of_claims: dict[int, list[QueuedScan]] = defaultdict(list)
        for one in scans:
            if one.turned_away is None:
                of_claims[one.claim_id].append(one)
        told = await asyncio.gather(
            *map(self._tell_in_turn, of_claims.values()), return_exceptions=True
        )
        found: list[Found] = []
        for conflicts in told:
            if isinstance(conflicts, BaseException):
                # All have ended by now: whoever tells them again meets none under way.
                raise conflicts
            found += conflicts
        at = self._clock.now()
        for record in (
            partial(lanes.report, lane=self._lane, found=found, at=at),
            partial(lanes.turn_away, lane=self._lane, scans=scans),
        ):
            await self._store.transaction(record)
        return len(found)

    async def _tell_in_turn(self, scans: Sequence[QueuedScan]) -> list[Found]:
        found = []
        for one in scans:
            verdict = await self._told(one)
            if PASSED.get(verdict.reason) is not one.scan.way:
                found.append(Found(one, verdict.reason))
        return found

    async def _told(self, one: QueuedScan) -> Verdict:
        try:
            return await self._admission.replay(one.scan, one.at)
        except (LedgerUnavailable, StoreUnavailable):
            raise
        except FAULTS as fault:
            # For people to look into: the kiosk must not end, and start, and end by it, and the
            # others have to be told all the same.
            log.error("a queued scan cannot be told", exc_info=fault)
            return Verdict(Reason.HISTORY_UNKNOWN)
