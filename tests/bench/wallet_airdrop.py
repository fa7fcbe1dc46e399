"""An airdrop from the list's file to the wallets, over the sandbox chain."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Final

from kiosk.chains.sandbox import NAME, SandboxChain
from kiosk.domain.airdrop_lists import ListedRow, read_list
from kiosk.domain.airdrops import ShareState
from kiosk.services.airdrop_worker import AirdropWorker
from kiosk.services.airdrops import AirdropPlan, Airdrops
from tests.bench.purses import Purses
from tests.bench.report import Report
from tests.bench.shops import Lost

PER_SHARE: Final = 3
"""Tokens."""


@dataclass(slots=True)
class Watch:
    """How long each step took, and how much memory there was when so much had been given."""

    total: int
    since: float = field(default_factory=perf_counter)
    seconds: dict[str, float] = field(default_factory=dict)
    megabytes: dict[int, float] = field(default_factory=dict)

    def lap(self, step: str) -> None:
        """A step has ended."""
        now = perf_counter()
        self.seconds[step] = now - self.since
        self.since = now

    def look(self, given: int) -> None:
        """So many shares are given."""
        for percent in (10, 50, 100):
            if given * 100 >= self.total * percent and percent not in self.megabytes:
                self.megabytes[percent] = _resident() / 1e6


async def measure(report: Report, purses: Purses, recipients: int) -> None:
    """Everything that an organiser does, and what becomes of it."""
    report.note(f"{purses.engine.name}: an airdrop for {recipients:,} people")
    folder = purses.backing.folder / purses.engine.name
    folder.mkdir()
    listed = _write(folder / "people.csv", recipients)
    async with AsyncExitStack() as closing:
        chain = SandboxChain(folder / "chain.sqlite")
        closing.push_async_callback(chain.close)
        watch = await _give(purses, chain, listed, recipients)
    case = f"airdrop for {recipients:,}"
    figures = {(step, "s"): took for step, took in watch.seconds.items()}
    figures["all of it", "s"] = sum(watch.seconds.values())
    figures |= {(f"memory at {at} %", "MB"): size for at, size in watch.megabytes.items()}
    for (metric, unit), value in figures.items():
        report.add(
            engine=purses.engine.name,
            store="SQLite",
            case=case,
            metric=metric,
            value=value,
            unit=unit,
        )


async def _give(purses: Purses, chain: SandboxChain, listed: Path, recipients: int) -> Watch:
    backing, services = purses.backing, purses.services
    worker = AirdropWorker(backing, services.catalog, services.wallets.plans, {NAME: chain})
    airdrops = Airdrops(backing, services.catalog, worker)
    plan = AirdropPlan("everybody", purses.token, chain=NAME)
    watch = Watch(recipients)

    left = await services.wallets.left(purses.token)
    good = 0
    async for trial in airdrops.try_dry(plan, _rows(listed), left):
        good += trial.is_affordable
    watch.lap("read the list, and run dry")
    airdrop = await airdrops.load(plan, _rows(listed))
    watch.lap("read the list, and load")
    running = asyncio.create_task(airdrops.run(airdrop))
    while not running.done():
        await asyncio.wait([running], timeout=0.5)
        watch.look((await airdrops.progress(airdrop)).shares.get(ShareState.RECEIVED, 0))
    progress = await running
    watch.lap("give")

    if (good, progress.tokens) != (recipients, {ShareState.RECEIVED: recipients * PER_SHARE}):
        raise Lost(f"{good} rows were good, and {progress} is what became of them")
    return watch


def _rows(listed: Path) -> Iterator[ListedRow]:
    return (row for row in read_list(listed.read_text()) if isinstance(row, ListedRow))


def _write(file: Path, recipients: int) -> Path:
    with file.open("w", encoding="utf-8") as out:
        out.write("name,email,amount,address\n")
        for number in range(recipients):
            out.write(f"Person {number},person-{number}@example.org,{PER_SHARE},at-{number}\n")
    return file


def _resident() -> int:
    """Bytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
