"""Two machines that type one pairing code at once: real processes on one database."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from kiosk.clock import SystemClock
from kiosk.services.terminals import Terminals
from tests.kiosk.world import World

_RACER = """
import asyncio, sys
from pathlib import Path
from kiosk.domain.terminals import PairingRefused
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
