"""Write what organisers take along: one folder, one file for each kind of thing."""

import asyncio
import csv
import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final, TextIO

from sqlmodel import Session

from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.events import Event, StaffMember
from kiosk.domain.exports import FolderInUse, Progress, Table
from kiosk.domain.rights import Right, require
from kiosk.domain.spreadsheets import Cell, written
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.store import audit, exports, pairings

ZONE_COLUMN: Final = "event_time_zone"
"""Times are in UTC; by this one they are those of the event."""
_UNFINISHED: Final = ".unfinished"


class Exports:
    """Exports of one event; `terminal` None is the command line, which needs nobody.

    Raises `StoreUnavailable`, or `OSError` if the disk does not take it.
    """

    def __init__(self, backing: Backing, catalog: Catalog, terminal: int | None = None) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._courtesy = backing.courtesy
        self._catalog = catalog
        self._terminal = terminal
        self._folder = backing.folder / "exports"

    def new_folder(self) -> Path:
        """A folder named after the event and the time, where nothing is yet."""
        now = self._clock.now()
        return self._folder / f"{self._catalog.event.key}-{now:%Y%m%dT%H%M%SZ}"

    async def write(
        self, folder: Path, told: Callable[[Progress], None], staff: StaffMember | None = None
    ) -> Mapping[Table, int]:
        """Write every table into a new folder; how many rows each has.

        It has its name once it is whole: what is broken off leaves nothing. Raises `FolderInUse`.
        """
        if staff is not None:
            require(staff, Right.EXPORT)
        else:
            assert self._terminal is None, "at a terminal, somebody does it"
        unfinished = folder.with_name(folder.name + _UNFINISHED)
        await asyncio.to_thread(_make, folder, unfinished)
        try:
            rows = await self._write(unfinished, told)
            await self._record(folder, rows, staff)
            await asyncio.to_thread(_rename, unfinished, folder)
        finally:
            await asyncio.to_thread(shutil.rmtree, unfinished, ignore_errors=True)
        return rows

    async def _write(self, folder: Path, told: Callable[[Progress], None]) -> Mapping[Table, int]:
        event = self._catalog.event
        # What is sold from now on is left to the next export, in every table.
        last = await self._store.transaction(partial(exports.last_order, event_id=event.id))
        rows: Counter[Table] = Counter()
        for table in Table:
            told(Progress(table, 0))
            with ExitStack() as closing:
                file = closing.enter_context(_opened(folder / table.file_name))
                _add(file, [[*exports.columns(table), ZONE_COLUMN]])
                async for page in self._pages(event, table, last):
                    await asyncio.to_thread(_add, file, _lines(page, event))
                    rows[table] += len(page)
                    told(Progress(table, rows[table]))
                await asyncio.to_thread(_sync, file)
        return rows

    async def _pages(
        self, event: Event, table: Table, last: int
    ) -> AsyncIterator[Sequence[Sequence[Cell]]]:
        after: int | None = 0
        while after is not None:
            read = partial(exports.page, event_id=event.id, table=table, after=after, last=last)
            page = await self._store.transaction(read)
            yield page.rows
            after = page.after
            await self._courtesy.after_you()

    async def _record(
        self, folder: Path, rows: Mapping[Table, int], staff: StaffMember | None
    ) -> None:
        now, actor = self._clock.now(), Actor(self._terminal, staff.name if staff else "")
        counts = ", ".join(f"{rows[table]} {table}" for table in Table)
        entry = AuditEntry(now, actor, Action.EXPORTED, self._catalog.event.id, counts)

        def work(session: Session) -> None:
            if self._terminal is not None:
                pairings.require_paired(session, self._terminal)
            audit.record(session, entry)

        await self._store.transaction(work)


def _make(folder: Path, unfinished: Path) -> None:
    if folder.exists():
        raise FolderInUse(str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    # People's names are in it: nobody else on this machine reads them.
    try:
        unfinished.mkdir(mode=0o700)
    except FileExistsError:
        raise FolderInUse(str(unfinished)) from None


def _rename(unfinished: Path, folder: Path) -> None:
    if folder.exists():
        raise FolderInUse(str(folder))
    unfinished.rename(folder)


def _opened(path: Path) -> TextIO:
    # The folder may be moved to where others look.
    path.touch(mode=0o600, exist_ok=False)
    return path.open("w", encoding="utf-8", newline="")


def _add(file: TextIO, lines: Iterable[Iterable[str]]) -> None:
    csv.writer(file).writerows(lines)


def _lines(rows: Iterable[Iterable[Cell]], event: Event) -> list[list[str]]:
    return [[*map(written, row), event.timezone] for row in rows]


def _sync(file: TextIO) -> None:
    file.flush()
    os.fsync(file.fileno())
