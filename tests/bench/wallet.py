"""How many sends of tokens a second, how large wallets may grow, and how long airdrops take.

A send is answered when it is durable in SQL and on the ledger. Everything is compared with the
books at the end. Expected: a wallet of 10,000 bills opens within 200 ms; an airdrop for 100,000
people, from the list's file to their wallets over the sandbox chain, takes at most 60 s embedded on
two cores, and no more memory at its end than at its beginning.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Final

from kiosk.pauses import spare_what_is_there
from tests.bench import wallet_airdrop
from tests.bench.buyers import Crowd
from tests.bench.engines import Engine
from tests.bench.purses import Purses, purses
from tests.bench.report import Report, percentile
from tests.bench.sales import engines

STORE: Final = "SQLite"
FUNDS: Final = 1_000_000
"""Tokens of everybody who sends."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything."""

    sends: dict[int, int]
    """By how many send at once."""
    bills: tuple[int, ...]
    """Of one wallet."""
    rounds: int
    recipients: int


FULL = Sizes({1: 300, 100: 5_000}, (1, 100, 10_000), rounds=5, recipients=100_000)
QUICK = Sizes({1: 100, 100: 1_000}, (1, 100, 2_000), rounds=3, recipients=10_000)


@dataclass(slots=True)
class Bench:
    """The wallets of one event, and the report."""

    report: Report
    sizes: Sizes
    purses: Purses

    async def run(self) -> None:
        """Everything."""
        for senders, sends in self.sizes.sends.items():
            await self._send(senders, sends)
        for bills in self.sizes.bills:
            await self._grow(bills)
        await wallet_airdrop.measure(self.report, self.purses, self.sizes.recipients)

    async def _send(self, senders: int, sends: int) -> None:
        """Each sends one token after the other to the next one."""
        owners = [await self.purses.of(f"{senders}-{at}") for at in range(senders + 1)]
        for owner in owners:
            await self.purses.fill(owner, 1, FUNDS)

        async def send(number: int) -> None:
            at = number % senders
            await self.purses.send(owners[at], owners[at + 1], 1)

        rounds = []
        for _ in range(self.sizes.rounds):
            crowd = Crowd(senders, send, count())
            await crowd.do(sends)
            rounds.append(crowd)
        await self.purses.check(owners, FUNDS * len(owners))
        case = f"{senders} sender{'s' * (senders > 1)}"
        self._add(case, "sends", max(one.per_second for one in rounds), "per second")
        cpu = min(one.cpu_seconds / sends for one in rounds)
        self._add(case, "CPU of this process", cpu * 1e6, "µs per send")
        for percent in (50, 99):
            value = min(percentile(one.milliseconds, percent) for one in rounds)
            self._add(case, f"send p{percent}", value, "ms")

    async def _grow(self, bills: int) -> None:
        """A wallet of so many bills is opened, sends one token of them, and then all."""
        sender, receiver = await self.purses.of(f"{bills} bills"), await self.purses.of("all")
        rounds = self.sizes.rounds
        each = rounds + 1
        await self.purses.fill(sender, bills, each)
        case = f"{bills:,} bill{'s' * (bills > 1)}"
        opened = await self._fastest(rounds, lambda: self._open(sender))
        self._add(case, "open the wallet", opened, "ms")
        one = await self._fastest(rounds, lambda: self.purses.send(sender, receiver, 1))
        self._add(case, "send 1 token", one, "ms")
        left = bills * each - rounds
        rest = await self._fastest(1, lambda: self.purses.send(sender, receiver, left))
        self._add(case, "send all the others", rest, "ms")
        await self.purses.check([sender], 0)

    async def _open(self, wallet_id: int) -> None:
        """What the screen of a wallet shows."""
        services, token = self.purses.services, self.purses.token
        await services.wallets.find(wallet_id)
        await services.statements.statement(wallet_id, token)
        await services.statements.history(wallet_id, token)

    async def _fastest(self, rounds: int, do: Callable[[], Awaitable[object]]) -> float:
        """Milliseconds of the round that nothing else of this machine disturbed."""
        took = []
        for _ in range(rounds):
            start = perf_counter()
            await do()
            took.append(perf_counter() - start)
        return min(took) * 1000

    def _add(self, case: str, metric: str, value: float, unit: str) -> None:
        self.report.add(
            engine=self.purses.engine.name,
            store=STORE,
            case=case,
            metric=metric,
            value=value,
            unit=unit,
        )


async def measure(report: Report, sizes: Sizes, engine: Engine, folder: Path) -> None:
    """One engine."""
    async with purses(engine, folder) as opened:
        await Bench(report, sizes, opened).run()


async def run(report: Report, folder: Path, sizes: Sizes) -> None:
    """Everything, with files in `folder`."""
    spare_what_is_there()  # As the kiosk does.
    async with engines(folder, report) as found:
        for engine in found:
            await measure(report, sizes, engine, folder)


def main(arguments: list[str]) -> int:
    """Run as `scripts/bench wallet`."""
    parser = argparse.ArgumentParser(prog="scripts/bench wallet", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--folder", type=Path, help="on which disk; default: the temporary folder")
    chosen = parser.parse_args(arguments)
    report = Report("wallet", as_json=chosen.json)
    sizes = QUICK if chosen.quick else FULL
    with tempfile.TemporaryDirectory(dir=chosen.folder, prefix="bench-") as folder:
        asyncio.run(run(report, Path(folder), sizes))
        report.print_table(Path(folder).parent)
    return 0
