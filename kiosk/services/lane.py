"""A door that goes on by itself when ledger or store do not answer, and returns by itself."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias, TypeVar

from kiosk.domain import chart
from kiosk.domain.admission import NeedsConduct, Scan, Verdict
from kiosk.domain.chart import AccountCode
from kiosk.domain.errors import StoreUnavailable
from kiosk.domain.events import StaffMember
from kiosk.domain.lane import Conflict, LaneState, LaneStatus, Part, Patience
from kiosk.domain.rights import Right, require
from kiosk.domain.terminals import NotPaired
from kiosk.services.admission import Admission, Terminal
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.local_door import LocalDoor
from kiosk.services.resync import AT_ONCE, Resync
from kiosk.services.trouble import FAULTS
from kiosk.store import lanes
from ledger.engine import LedgerUnavailable

T = TypeVar("T")
Ask: TypeAlias = Callable[[], Awaitable[T]]

log = logging.getLogger(__name__)

DEADLINE_SECONDS: Final = 1.5
"""How long somebody stands at a door before it goes on without an answer."""
LOOK_SECONDS: Final = 3.0
"""On line, how often a lane asks for news, and so notices an outage before anybody waits for it."""


class Lane:
    """The door of one terminal: `Admission` as long as it answers, `LocalDoor` otherwise.

    `StoreUnavailable` comes out of a scan only if this machine's own disk is of no use.
    """

    def __init__(
        self,
        backing: Backing,
        catalog: Catalog,
        admission: Admission,
        terminal: Terminal,
    ) -> None:
        self.terminal = terminal.name
        self.deadline_seconds = DEADLINE_SECONDS
        """How long it waits for an answer."""
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog
        self._admission = admission
        event, key = catalog.event, catalog.signing_key.public_key()
        folder, clock = backing.folder / "lanes", backing.clock
        self._local = LocalDoor(folder, event, key, terminal.name, clock)
        self._lane = lanes.Lane(terminal.number, catalog.event.id)
        self._resync = Resync(backing, admission, self._lane)
        self._status = LaneStatus()
        self._patience = Patience()
        self._left = asyncio.Event()
        self._by_itself = asyncio.Lock()
        """Held by who judges without ledger and store, and while the lane comes back on line."""
        self._asked_locally: set[int] = set()

    @property
    def status(self) -> LaneStatus:
        """How it judges now, and what of it is not told yet."""
        queued = sum(one.turned_away is None for one in self._local.waiting)
        return replace(self._status, queued=queued, synced_at=self._local.knowledge.synced_at)

    def new_nonce(self) -> int:
        """63 bits that name one scan: a repeated question about it gets the same answer."""
        return self._admission.new_nonce()

    async def scan(self, scan: Scan) -> Verdict | NeedsConduct:
        """Judge what is presented, and let its holder pass if nothing that is known is in the way.

        Grey lets pass too: it is on disk, and told to ledger and store when they answer again.
        """
        return await self._said(lambda: self._admission.scan(scan), lambda: self._judge(scan))

    async def accept_conduct(self, needs: NeedsConduct, language: str, scan: Scan) -> Verdict:
        """Record that the holder accepted the text in `language`, and go on with the scan."""
        conduct = self._catalog.event.conduct[language]
        said = await self._said(
            lambda: self._accept(needs, language, scan), lambda: self._local.judge(scan, conduct)
        )
        assert isinstance(said, Verdict), "the text was accepted"
        return said

    async def refuse_conduct(self, needs: NeedsConduct, scan: Scan) -> Verdict:
        """Record that the holder did not accept the text: nobody passes by the scan."""
        return await self._said(
            lambda: self._admission.refuse_conduct(needs, scan),
            lambda: self._local.turn_away(scan, needs.refused),
        )

    async def conflicts(self) -> list[Conflict]:
        """Whom lanes let pass that they should not have; those that nobody has seen to first."""
        return await self._store.transaction(
            partial(lanes.conflicts, event_id=self._catalog.event.id)
        )

    async def acknowledge(self, conflict: Conflict, staff: StaffMember) -> None:
        """Record that `staff` has seen to a conflict; the first who did stays on record.

        Raises `NotAllowed`, `NotPaired`, or `StoreUnavailable`.
        """
        require(staff, Right.ACKNOWLEDGE)
        seen = partial(
            lanes.acknowledge,
            lane=self._lane,
            conflict=conflict,
            by=staff.name,
            at=self._clock.now(),
        )
        await self._store.transaction(seen)
        await self._missing()

    async def run_forever(self) -> None:
        """Keep the local knowledge fresh, notice outages and their end, until cancelled."""
        while True:
            try:
                seconds = await self.look()
            except FAULTS as fault:
                # The door must not end by it: the next look may do better.
                log.error("a look of the lane broke off", exc_info=fault)
                seconds = LOOK_SECONDS
            with suppress(TimeoutError):
                await asyncio.wait_for(self._left.wait(), seconds)
            self._left.clear()

    async def look(self) -> float:
        """One look at ledger and store, and what follows; seconds until the next look."""
        with suppress(StoreUnavailable):
            # Without a disk it is a door like any other, as long as everything answers.
            await self._local.open()
        missing = await self._missing()
        if missing:
            self._miss(missing)
        elif self._status.state is LaneState.ONLINE:
            await self._tell()
        else:
            await self._try_to_return()
        if Part.STORE not in missing:
            await self._sync()
        online = self._status.state is LaneState.ONLINE
        return LOOK_SECONDS if online else self._patience.pause_seconds

    async def close(self) -> None:
        """Let go of the files; what is queued is there when this terminal starts again."""
        await self._local.close()

    async def _said(self, asked: Ask[T], by_itself: Ask[T]) -> T:
        """What ledger and store say, or, where they do not answer, the lane by itself."""
        while True:
            if self._status.state is LaneState.ONLINE:
                answer = await self._answered(asked())
                if answer is not None:
                    self._note(answer)
                    return answer
            async with self._by_itself:
                # Whoever came while the lane returned is judged by those who answer again.
                if self._status.state is not LaneState.ONLINE:
                    return await by_itself()

    async def _judge(self, scan: Scan) -> Verdict | NeedsConduct:
        verdict = await self._local.judge(scan)
        if isinstance(verdict, NeedsConduct):
            self._asked_locally.add(scan.nonce)
        return verdict

    async def _accept(self, needs: NeedsConduct, language: str, scan: Scan) -> Verdict:
        if scan.nonce in self._asked_locally:
            # Its holder is half hidden there: ledger and store know whose ticket it is.
            said = await self._admission.scan(scan)
            if isinstance(said, Verdict):
                return said
            needs = said
        return await self._admission.accept_conduct(needs, language, scan)

    def _note(self, answer: object) -> None:
        if isinstance(answer, Verdict):
            self._local.note(answer)

    async def _answered(self, asking: Awaitable[T]) -> T | None:
        """What ledger and store answer in time; None if they do not, and the lane goes on."""
        try:
            async with asyncio.timeout(self.deadline_seconds):
                return await asking
        except NotPaired:
            # A terminal that was sent out lets nobody in by itself either.
            raise
        except LedgerUnavailable:
            missing = frozenset({Part.LEDGER})
        except StoreUnavailable:
            missing = frozenset({Part.STORE})
        except TimeoutError:
            # Which of them it was, the next look will tell.
            missing = frozenset(Part)
        if self._status.state is LaneState.ONLINE:
            self._leave(missing)
        return None

    async def _missing(self) -> frozenset[Part]:
        """What does not answer in time; what does, is asked for the conflicts on the way."""
        event = self._catalog.event
        account = chart.slot_account_id(event, event.slots[0].number, AccountCode.SPENT)
        ledger, conflicts = await asyncio.gather(
            self._in_time(self._ledger.lookup_accounts([account])),
            self._in_time(self._store.transaction(partial(lanes.count, event_id=event.id))),
        )
        if conflicts is not None:
            self._status = replace(self._status, conflicts=conflicts)
        answers = {Part.LEDGER: ledger, Part.STORE: conflicts}
        return frozenset(part for part, answer in answers.items() if answer is None)

    async def _in_time(self, asking: Awaitable[T]) -> T | None:
        try:
            async with asyncio.timeout(self.deadline_seconds):
                return await asking
        except (LedgerUnavailable, StoreUnavailable, TimeoutError):
            return None

    def _leave(self, missing: frozenset[Part]) -> None:
        """Be by itself from now on."""
        now = self._clock.now()
        log.warning("the lane goes on by itself: no answer of %s", ", ".join(sorted(missing)))
        self._patience = self._patience.left(now)
        self._status = replace(self._status, state=LaneState.OFFLINE, unchecked=missing, since=now)
        self._left.set()

    def _miss(self, missing: frozenset[Part]) -> None:
        if self._status.state is LaneState.ONLINE:
            self._leave(missing)
            return
        self._patience = self._patience.missed()
        self._status = replace(self._status, state=LaneState.OFFLINE, unchecked=missing)

    async def _try_to_return(self) -> None:
        """Tell what is queued, and be on line again when all of it is told."""
        now = self._clock.now()
        self._patience = self._patience.answered(now)
        if not self._patience.is_over(now):
            return
        self._status = replace(self._status, state=LaneState.RETURNING)
        if await self._tell():
            async with self._by_itself:
                # Whoever was being judged meanwhile is in the queue by now, and nobody else is.
                if await self._in_time(self._tell()):
                    log.warning("the lane is back: everything is told")
                    self._patience = self._patience.returned(now)
                    self._status = LaneStatus(conflicts=self._status.conflicts)

    async def _tell(self) -> bool:
        """Whether all that is queued is told."""
        try:
            while waiting := self._local.waiting[:AT_ONCE]:
                conflicts = await self._resync.tell(waiting)
                await self._local.told(waiting)
                counted = self._status.conflicts + conflicts
                self._status = replace(self._status, conflicts=counted)
        except LedgerUnavailable:
            self._miss(frozenset({Part.LEDGER}))
        except StoreUnavailable:
            self._miss(frozenset({Part.STORE}))
        else:
            return True
        return False

    async def _sync(self) -> None:
        try:
            await self._local.knowledge.sync(self._store, self._catalog.event.id)
        except StoreUnavailable:
            self._miss(frozenset({Part.STORE}))
