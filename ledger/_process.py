"""An SQLite ledger in a process of its own, beside the one that asks."""

import asyncio
import logging
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ledger._calls import Call
from ledger._process_main import LENGTH_BYTES, Part, frame
from ledger._transactions import Outcome
from ledger.engine import LedgerClosed, LedgerError, LedgerUnavailable
from ledger.types import BATCH_MAX

logger = logging.getLogger(__name__)

PART_CALLS = 34
"""So many are sent ahead of the rest of their turn, so that both processes work at once."""

_ANSWER_BYTES = 2**22
_ROOT = Path(__file__).parents[1]


class LedgerProcess:
    """Has calls executed in a process of its own; those of one turn of the loop together.

    The process is started at once, started again if it ended, and ends with this one, whatever
    ends this one. What was sent to one that ended is `LedgerUnavailable`.
    """

    def __init__(self, path: Path, clock: Callable[[], int], busy_seconds: float) -> None:
        """Serve the event loop that runs."""
        module = (sys.executable, "-P", "-m", "ledger._process_main")
        self._command = (*module, str(path), str(busy_seconds))
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._turn_begun = False
        self._part: list[Call[object]] = []
        self._events = 0
        self._unsent: list[bytes] = []
        self._asked: deque[Call[object]] = deque()
        self.pid: int | None = None
        """The process, None while there is none."""
        self._requests: asyncio.StreamWriter | None = None
        self._serving: asyncio.Task[None] | None = None
        self._start()

    def submit(self, call: Call[object]) -> None:
        """Have the call executed; call this in the loop of its future, which is ours."""
        if self._closed:
            raise LedgerClosed("the ledger was closed")
        if call.loop is not self._loop:
            raise LedgerError("a ledger in a process of its own serves the loop it was opened in")
        self._part.append(call)
        self._events += call.request.size
        if not self._turn_begun:
            self._turn_begun = True
            call.loop.call_soon(self._end_turn)
        elif self._events > BATCH_MAX:
            self._send(is_last=True)
        elif len(self._part) == PART_CALLS:
            self._send(is_last=False)

    async def close(self) -> None:
        """Finish what was submitted and let the process end."""
        self._end_turn()
        self._closed = True
        if self._requests:
            self._requests.close()
        if self._serving:
            await self._serving

    def _start(self) -> None:
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve())

    def _end_turn(self) -> None:
        if self._turn_begun:
            self._turn_begun = False
            self._send(is_last=True)

    def _send(self, *, is_last: bool) -> None:
        if is_last:
            self._events = 0
        calls, self._part = self._part, []
        self._asked += calls
        part = frame(Part(self._clock(), is_last, [call.request for call in calls]))
        self._start()
        if self._requests:
            self._requests.write(part)
        else:
            self._unsent.append(part)

    async def _serve(self) -> None:
        why = "it could not be started"
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                env={**os.environ, "PYTHONPATH": str(_ROOT)},
                # What a terminal sends to its programs is not for it.
                start_new_session=True,
                limit=_ANSWER_BYTES,
            )
            why = await self._attend(process)
        except OSError as error:
            why = str(error)
        finally:
            self._end(why)

    async def _attend(self, process: Process) -> str:
        """Pass parts and answers on until the process ends; why it did."""
        requests, answers, complaints = process.stdin, process.stdout, process.stderr
        assert requests is not None
        assert answers is not None
        assert complaints is not None
        self.pid = process.pid
        requests.writelines(self._unsent)
        if self._closed:
            requests.close()
        self._requests = requests
        with suppress(asyncio.IncompleteReadError):
            while True:
                length = await answers.readexactly(LENGTH_BYTES)
                data = await answers.readexactly(int.from_bytes(length))
                self._answer(pickle.loads(data))
        told = (await complaints.read()).decode(errors="replace")
        status = await process.wait()
        if told:
            logger.warning("the ledger's process ended with status %d: %s", status, told)
        return (told.strip() or f"status {status}").splitlines()[-1]

    def _answer(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            call = self._asked.popleft()
            call.outcome = outcome
            call.resolve()

    def _end(self, why: str) -> None:
        if self._requests:
            self._requests.close()
        self._serving = self._requests = self.pid = None
        asked, self._asked = self._asked, deque()
        self._unsent.clear()
        for call in asked:
            call.outcome = (
                LedgerClosed("the ledger was closed meanwhile")
                if self._closed
                else LedgerUnavailable(
                    f"the ledger's process ended ({why}): it may have done what was asked, so ask "
                    "again with the same ids"
                )
            )
            call.resolve()
