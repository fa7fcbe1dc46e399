"""Group commit: requests that wait at the same time share one transaction on one thread."""

import asyncio
import os
import threading
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TypeAlias

from ledger._calls import Call, resolve
from ledger._transactions import Transactions
from ledger.engine import LedgerClosed
from ledger.types import BATCH_MAX

_Calls: TypeAlias = list[Call[object]]

GROUP_EVENTS = 2 * BATCH_MAX
GROUP_CALLS = 4096
"""A group is no larger than this, so that no request waits for long."""


class GroupCommit:
    """Owns the transactions and the thread which alone uses them.

    Calls may come from several event loops. Those which are made in one turn of a loop travel
    together, and a group is everything that has arrived while the group before was executed.
    """

    def __init__(self, transactions: Transactions) -> None:
        self.pid: int | None = os.getpid()
        self._transactions = transactions
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
            call.outcome = LedgerClosed("the ledger was closed before this was executed")
        resolve(calls)

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
                    call.outcome = LedgerClosed("the ledger stopped by a fault in its own code")
                _deliver(waiting)
                waiting.clear()
            self._transactions.close()

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
        self._transactions.execute([call.request for call in group])
        for call, outcome in zip(group, self._transactions.finish(), strict=True):
            call.outcome = outcome
        _deliver(group)


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


def _deliver(calls: Iterable[Call[object]]) -> None:
    """Hand the answers to the loops that wait for them, each loop woken once."""
    by_loop: dict[asyncio.AbstractEventLoop, _Calls] = {}
    for call in calls:
        by_loop.setdefault(call.loop, []).append(call)
    for loop, answered in by_loop.items():
        with suppress(RuntimeError):  # The loop was closed: nobody waits any more.
            loop.call_soon_threadsafe(resolve, answered)
