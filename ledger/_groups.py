"""Group commit: requests that wait at the same time share one transaction on one thread."""

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import chain
from queue import Empty, SimpleQueue
from typing import TypeAlias, TypeVar

from ledger._calls import Call
from ledger._schema import ledger_error
from ledger._store import Store
from ledger.engine import LedgerClosed
from ledger.records import AccountRecord, TransferRecord
from ledger.types import BATCH_MAX

_Calls: TypeAlias = list[Call[object]]

_Record = TypeVar("_Record", AccountRecord, TransferRecord)

GROUP_EVENTS = 2 * BATCH_MAX
GROUP_CALLS = 4096
"""A group is no larger than this, so that no request waits for long."""


class GroupCommit:
    """Owns the store and the thread which alone uses it.

    Calls may come from several event loops. Those which are made in one turn of a loop travel
    together, and a group is everything that has arrived while the group before was executed.
    """

    def __init__(self, store: Store, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock
        self._gathered: dict[asyncio.AbstractEventLoop, _Calls] = {}
        self._arrived: SimpleQueue[_Calls | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._closing = False
        self._ended = False
        # A daemon, because a program that forgets to close must be able to end: the file is safe.
        self._thread = threading.Thread(target=self._serve, name="ledger", daemon=True)
        self._thread.start()

    def submit(self, call: Call[object]) -> None:
        """Have the call executed; call this in the loop of its future."""
        if self._closing:
            raise LedgerClosed("the ledger was closed")
        gathered = self._gathered.get(call.loop)
        if gathered is not None:
            gathered.append(call)
            return
        self._gathered[call.loop] = [call]
        call.loop.call_soon(self._send, call.loop)

    def _send(self, loop: asyncio.AbstractEventLoop) -> None:
        calls = self._gathered.pop(loop, [])
        with self._lock:
            if not self._closing:
                self._arrived.put(calls)
                return
        for call in calls:
            call.fail(LedgerClosed("the ledger was closed before this was executed"))
            call.resolve()

    async def close(self) -> None:
        """Finish what has arrived, then let go of the file."""
        self._send(asyncio.get_running_loop())
        self._stop_accepting()
        await asyncio.to_thread(self._thread.join)

    def _stop_accepting(self) -> None:
        with self._lock:
            if not self._closing:
                self._closing = True
                self._arrived.put(None)

    def _serve(self) -> None:
        waiting: deque[Call[object]] = deque()
        try:
            while self._wait(waiting):
                group = _next_group(waiting)
                self._execute(group)
                for _ in group:
                    waiting.popleft()
        finally:
            # There is something left only after a fault of ours, and nobody must wait for ever.
            self._stop_accepting()
            while self._wait(waiting):
                for call in waiting:
                    call.fail(LedgerClosed("the ledger stopped by a fault in its own code"))
                _deliver(waiting)
                waiting.clear()
            self._store.close()

    def _wait(self, waiting: deque[Call[object]]) -> bool:
        """Take all that has arrived, or wait for the next; false when the last was taken before."""
        while not self._ended:
            try:
                calls = self._arrived.get(block=not waiting)
            except Empty:
                break
            if calls is None:
                self._ended = True
            else:
                waiting.extend(calls)
        return bool(waiting)

    def _execute(self, group: _Calls) -> None:
        try:
            self._commit(group)
        except sqlite3.Error as error:
            undone = self._abandon()
            for call in group:
                call.fail(ledger_error(error, undone=undone))
        _deliver(group)

    def _commit(self, group: _Calls) -> None:
        """Execute the calls, each as a whole, and make their effects durable."""
        writing = any(call.request.size for call in group)
        self._store.begin(writing=writing)
        now = self._clock()
        if not writing and self._store.books.next_expiry <= now:
            self._store.abandon()
            self._store.begin(writing=True)
        self._store.expire(now)
        self._store.load_for_accounts(_flat(call.request.accounts for call in group))
        self._store.load_for_transfers(_flat(call.request.transfers for call in group))
        for call in group:
            call.execute(self._store, now)
        self._store.commit()

    def _abandon(self) -> bool:
        try:
            self._store.abandon()
        except sqlite3.Error:
            return False
        return True


def _next_group(waiting: Iterable[Call[object]]) -> _Calls:
    """The first calls, as many as one transaction takes."""
    group: _Calls = []
    events = 0
    for call in waiting:
        events += call.request.size
        if group and (events > GROUP_EVENTS or len(group) == GROUP_CALLS):
            break
        group.append(call)
    return group


def _flat(lists: Iterable[list[_Record]]) -> list[_Record]:
    found = [records for records in lists if records]
    return found[0] if len(found) == 1 else list(chain.from_iterable(found))


def _deliver(calls: Iterable[Call[object]]) -> None:
    """Hand the answers to the loops that wait for them, each loop woken once."""
    by_loop: dict[asyncio.AbstractEventLoop, _Calls] = {}
    for call in calls:
        by_loop.setdefault(call.loop, []).append(call)
    for loop, answered in by_loop.items():
        with suppress(RuntimeError):  # The loop was closed: nobody waits any more.
            loop.call_soon_threadsafe(_resolve, answered)


def _resolve(calls: _Calls) -> None:
    for call in calls:
        call.resolve()
