"""Keep a door's copy of what the store says of every ticket, and look things up in it."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from kiosk.clock import Clock
from kiosk.domain.knowledge import KnownClaim, News, Passage
from kiosk.store import knowledge, news
from kiosk.store.database import Database
from kiosk.store.knowledge import Copied, KnowledgeFile

T = TypeVar("T")

log = logging.getLogger(__name__)

NOTE_AGE: Final = timedelta(minutes=1)
"""How old the copy is, is written no more often than this while there is no news."""


class _Unreadable(Exception):
    """The file cannot be had, or was damaged and is gone."""


class Knowledge:
    """The copy of one event's tickets, in a file that outlives this process.

    Nobody is refused for what cannot be read from the file: it is not known. A damaged file is
    made anew.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        # One thread: a page of news is written in the time that a glance takes.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="knowledge")
        self._file: KnowledgeFile | None = None
        self._copied: Copied | None = None
        self._synced_at: datetime | None = None
        self._is_had = True
        """Whether the file could be read last time: that it cannot is said once."""

    @property
    def synced_at(self) -> datetime | None:
        """When there was nothing newer to know; None while the copy is not whole."""
        return self._synced_at

    async def load(self, event_id: int) -> None:
        """See what there is of an event from before."""
        try:
            copied = await self._ask(KnowledgeFile.copied)
        except _Unreadable:
            return
        self._copied = copied if copied and copied.event_id == event_id else None
        whole = self._copied if self._copied and self._copied.progress.is_whole else None
        self._synced_at = whole.read_at if whole else None

    async def sync(self, store: Database, event_id: int) -> int:
        """Read everything that is new, and say how many tickets that was.

        Raises `StoreUnavailable`; what was read until then is kept.
        """
        count, is_all = 0, False
        try:
            while not is_all:
                copied = self._copied or await self._begin(store, event_id)
                read = await store.transaction(
                    partial(news.read, event_id=event_id, progress=copied.progress)
                )
                if read is None:
                    log.warning("the store has another history: local knowledge is read anew")
                    self._copied = None
                    continue
                await self._take(read, copied)
                count, is_all = count + len(read.claims), read.is_all
        except _Unreadable:
            return count
        self._synced_at = self._clock.now()
        return count

    async def find(self, claim_id: int) -> KnownClaim | None:
        """What is known of the ticket with this id."""
        return await self._find(partial(KnowledgeFile.find, claim_id=claim_id))

    async def find_number(self, ticket_number: str) -> KnownClaim | None:
        """What is known of the ticket with this number."""
        return await self._find(partial(KnowledgeFile.find_number, ticket_number=ticket_number))

    async def note(self, passages: Sequence[Passage]) -> None:
        """Know at once who was let in or out, before the news of it come around."""
        await self._find(partial(KnowledgeFile.note, passages=passages))

    def note_soon(self, passage: Passage) -> None:
        """As `note`, for a door that has its verdict: what is asked later knows of it."""
        noting = asyncio.get_running_loop().run_in_executor(
            self._thread, self._asked, partial(KnowledgeFile.note, passages=[passage])
        )
        # Whatever is wrong with the file, the next question will meet and say.
        noting.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def close(self) -> None:
        """Let go of the file."""
        await self._in_thread(self._close)

    async def _begin(self, store: Database, event_id: int) -> Copied:
        self._synced_at = None
        copied = Copied(event_id, await store.transaction(news.begin), self._clock.now())
        await self._ask(partial(KnowledgeFile.begin, copied=copied))
        return copied

    async def _take(self, read: News, before: Copied) -> None:
        now = self._clock.now()
        if read.progress == before.progress and now - before.read_at < NOTE_AGE:
            return
        after = replace(before, progress=read.progress, read_at=now)
        await self._ask(partial(KnowledgeFile.take, news=read, copied=after))
        self._copied = after

    async def _find(self, question: Callable[[KnowledgeFile], T]) -> T | None:
        try:
            return await self._ask(question)
        except _Unreadable:
            return None

    async def _ask(self, question: Callable[[KnowledgeFile], T]) -> T:
        try:
            answer = await self._in_thread(lambda: self._asked(question))
        except (sqlite3.OperationalError, OSError) as fault:
            # Locked, or no place: it is as if there were none, until the next question.
            if self._is_had:
                log.warning("local knowledge cannot be had: %s", fault)
            self._is_had = False
            raise _Unreadable from fault
        except sqlite3.DatabaseError as fault:
            log.error("local knowledge is damaged and made anew: %s", fault)
            await self._in_thread(self._remove)
            self._copied = self._synced_at = None
            raise _Unreadable from fault
        self._is_had = True
        return answer

    def _asked(self, question: Callable[[KnowledgeFile], T]) -> T:
        if self._file is None:
            self._file = KnowledgeFile(self._path)
        return question(self._file)

    def _remove(self) -> None:
        self._close()
        knowledge.remove(self._path)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    async def _in_thread(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)
