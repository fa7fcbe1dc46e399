"""How fast tickets are sold, on each ledger engine with each store, and nothing lost.

A full flow is what a buyer does: hold a place, pay in cash, have the ticket. When it is answered,
the order is durable in SQL and on the ledger. Each case counts its best round; the books are
compared with what was answered at the end. Key presses are measured on the real app, in the
process and the event loop that serve the rush.
"""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter

from sqlalchemy import URL, make_url

from kiosk.pauses import spare_what_is_there
from kiosk.store.database import sqlite_url
from tests.bench.buyers import Crowd
from tests.bench.engines import Engine, server, sqlite
from tests.bench.keyboard import AT_THE_DOOR, TO_DOOR, TO_ORGANISER, WATCHING, person
from tests.bench.report import Report, percentile
from tests.bench.shops import Shop, shop
from tests.bench.startup import start

RUSH_BUYERS = 100
GROWING_BUYERS = 200


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything."""

    rounds: int
    flows: dict[int, int]
    """By the number of buyers."""
    rush_seconds: float
    grown: int
    """Orders after which everything is measured again."""
    starts: int


NO_SERVER = "no TigerBeetle server found: not measured"
FULL = Sizes(3, {1: 300, 10: 2000, 100: 10_000}, rush_seconds=20, grown=100_000, starts=5)
QUICK = Sizes(1, {1: 100, 10: 500, 100: 3000}, rush_seconds=4, grown=5000, starts=2)


@dataclass(slots=True)
class Bench:
    """One shop, what was sold in it, and the report."""

    report: Report
    sizes: Sizes
    shop: Shop
    store: str
    paid: int = 0
    held: int = 0
    numbers: "count[int]" = field(default_factory=count)

    async def run(self) -> None:
        """Everything, on a new shop and on one that has grown."""
        await self._flows("")
        await self._rush("")
        await self._rush_at_the_keyboard()
        await self.shop.check(paid=self.paid, held=self.held)
        self.report.note(f"{self._name}: growing to {self.sizes.grown:,} orders")
        left = self.sizes.grown - self.paid - self.held
        await self._buy(GROWING_BUYERS, max(left, 0))
        grown = f"at {self.sizes.grown:,} orders: "
        await self._flows(grown)
        await self._rush(grown)
        await self.shop.check(paid=self.paid, held=self.held)
        self.report.note(f"{self._name}: {self.paid:,} sold, {self.held:,} held, none lost")

    async def _flows(self, at: str) -> None:
        await self._buy(10, 100)  # So that nothing is done for the first time.
        for buyers, flows in self.sizes.flows.items():
            case = f"{at}{buyers} buyer{'s' * (buyers > 1)}"
            rounds = [await self._buy(buyers, flows) for _ in range(self.sizes.rounds)]
            self._add(case, "full flows", max(one.per_second for one in rounds), "per second")
            cpu = min(one.cpu_seconds / flows for one in rounds)
            self._add(case, "CPU of this process", cpu * 1e6, "µs per flow")
            for percent in (50, 99):
                value = min(percentile(one.milliseconds, percent) for one in rounds)
                self._add(case, f"p{percent}", value, "ms")

    async def _buy(self, buyers: int, flows: int) -> Crowd:
        crowd = Crowd(buyers, self.shop.buy, self.numbers)
        await crowd.do(flows)
        self.paid += flows
        return crowd

    async def _rush(self, at: str) -> None:
        crowd = Crowd(RUSH_BUYERS, self.shop.hold, self.numbers)
        await crowd.rush(self.sizes.rush_seconds)
        self.held += len(crowd.milliseconds)
        self._add(f"{at}rush of {RUSH_BUYERS}", "holds", crowd.per_second, "per second")

    async def _rush_at_the_keyboard(self) -> None:
        seconds = self.sizes.rush_seconds
        async with person(self.shop.services) as somebody:
            crowd = Crowd(RUSH_BUYERS, self.shop.hold, self.numbers)
            end = perf_counter() + seconds
            rush = asyncio.create_task(crowd.rush(seconds))
            await asyncio.to_thread(somebody.visit, partial(_is_before, end - seconds / 2))
            left = seconds / 2
            for way, there in ((TO_ORGANISER, WATCHING), (TO_DOOR, AT_THE_DOOR)):
                left -= seconds / 4
                goes_on = partial(_is_before, end - left)
                await asyncio.to_thread(somebody.work, way, there, goes_on)
            await rush
        self.held += len(crowd.milliseconds)
        self.paid += somebody.tickets
        case = "rush with the app"
        self._add(case, "holds", crowd.per_second, "per second")
        keys = [one for of_screen in somebody.milliseconds.values() for one in of_screen]
        for percent in (50, 99):
            self._add(case, f"key to paint p{percent}", percentile(keys, percent), "ms")
        for screen, spent in somebody.milliseconds.items():
            self._add(case, f"key to paint p99, {screen}", percentile(spent, 99), "ms")

    @property
    def _name(self) -> str:
        return f"{self.shop.engine.name} with {self.store}"

    def _add(self, case: str, metric: str, value: float, unit: str) -> None:
        self.report.add(
            engine=self._name,
            store=self.store,
            case=case,
            metric=metric,
            value=value,
            unit=unit,
        )


def _is_before(end: float) -> bool:
    return perf_counter() < end


@asynccontextmanager
async def engines(folder: Path, report: Report) -> AsyncIterator[list[Engine]]:
    """Every ledger engine that is there."""
    async with sqlite(folder / "embedded") as embedded, server(folder / "node") as node:
        if node is None:
            report.note(NO_SERVER)
        yield [embedded, node.ours] if node else [embedded]


def measure_start(report: Report, folder: Path, sizes: Sizes, engine: str, ledger: str) -> None:
    """From the command to the first screen: in an empty folder, and in one that was used."""
    homes = [folder / f"{ledger}-{at}" for at in range(sizes.starts)]
    for case, starts in {
        "first start": [start(home, ledger) for home in homes],
        "next start": [start(homes[0], ledger) for _ in homes],
    }.items():
        for metric, seconds in {
            "to the first screen": [one.first_screen for one in starts],
            "to the choice": [one.choice for one in starts],
        }.items():
            report.add(
                engine=engine,
                store="SQLite",
                case=case,
                metric=metric,
                value=percentile(seconds, 50),
                unit="s",
            )


async def run(report: Report, folder: Path, sizes: Sizes, url: URL | None) -> None:
    """Everything, with files in `folder`."""
    spare_what_is_there()  # As the kiosk does.
    if url is None:
        report.note("PostgreSQL: no --postgresql URL was given, not measured")
    # One after the other: a server that only waits takes a fifteenth of two cores.
    async with sqlite(folder / "embedded") as embedded:
        await measure(report, folder, sizes, url, embedded)
        measure_start(report, folder, sizes, f"{embedded.name} with SQLite", "embedded")
    async with server(folder / "node") as node:
        if node is None:
            report.note(NO_SERVER)
        else:
            await measure(report, folder, sizes, url, node.ours)
            measure_start(report, folder, sizes, f"{node.ours.name} with SQLite", "node")


async def measure(
    report: Report, folder: Path, sizes: Sizes, url: URL | None, engine: Engine
) -> None:
    """One engine, with every store."""
    stores: dict[str, URL] = {"SQLite": sqlite_url(folder / f"{engine.name}.sqlite")}
    if url is not None:
        stores["PostgreSQL"] = url
    for name, store in stores.items():
        async with shop(engine, folder, store) as opened:
            await Bench(report, sizes, opened, name).run()


def main(arguments: list[str]) -> int:
    """Run as `scripts/bench sales`."""
    parser = argparse.ArgumentParser(prog="scripts/bench sales", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--folder", type=Path, help="on which disk; default: the temporary folder")
    parser.add_argument("--postgresql", type=make_url, help="URL of an empty database to sell on")
    chosen = parser.parse_args(arguments)
    report = Report("sales", as_json=chosen.json)
    sizes = QUICK if chosen.quick else FULL
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="bench-") as folder:
        asyncio.run(run(report, Path(folder), sizes, chosen.postgresql))
        report.print_table(Path(folder).parent)
    return 0
