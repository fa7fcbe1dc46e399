"""A door in a process of its own: killed at a given step of what it does, or racing another."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Self

from sqlalchemy import URL

from kiosk.bootstrap import assemble
from kiosk.domain.events import Event
from kiosk.services.backing import Backing
from kiosk.store.database import Database, sqlite_url
from kiosk.store.keys import SigningKeys
from ledger.engine import Ledger
from ledger.ids import new_id
from ledger.sqlite import SqliteLedger
from ledger.tigerbeetle import TigerBeetleLedger
from tests.fakes import FakeClock
from tests.kiosk.crashes import crashing
from tests.kiosk.doomed_process import Kill
from tests.kiosk.door_acts import PLAYS, Doorway, a_tight_event
from tests.kiosk.doors import let_in
from tests.kiosk.world import Terminal, World, pair


@dataclass(frozen=True)
class Venue:
    """Where doors of several processes are: a data folder, and a server or the folder's ledger."""

    folder: Path
    began: datetime
    event_key: str
    server: tuple[int, str] | None = None
    """Its cluster and address."""
    places: int = 2
    room: int = 1
    database_url: URL | None = None
    """Where the store is, if not in the folder."""

    @classmethod
    def of(
        cls, world: World, server: tuple[int, str] | None = None, *, places: int = 2, room: int = 1
    ) -> Self:
        """That of a world, with an event of its own."""
        now, key = world.clock.now(), f"event-{new_id():x}"
        return cls(world.folder, now, key, server, places, room, world.database_url)

    @property
    def event(self) -> Event:
        """The event that takes place there."""
        return a_tight_event(self.places, self.room, key=self.event_key)

    @asynccontextmanager
    async def door(
        self, name: str, back: Callable[[Backing], Backing] = lambda backing: backing
    ) -> AsyncIterator[Terminal]:
        """One door there."""
        clock = FakeClock(self.began)
        url = self.database_url or sqlite_url(self.folder / "kiosk.sqlite")
        store = await Database.open(url)
        ledger: Ledger = (
            TigerBeetleLedger(*self.server)
            if self.server
            else SqliteLedger(self.folder / "ledger", clock.nanoseconds)
        )
        backing = Backing(store, ledger, SigningKeys(self.folder / "keys"), clock, self.folder)
        await pair(backing, name)
        services = await assemble(back(backing), self.event, name)
        yield Terminal(services, backing)
        await ledger.close()
        await store.close()


def play(venue: Venue, name: str, step: int) -> None:
    """Play an act; this returns only if it has fewer steps than the one that is the last."""
    asyncio.run(_play(venue, name, step))


async def _play(venue: Venue, name: str, step: int) -> None:
    fuse, what = Kill(), PLAYS[name]
    async with venue.door("doomed", crashing(fuse)) as door:
        doorway = Doorway(door, await door.sell({"general": 2}))
        for act in what.before:
            await act(doorway)
        fuse.set(step)
        await what.act(doorway)


def race(
    venue: Venue, name: str, numbers: Sequence[str], start: Barrier, answers: Connection
) -> None:
    """Let somebody in by each ticket, at the same instant as the other doors; tell the reasons."""
    asyncio.run(_race(venue, name, numbers, start, answers))


async def _race(
    venue: Venue, name: str, numbers: Sequence[str], start: Barrier, answers: Connection
) -> None:
    async with venue.door(name) as door:
        for number in numbers:
            start.wait()
            answers.send((await let_in(door, number)).reason)
