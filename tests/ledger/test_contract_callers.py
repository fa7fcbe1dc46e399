"""Many callers at the same time: each is answered as if it were alone, and gets its own answer."""

import asyncio
from collections import Counter

import pytest

from ledger.types import (
    Account,
    AccountFlags,
    CreateTransferResult,
    IntegerOverflowError,
    Transfer,
    TransferFlags,
)
from ledger.types import CreateTransferStatus as T
from tests.ledger.books import Balance, Books

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLERS = 60
LINKED = TransferFlags.LINKED


async def at_once(books: Books, *requests: list[Transfer]) -> list[list[T]]:
    """Send all requests before any is answered; the statuses of each."""
    answers = await asyncio.gather(*map(books.ledger.create_transfers, requests))
    return [[result.status for result in answer] for answer in answers]


async def test_many_callers_with_one_transfer_each(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    requests = [[books.transfer(debit, credit, amount=i)] for i in range(CALLERS)]
    assert await at_once(books, *requests) == [[T.CREATED]] * CALLERS
    assert await books.balance(debit) == Balance(debits_posted=sum(range(CALLERS)))


async def test_each_caller_is_answered_for_its_own_events(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    requests: list[list[Transfer]] = []
    for i in range(CALLERS):
        wrong = {} if i % 3 else {"code": 0}
        requests.append([books.transfer(debit, credit, **wrong) for _ in range(1 + i % 4)])
    expected = [
        [T.CREATED if i % 3 else T.CODE_MUST_NOT_BE_ZERO] * (1 + i % 4) for i in range(CALLERS)
    ]
    assert await at_once(books, *requests) == expected


async def test_each_caller_reads_what_it_asked_for(books: Books) -> None:
    accounts = await books.open(*[0] * CALLERS)
    found = await asyncio.gather(
        *(books.ledger.lookup_accounts([account.id]) for account in accounts)
    )
    assert found == [[account] for account in accounts]


async def test_accounts_and_transfers_of_many_callers(books: Books) -> None:
    debit, credit = await books.open(0, 0)

    async def call() -> tuple[Account, list[CreateTransferResult]]:
        [mine] = await books.open(0)
        return mine, await books.ledger.create_transfers([books.transfer(debit, mine)])

    for mine, [result] in await asyncio.gather(*(call() for _ in range(CALLERS))):
        assert result.status == T.CREATED
        assert await books.balance(mine) == Balance(credits_posted=1)
    assert (await books.balance(debit)).debits_posted == CALLERS
    assert await books.balance(credit) == Balance()


async def test_chains_of_different_callers_fail_alone(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    requests = []
    for i in range(CALLERS):
        last = books.transfer(debit, credit, code=i % 2)
        requests.append([books.transfer(debit, credit, flags=LINKED), last])
    broken = [T.LINKED_EVENT_FAILED, T.CODE_MUST_NOT_BE_ZERO]
    assert await at_once(books, *requests) == [broken, [T.CREATED] * 2] * (CALLERS // 2)
    assert await books.balance(debit) == Balance(debits_posted=CALLERS)


async def test_a_chain_left_open_does_not_reach_into_the_next_call(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    left_open = [[books.transfer(debit, credit, flags=LINKED)] for _ in range(3)]
    single = [[books.transfer(debit, credit)] for _ in range(3)]
    mixed = [request for both in zip(left_open, single, strict=True) for request in both]
    assert await at_once(books, *mixed) == [[T.LINKED_EVENT_CHAIN_OPEN], [T.CREATED]] * 3


async def test_each_call_decides_for_itself_whether_it_is_an_import(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    imported = TransferFlags.IMPORTED
    requests = []
    for _ in range(3):
        requests.append([books.transfer(debit, credit)])
        requests.append([books.transfer(debit, credit, flags=imported, timestamp=0)])
    out_of_range = T.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE
    assert await at_once(books, *requests) == [[T.CREATED], [out_of_range]] * 3


async def test_many_callers_spend_exactly_what_is_there(books: Books) -> None:
    purse, shop = await books.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, 0)
    await books.fund(purse, 25)
    answers = await at_once(books, *([books.transfer(purse, shop)] for _ in range(CALLERS)))
    outcomes = Counter(status for [status] in answers)
    assert outcomes == {T.CREATED: 25, T.EXCEEDS_CREDITS: CALLERS - 25}
    assert await books.balance(shop) == Balance(credits_posted=25)


async def test_one_transfer_sent_by_many_callers_happens_once(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    transfer = books.transfer(debit, credit)
    answers = await asyncio.gather(
        *(books.ledger.create_transfers([transfer]) for _ in range(CALLERS))
    )
    results = [result for [result] in answers]
    outcomes = Counter(result.status for result in results)
    assert outcomes == {T.CREATED: 1, T.EXISTS: CALLERS - 1}
    assert len({result.timestamp for result in results}) == 1
    assert await books.balance(debit) == Balance(debits_posted=1)


async def test_of_many_posts_and_voids_of_one_hold_one_wins(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    hold = books.transfer(debit, credit, flags=TransferFlags.PENDING)
    await books.create(hold)
    requests = [[books.post(hold.id) if i % 2 else books.void(hold.id)] for i in range(CALLERS)]
    answers = await at_once(books, *requests)
    assert answers.count([T.CREATED]) == 1
    assert (await books.balance(debit)).debits_pending == 0


async def test_a_number_too_wide_fails_only_its_own_call(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    good, bad = books.transfer(debit, credit), books.transfer(debit, credit, code=2**16)
    first, second, third = await asyncio.gather(
        books.ledger.create_transfers([good]),
        books.ledger.create_transfers([bad]),
        books.ledger.lookup_accounts([debit.id]),
        return_exceptions=True,
    )
    assert isinstance(second, IntegerOverflowError)
    assert not isinstance(first, BaseException)
    assert not isinstance(third, BaseException)
    assert [result.status for result in first] == [T.CREATED]


async def test_what_a_caller_was_answered_all_others_see(books: Books) -> None:
    debit, credit = await books.open(0, 0)

    async def write_then_read() -> None:
        transfer = books.transfer(debit, credit)
        await books.create(transfer)
        assert len(await books.ledger.lookup_transfers([transfer.id])) == 1

    await asyncio.gather(*(write_then_read() for _ in range(CALLERS)))


async def test_a_caller_that_goes_away_harms_nobody(ours: Books) -> None:
    debit, credit = await ours.open(0, 0)
    transfers = [ours.transfer(debit, credit) for _ in range(CALLERS)]
    calls = [
        asyncio.create_task(ours.ledger.create_transfers([transfer])) for transfer in transfers
    ]
    # Some before they were sent, some after, while the others go on waiting.
    calls[0].cancel()
    await asyncio.sleep(0)
    for call in calls[1::2]:
        call.cancel()
    answers = await asyncio.gather(*calls, return_exceptions=True)

    for call, answer in zip(calls, answers, strict=True):
        assert call.cancelled() == isinstance(answer, asyncio.CancelledError)
    assert not any(call.cancelled() for call in calls[2::2])
    found = await ours.ledger.lookup_transfers([transfer.id for transfer in transfers])
    assert len(found) >= len(calls[2::2])
    assert (await ours.balance(debit)).debits_posted == len(found)
