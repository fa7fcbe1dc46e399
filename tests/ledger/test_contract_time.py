"""The ledger's own time: one strictly increasing sequence for everything."""

import time

import pytest

from ledger.types import CreateTransferStatus as T
from ledger.types import Transfer, TransferFlags
from tests.ledger.books import Books
from tests.ledger.factories import SECOND_NS

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_every_event_has_a_nanosecond_of_its_own_whatever_becomes_of_it(
    books: Books,
) -> None:
    debit, credit = await books.open(0, 0)
    events: list[Transfer] = [
        books.transfer(debit, credit),
        books.transfer(debit, credit, code=0),
        books.transfer(debit, credit, flags=TransferFlags.LINKED),
        books.transfer(debit, debit),
        books.transfer(debit, credit, flags=1 << 15),
        books.transfer(debit, credit),
    ]
    results = await books.results(*events)
    first = results[0].timestamp
    assert [result.timestamp for result in results] == list(range(first, first + len(events)))


async def test_accounts_transfers_and_failures_share_one_sequence(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    stamps = [debit.timestamp, credit.timestamp]
    for event in (
        books.transfer(debit, credit),
        books.account(),
        books.account(code=0),
        books.transfer(debit, credit, code=0),
        books.account(),
        books.transfer(debit, credit),
    ):
        stamps += [result.timestamp for result in await books.results(event)]
    assert stamps == sorted(set(stamps))


async def test_timestamps_of_retries_are_used_up_too(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    old = books.transfer(debit, credit)
    await books.create(old)
    results = await books.results(books.transfer(debit, credit), old, books.transfer(debit, credit))
    assert results[2].timestamp == results[0].timestamp + 2


async def test_timestamps_follow_the_clock(books: Books) -> None:
    [account] = await books.open(0)
    now = books.clock.now if books.clock else time.time_ns()
    assert abs(account.timestamp - now) < 10 * SECOND_NS


async def test_the_sequence_goes_on_upwards_when_the_clock_goes_back(own_clock: Books) -> None:
    assert own_clock.clock is not None
    [before] = await own_clock.open(0)
    own_clock.clock.advance(seconds=-3600)
    after, later = await own_clock.open(0, 0)
    assert before.timestamp < after.timestamp < later.timestamp
    own_clock.clock.advance(seconds=7200)
    [much_later] = await own_clock.open(0)
    assert much_later.timestamp >= before.timestamp + 3590 * SECOND_NS


async def test_a_clock_that_stands_still_still_gives_new_timestamps(own_clock: Books) -> None:
    assert own_clock.clock is not None
    own_clock.clock.step = 0
    accounts = await own_clock.open(0, 0) + await own_clock.open(0) + await own_clock.open(0)
    stamps = [account.timestamp for account in accounts]
    assert stamps == sorted(set(stamps))


async def test_a_timeout_must_end_before_time_does(own_clock: Books) -> None:
    assert own_clock.clock is not None
    debit, credit = await own_clock.open(0, 0)
    own_clock.clock.now = 2**63 - 1 - 100 * SECOND_NS
    flags = TransferFlags.PENDING
    statuses = await own_clock.statuses(
        own_clock.transfer(debit, credit, flags=flags, timeout=99),
        own_clock.transfer(debit, credit, flags=flags, timeout=101),
        own_clock.transfer(debit, credit, flags=flags, timeout=2**32 - 1),
        own_clock.transfer(debit, credit),
    )
    assert statuses == [T.CREATED, T.OVERFLOWS_TIMEOUT, T.OVERFLOWS_TIMEOUT, T.CREATED]
