"""A process is killed at any instant: what it was answered is there, whole, and nothing else."""

import random
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ledger.sqlite import SqliteLedger
from ledger.types import Transfer
from tests.ledger import writer_process
from tests.ledger.factories import an_account_filter
from tests.ledger.writer_process import BESIDE, KINDS, PURSE, SINK, SOURCE, WITHIN, batch

ROOT = Path(__file__).parents[2]
LONGEST_DELAY_SECONDS = 0.01
# By the kind of a batch: the first answer, and the answer to the same again.
FIRST = {
    0: "CREATED",
    1: "CREATED CREATED CREATED",
    2: "CREATED CREATED",
    3: "CREATED",
    4: "LINKED_EVENT_FAILED ACCOUNTS_MUST_BE_DIFFERENT",
    5: "CREDIT_ACCOUNT_NOT_FOUND",
}
AGAIN = {
    0: "EXISTS",
    1: "EXISTS LINKED_EVENT_FAILED LINKED_EVENT_FAILED",
    2: "EXISTS EXISTS",
    3: "EXISTS",
    4: "LINKED_EVENT_FAILED ACCOUNTS_MUST_BE_DIFFERENT",
    5: "ID_ALREADY_FAILED",
}
STORED = {0: 1, 1: 3, 2: 2, 3: 1, 4: 0, 5: 0}
"""How many transfers of a batch are there when it was executed."""


@dataclass(slots=True)
class Progress:
    """How far each caller has come: the number of its first batch without an answer."""

    next: list[int] = field(default_factory=list)

    def batches(self) -> list[tuple[int, int]]:
        """Caller and number of everything that was executed."""
        return [(caller, number) for caller, end in enumerate(self.next) for number in range(end)]


def write_until_killed(path: Path, where: str, progress: Progress, chance: random.Random) -> None:
    """Run the writer, kill it at a random moment, and note its answers."""
    module = writer_process.__name__
    command = [sys.executable, "-m", module, str(path), where, *map(str, progress.next)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(chance.randint(1, 60))]
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=chance.uniform(0, LONGEST_DELAY_SECONDS))
        process.kill()
        # The rest was answered too, but for a line without its end.
        lines += [line for line in process.stdout if line.endswith("\n")]
    for line in lines:
        caller, number, statuses = line.rstrip("\n").split(" ", 2)
        assert int(number) == progress.next[int(caller)]
        assert statuses == FIRST[int(number) % KINDS]
        progress.next[int(caller)] += 1


async def require_whole(ledger: SqliteLedger, progress: Progress, since: list[int]) -> None:
    """Look up and repeat all batches from `since`; finish the one that each caller had begun."""
    for caller, end in enumerate(progress.next):
        for number in range(since[caller], end):
            assert await stored(ledger, batch(caller, number)) == STORED[number % KINDS]
            assert await send(ledger, caller, number) == AGAIN[number % KINDS]
        unanswered = batch(caller, end)
        kind = end % KINDS
        assert await stored(ledger, unanswered) in (0, STORED[kind])
        assert await send(ledger, caller, end) in (FIRST[kind], AGAIN[kind])
        assert await send(ledger, caller, end) == AGAIN[kind]
        progress.next[caller] += 1


async def stored(ledger: SqliteLedger, transfers: list[Transfer]) -> int:
    """How many of a batch are there; those must be what was sent."""
    sent = {transfer.id: transfer for transfer in transfers}
    found = await ledger.lookup_transfers(list(sent))
    for transfer in found:
        assert transfer.user_data_64 == sent[transfer.id].user_data_64
        assert transfer.flags == sent[transfer.id].flags
        assert transfer.amount == 3
    return len(found)


async def send(ledger: SqliteLedger, caller: int, number: int) -> str:
    """Send a batch; the statuses."""
    results = await ledger.create_transfers(batch(caller, number))
    return " ".join(result.status.name for result in results)


async def require_balanced(ledger: SqliteLedger, progress: Progress) -> None:
    """Every total is that of all batches, each executed once."""
    totals = {
        account: {
            "debits_pending": 0,
            "debits_posted": 0,
            "credits_pending": 0,
            "credits_posted": 0,
        }
        for account in (SOURCE, PURSE, SINK)
    }
    rows = 0
    for _, number in progress.batches():
        moves = {0: ["posted"], 2: ["pending", "posted"], 3: ["posted"]}.get(number % KINDS, [])
        for phase in moves:
            totals[SOURCE][f"debits_{phase}"] += 3
            totals[SINK][f"credits_{phase}"] += 3
        if number % KINDS == 3:
            totals[SOURCE]["debits_pending"] -= 3
            totals[SINK]["credits_pending"] -= 3
        if number % KINDS == 1:
            totals[SOURCE]["debits_posted"] += 6
            totals[PURSE]["credits_posted"] += 3
            totals[PURSE]["debits_posted"] += 3
            totals[SINK]["credits_posted"] += 6
        rows += {0: 1, 1: 2, 2: 2, 3: 1}.get(number % KINDS, 0)
    for account in await ledger.lookup_accounts(list(totals)):
        expected = totals[account.id]
        assert {name: getattr(account, name) for name in expected} == expected
    history = await ledger.get_account_balances(an_account_filter(SINK, limit=8189))
    assert len(history) == min(rows, 8189)
    assert len({row.timestamp for row in history}) == len(history)


@pytest.mark.parametrize("callers", [1, 8], ids=["one caller", "group commit"])
@pytest.mark.parametrize("where", [WITHIN, BESIDE])
@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.long)])
async def test_every_answered_batch_survives_a_kill_whole(
    tmp_path: Path, callers: int, kills: int, where: str
) -> None:
    path = tmp_path / "ledger.sqlite"
    progress = Progress([0] * callers)
    chance = random.Random(callers * kills)
    ledger = SqliteLedger(path)
    await ledger.create_accounts(writer_process.accounts())
    await ledger.close()

    for _ in range(kills):
        since = list(progress.next)
        write_until_killed(path, where, progress, chance)
        assert progress.next != since
        ledger = SqliteLedger(path)
        await require_whole(ledger, progress, since)
        await require_balanced(ledger, progress)
        await ledger.close()

    ledger = SqliteLedger(path)
    await require_whole(ledger, progress, [0] * callers)
    await require_balanced(ledger, progress)
    await ledger.close()
