"""What the SQLite engine says of files that are full, foreign or locked, and of faults in calls."""

import asyncio
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ledger.engine import LedgerClosed, LedgerError, LedgerUnavailable
from ledger.sqlite import SqliteLedger
from ledger.types import Account, AccountFlags
from ledger.types import CreateTransferStatus as T
from tests.ledger.embedded import BANK, BOB, balance_of, pay, statuses, with_accounts
from tests.ledger.factories import FakeClock, an_account


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def clock() -> FakeClock:
    """One that stands still between two requests, and counts how often it is read."""
    return FakeClock(step=1)


@contextmanager
def no_file_grows_beyond(size: int) -> Iterator[None]:
    """What a full disk is like, for this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_what_does_not_fit_on_the_disk_did_not_happen_and_the_next_that_fits_does(
    path: Path, clock: FakeClock
) -> None:
    async with with_accounts(path, clock) as ledger:
        await ledger.create_transfers([pay(3)])
        lost = [pay() for _ in range(2000)]
        with no_file_grows_beyond(100_000), pytest.raises(LedgerError, match="nothing was exec"):
            await ledger.create_transfers(lost)
        assert await balance_of(ledger, BOB) == (0, 0, 0, 3)
        assert await ledger.lookup_transfers([lost[0].id]) == []
        assert await statuses(ledger, *lost) == [T.CREATED] * 2000
        assert await balance_of(ledger, BOB) == (0, 0, 0, 2003)


async def test_a_file_that_is_no_ledger_is_left_as_it_is(path: Path, clock: FakeClock) -> None:
    path.write_bytes(b"minutes of the last meeting\n" * 100)
    before = path.read_bytes()
    with pytest.raises(LedgerError, match=r"ledger\.sqlite: not a ledger file"):
        SqliteLedger(path, clock)
    assert path.read_bytes() == before


async def test_a_database_of_somebody_else_is_left_as_it_is(path: Path, clock: FakeClock) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE accounts (name TEXT)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="an SQLite file, but not a ledger file"):
        SqliteLedger(path, clock)
    assert path.read_bytes() == before


async def test_a_ledger_of_a_newer_release_is_not_touched(path: Path, clock: FakeClock) -> None:
    async with with_accounts(path, clock):
        pass
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LedgerError, match="made by a newer release"):
        SqliteLedger(path, clock)


async def test_a_path_that_cannot_be_a_file_is_named(tmp_path: Path, clock: FakeClock) -> None:
    with pytest.raises(LedgerError, match=r"missing/ledger\.sqlite: cannot be opened"):
        SqliteLedger(tmp_path / "missing" / "ledger.sqlite", clock)
    with pytest.raises(LedgerError, match="cannot be opened"):
        SqliteLedger(tmp_path, clock)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_fault_in_the_code_ends_every_call_and_the_ledger(path: Path) -> None:
    def broken_clock() -> int:
        raise ZeroDivisionError

    ledger = SqliteLedger(path, broken_clock)
    calls = [ledger.create_accounts([an_account()]) for _ in range(3)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(answer, LedgerError) for answer in answers)
    with pytest.raises(LedgerClosed):
        await ledger.lookup_accounts([BANK])
    await ledger.close()


async def test_a_ledger_that_another_process_locks_for_long_says_so(
    path: Path, clock: FakeClock
) -> None:
    async with with_accounts(path, clock):
        ledger = SqliteLedger(path, clock, busy_seconds=0.1)
        locker = sqlite3.connect(path, isolation_level=None)
        locker.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnavailable, match="another process"):
            await ledger.create_transfers([pay()])
        # What only reads waits for nobody.
        assert await balance_of(ledger, BOB) == (0, 0, 0, 0)
        locker.execute("ROLLBACK")
        locker.close()
        assert await statuses(ledger, pay()) == [T.CREATED]
        await ledger.close()


async def test_numbers_that_are_not_plain_integers_are_taken_for_what_they_are(
    path: Path, clock: FakeClock
) -> None:
    async with with_accounts(path, clock) as ledger:
        # Flags and booleans are integers to the client.
        odd = Account(id=True, ledger=AccountFlags.LINKED, code=T.LINKED_EVENT_FAILED)
        told = await ledger.create_accounts([odd])
        assert [result.status.name for result in told] == ["EXISTS"]
        with pytest.raises(TypeError):
            await ledger.create_transfers([pay(amount=1.5)])  # type: ignore[arg-type]
        assert await statuses(ledger, pay()) == [T.CREATED]
