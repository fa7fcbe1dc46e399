"""Two machines at once: as the first of all, or with one pairing code."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import URL

from kiosk.clock import SystemClock
from kiosk.domain.terminals import PairingRefused
from kiosk.services.backing import Backing
from kiosk.services.terminals import Pairing, Terminals
from kiosk.store.database import Database
from kiosk.store.keys import SigningKeys
from tests.kiosk.world import World


@dataclass(frozen=True)
class Machines:
    """Two machines of their own, on one PostgreSQL server."""

    backing: Backing
    stores: tuple[Database, Database]

    def pairings(self, *names: str) -> list[Pairing]:
        """The terminals of these names, one on each machine."""
        return [
            Pairing(replace(self.backing, store=store, keys=self._keys(at)), name)
            for at, (store, name) in enumerate(zip(self.stores, names, strict=True))
        ]

    async def invite(self, name: str) -> str:
        """A code for a terminal."""
        return (await Terminals(self.stores[0], self.backing.clock).invite(name)).code

    def _keys(self, at: int) -> SigningKeys:
        return SigningKeys(self.backing.folder / f"keys {at}")


@pytest.fixture
async def machines(embedded: World, new_database: Callable[[], URL]) -> AsyncIterator[Machines]:
    url, backing = new_database(), (await embedded.open()).backing
    stores = (await Database.open(url), await Database.open(url))
    yield Machines(backing, stores)
    for store in stores:
        await store.close()


@pytest.mark.postgresql
async def test_of_two_that_begin_at_once_on_a_server_one_is_the_first(machines: Machines) -> None:
    both = machines.pairings("north", "south")
    entered = await asyncio.gather(*(one.enter() for one in both))
    assert sorted(entered) == [False, True]


@pytest.mark.postgresql
async def test_of_two_with_one_code_on_a_server_one_is_let_in(machines: Machines) -> None:
    [first, _] = machines.pairings("north", "north")
    assert await first.enter()
    both = machines.pairings("south", "south")
    assert [await one.enter() for one in both] == [False, False]
    code = await machines.invite("south")

    ends = await asyncio.gather(*(one.pair(code) for one in both), return_exceptions=True)

    assert sum(isinstance(end, PairingRefused) for end in ends) == 1
    assert sorted([await one.is_paired() for one in both]) == [False, True]


_RACER = """
import asyncio, sys
from pathlib import Path
from kiosk.domain.terminals import PairingRefused
from kiosk.services.backing import Backing
from kiosk.services.backing import Backing
from kiosk.services.terminals import Pairing
from kiosk.store.database import Database, sqlite_url
from kiosk.store.keys import SigningKeys
from kiosk.clock import SystemClock
from ledger.sqlite import SqliteLedger

async def race(folder, machine, code):
    store = await Database.open(sqlite_url(folder / "kiosk.sqlite"))
    ledger = SqliteLedger(folder / f"{machine}-ledger")
    keys = SigningKeys(folder / machine / "keys")
    pairing = Pairing(Backing(store, ledger, keys, SystemClock(), folder), "south")
    await pairing.enter()
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        await pairing.pair(code)
    except PairingRefused as refused:
        print(refused.fault)
    else:
        print("paired")
    await store.close()
    await ledger.close()

asyncio.run(race(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
"""


async def test_of_two_processes_with_one_code_one_is_let_in(folder: Path, embedded: World) -> None:
    first = await embedded.open()
    # The processes keep the real time, and so must whoever invites them.
    backing = replace(first.backing, clock=SystemClock())
    code = (await Terminals(backing.store, backing.clock).invite("south")).code
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", _RACER, str(folder), machine, code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for machine in ("one", "two")
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("\n")
        racer.stdin.flush()

    said = sorted(racer.communicate()[0].strip() for racer in racers)

    assert said == ["paired", "void"]
