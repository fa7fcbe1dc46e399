"""A ledger that is closed: once or twice, idle or with calls under way."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.engine import Ledger, LedgerClosed
from ledger.node import Node
from ledger.sqlite import SqliteLedger
from ledger.tigerbeetle import TigerBeetleLedger
from tests.ledger.books import Books

pytestmark = pytest.mark.asyncio(loop_scope="session")

Opener = Callable[[], Ledger]


@pytest.fixture
def open_sqlite(tmp_path: Path) -> Opener:
    """Opens the same file each time."""
    return lambda: SqliteLedger(tmp_path / "ledger.sqlite")


@pytest.fixture
def open_beside(tmp_path: Path) -> Opener:
    """Opens the same file each time, in a process of its own."""
    return lambda: SqliteLedger(tmp_path / "ledger.sqlite", own_process=True)


@pytest.fixture
def open_tigerbeetle(node: Node) -> Opener:
    """Connects to the same server each time."""
    return lambda: TigerBeetleLedger(node.cluster_id, node.address, deadline_seconds=60)


@pytest.fixture(params=["sqlite", "beside", pytest.param("tigerbeetle", marks=pytest.mark.server)])
def opener(request: pytest.FixtureRequest) -> Opener:
    """Each engine that ships."""
    found: Opener = request.getfixturevalue(f"open_{request.param}")
    return found


async def test_closing_twice_is_closing_once_and_then_nothing_is_answered(opener: Opener) -> None:
    ledger = opener()
    books = Books.over(ledger)
    assert ledger.engine
    [account] = await books.open(0)
    await ledger.close()
    await ledger.close()
    for request in (
        ledger.create_accounts([books.account()]),
        ledger.create_transfers([books.transfer(account, account)]),
        ledger.lookup_accounts([account.id]),
        ledger.lookup_transfers([account.id]),
    ):
        with pytest.raises(LedgerClosed):
            await request


async def test_a_ledger_that_was_never_asked_can_be_closed(opener: Opener) -> None:
    await opener().close()


async def test_calls_under_way_end_when_the_ledger_is_closed(opener: Opener) -> None:
    ledger = opener()
    books = Books.over(ledger)
    debit, credit = await books.open(0, 0)
    transfers = [books.transfer(debit, credit) for _ in range(50)]
    calls = [asyncio.create_task(ledger.create_transfers([transfer])) for transfer in transfers]
    # They are sent, but not answered.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await ledger.close()
    answers = await asyncio.gather(*calls, return_exceptions=True)

    again = opener()
    for transfer, answer in zip(transfers, answers, strict=True):
        # An answer binds; without one, the transfer may be there or not.
        if isinstance(answer, BaseException):
            assert isinstance(answer, LedgerClosed)
        else:
            assert await again.lookup_transfers([transfer.id])
    assert (await Books.over(again).balance(debit)).debits_posted <= len(transfers)
    await again.close()
