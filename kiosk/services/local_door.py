"""The door by itself: judges by signatures and local knowledge, and queues whom it lets pass."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.clock import Clock
from kiosk.domain.admission import NeedsConduct, Reason, Scan, Verdict
from kiosk.domain.errors import StoreUnavailable
from kiosk.domain.events import CodeOfConduct, Event
from kiosk.domain.knowledge import KnownClaim, Passage
from kiosk.domain.lane import PASSED, AcceptedOffline, QueuedScan
from kiosk.domain.offline import Local, judge
from kiosk.domain.presented import Named, read_named
from kiosk.services.knowledge import Knowledge
from kiosk.store.lane_queue import LaneQueue
from ledger.ids import derived_id

T = TypeVar("T")

_NAME_DIGITS: Final = 12


class LocalDoor:
    """What one lane knows and does by itself; its files are opened when they are first needed.

    It judges one scan at a time: the second of a ticket has to know of the first.
    """

    def __init__(
        self, folder: Path, event: Event, key: Ed25519PublicKey, terminal: str, clock: Clock
    ) -> None:
        """`key` is the one that the tickets of `event` are signed with."""
        self._folder = folder / event.key
        self._event = event
        self._key = key
        self._terminal = terminal
        self._clock = clock
        self.knowledge = Knowledge(self._folder / "knowledge.sqlite", clock)
        self._queue: LaneQueue | None = None
        self._opening = asyncio.Lock()
        # A disk may take its time to make something durable.
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="lane")

    @property
    def waiting(self) -> tuple[QueuedScan, ...]:
        """What it said that ledger and store have not been told of."""
        return self._queue.waiting if self._queue else ()

    async def open(self) -> LaneQueue:
        """See what there is from before. Raises `StoreUnavailable` if the disk is of no use."""
        async with self._opening:
            if self._queue is None:
                await self.knowledge.load(self._event.id)
                self._queue = await self._on_disk(self._open_queue)
            return self._queue

    async def judge(
        self, scan: Scan, conduct: CodeOfConduct | None = None
    ) -> Verdict | NeedsConduct:
        """The verdict by itself; it is in the queue, durably, when this returns.

        `conduct` is what the holder has just accepted. Raises `StoreUnavailable` if the disk does
        not take it.
        """
        named = read_named(scan.text, self._key)
        if isinstance(named, Reason):
            return await self.turn_away(scan, Verdict(named))
        queue = await self.open()
        known, now = await self._known(named), self._clock.now()
        local = self._local(queue, named, known, scan)
        if conduct is not None:
            local = replace(local, has_accepted=True)
        verdict = judge(self._event, named, scan, local, now)
        if isinstance(verdict, NeedsConduct):
            return verdict
        if verdict.reason is not Reason.HISTORY_UNKNOWN or verdict.claim_id is None:
            return await self.turn_away(scan, verdict)
        # Whose ticket it is now is not known if only its signature speaks for it.
        holder_id = known.holder.id if known and verdict.holder else None
        accepted = (
            None
            if conduct is None
            else AcceptedOffline(conduct.language, conduct.digest, holder_id)
        )
        await self._on_disk(partial(queue.add, QueuedScan(scan, verdict.claim_id, now, accepted)))
        return verdict

    async def turn_away(self, scan: Scan, said: Verdict) -> Verdict:
        """What is said to somebody who may not pass; it is told when it can be."""
        queue = await self.open()
        one = QueuedScan(scan, said.claim_id or 0, self._clock.now(), turned_away=said.reason)
        await self._on_disk(partial(queue.add, one))
        return said

    def note(self, verdict: Verdict) -> None:
        """Know at once whom ledger and store let pass, before the news of it come around."""
        way = PASSED.get(verdict.reason)
        if way and verdict.claim_id and verdict.at and self.knowledge.synced_at:
            self.knowledge.note_soon(Passage(verdict.claim_id, way, verdict.at, self._terminal))

    async def told(self, scans: Sequence[QueuedScan]) -> None:
        """Ledger and store know of these now."""
        # Known before it is forgotten: nobody passes twice in between.
        await self.knowledge.note(
            [
                Passage(one.claim_id, one.scan.way, one.at, self._terminal)
                for one in scans
                if one.turned_away is None
            ]
        )
        queue = await self.open()
        await self._on_disk(partial(queue.forget, [one.scan.nonce for one in scans]))

    async def close(self) -> None:
        """Let go of the files."""
        await self.knowledge.close()
        queue, self._queue = self._queue, None
        if queue is not None:
            await self._on_disk(queue.close)

    async def _known(self, named: Named) -> KnownClaim | None:
        if named.payload is not None:
            return await self.knowledge.find(named.payload.claim_id)
        assert named.number is not None
        return await self.knowledge.find_number(named.number)

    def _local(self, queue: LaneQueue, named: Named, known: KnownClaim | None, scan: Scan) -> Local:
        claim_id = known.id if known else named.payload.claim_id if named.payload else 0
        whose = {claim_id, known.holder.id} if known else {claim_id}
        digests = {text.digest for text in self._event.conduct.values()}
        return Local(
            lane=self._terminal,
            known=known,
            # The same scan again is no other one.
            queued=tuple(one for one in queue.of(claim_id) if one.scan.nonce != scan.nonce),
            has_accepted=queue.has_accepted(whose, digests),
        )

    def _open_queue(self) -> LaneQueue:
        name = f"{derived_id('lane', self._terminal):032x}"[:_NAME_DIGITS]
        try:
            return LaneQueue(self._folder, name)
        except OSError as fault:
            raise StoreUnavailable(f"the queue of this lane cannot be had: {fault}") from fault

    async def _on_disk(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._disk, call)
