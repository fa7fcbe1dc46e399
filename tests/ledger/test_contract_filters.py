"""Queries and account filters: conditions, order, limits, paging, and history."""

from dataclasses import replace

import pytest

from ledger.ids import new_id
from ledger.types import (
    AMOUNT_MAX,
    Account,
    AccountBalance,
    AccountFilter,
    AccountFilterFlags,
    AccountFlags,
    QueryFilter,
    QueryFilterFlags,
    Transfer,
    TransferFlags,
)
from tests.ledger.books import Books
from tests.ledger.factories import a_query, an_account_filter

pytestmark = pytest.mark.asyncio(loop_scope="session")

BOTH = AccountFilterFlags.DEBITS | AccountFilterFlags.CREDITS
REVERSED = AccountFilterFlags.REVERSED
MARKS = {"user_data_128": 11, "user_data_64": 12, "user_data_32": 13, "code": 14}


async def marked(books: Books) -> tuple[Account, Account, list[Transfer]]:
    """Two accounts with history and a transfer for each mark, for none, and for all."""
    debit, credit = await books.open(AccountFlags.HISTORY, AccountFlags.HISTORY)
    fields: list[dict[str, int]] = [{}, *({name: value} for name, value in MARKS.items()), MARKS]
    for i, each in enumerate(fields):
        from_, to = (debit, credit) if i % 2 else (credit, debit)
        await books.create(books.transfer(from_, to, amount=i, **each))
    transfers = await books.ledger.query_transfers(a_query(ledger=books.number))
    assert len(transfers) == len(fields)
    return debit, credit, transfers


async def test_all_conditions_of_a_query_must_hold(books: Books) -> None:
    _, _, transfers = await marked(books)
    everything = await books.ledger.query_transfers(a_query(ledger=books.number))
    assert [transfer.amount for transfer in everything] == [0, 1, 2, 3, 4, 5]
    for i, (name, value) in enumerate(MARKS.items(), 1):
        found = await books.ledger.query_transfers(a_query(ledger=books.number, **{name: value}))
        assert found == [transfers[i], transfers[-1]]
    found = await books.ledger.query_transfers(a_query(ledger=books.number, **MARKS))
    assert found == [transfers[-1]]
    missing = {**MARKS, "code": 99}
    assert await books.ledger.query_transfers(a_query(ledger=books.number, **missing)) == []


async def test_accounts_are_queried_by_the_same_conditions(books: Books) -> None:
    everything = []
    for fields in ({}, *({name: value} for name, value in MARKS.items()), MARKS):
        everything += await books.open(0, **fields)
    query = books.ledger.query_accounts
    assert await query(a_query(ledger=books.number)) == everything
    for i, (name, value) in enumerate(MARKS.items(), 1):
        found = await query(a_query(ledger=books.number, **{name: value}))
        assert found == [everything[i], everything[-1]]
    assert await query(a_query(ledger=books.number, **MARKS)) == everything[-1:]


async def test_a_query_without_conditions_finds_what_is_newest(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    await books.create(books.transfer(debit, credit, amount=9))
    newest = a_query(flags=QueryFilterFlags.REVERSED, limit=1)
    [transfer] = await books.ledger.query_transfers(newest)
    assert (transfer.debit_account_id, transfer.amount) == (debit.id, 9)
    [account] = await books.ledger.query_accounts(newest)
    assert account == await books.stored(credit)


async def test_queried_accounts_have_their_present_balances_and_flags(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    closing = TransferFlags.PENDING | TransferFlags.CLOSING_DEBIT
    await books.create(books.transfer(debit, credit), books.transfer(debit, credit, flags=closing))
    [found, _] = await books.ledger.query_accounts(a_query(ledger=books.number))
    assert (found.debits_posted, found.debits_pending) == (1, 1)
    assert found.flags == AccountFlags.CLOSED


async def test_an_account_has_the_transfers_of_both_its_sides(books: Books) -> None:
    debit, credit, transfers = await marked(books)
    ask = books.ledger.get_account_transfers
    for account in (debit, credit):
        assert await ask(an_account_filter(account.id)) == transfers
        debits = await ask(an_account_filter(account.id, flags=AccountFilterFlags.DEBITS))
        credited = await ask(an_account_filter(account.id, flags=AccountFilterFlags.CREDITS))
        assert debits == [t for t in transfers if t.debit_account_id == account.id]
        assert credited == [t for t in transfers if t.credit_account_id == account.id]
    for i, (name, value) in enumerate(MARKS.items(), 1):
        found = await ask(an_account_filter(debit.id, **{name: value}))
        assert found == [transfers[i], transfers[-1]]
    assert await ask(an_account_filter(debit.id, **MARKS)) == transfers[-1:]


async def test_conditions_and_one_side_go_together(books: Books) -> None:
    debit, _, transfers = await marked(books)
    side = AccountFilterFlags.DEBITS
    found = await books.ledger.get_account_transfers(
        an_account_filter(debit.id, flags=side, user_data_128=MARKS["user_data_128"])
    )
    assert found == [
        t
        for t in transfers
        if t.debit_account_id == debit.id and t.user_data_128 == MARKS["user_data_128"]
    ]


async def test_posts_and_voids_are_among_the_transfers_of_an_account(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    hold = books.transfer(debit, credit, amount=5, flags=TransferFlags.PENDING)
    other = books.transfer(debit, credit, amount=3, flags=TransferFlags.PENDING)
    post, void = books.post(hold.id, amount=2), books.void(other.id)
    await books.create(hold, other, post, void)
    found = await books.ledger.get_account_transfers(an_account_filter(credit.id))
    assert [(t.id, t.amount) for t in found] == [
        *((hold.id, 5), (other.id, 3)),
        *((post.id, 2), (void.id, 3)),
    ]


async def test_a_limit_cuts_after_ordering(books: Books) -> None:
    debit, _, transfers = await marked(books)
    ledger, number = books.ledger, books.number
    for limit in (1, 2, 6, 7):
        backwards = transfers[::-1]
        assert (
            await ledger.query_transfers(a_query(ledger=number, limit=limit)) == (transfers[:limit])
        )
        query = a_query(ledger=number, limit=limit, flags=QueryFilterFlags.REVERSED)
        assert await ledger.query_transfers(query) == backwards[:limit]
        sides = an_account_filter(debit.id, limit=limit)
        assert await ledger.get_account_transfers(sides) == transfers[:limit]
        sides.flags |= REVERSED
        assert await ledger.get_account_transfers(sides) == backwards[:limit]


async def test_times_are_inclusive(books: Books) -> None:
    debit, _, transfers = await marked(books)
    ledger, number = books.ledger, books.number
    first, last = transfers[1].timestamp, transfers[3].timestamp
    for low, high, expected in (
        (first, last, transfers[1:4]),
        (first + 1, last - 1, transfers[2:3]),
        (first, 0, transfers[1:]),
        (0, last, transfers[:4]),
        (first, first, transfers[1:2]),
        (transfers[-1].timestamp + 1, 0, []),
        (first, 2**63 - 1, transfers[1:]),
    ):
        times = {"timestamp_min": low, "timestamp_max": high}
        assert await ledger.query_transfers(a_query(ledger=number, **times)) == expected
        sides = an_account_filter(debit.id, **times)
        assert await ledger.get_account_transfers(sides) == expected
        sides.flags |= REVERSED
        assert await ledger.get_account_transfers(sides) == expected[::-1]


async def test_accounts_are_ordered_limited_and_cut_by_time(books: Books) -> None:
    accounts = await books.open(0, 0, 0, 0)
    query, number = books.ledger.query_accounts, books.number
    reverse = QueryFilterFlags.REVERSED
    assert await query(a_query(ledger=number, limit=3)) == accounts[:3]
    assert await query(a_query(ledger=number, limit=3, flags=reverse)) == accounts[:0:-1]
    between = {"timestamp_min": accounts[1].timestamp, "timestamp_max": accounts[2].timestamp}
    assert await query(a_query(ledger=number, **between)) == accounts[1:3]
    assert await query(a_query(ledger=number, flags=reverse, **between)) == accounts[2:0:-1]


@pytest.mark.parametrize("reverse", [False, True], ids=["oldest first", "newest first"])
async def test_paging_sees_everything_once(books: Books, reverse: bool) -> None:
    debit, _, transfers = await marked(books)
    seen: list[Transfer] = []
    flags = BOTH | REVERSED if reverse else BOTH
    page_filter = an_account_filter(debit.id, limit=4, flags=flags)
    while page := await books.ledger.get_account_transfers(page_filter):
        seen += page
        if reverse:
            page_filter = replace(page_filter, timestamp_max=page[-1].timestamp - 1)
        else:
            page_filter = replace(page_filter, timestamp_min=page[-1].timestamp + 1)
    assert seen == (transfers[::-1] if reverse else transfers)


INVALID_RANGES = [
    {"limit": 0},
    {"timestamp_min": 2**63},
    {"timestamp_max": 2**63},
    {"timestamp_min": 2**64 - 1},
    {"timestamp_min": 6, "timestamp_max": 5},
]


@pytest.mark.parametrize("fields", [*INVALID_RANGES, {"flags": 2}, {"flags": 1 << 31}], ids=str)
async def test_an_invalid_query_finds_nothing(books: Books, fields: dict[str, int]) -> None:
    debit, credit = await books.open(0, 0)
    await books.create(books.transfer(debit, credit))
    query: QueryFilter = a_query(**fields)
    assert await books.ledger.query_accounts(query) == []
    assert await books.ledger.query_transfers(query) == []


@pytest.mark.parametrize(
    "fields",
    [
        *INVALID_RANGES,
        {"account_id": 0},
        {"account_id": AMOUNT_MAX},
        {"flags": 0},
        {"flags": REVERSED},
        {"flags": BOTH | 8},
        {"flags": BOTH | 1 << 31},
    ],
    ids=str,
)
async def test_an_invalid_account_filter_finds_nothing(
    books: Books, fields: dict[str, int]
) -> None:
    debit, credit = await books.open(AccountFlags.HISTORY, 0)
    await books.create(books.transfer(debit, credit))
    wrong: AccountFilter = an_account_filter(**{"account_id": debit.id, **fields})
    assert await books.ledger.get_account_transfers(wrong) == []
    assert await books.ledger.get_account_balances(wrong) == []


async def test_history_has_the_balances_right_after_each_transfer(books: Books) -> None:
    debit, credit = await books.open(AccountFlags.HISTORY, 0)
    hold = books.transfer(debit, credit, amount=5, flags=TransferFlags.PENDING)
    post = books.post(hold.id, amount=3)
    back = books.transfer(credit, debit, amount=1)
    nothing = books.transfer(debit, credit, amount=0)
    await books.create(hold, post, back, nothing)
    ask = books.ledger.get_account_transfers
    transfers = await ask(an_account_filter(debit.id))

    rows = await books.ledger.get_account_balances(an_account_filter(debit.id))

    totals = [(5, 0, 0, 0), (0, 3, 0, 0), (0, 3, 0, 1), (0, 3, 0, 1)]
    assert rows == [
        AccountBalance(*four, transfer.timestamp)
        for four, transfer in zip(totals, transfers, strict=True)
    ]
    assert await books.ledger.get_account_balances(an_account_filter(credit.id)) == []
    assert await books.ledger.get_account_balances(an_account_filter(new_id())) == []


async def test_history_is_filtered_like_the_transfers(books: Books) -> None:
    debit, credit, transfers = await marked(books)
    times = {"timestamp_min": transfers[1].timestamp, "timestamp_max": transfers[4].timestamp}
    filters: list[dict[str, int]] = [
        {},
        {"code": MARKS["code"]},
        {"user_data_64": MARKS["user_data_64"]},
        {"flags": AccountFilterFlags.DEBITS},
        {"flags": AccountFilterFlags.CREDITS | REVERSED, "limit": 2},
        {"flags": BOTH | REVERSED, **times},
    ]
    for fields in filters:
        for account in (debit, credit):
            asked = an_account_filter(account.id, **fields)
            rows = await books.ledger.get_account_balances(asked)
            selected = await books.ledger.get_account_transfers(asked)
            assert [row.timestamp for row in rows] == [found.timestamp for found in selected]
            assert rows


async def test_both_accounts_of_a_transfer_may_keep_history(books: Books) -> None:
    debit, credit = await books.open(AccountFlags.HISTORY, AccountFlags.HISTORY)
    [result] = await books.results(books.transfer(debit, credit, amount=4))
    ask = books.ledger.get_account_balances
    assert await ask(an_account_filter(debit.id)) == [AccountBalance(0, 4, 0, 0, result.timestamp)]
    assert await ask(an_account_filter(credit.id)) == [AccountBalance(0, 0, 0, 4, result.timestamp)]
