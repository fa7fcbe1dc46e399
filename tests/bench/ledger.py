"""How fast each ledger engine is: alone, in a crowd, in batches, and when it has grown.

Events are made before the clock starts. All engines take turns at each case, so that what else
the machine does meets all of them; each case is repeated and the median counts.
"""

import argparse
import asyncio
import gc
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median
from time import perf_counter

from ledger.native import NativeClient, Operation
from ledger.packets import pack_transfers
from ledger.types import BATCH_MAX, TooMuchDataError, Transfer
from tests.bench.engines import OFFICIAL, PACKED, TIGERBEETLE, Engine, opened
from tests.bench.load import Maker, batches, chunks, crowd, latencies, pairs
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
    pairs=5000,
)
QUICK = Sizes(
    rounds=1,
    lone=200,
    by_callers={1: 100, 10: 500, 100: 3000, 1000: 5000},
    by_batch={1: 100, 100: 2000, BATCH_MAX: 2 * BATCH_MAX},
    pairs=1000,
)
GROWN = Sizes(
    rounds=3,
    lone=300,
    by_callers={100: 2000},
    by_batch={100: 2000, BATCH_MAX: BATCH_MAX},
    pairs=500,
)
LEVELS = (10_000, 100_000, 1_000_000)
QUICK_LEVELS = (10_000, 50_000)


def cases(sizes: Sizes) -> list[Case]:
    """All but the latency."""
    return [
        *(
            Case(f"{callers:,} caller{'s' * (callers > 1)}", count, partial(crowd, callers))
            for callers, count in sizes.by_callers.items()
        ),
        *(
            Case(f"batches of {batch:,}", count, partial(batches, batch))
            for batch, count in sizes.by_batch.items()
        ),
        Case(PAIRS, sizes.pairs, partial(pairs, 100), metric="pairs"),
    ]


class Bench:
    """One run: the cases over the engines, and the report of them."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._maker = Maker()
        self._stores: dict[str, str] = {}

    async def fresh(self, folder: Path, sizes: Sizes) -> None:
        """All cases on new files, the official client among the engines."""
        async with opened(folder, official=True) as there:
            for engine in there.engines:
                await self._maker.open_accounts(engine)
            await self._measure(there.engines, sizes)
            if there.native:
                await self._packed(there.native, there.engines[-1], sizes)
        for case in (HUNDRED, "1,000 callers", FULL_BATCHES):
            self._compare(TIGERBEETLE, OFFICIAL, case)
        self._compare(TIGERBEETLE, PACKED, FULL_BATCHES)

    async def grown(self, folder: Path, levels: tuple[int, ...]) -> None:
        """The main cases while the files grow, and what a transfer takes of them."""
        async with opened(folder, official=False) as there:
            for engine in there.engines:
                await self._maker.open_accounts(engine)
                await self._grow(engine, levels)

    async def _grow(self, engine: Engine, levels: tuple[int, ...]) -> None:
        empty_bytes = engine.size_bytes()
        booked = 0
        for level in levels:
            self._report.note(f"{engine.name}: growing to {level:,} transfers")
            while booked < level:
                chunk = self._maker.transfers(min(BATCH_MAX, level - booked))
                await batches(BATCH_MAX, engine, chunk)
                booked += len(chunk)
            size = (engine.size_bytes() - empty_bytes) / booked
            self._add(engine, f"at {level:,}: file", "size", size, "bytes per transfer")
            booked += await self._measure([engine], GROWN, f"at {level:,}: ")
        self._compare_levels(engine, LONE, "p50", levels)
        for case in cases(GROWN):
            self._compare_levels(engine, case.name, case.metric, levels)

    async def _measure(self, engines: list[Engine], sizes: Sizes, at: str = "") -> int:
        """Everything; how many transfers each engine has made."""
        spent: dict[str, list[float]] = {engine.name: [] for engine in engines}
        for _round, engine in product(range(sizes.rounds), engines):
            spent[engine.name] += await latencies(engine, self._maker.transfers(sizes.lone))
        for engine, percent in product(engines, (50, 99)):
            value = percentile(spent[engine.name], percent)
            self._add(engine, at + LONE, f"p{percent}", value, "ms")
        made = sizes.rounds * sizes.lone
        for case in cases(sizes):
            await self._time(engines, sizes.rounds, case, at)
            made += sizes.rounds * case.count * (2 if case.metric == "pairs" else 1)
        return made

    async def _time(self, engines: list[Engine], rounds: int, case: Case, at: str) -> None:
        speeds: dict[str, list[float]] = {engine.name: [] for engine in engines}
        for _round, engine in product(range(rounds), engines):
            transfers = self._maker.transfers(case.count, pending=case.metric == "pairs")
            try:
                spent = await timed(case.work(engine, transfers))
            except TooMuchDataError:
                self._report.note(f"{engine.name}: the server takes no {at}{case.name}")
                continue
            speeds[engine.name].append(case.count / spent)
        for engine in engines:
            if speeds[engine.name]:
                speed = median(speeds[engine.name])
                self._add(engine, at + case.name, case.metric, speed, "per second")

    async def _packed(self, native: NativeClient, beside: Engine, sizes: Sizes) -> None:
        """What the library and the server do when Python has nothing to do."""
        speeds = []
        for _round in range(sizes.rounds):
            transfers = self._maker.transfers(sizes.by_batch[BATCH_MAX])
            packets = [pack_transfers(chunk) for chunk in chunks(transfers, BATCH_MAX)]
            speeds.append(len(transfers) / await timed(sent(native, packets)))
        packed = replace(beside, name=PACKED)
        self._add(packed, FULL_BATCHES, SPEED, median(speeds), "per second")

    def _compare_levels(
        self, engine: Engine, case: str, metric: str, levels: tuple[int, ...]
    ) -> None:
        first, last = (
            self._report.value(engine.name, f"at {level:,}: {case}", metric)
            for level in (levels[0], levels[-1])
        )
        if first and last:
            name = f"from {levels[0]:,} to {levels[-1]:,}: {case}"
            self._add(engine, name, metric, last / first, "times")

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
            case=case,
            metric=metric,
            value=value,
            unit=unit,
        )


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
    await bench.grown(folder / "grown", QUICK_LEVELS if quick else LEVELS)


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
