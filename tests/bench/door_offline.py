"""A door without ledger and store: what it takes to know every ticket, to judge, and to return."""

import asyncio
import multiprocessing
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.bootstrap import assemble
from kiosk.clock import SystemClock
from kiosk.domain.admission import Reason, Scan, Verdict
from kiosk.domain.events import Event
from kiosk.domain.lane import LaneState
from kiosk.services.knowledge import Knowledge
from kiosk.services.local_door import LocalDoor
from tests.bench.report import Report, percentile
from tests.bench.shops import Lost, Shop
from tests.bench.tickets import codes, sell_in_store, sell_on_ledger
from tests.fakes import FakeClock
from tests.kiosk.outages import Mode, Outage
from tests.kiosk.world import pair

SCANS: Final = 2_000
ROUNDS: Final = 4
"""In so many parts: the best of them is the one that nothing else of this machine disturbed."""
QUEUED: Final = 2_400
STORE: Final = "without ledger and store"


@dataclass(frozen=True, slots=True)
class Known:
    """A copy that another process opens."""

    folder: Path
    event: Event
    key: bytes
    tickets: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What that process found: seconds of each, those of its processor alone, and bytes."""

    load: float
    scans: list[float]
    cpu: float
    memory: int


async def measure(report: Report, shop: Shop, sizes: list[int]) -> None:
    """Judge with so many tickets known, by turns, in a process that has nothing else to do."""
    catalog, store = shop.services.catalog, shop.backing.store
    sold = 0
    for size in sizes:
        report.note(f"offline: {size:,} tickets")
        await sell_in_store(store, catalog.event, range(sold, size))
        sold = size
        folder = shop.backing.folder / f"offline-{size}"
        copy = Knowledge(_file(folder, catalog.event), shop.backing.clock)
        began = time.perf_counter()
        await copy.sync(store, catalog.event.id)
        took = time.perf_counter() - began
        await copy.close()
        key = catalog.signing_key.private_bytes_raw()
        judged = await asyncio.to_thread(_elsewhere, Known(folder, catalog.event, key, size))
        _report(report, size, took, judged)


async def return_to_line(report: Report, shop: Shop) -> None:
    """Let so many pass offline, and tell ledger and store of all of them."""
    report.note(f"{shop.engine.name}: {QUEUED:,} scans are queued, and told")
    outage, event = Outage(), shop.services.catalog.event
    clock = FakeClock(shop.backing.clock.now())
    await pair(shop.backing, "lane")
    backing = replace(outage.wrap(shop.backing), clock=clock)
    lane = (await assemble(backing, event, "lane")).lane
    numbers = range(QUEUED)
    await sell_in_store(shop.backing.store, event, numbers)
    await sell_on_ledger(shop.backing.ledger, event, numbers)
    await lane.look()
    outage.ledger = outage.store = Mode.REFUSES
    await lane.look()
    for code in codes(event, shop.services.catalog.signing_key, list(numbers)):
        await lane.scan(Scan(code, lane.new_nonce(), "bench"))
    if lane.status.queued != QUEUED:
        raise Lost(f"{lane.status.queued} of {QUEUED} scans are queued")
    outage.end()
    clock.advance(seconds=await lane.look())
    began = time.perf_counter()
    await lane.look()
    took = time.perf_counter() - began
    if lane.status.state is not LaneState.ONLINE or lane.status.queued or lane.status.conflicts:
        raise Lost(f"the lane did not return: {lane.status}")
    await lane.close()
    report.add(
        engine=shop.engine.name,
        store=shop.engine.store,
        case=f"{QUEUED:,} queued scans",
        metric="until all are told",
        value=took,
        unit="s",
    )


def _report(report: Report, size: int, took: float, judged: Judged) -> None:
    milliseconds = [seconds * 1000 for seconds in judged.scans]
    size_of_round = len(milliseconds) // ROUNDS
    rounds = [milliseconds[at * size_of_round :][:size_of_round] for at in range(ROUNDS)]
    figures = {
        ("copied from the store", "s"): took,
        ("loaded by the next start", "ms"): judged.load * 1000,
        ("memory", "MB"): judged.memory / 1e6,
        ("scan to verdict p50", "ms"): min(percentile(one, 50) for one in rounds),
        ("scan to verdict p99", "ms"): min(percentile(one, 99) for one in rounds),
        ("CPU of this process", "µs per scan"): judged.cpu / len(judged.scans) * 1e6,
    }
    for (metric, unit), value in figures.items():
        report.add(
            engine="offline",
            store=STORE,
            case=f"{size:,} tickets",
            metric=metric,
            value=value,
            unit=unit,
        )


def _file(folder: Path, event: Event) -> Path:
    return folder / event.key / "knowledge.sqlite"


# The process that judges


def _elsewhere(known: Known) -> Judged:
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_judge, args=(known, sending))
    process.start()
    judged: Judged = receiving.recv()
    process.join()
    return judged


class _Pipe:
    """What a process says to the one that started it."""

    def send(self, said: Judged) -> None: ...


def _judge(known: Known, sending: _Pipe) -> None:
    sending.send(asyncio.run(_judged(known)))


async def _judged(known: Known) -> Judged:
    scanned, before = list(_codes(known)), _resident()
    key = Ed25519PrivateKey.from_private_bytes(known.key).public_key()
    door = LocalDoor(known.folder, known.event, key, "bench", SystemClock())
    began = time.perf_counter()
    await door.open()
    load = time.perf_counter() - began
    scans, cpu = [], time.process_time()
    for nonce, code in enumerate(scanned, 1):
        began = time.perf_counter()
        verdict = await door.judge(Scan(code, nonce))
        scans.append(time.perf_counter() - began)
        if not isinstance(verdict, Verdict) or verdict.reason is not Reason.HISTORY_UNKNOWN:
            raise Lost(f"scan {nonce}: {verdict}")
        if verdict.holder is None:
            raise Lost(f"scan {nonce}: the ticket is not known")
    cpu, memory = time.process_time() - cpu, _resident() - before
    await door.close()
    return Judged(load, scans, cpu, memory)


def _codes(known: Known) -> Iterator[str]:
    key = Ed25519PrivateKey.from_private_bytes(known.key)
    count = min(SCANS, known.tickets)
    numbers = random.Random(known.tickets).sample(range(known.tickets), count)
    return codes(known.event, key, numbers)


def _resident() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
