"""How long a door takes from scan to verdict, with few tickets sold and with a million.

A scan is of a ticket whose holder has accepted the Code of Conduct; when it is answered, the
admission is durable in SQL and on the ledger. It is measured one at a time, beside twenty lanes
that scan eight times a minute each; and as many as there can be, a hundred lanes at once. What was
let in is compared with the books at the end. Expected: p99 of 30 ms on line and 10 ms without
ledger and store with a million tickets, at most half as much again as with a thousand.
"""

import argparse
import asyncio
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

from kiosk.bootstrap import assemble
from kiosk.domain.admission import Reason, Scan, Verdict
from kiosk.pauses import spare_what_is_there
from kiosk.services.admission import Admission
from kiosk.store.database import sqlite_url
from tests.bench import door_offline
from tests.bench.buyers import Crowd
from tests.bench.engines import Engine
from tests.bench.report import Report, percentile
from tests.bench.sales import engines
from tests.bench.shops import Lost, Shop, shop
from tests.bench.tickets import codes, sell_in_store, sell_on_ledger
from tests.kiosk.world import pair

LANES: Final = 20
SCANS_PER_MINUTE: Final = 8
SATURATING: Final = 100
STORE: Final = "SQLite"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything."""

    tickets: tuple[int, ...]
    lone: int
    saturated: int
    rounds: int = 3

    def of(self, tickets: int) -> tuple[int, int]:
        """How many scans of each kind so many tickets are enough for, in all rounds."""
        return min(self.lone, tickets // 5), min(self.saturated, tickets // 10)


FULL = Sizes((1_000, 100_000, 1_000_000), lone=1_000, saturated=3_000)
QUICK = Sizes((1_000, 10_000), lone=200, saturated=500)


@dataclass(slots=True)
class Doors:
    """The doors of one event, whose tickets are scanned once each, in no order."""

    lanes: list[Admission]
    codes: Iterator[str] = field(default_factory=lambda: iter(()))
    admitted: int = 0

    async def scan(self, number: int) -> None:
        """Let the next one in, at one of the lanes."""
        admission = self.lanes[number % len(self.lanes)]
        said = await admission.scan(Scan(next(self.codes), admission.new_nonce(), "bench"))
        if not isinstance(said, Verdict) or said.reason is not Reason.ADMITTED:
            raise Lost(f"a good ticket: {said}")
        self.admitted += 1


@dataclass(slots=True)
class Bench:
    """One event, the doors to it, and the report."""

    report: Report
    sizes: Sizes
    shop: Shop
    doors: Doors

    async def run(self) -> None:
        """Everything, with ever more tickets."""
        event, sold = self.shop.services.catalog.event, 0
        key = self.shop.services.catalog.signing_key
        for size in self.sizes.tickets:
            self.report.note(f"{self.shop.engine.name}: {size:,} tickets")
            numbers, sold = range(sold, size), size
            await sell_in_store(self.shop.backing.store, event, numbers)
            await sell_on_ledger(self.shop.backing.ledger, event, numbers)
            wanted = min(len(numbers), 2 * self.sizes.rounds * sum(self.sizes.of(size)))
            chosen = random.Random(size).sample(numbers, wanted)
            self.doors.codes = codes(event, key, chosen)
            await self._measure(size)
            await self._check(sold)

    async def _measure(self, tickets: int) -> None:
        case, (alone, at_once) = f"{tickets:,} tickets", self.sizes.of(tickets)
        lone, together = [], []
        for _ in range(self.sizes.rounds):
            background = asyncio.create_task(self._scan_in_the_background())
            lone.append(await self._crowd(1, alone))
            background.cancel()
            with suppress(asyncio.CancelledError):
                await background
            together.append(await self._crowd(SATURATING, at_once))
        for percent in (50, 99):
            value = min(percentile(one.milliseconds, percent) for one in lone)
            self._add(case, f"scan to verdict p{percent}", value, "ms")
        cpu = min(one.cpu_seconds / len(one.milliseconds) for one in together)
        self._add(case, "saturated", max(one.per_second for one in together), "scans per second")
        self._add(case, "CPU of this process, saturated", cpu * 1e6, "µs per scan")

    async def _crowd(self, scanners: int, scans: int) -> Crowd:
        crowd = Crowd(scanners, self.doors.scan, count())
        await crowd.do(scans)
        return crowd

    async def _scan_in_the_background(self) -> None:
        pause = 60 / (LANES * SCANS_PER_MINUTE)
        lane = 0
        while True:
            await asyncio.sleep(pause)
            # Shielded: whoever is being let in is let in, when it is over.
            await asyncio.shield(self.doors.scan(lane := lane + 1))

    async def _check(self, sold: int) -> None:
        counters = await self.shop.services.admission.counters()
        found = (counters.admitted, counters.inside, counters.sold)
        if found != (self.doors.admitted, self.doors.admitted, sold):
            raise Lost(f"{found} instead of {self.doors.admitted} of {sold}")

    def _add(self, case: str, metric: str, value: float, unit: str) -> None:
        self.report.add(
            engine=self.shop.engine.name,
            store=STORE,
            case=case,
            metric=metric,
            value=value,
            unit=unit,
        )


async def lanes_of(opened: Shop) -> list[Admission]:
    """Terminals of their own, on the same store and ledger."""
    admissions = []
    for at in range(LANES):
        name = f"lane {at}"
        await pair(opened.backing, name)
        services = await assemble(opened.backing, opened.services.catalog.event, name)
        admissions.append(services.admission)
    return admissions


async def measure_on_line(report: Report, sizes: Sizes, engine: Engine, folder: Path) -> None:
    """One engine, with ever more tickets."""
    url = sqlite_url(folder / f"{engine.name}.sqlite")
    async with shop(engine, folder, url) as opened:
        await Bench(report, sizes, opened, Doors(await lanes_of(opened))).run()


async def measure_offline(
    report: Report, tickets: Sequence[int], found: Sequence[Engine], folder: Path
) -> None:
    """Without ledger and store, whatever engine would be there; and the way back to each."""
    async with shop(found[0], folder, sqlite_url(folder / "offline.sqlite")) as opened:
        await door_offline.measure(report, opened, list(tickets))
    for engine in found:
        url = sqlite_url(folder / f"{engine.name}-return.sqlite")
        async with shop(engine, folder, url) as opened:
            await door_offline.return_to_line(report, opened)


async def run(report: Report, folder: Path, sizes: Sizes) -> None:
    """Everything, with files in `folder`."""
    spare_what_is_there()  # As the kiosk does.
    async with engines(folder, report) as found:
        for engine in found:
            await measure_on_line(report, sizes, engine, folder)
        await measure_offline(report, sizes.tickets, found, folder)


def main(arguments: list[str]) -> int:
    """Run as `scripts/bench door`."""
    parser = argparse.ArgumentParser(prog="scripts/bench door", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--folder", type=Path, help="on which disk; default: the temporary folder")
    chosen = parser.parse_args(arguments)
    report = Report("door", as_json=chosen.json)
    sizes = QUICK if chosen.quick else FULL
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="bench-") as folder:
        asyncio.run(run(report, Path(folder), sizes))
        report.print_table(Path(folder).parent)
    return 0
