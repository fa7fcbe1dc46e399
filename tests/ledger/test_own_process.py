"""A ledger in a process of its own: what goes wrong there, and what it must not disturb."""

import asyncio
import os
import select
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from ledger.engine import LedgerError, LedgerUnavailable
from ledger.sqlite import SqliteLedger
from ledger.types import CreateTransferStatus
from tests.ledger import leaving_process
from tests.ledger.books import Books

ROOT = Path(__file__).parents[2]
DEADLINE_SECONDS = 20.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger file is."""
    return tmp_path / "ledger.sqlite"


@pytest_asyncio.fixture
async def ledger(path: Path) -> AsyncIterator[SqliteLedger]:
    """A ledger whose process runs."""
    ledger = SqliteLedger(path, own_process=True)
    await ledger.lookup_accounts([1])
    yield ledger
    await ledger.close()


def kill(ledger: SqliteLedger) -> None:
    """End its process as a machine short of memory does."""
    assert ledger.pid is not None
    assert ledger.pid != os.getpid()
    os.kill(ledger.pid, signal.SIGKILL)


async def test_a_crowd_larger_than_one_part_is_answered_each_for_itself(
    ledger: SqliteLedger,
) -> None:
    books = Books.over(ledger)
    debit, credit = await books.open(0, 0)
    transfers = [books.transfer(debit, credit, amount=amount) for amount in range(1, 101)]
    transfers[40].credit_account_id = debit.id

    answers = await asyncio.gather(*(ledger.create_transfers([one]) for one in transfers))

    statuses = [result.status for [result] in answers]
    assert statuses[40] is CreateTransferStatus.ACCOUNTS_MUST_BE_DIFFERENT
    assert statuses.count(CreateTransferStatus.CREATED) == 99
    assert (await books.balance(debit)).debits_posted == sum(range(1, 101)) - 41


async def test_a_killed_process_is_started_again_and_nothing_happens_twice(
    ledger: SqliteLedger,
) -> None:
    books = Books.over(ledger)
    debit, credit = await books.open(0, 0)
    transfers = [books.transfer(debit, credit) for _ in range(50)]
    calls = [asyncio.create_task(ledger.create_transfers([one])) for one in transfers]
    await asyncio.sleep(0)
    kill(ledger)
    for answer in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(answer, BaseException):
            assert isinstance(answer, LedgerUnavailable)
            assert "ask again" in str(answer)

    again = [await ledger.create_transfers([one]) for one in transfers]

    done = (CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS)
    assert all(result.status in done for [result] in again)
    assert (await books.balance(debit)).debits_posted == sum(one.amount for one in transfers)


async def test_a_process_that_cannot_serve_says_why(ledger: SqliteLedger, path: Path) -> None:
    kill(ledger)
    path.write_text("not what it was")
    with pytest.raises(LedgerUnavailable):
        await ledger.lookup_accounts([1])  # Perhaps the one that was killed.
    with pytest.raises(LedgerUnavailable, match="not a ledger file"):
        await ledger.lookup_accounts([1])


async def test_a_turn_that_is_held_up_keeps_no_other_process_out(
    ledger: SqliteLedger, path: Path
) -> None:
    books = Books.over(ledger)
    debit, credit = await books.open(0, 0)
    transfers = [books.transfer(debit, credit) for _ in range(20)]

    async def hold_up() -> None:
        """In the same turn as the calls: the last of them are not on their way yet."""
        other = sqlite3.connect(path, timeout=DEADLINE_SECONDS, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        other.close()

    await asyncio.gather(*(ledger.create_transfers([one]) for one in transfers), hold_up())

    assert (await books.balance(debit)).debits_posted == sum(one.amount for one in transfers)


async def test_it_is_out_of_reach_of_the_terminal(ledger: SqliteLedger) -> None:
    assert ledger.pid is not None
    assert os.getsid(ledger.pid) != os.getsid(0)


async def test_it_ends_with_a_process_that_is_killed(path: Path) -> None:
    command = [sys.executable, "-m", leaving_process.__name__, str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as leaving:
        assert leaving.stdout is not None
        of_ledger = os.pidfd_open(int(leaving.stdout.readline()))
        leaving.kill()
    ended, _, _ = select.select([of_ledger], [], [], DEADLINE_SECONDS)
    os.close(of_ledger)
    assert ended


async def test_another_event_loop_is_refused(ledger: SqliteLedger) -> None:
    def ask() -> None:
        asyncio.run(ledger.lookup_accounts([1]))

    with pytest.raises(LedgerError, match="serves the loop it was opened in"):
        await asyncio.to_thread(ask)
