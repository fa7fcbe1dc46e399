"""Linked chains: all or nothing, in accounts and in transfers."""

import pytest

from ledger.types import Account, AccountFlags, Transfer, TransferFlags
from ledger.types import CreateAccountStatus as A
from ledger.types import CreateTransferStatus as T
from tests.ledger.books import Balance, Books
from tests.ledger.factories import an_account_filter

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINKED = TransferFlags.LINKED
FAILED = T.LINKED_EVENT_FAILED


async def test_a_whole_chain_is_created(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    chain = [books.transfer(debit, credit, flags=LINKED) for _ in range(2)]
    chain.append(books.transfer(debit, credit))
    results = await books.results(*chain)
    assert [result.status for result in results] == [T.CREATED] * 3
    stored = await books.ledger.lookup_transfers([transfer.id for transfer in chain])
    assert [transfer.flags for transfer in stored] == [LINKED, LINKED, TransferFlags.NONE]
    assert [transfer.timestamp for transfer in stored] == [result.timestamp for result in results]


@pytest.mark.parametrize("culprit", [0, 1, 2])
async def test_one_failure_takes_the_whole_chain_back(books: Books, culprit: int) -> None:
    debit, credit = await books.open(AccountFlags.HISTORY, 0)
    chain = [books.transfer(debit, credit, flags=LINKED) for _ in range(2)]
    chain.append(books.transfer(debit, credit))
    chain[culprit].code = 0

    results = await books.results(*chain)

    expected = [FAILED] * 3
    expected[culprit] = T.CODE_MUST_NOT_BE_ZERO
    assert [result.status for result in results] == expected
    first = results[0].timestamp
    assert [result.timestamp for result in results] == [first, first + 1, first + 2]
    assert await books.ledger.lookup_transfers([transfer.id for transfer in chain]) == []
    assert await books.balance(debit) == Balance()


async def test_accounts_chain_like_transfers(books: Books) -> None:
    chain = [books.account(flags=AccountFlags.LINKED) for _ in range(2)]
    chain.append(books.account(code=0))
    failed = A.LINKED_EVENT_FAILED
    assert await books.statuses(*chain) == [failed, failed, A.CODE_MUST_NOT_BE_ZERO]
    assert await books.ledger.lookup_accounts([account.id for account in chain]) == []
    chain[-1].code = 1
    assert await books.statuses(*chain) == [A.CREATED] * 3


async def test_chains_and_single_events_share_a_request(books: Books) -> None:
    debit, credit = await books.open(0, 0)

    def event(*, linked: bool = False, **fields: int) -> Transfer:
        return books.transfer(debit, credit, flags=LINKED if linked else 0, **fields)

    statuses = await books.statuses(
        event(),
        *(event(linked=True), event(linked=True), event()),
        *(event(linked=True), event(code=0)),
        event(),
        *(event(linked=True), event()),
        event(code=0),
    )

    assert statuses == [
        T.CREATED,
        *(T.CREATED, T.CREATED, T.CREATED),
        *(FAILED, T.CODE_MUST_NOT_BE_ZERO),
        T.CREATED,
        *(T.CREATED, T.CREATED),
        T.CODE_MUST_NOT_BE_ZERO,
    ]
    assert (await books.balance(debit)).debits_posted == 7


async def test_events_of_a_chain_see_each_other(books: Books) -> None:
    debit, credit = await books.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, 0)
    hold = books.transfer(debit, credit, flags=LINKED | TransferFlags.PENDING)
    statuses = await books.statuses(
        books.transfer(credit, debit, flags=LINKED), hold, books.post(hold.id)
    )
    assert statuses == [T.CREATED] * 3


async def test_events_after_a_broken_chain_do_not_see_it(books: Books) -> None:
    debit, credit = await books.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, 0)
    hold = books.transfer(debit, credit, flags=LINKED | TransferFlags.PENDING)
    statuses = await books.statuses(
        books.transfer(credit, debit, flags=LINKED),
        hold,
        books.transfer(debit, credit, code=0),
        books.transfer(debit, credit),
        books.post(hold.id),
    )
    assert statuses == [
        *(FAILED, FAILED, T.CODE_MUST_NOT_BE_ZERO),
        *(T.EXCEEDS_CREDITS, T.PENDING_TRANSFER_NOT_FOUND),
    ]


async def test_a_broken_chain_takes_posts_and_closings_back(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    hold = books.transfer(debit, credit, amount=5, flags=TransferFlags.PENDING)
    other = books.transfer(debit, credit, amount=3, flags=TransferFlags.PENDING)
    await books.create(hold, other)
    closing = TransferFlags.PENDING | TransferFlags.CLOSING_DEBIT | LINKED

    statuses = await books.statuses(
        books.post(hold.id, flags=LINKED),
        books.void(other.id, flags=LINKED),
        books.transfer(debit, credit, flags=closing),
        books.transfer(credit, debit, amount=9),
    )

    assert statuses == [FAILED, FAILED, FAILED, T.CREDIT_ACCOUNT_ALREADY_CLOSED]
    assert await books.balance(debit) == Balance(debits_pending=8)
    assert (await books.stored(debit)).flags == AccountFlags.NONE
    assert await books.statuses(books.void(hold.id), books.post(other.id)) == [T.CREATED] * 2


async def test_existing_is_a_failure_within_a_chain(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    old = books.transfer(debit, credit)
    [created] = await books.results(old)
    results = await books.results(books.transfer(debit, credit, flags=LINKED), old)
    assert [result.status for result in results] == [FAILED, T.EXISTS]
    assert results[1].timestamp == created.timestamp


async def test_a_retried_chain_says_that_its_first_event_exists(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    chain = [books.transfer(debit, credit, flags=LINKED), books.transfer(debit, credit)]
    await books.create(*chain)
    assert await books.statuses(*chain) == [T.EXISTS, FAILED]


async def test_one_id_twice_in_a_chain_breaks_it(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    first = books.transfer(debit, credit, flags=LINKED)
    results = await books.results(first, first, books.transfer(debit, credit))
    assert [result.status for result in results] == [FAILED, T.EXISTS, FAILED]
    assert results[1].timestamp == results[0].timestamp
    assert await books.ledger.lookup_transfers([first.id]) == []


async def test_an_account_twice_in_a_chain_breaks_it(books: Books) -> None:
    first = books.account(flags=AccountFlags.LINKED)
    results = await books.results(first, first, books.account())
    failed = A.LINKED_EVENT_FAILED
    assert [result.status for result in results] == [failed, A.EXISTS, failed]
    assert results[1].timestamp == results[0].timestamp
    assert await books.ledger.lookup_accounts([first.id]) == []


async def test_a_chain_open_at_the_end_fails(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    single = books.transfer(debit, credit)
    chain = [books.transfer(debit, credit, flags=LINKED) for _ in range(3)]
    expected = [T.CREATED, FAILED, FAILED, T.LINKED_EVENT_CHAIN_OPEN]
    assert await books.statuses(single, *chain) == expected
    assert (await books.balance(debit)).debits_posted == 1


async def test_an_open_chain_names_the_event_that_failed_before(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    chain = [books.transfer(debit, credit, flags=LINKED) for _ in range(4)]
    chain[1].code = 0
    assert await books.statuses(*chain) == [
        FAILED,
        T.CODE_MUST_NOT_BE_ZERO,
        FAILED,
        T.LINKED_EVENT_CHAIN_OPEN,
    ]


async def test_an_open_chain_of_accounts_fails(books: Books) -> None:
    chain: list[Account] = [books.account(flags=AccountFlags.LINKED) for _ in range(2)]
    expected = [A.LINKED_EVENT_FAILED, A.LINKED_EVENT_CHAIN_OPEN]
    assert await books.statuses(*chain) == expected


async def test_an_event_after_the_failure_is_not_judged_by_itself(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    chain = [books.transfer(debit, credit, code=0, flags=LINKED)]
    senseless = {"timestamp": 1, "flags": LINKED | 1 << 15, "ledger": 0}
    chain += [books.transfer(debit, debit, **senseless), books.transfer(debit, books.account())]
    assert await books.statuses(*chain) == [T.CODE_MUST_NOT_BE_ZERO, FAILED, FAILED]
    chain[2].credit_account_id = credit.id
    assert await books.status(chain[2]) == T.CREATED


async def test_two_chains_in_a_row_are_two(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    broken = [books.transfer(debit, credit, flags=LINKED), books.transfer(debit, credit, code=0)]
    whole = [books.transfer(debit, credit, flags=LINKED), books.transfer(debit, credit)]
    assert await books.statuses(*broken, *whole) == [
        *(FAILED, T.CODE_MUST_NOT_BE_ZERO),
        *(T.CREATED, T.CREATED),
    ]
    assert (await books.balance(debit)).debits_posted == 2


async def test_balance_history_is_taken_back_with_its_chain(books: Books) -> None:
    debit, credit = await books.open(AccountFlags.HISTORY, 0)
    broken = [books.transfer(debit, credit, flags=LINKED), books.transfer(debit, credit, code=0)]
    await books.results(*broken)
    await books.create(books.transfer(debit, credit, amount=4))
    [row] = await books.ledger.get_account_balances(an_account_filter(debit.id))
    assert row.debits_posted == 4
