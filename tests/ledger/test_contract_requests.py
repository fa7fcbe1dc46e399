"""Requests as such: sizes, widths, order of answers."""

from typing import Any

import pytest

from ledger.ids import new_id
from ledger.types import (
    AMOUNT_MAX,
    BATCH_MAX,
    IntegerOverflowError,
    TooMuchDataError,
    TransferFlags,
)
from ledger.types import CreateTransferStatus as T
from tests.ledger.books import Balance, Books
from tests.ledger.factories import a_query, a_transfer, an_account, an_account_filter

pytestmark = pytest.mark.asyncio(loop_scope="session")

ACCOUNT_WIDTHS = {
    "id": 128,
    "debits_pending": 128,
    "debits_posted": 128,
    "credits_pending": 128,
    "credits_posted": 128,
    "user_data_128": 128,
    "user_data_64": 64,
    "user_data_32": 32,
    "ledger": 32,
    "code": 16,
    "timestamp": 64,
}
TRANSFER_WIDTHS = {
    "id": 128,
    "debit_account_id": 128,
    "credit_account_id": 128,
    "amount": 128,
    "pending_id": 128,
    "user_data_128": 128,
    "user_data_64": 64,
    "user_data_32": 32,
    "timeout": 32,
    "ledger": 32,
    "code": 16,
    "timestamp": 64,
}
CONDITIONS = {"user_data_128": 128, "user_data_64": 64, "user_data_32": 32, "code": 16}
RANGE = {"timestamp_min": 64, "timestamp_max": 64, "limit": 32}


async def test_nothing_asked_is_nothing_answered(books: Books) -> None:
    ledger = books.ledger
    assert await ledger.create_accounts([]) == []
    assert await ledger.create_transfers([]) == []
    assert await ledger.lookup_accounts([]) == []
    assert await ledger.lookup_transfers([]) == []


async def test_lookups_answer_in_the_order_asked_without_what_is_missing(books: Books) -> None:
    first, second = await books.open(0, 0)
    transfers = [books.transfer(first, second, amount=amount) for amount in (1, 2)]
    await books.create(*transfers)

    asked = [second.id, new_id(), first.id, second.id, 0]
    found = await books.ledger.lookup_accounts(asked)
    assert [account.id for account in found] == [second.id, first.id, second.id]
    asked = [transfers[1].id, AMOUNT_MAX, transfers[1].id, transfers[0].id]
    amounts = [transfer.amount for transfer in await books.ledger.lookup_transfers(asked)]
    assert amounts == [2, 2, 1]


async def test_ids_looked_up_are_cut_to_128_bits(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    transfer = books.transfer(debit, credit)
    await books.create(transfer)
    assert await books.ledger.lookup_accounts([debit.id + 2**128]) == [await books.stored(debit)]
    [found] = await books.ledger.lookup_transfers([transfer.id - 2**128])
    assert found.id == transfer.id


async def test_a_request_too_large_is_refused_whole(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    accounts = [books.account() for _ in range(BATCH_MAX + 1)]
    transfers = [books.transfer(debit, credit) for _ in range(BATCH_MAX + 1)]
    ledger = books.ledger
    with pytest.raises(TooMuchDataError):
        await ledger.create_accounts(accounts)
    with pytest.raises(TooMuchDataError):
        await ledger.create_transfers(transfers)
    with pytest.raises(TooMuchDataError):
        await ledger.lookup_accounts([account.id for account in accounts])
    with pytest.raises(TooMuchDataError):
        await ledger.lookup_transfers([transfer.id for transfer in transfers])
    assert await ledger.lookup_accounts([accounts[0].id, accounts[-1].id]) == []
    assert await books.balance(debit) == Balance()


async def test_a_limit_too_large_is_refused_whatever_else_the_filter_says(books: Books) -> None:
    limit = BATCH_MAX + 1
    ledger = books.ledger
    for account_id in (0, new_id()):
        with pytest.raises(TooMuchDataError):
            await ledger.get_account_transfers(an_account_filter(account_id, limit=limit))
        with pytest.raises(TooMuchDataError):
            await ledger.get_account_balances(an_account_filter(account_id, limit=limit))
    for flags in (0, 1 << 5):
        with pytest.raises(TooMuchDataError):
            await ledger.query_accounts(a_query(flags=flags, limit=limit))
        with pytest.raises(TooMuchDataError):
            await ledger.query_transfers(a_query(flags=flags, limit=limit))


async def test_a_full_request_is_executed(roomy: Books) -> None:
    debit, credit = await roomy.open(0, 0)
    transfers = [roomy.transfer(debit, credit) for _ in range(BATCH_MAX)]
    assert set(await roomy.statuses(*transfers)) == {T.CREATED}
    assert await roomy.balance(debit) == Balance(debits_posted=BATCH_MAX)
    found = await roomy.ledger.lookup_transfers([transfer.id for transfer in transfers])
    assert [transfer.id for transfer in found] == [transfer.id for transfer in transfers]
    answer = await roomy.ledger.query_transfers(a_query(ledger=roomy.number, limit=BATCH_MAX))
    assert len(answer) == BATCH_MAX


@pytest.mark.parametrize(("name", "bits"), ACCOUNT_WIDTHS.items())
async def test_a_number_too_wide_for_an_account_is_refused(
    books: Books, name: str, bits: int
) -> None:
    innocent = books.account()
    for value in (2**bits, -1):
        with pytest.raises(IntegerOverflowError):
            await books.ledger.create_accounts([innocent, an_account(**{name: value})])
    assert await books.ledger.lookup_accounts([innocent.id]) == []


@pytest.mark.parametrize(("name", "bits"), TRANSFER_WIDTHS.items())
async def test_a_number_too_wide_for_a_transfer_is_refused(
    books: Books, name: str, bits: int
) -> None:
    debit, credit = await books.open(0, 0)
    for value in (2**bits, -1):
        with pytest.raises(IntegerOverflowError):
            await books.ledger.create_transfers(
                [books.transfer(debit, credit), a_transfer(**{name: value})]
            )
    assert await books.balance(debit) == Balance()


@pytest.mark.parametrize(("name", "bits"), {"account_id": 128, **CONDITIONS, **RANGE}.items())
async def test_a_number_too_wide_for_an_account_filter_is_refused(
    books: Books, name: str, bits: int
) -> None:
    for value in (2**bits, -1):
        fields: dict[str, Any] = {"account_id": new_id(), name: value}
        with pytest.raises(IntegerOverflowError):
            await books.ledger.get_account_transfers(an_account_filter(**fields))
        with pytest.raises(IntegerOverflowError):
            await books.ledger.get_account_balances(an_account_filter(**fields))


@pytest.mark.parametrize(("name", "bits"), {"ledger": 32, **CONDITIONS, **RANGE}.items())
async def test_a_number_too_wide_for_a_query_is_refused(books: Books, name: str, bits: int) -> None:
    for value in (2**bits, -1):
        with pytest.raises(IntegerOverflowError):
            await books.ledger.query_accounts(a_query(**{name: value}))
        with pytest.raises(IntegerOverflowError):
            await books.ledger.query_transfers(a_query(**{name: value}))


async def test_flags_are_cut_to_16_bits(books: Books) -> None:
    debit, credit = await books.open(1 << 16, 1 << 20 | 8)
    assert (debit.flags, credit.flags) == (0, 8)
    transfer = books.transfer(debit, credit, flags=1 << 16 | TransferFlags.PENDING)
    await books.create(transfer)
    [stored] = await books.ledger.lookup_transfers([transfer.id])
    assert stored.flags == TransferFlags.PENDING


async def test_the_flags_of_a_filter_are_cut_to_32_bits(books: Books) -> None:
    [account] = await books.open(0)
    filtered = a_query(ledger=books.number, flags=1 << 32)
    assert await books.ledger.query_accounts(filtered) == [account]
    assert (
        await books.ledger.get_account_transfers(an_account_filter(account.id, flags=3 | 1 << 32))
        == []
    )
