"""The ledger when the server is away, comes back, moves or drops it; and how it ends."""

import asyncio
import logging
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ledger.engine import LedgerClosed, LedgerUnavailable
from ledger.tigerbeetle import TigerBeetleLedger
from ledger.types import CreateTransferStatus, Transfer
from tests.ledger.factories import a_query, a_transfer, an_account
from tests.ledger.raw_server import RawServer, running_server

pytestmark = pytest.mark.server

ROOT = Path(__file__).parents[2]
SESSIONS_MAX = 64
PATIENT = 60.0
HASTY = 0.3


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawServer]:
    with running_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def server(running: RawServer) -> RawServer:
    """A server that runs, whatever the test before did to it."""
    if not running.running:
        running.start()
    return running


@pytest.fixture
def no_server() -> Iterator[str]:
    """An address where nobody listens, and nobody will meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


class Till:
    """A ledger with two accounts of its own."""

    def __init__(self, ledger: TigerBeetleLedger) -> None:
        self.ledger = ledger
        self.debtor = an_account()
        self.creditor = an_account()

    def transfer(self) -> Transfer:
        """A new transfer of 1."""
        return a_transfer(debit_account_id=self.debtor.id, credit_account_id=self.creditor.id)

    async def insist(self, transfer: Transfer) -> None:
        """Ask with the same id until there is an answer."""
        while True:
            try:
                [result] = await self.ledger.create_transfers([transfer])
            except LedgerUnavailable:
                continue
            assert result.status in (CreateTransferStatus.CREATED, CreateTransferStatus.EXISTS)
            return

    async def posted(self) -> int:
        """How much has been moved."""
        [debtor] = await self.ledger.lookup_accounts([self.debtor.id])
        return debtor.debits_posted


@asynccontextmanager
async def till_at(server: RawServer, deadline_seconds: float) -> AsyncIterator[Till]:
    """A till that has spoken with the server."""
    ledger = TigerBeetleLedger(0, server.address, deadline_seconds=PATIENT)
    till = Till(ledger)
    await ledger.create_accounts([till.debtor, till.creditor])
    await ledger.close()
    till.ledger = TigerBeetleLedger(0, server.address, deadline_seconds=deadline_seconds)
    while True:
        try:
            await till.ledger.lookup_accounts([1])
            break
        except LedgerUnavailable:
            continue  # A new session takes longer than a hasty caller waits.
    yield till
    await till.ledger.close()


async def new_session(server: RawServer) -> None:
    """Ask for something as a new client."""
    ledger = TigerBeetleLedger(0, server.address, deadline_seconds=PATIENT)
    await ledger.lookup_accounts([1])
    await ledger.close()


async def every_request(ledger: TigerBeetleLedger) -> list[object]:
    """What comes of one request of each kind."""
    calls: list[Awaitable[object]] = [
        ledger.create_accounts([an_account()]),
        ledger.create_transfers([a_transfer()]),
        ledger.lookup_accounts([1]),
        ledger.lookup_transfers([1]),
        ledger.query_accounts(a_query()),
        ledger.query_transfers(a_query()),
    ]
    return await asyncio.gather(*calls, return_exceptions=True)


def kinds(outcomes: list[object]) -> set[type]:
    return {type(outcome) for outcome in outcomes}


async def test_without_a_server_every_request_ends_at_its_deadline(no_server: str) -> None:
    ledger = TigerBeetleLedger(0, no_server, deadline_seconds=HASTY)
    loop = asyncio.get_running_loop()
    asked_at = loop.time()
    assert kinds(await every_request(ledger)) == {LedgerUnavailable}
    assert HASTY <= loop.time() - asked_at < 10 * HASTY
    await ledger.close()


async def test_after_a_pause_everything_flows_and_nothing_happens_twice(server: RawServer) -> None:
    async with till_at(server, HASTY) as till:
        transfers = [till.transfer() for _ in range(200)]
        server.pause()
        for _round in range(3):
            calls = (till.ledger.create_transfers([transfer]) for transfer in transfers)
            outcomes = await asyncio.gather(*calls, return_exceptions=True)
            assert {type(outcome) for outcome in outcomes} == {LedgerUnavailable}
        server.resume()
        await asyncio.gather(*(till.insist(transfer) for transfer in transfers))
        assert await till.posted() == 200


async def test_a_cancelled_call_is_carried_out_and_harms_nobody(server: RawServer) -> None:
    async with till_at(server, PATIENT) as till:
        server.pause()
        transfers = [till.transfer() for _ in range(10)]
        calls = [asyncio.create_task(till.ledger.create_transfers([t])) for t in transfers]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for call in calls[::2]:
            call.cancel()
        server.resume()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [asyncio.CancelledError, list] * 5
        assert await till.posted() == 10


@pytest.mark.long
async def test_a_killed_server_that_comes_back_loses_and_doubles_nothing(
    server: RawServer,
) -> None:
    async with till_at(server, HASTY) as till:
        done = asyncio.Event()
        moved = asyncio.Semaphore(0)
        total = 0

        async def work() -> None:
            nonlocal total
            while not done.is_set():
                await till.insist(till.transfer())
                total += 1
                moved.release()

        workers = [asyncio.create_task(work()) for _ in range(20)]
        for _ in range(2):
            for _transfer in range(100):
                await moved.acquire()
            server.kill()
            await asyncio.to_thread(server.start, server.port)
        done.set()
        await asyncio.gather(*workers)
        assert await till.posted() == total


async def test_requests_under_way_follow_the_server_to_another_port(server: RawServer) -> None:
    async with till_at(server, PATIENT) as till:
        server.kill()
        transfers = [till.transfer() for _ in range(50)]
        calls = [asyncio.create_task(till.ledger.create_transfers([t])) for t in transfers]
        look_up = asyncio.create_task(till.ledger.lookup_accounts([till.debtor.id]))
        await asyncio.to_thread(server.start)
        await till.ledger.move(server.address)
        for call in calls:
            [result] = await call
            assert result.status is CreateTransferStatus.CREATED
        assert len(await look_up) == 1
        assert await till.posted() == 50


@pytest.mark.long
async def test_an_evicted_session_is_replaced_unnoticed(
    server: RawServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with till_at(server, PATIENT) as till:
        for _ in range(SESSIONS_MAX // 16 + 1):
            # The server takes no more connections than sessions, so they come in turns.
            await asyncio.gather(*(new_session(server) for _ in range(16)))
        calls = [till.ledger.create_transfers([till.transfer()]) for _ in range(20)]
        results = await asyncio.gather(*calls)
        assert {result.status for [result] in results} == {CreateTransferStatus.CREATED}
        assert await till.posted() == 20
        assert "session evicted" in caplog.text


async def test_closing_with_calls_under_way_tells_them_and_later_ones(server: RawServer) -> None:
    async with till_at(server, PATIENT) as till:
        server.pause()
        calls = [
            asyncio.create_task(till.ledger.create_transfers([till.transfer()])) for _ in range(100)
        ]
        calls_too = [asyncio.create_task(till.ledger.lookup_accounts([1])) for _ in range(100)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await till.ledger.close()
        await till.ledger.close()
        outcomes = await asyncio.gather(*calls, *calls_too, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {LedgerClosed}
        assert kinds(await every_request(till.ledger)) == {LedgerClosed}
        with pytest.raises(LedgerClosed):
            await till.ledger.move(server.address)
        server.resume()


def native_threads() -> int:
    """All threads of this process, those Python knows nothing of included."""
    return len(os.listdir("/proc/self/task"))


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts threads in /proc")
def test_each_ledger_ends_its_thread(server: RawServer, no_server: str) -> None:
    async def use(address: str, deadline_seconds: float) -> None:
        ledger = TigerBeetleLedger(0, address, deadline_seconds=deadline_seconds)
        await every_request(ledger)
        await ledger.move(address)
        await ledger.close()

    before = native_threads()
    for _ in range(5):
        asyncio.run(use(server.address, PATIENT))
        asyncio.run(use(no_server, 0.05))
    assert native_threads() == before


def test_a_ledger_outlives_its_event_loop(server: RawServer) -> None:
    ledger = TigerBeetleLedger(0, server.address, deadline_seconds=PATIENT)

    async def leave_with_a_call_under_way() -> None:
        call = asyncio.create_task(ledger.create_transfers([a_transfer()]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        call.cancel()

    async def use() -> int:
        return len(await ledger.create_transfers([a_transfer()]))

    for _ in range(3):
        asyncio.run(leave_with_a_call_under_way())
        assert asyncio.run(use()) == 1
    asyncio.run(ledger.close())


def test_a_loop_that_was_closed_with_calls_under_way_is_no_hindrance(no_server: str) -> None:
    ledger = TigerBeetleLedger(0, no_server, deadline_seconds=PATIENT)
    loop = asyncio.new_event_loop()
    # That the call was left pending is the point of this test.
    loop.set_exception_handler(lambda _loop, _context: None)
    call = loop.create_task(ledger.lookup_accounts([1]))
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    asyncio.run(ledger.close())
    assert not call.done()


TALK = """
import asyncio, sys
from ledger.engine import LedgerUnavailable
from ledger.tigerbeetle import TigerBeetleLedger

async def main():
    ledger = TigerBeetleLedger(0, sys.argv[1], deadline_seconds=1.0)
    try:
        await ledger.lookup_accounts([1])
    except LedgerUnavailable:
        pass
    calls = [asyncio.create_task(ledger.lookup_accounts([1])) for _ in range(3)]
    await asyncio.sleep(0)

asyncio.run(main())
"""


@pytest.mark.parametrize("there", [True, False])
def test_nothing_is_printed_even_if_nobody_closes(
    server: RawServer, no_server: str, there: bool
) -> None:
    address = server.address if there else no_server
    command = [sys.executable, "-c", TALK, address]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=PATIENT, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


async def test_the_library_speaks_to_the_log(
    no_server: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "tigerbeetle")
    ledger = TigerBeetleLedger(0, no_server, deadline_seconds=HASTY)
    await every_request(ledger)
    await ledger.close()
    assert {record.name for record in caplog.records} == {"tigerbeetle"}
