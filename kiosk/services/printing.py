"""Print tickets by a command of the system, beside everything else: nobody waits for a printer."""

import asyncio
import logging
import os
import shlex
import shutil
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from kiosk.domain.errors import KioskError
from kiosk.services.ticket_files import TicketPicture, pdf_of

log = logging.getLogger(__name__)

DEADLINE_SECONDS: Final = 30.0
"""Until a print command has taken the tickets over; what it spools may take longer."""
_OUTPUT_MAX: Final = 4096
_PRINT: Final = "lp"
_LIST_PRINTERS: Final = ("lpstat", "-e")


class NotPrinted(KioskError):
    """The print command refused the tickets; the message is its last word."""


class PrinterSilent(KioskError):
    """The print command did not end in time and was ended: the tickets may be printed or not."""


class TicketPrinter:
    """The printer of this terminal. `command` prints the PDF that is added to it as its last word.

    None is `lp`, if the system has a printer; an empty command is no printer at all.
    """

    def __init__(
        self, command: Sequence[str] | None = None, deadline_seconds: float = DEADLINE_SECONDS
    ) -> None:
        self._command = None if command is None else tuple(command)
        self._deadline_seconds = deadline_seconds
        self._jobs: dict[str, asyncio.Task[None]] = {}

    async def is_there(self) -> bool:
        """Whether there is anything to print on; the system is asked once."""
        if self._command is None:
            found = shutil.which(_PRINT) and await self._has_printers()
            self._command = (_PRINT,) if found else ()
        return bool(self._command)

    async def print(self, name: str, tickets: Sequence[TicketPicture]) -> None:
        """Print tickets under a name. While that is under way, asking again is asking once.

        It goes on if nobody waits any more. Raises `NotPrinted` or `PrinterSilent`.
        """
        job = self._jobs.get(name)
        if job is None:
            job = asyncio.create_task(self._print(name, tickets))
            self._jobs[name] = job
            job.add_done_callback(lambda done: self._ended(name, done))
        await asyncio.shield(job)

    async def close(self) -> None:
        """Let what is being printed come to its end."""
        await asyncio.gather(*self._jobs.values(), return_exceptions=True)

    def _ended(self, name: str, job: "asyncio.Task[None]") -> None:
        del self._jobs[name]
        if not job.cancelled() and (fault := job.exception()):
            log.warning("not printed, %s: %r", name, fault)

    async def _print(self, name: str, tickets: Sequence[TicketPicture]) -> None:
        assert self._command, "there is no printer"
        with TemporaryDirectory(prefix="kiosk-") as folder:
            file = Path(folder) / f"{name}.pdf"
            data = await asyncio.to_thread(pdf_of, tickets)
            try:
                await asyncio.to_thread(file.write_bytes, data)
                status, output = await self._run((*self._command, str(file)))
            except OSError as fault:
                raise NotPrinted(fault.strerror or str(fault)) from fault
        if status:
            lines = output.strip().splitlines()
            raise NotPrinted(lines[-1] if lines else str(status))

    async def _has_printers(self) -> bool:
        try:
            status, output = await self._run(_LIST_PRINTERS)
        except (OSError, PrinterSilent) as fault:
            log.warning("no printer is known: %r", fault)
            return False
        return status == 0 and bool(output.strip())

    async def _run(self, command: Sequence[str]) -> tuple[int, str]:
        # A session of its own, so that all it started can be ended with it.
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self._deadline_seconds):
                output, _ = await process.communicate()
        except TimeoutError:
            raise PrinterSilent(shlex.join(command[:1])) from None
        finally:
            await _end(process)
        assert process.returncode is not None
        return process.returncode, output[-_OUTPUT_MAX:].decode(errors="replace")


async def _end(process: Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
