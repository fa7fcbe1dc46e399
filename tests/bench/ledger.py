"""How fast each ledger engine is: alone, in a crowd, in batches, and when it has grown.

Events are made before the clock starts. What is compared takes turns at each case, so that what
else the machine does meets all of it. Each case is repeated and the best round counts: the others
say more about the neighbours. The official client runs without its debug log, which nobody reads
and which would cost it a tenth of its speed.
"""

import argparse
import asyncio
import gc
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path
from time import perf_counter

from ledger.native import NativeClient, Operation
from ledger.packets import pack_transfers
from ledger.types import BATCH_MAX, TooMuchDataError, Transfer
from tests.bench.engines import OFFICIAL, PACKED, TIGERBEETLE, Engine, Server, server, sqlite
from tests.bench.load import Item, Maker, batches, chunks, crowd, latencies, pairs
from tests.bench.report import Report, percentile

Work = Callable[[Engine, list[Transfer]], Awaitable[None]]

LONE = "one at a time"
HUNDRED = "100 callers"
PAIRS = f"hold and post, {HUNDRED}"
FULL_BATCHES = f"batches of {BATCH_MAX:,}"
SPEED = "transfers"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many transfers each case makes, by the number of callers or the size of a batch."""

    rounds: int
    lone: int
    by_callers: dict[int, int]
    by_batch: dict[int, int]
    shared: int
    """By several callers with a full batch each."""
    pairs: int


@dataclass(frozen=True, slots=True)
class Case:
    """A way to make transfers, and how many to make."""

    name: str
    count: int
    work: Work
    metric: str = SPEED


FULL = Sizes(
    rounds=3,
    lone=1000,
    by_callers={1: 500, 10: 3000, 100: 10_000, 1000: 20_000},
    by_batch={1: 500, 100: 10_000, BATCH_MAX: 8 * BATCH_MAX},
    shared=12 * BATCH_MAX,
    pairs=5000,
)
QUICK = Sizes(
    rounds=1,
    lone=200,
    by_callers={1: 100, 10: 500, 100: 3000, 1000: 5000},
    by_batch={1: 100, 100: 2000, BATCH_MAX: 2 * BATCH_MAX},
    shared=4 * BATCH_MAX,
    pairs=1000,
)
GROWN = Sizes(
    rounds=3,
    lone=300,
    by_callers={100: 2000},
    by_batch={100: 2000, BATCH_MAX: BATCH_MAX},
    shared=0,
    pairs=500,
)
LEVELS = (10_000, 100_000, 1_000_000)
QUICK_LEVELS = (10_000, 50_000)


def cases(sizes: Sizes) -> list[Case]:
    """All but the latency."""
    crowds = [
        Case(f"{callers:,} caller{'s' * (callers > 1)}", count, partial(crowd, callers))
        for callers, count in sizes.by_callers.items()
    ]
    batched = [
        Case(f"batches of {batch:,}", count, partial(batches, batch))
        for batch, count in sizes.by_batch.items()
    ]
    shared = Case(
        f"4 callers, {FULL_BATCHES}", sizes.shared, partial(batches, BATCH_MAX, callers=4)
    )
    paired = Case(PAIRS, sizes.pairs, partial(pairs, 100), metric="pairs")
    return [case for case in (*crowds, *batched, shared, paired) if case.count]


class Bench:
    """One run: the cases over the engines, and the report of them."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._maker = Maker()
        self._stores: dict[str, str] = {}

    async def fresh(self, folder: Path, sizes: Sizes) -> None:
        """All cases on new files, the official client among the engines."""
        async with sqlite(folder / "embedded") as embedded, server(folder / "node") as node:
            engines = [embedded, node.ours, node.official] if node else [embedded]
            for engine in engines:
                await self._maker.open_accounts(engine)
            await self._measure(engines, sizes)
            if node:
                await self._packed(node, sizes)
        for case in (HUNDRED, "1,000 callers", FULL_BATCHES):
            self._compare(TIGERBEETLE, OFFICIAL, case)
        self._compare(TIGERBEETLE, PACKED, FULL_BATCHES)

    async def grown_files(self, folder: Path, levels: tuple[int, ...]) -> None:
        """The embedded engine on a file of each size, in turns."""
        async with AsyncExitStack() as stack:
            engines = []
            for level in levels:
                engine = await stack.enter_async_context(sqlite(folder / str(level)))
                await self._maker.open_accounts(engine)
                engines.append(await self._grow(engine, level, engine.size_bytes(), 0))
            await self._measure(engines, GROWN)
            self._compare_levels(engines)

    async def grown_server(self, folder: Path, levels: tuple[int, ...]) -> None:
        """A server as it grows; one of each size at once would take too much memory."""
        async with server(folder) as node:
            if node is None:
                return
            await self._maker.open_accounts(node.ours)
            empty_bytes = node.ours.size_bytes()
            booked = 0
            engines = []
            for level in levels:
                engines.append(await self._grow(node.ours, level, empty_bytes, booked))
                booked = max(level, booked) + await self._measure(engines[-1:], GROWN)
            self._compare_levels(engines)

    async def _grow(self, engine: Engine, level: int, empty_bytes: int, booked: int) -> Engine:
        self._report.note(f"{engine.name}: growing to {level:,} transfers")
        for start in range(booked, level, BATCH_MAX):
            chunk = self._maker.transfers(min(BATCH_MAX, level - start))
            await batches(BATCH_MAX, engine, chunk)
        grown = replace(engine, at=f"at {level:,}: ")
        size = (engine.size_bytes() - empty_bytes) / max(level, booked)
        self._add(grown, "file", "size", size, "bytes per transfer")
        return grown

    async def _measure(self, engines: list[Engine], sizes: Sizes) -> int:
        """Everything; how many transfers each engine has made."""
        spent: list[list[list[float]]] = [[] for _ in engines]
        for _round, (engine, rounds) in product(range(sizes.rounds), zipped(engines, spent)):
            rounds.append(await latencies(engine, self._maker.transfers(sizes.lone)))
        for (engine, rounds), percent in product(zipped(engines, spent), (50, 99)):
            value = min(percentile(milliseconds, percent) for milliseconds in rounds)
            self._add(engine, LONE, f"p{percent}", value, "ms")
        made = sizes.rounds * sizes.lone
        for case in cases(sizes):
            await self._time(engines, sizes.rounds, case)
            made += sizes.rounds * case.count * (2 if case.metric == "pairs" else 1)
        return made

    async def _time(self, engines: list[Engine], rounds: int, case: Case) -> None:
        speeds: list[list[float]] = [[] for _ in engines]
        for _round, (engine, found) in product(range(rounds), zipped(engines, speeds)):
            transfers = self._maker.transfers(case.count, pending=case.metric == "pairs")
            try:
                spent = await timed(case.work(engine, transfers))
            except TooMuchDataError:
                self._report.note(f"{engine.name}: the server takes no {case.name}")
                continue
            found.append(case.count / spent)
        for engine, found in zipped(engines, speeds):
            if found:
                self._add(engine, case.name, case.metric, max(found), "per second")

    async def _packed(self, node: Server, sizes: Sizes) -> None:
        """What the library and the server do when Python has nothing to do."""
        speeds = []
        for _round in range(sizes.rounds):
            transfers = self._maker.transfers(sizes.by_batch[BATCH_MAX])
            packets = [pack_transfers(chunk) for chunk in chunks(transfers, BATCH_MAX)]
            speeds.append(len(transfers) / await timed(sent(node.native, packets)))
        packed = replace(node.official, name=PACKED)
        self._add(packed, FULL_BATCHES, SPEED, max(speeds), "per second")

    def _compare_levels(self, engines: list[Engine]) -> None:
        for case, metric in [(LONE, "p50"), *((each.name, each.metric) for each in cases(GROWN))]:
            first, last = (
                self._report.value(engine.name, engine.at + case, metric)
                for engine in (engines[0], engines[-1])
            )
            if first and last:
                largest = replace(engines[-1], at="largest compared with smallest: ")
                self._add(largest, case, metric, last / first, "times")

    def _compare(self, engine: str, other: str, case: str) -> None:
        ours, theirs = (self._report.value(name, case, SPEED) for name in (engine, other))
        if ours and theirs:
            self._report.add(
                engine=engine,
                store=self._stores[engine],
                case=f"{case}: compared with {other}",
                metric=SPEED,
                value=ours / theirs,
                unit="times",
            )

    def _add(self, engine: Engine, case: str, metric: str, value: float, unit: str) -> None:
        self._stores[engine.name] = engine.store
        self._report.add(
            engine=engine.name,
            store=engine.store,
            case=engine.at + case,
            metric=metric,
            value=value,
            unit=unit,
        )


def zipped(engines: list[Engine], found: list[Item]) -> list[tuple[Engine, Item]]:
    """Each engine with what was found of it."""
    return list(zip(engines, found, strict=True))


async def sent(native: NativeClient, packets: list[bytes]) -> None:
    """Packed batches, one after the other, their answers unread."""
    for packet in packets:
        answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def done(status: int, _reply: bytes, answered: asyncio.Future[int] = answered) -> None:
            answered.set_result(status)

        if not native.submit(Operation.CREATE_TRANSFERS, packet, done) or await answered:
            raise RuntimeError("the server refused a packed batch")


async def timed(work: Awaitable[None]) -> float:
    """Seconds."""
    # The events made for this case are not garbage, and looking through them takes time.
    gc.collect()
    gc.freeze()
    start = perf_counter()
    await work
    spent = perf_counter() - start
    gc.unfreeze()
    return spent


async def run(report: Report, folder: Path, *, quick: bool) -> None:
    """Everything, with files in `folder`."""
    bench = Bench(report)
    await bench.fresh(folder / "fresh", QUICK if quick else FULL)
    levels = QUICK_LEVELS if quick else LEVELS
    await bench.grown_files(folder / "grown", levels)
    await bench.grown_server(folder / "grown" / "node", levels)


def main(arguments: list[str]) -> int:
    """Run as `scripts/bench ledger`."""
    parser = argparse.ArgumentParser(prog="scripts/bench ledger", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--folder", type=Path, help="on which disk; default: the temporary folder")
    chosen = parser.parse_args(arguments)
    report = Report("ledger", as_json=chosen.json)
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="bench-") as folder:
        asyncio.run(run(report, Path(folder), quick=chosen.quick))
        report.print_table(Path(folder).parent)
    return 0
