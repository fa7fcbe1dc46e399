"""Single-phase and pending transfers: what they move, limits and balancing."""

import pytest

from ledger.types import AMOUNT_MAX, AccountFlags, TransferFlags
from ledger.types import CreateTransferStatus as T
from tests.ledger.books import Balance, Books

pytestmark = pytest.mark.asyncio(loop_scope="session")

PENDING = TransferFlags.PENDING


async def test_a_transfer_moves_posted_totals_and_is_stored_as_given(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    transfer = books.transfer(
        debit,
        credit,
        amount=AMOUNT_MAX - 1,
        user_data_128=AMOUNT_MAX,
        user_data_64=2**64 - 1,
        user_data_32=2**32 - 1,
        code=2**16 - 1,
    )

    [result] = await books.results(transfer)

    transfer.timestamp = result.timestamp
    assert await books.ledger.lookup_transfers([transfer.id]) == [transfer]
    assert await books.balance(debit) == Balance(debits_posted=AMOUNT_MAX - 1)
    assert await books.balance(credit) == Balance(credits_posted=AMOUNT_MAX - 1)


async def test_a_pending_transfer_moves_pending_totals_only(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    hold = books.transfer(debit, credit, amount=7, flags=PENDING, timeout=2**32 - 1)

    [result] = await books.results(hold)

    hold.timestamp = result.timestamp
    assert await books.ledger.lookup_transfers([hold.id]) == [hold]
    assert await books.balance(debit) == Balance(debits_pending=7)
    assert await books.balance(credit) == Balance(credits_pending=7)


@pytest.mark.parametrize("flags", [0, PENDING], ids=["single", "pending"])
async def test_an_amount_of_zero_is_a_transfer_all_the_same(books: Books, flags: int) -> None:
    limited = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS
    debit, credit = await books.open(limited, 0)
    transfer = books.transfer(debit, credit, amount=0, flags=flags)
    assert await books.status(transfer) == T.CREATED
    [found] = await books.ledger.lookup_transfers([transfer.id])
    assert found.amount == 0


async def test_debits_may_reach_credits_but_not_exceed_them(books: Books) -> None:
    limited, other = await books.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, 0)
    await books.fund(limited, 10)

    statuses = await books.statuses(
        books.transfer(limited, other, amount=4),
        books.transfer(limited, other, amount=3, flags=PENDING),
        books.transfer(limited, other, amount=4),
        books.transfer(limited, other, amount=4, flags=PENDING),
        books.transfer(limited, other, amount=3),
        books.transfer(limited, other, amount=1),
    )

    refused = [status == T.EXCEEDS_CREDITS for status in statuses]
    assert refused == [False, False, True, True, False, True]
    assert await books.balance(limited) == Balance(
        debits_pending=3, debits_posted=7, credits_posted=10
    )


async def test_credits_may_reach_debits_but_not_exceed_them(books: Books) -> None:
    limited, other = await books.open(AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS, 0)
    await books.create(books.transfer(limited, other, amount=10))

    statuses = await books.statuses(
        books.transfer(other, limited, amount=4, flags=PENDING),
        books.transfer(other, limited, amount=7),
        books.transfer(other, limited, amount=6),
        books.transfer(other, limited, amount=1),
    )

    assert statuses == [T.CREATED, T.EXCEEDS_DEBITS, T.CREATED, T.EXCEEDS_DEBITS]


async def test_pending_credits_cannot_be_spent_yet(books: Books) -> None:
    limited, source = await books.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, 0)
    hold = books.transfer(source, limited, amount=5, flags=PENDING)
    statuses = await books.statuses(
        hold, books.transfer(limited, source), books.post(hold.id), books.transfer(limited, source)
    )
    assert statuses == [T.CREATED, T.EXCEEDS_CREDITS, T.CREATED, T.CREATED]


async def test_a_limit_does_not_hinder_the_other_side(books: Books) -> None:
    both = (
        AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS,
        AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS,
    )
    debit, credit = await books.open(*both)
    assert await books.status(books.transfer(debit, credit, amount=10)) == T.CREATED


@pytest.mark.parametrize("flags", [0, PENDING], ids=["single", "pending"])
@pytest.mark.parametrize(
    ("wanted", "moved"), [(AMOUNT_MAX, 6), (7, 6), (6, 6), (5, 5), (0, 0)], ids=str
)
async def test_balancing_the_debit_account_moves_at_most_what_it_has(
    books: Books, flags: int, wanted: int, moved: int
) -> None:
    debit, credit = await books.open(0, 0)
    await books.fund(debit, 10)
    await books.create(
        books.transfer(debit, credit, amount=3),
        books.transfer(debit, credit, amount=1, flags=PENDING),
        books.transfer(credit, debit, amount=50, flags=PENDING),
    )

    balancing = flags | TransferFlags.BALANCING_DEBIT
    transfer = books.transfer(debit, credit, amount=wanted, flags=balancing)
    await books.create(transfer)

    [stored] = await books.ledger.lookup_transfers([transfer.id])
    assert (stored.amount, stored.flags) == (moved, balancing)
    balance = await books.balance(debit)
    assert balance.debits_posted + balance.debits_pending == 4 + moved


@pytest.mark.parametrize(("wanted", "moved"), [(AMOUNT_MAX, 6), (6, 6), (5, 5), (0, 0)], ids=str)
async def test_balancing_the_credit_account_moves_at_most_what_it_owes(
    books: Books, wanted: int, moved: int
) -> None:
    debit, credit = await books.open(0, 0)
    await books.create(
        books.transfer(credit, debit, amount=10),
        books.transfer(debit, credit, amount=3),
        books.transfer(debit, credit, amount=1, flags=PENDING),
        books.transfer(credit, debit, amount=50, flags=PENDING),
    )

    transfer = books.transfer(debit, credit, amount=wanted, flags=TransferFlags.BALANCING_CREDIT)
    await books.create(transfer)

    [stored] = await books.ledger.lookup_transfers([transfer.id])
    assert stored.amount == moved
    assert (await books.balance(credit)).credits_posted == 3 + moved


@pytest.mark.parametrize(("has", "owes"), [(4, 9), (9, 4), (0, 9), (9, 0)], ids=str)
async def test_balancing_both_sides_moves_the_lesser(books: Books, has: int, owes: int) -> None:
    debit, credit, other = await books.open(0, 0, 0)
    await books.create(
        books.transfer(other, debit, amount=has), books.transfer(credit, other, amount=owes)
    )
    flags = TransferFlags.BALANCING_DEBIT | TransferFlags.BALANCING_CREDIT
    transfer = books.transfer(debit, credit, amount=AMOUNT_MAX, flags=flags)
    await books.create(transfer)
    [stored] = await books.ledger.lookup_transfers([transfer.id])
    assert stored.amount == min(has, owes)


async def test_balancing_an_account_that_owes_moves_nothing(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    await books.create(books.transfer(debit, credit, amount=8))
    transfer = books.transfer(debit, credit, amount=5, flags=TransferFlags.BALANCING_DEBIT)
    await books.create(transfer)
    [stored] = await books.ledger.lookup_transfers([transfer.id])
    assert stored.amount == 0


async def test_balancing_one_side_still_respects_the_limit_of_the_other(books: Books) -> None:
    debit, credit = await books.open(0, AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS)
    await books.fund(debit, 10)
    flags = TransferFlags.BALANCING_DEBIT
    statuses = await books.statuses(
        books.transfer(debit, credit, amount=AMOUNT_MAX, flags=flags),
        books.transfer(debit, credit, amount=0, flags=flags),
    )
    assert statuses == [T.EXCEEDS_DEBITS, T.CREATED]


async def test_overflow_is_judged_by_the_balanced_amount(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    await books.create(books.transfer(debit, credit, amount=AMOUNT_MAX - 5))
    back = TransferFlags.BALANCING_DEBIT
    statuses = await books.statuses(
        books.transfer(debit, credit, amount=6),
        books.transfer(debit, credit, amount=AMOUNT_MAX, flags=back),
        books.transfer(debit, credit, amount=5),
    )
    assert statuses == [T.OVERFLOWS_DEBITS_POSTED, T.CREATED, T.CREATED]


async def test_refused_transfers_leave_no_trace(books: Books) -> None:
    debit, credit = await books.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, 0)
    refused = books.transfer(debit, credit)
    assert await books.status(refused) == T.EXCEEDS_CREDITS
    assert await books.ledger.lookup_transfers([refused.id]) == []
    assert await books.balance(debit) == await books.balance(credit) == Balance()


async def test_events_of_a_request_see_those_before_them(books: Books) -> None:
    debit, credit = await books.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, 0)
    statuses = await books.statuses(
        books.transfer(debit, credit),
        books.transfer(credit, debit),
        books.transfer(debit, credit),
        books.transfer(debit, credit),
    )
    assert statuses == [T.EXCEEDS_CREDITS, T.CREATED, T.CREATED, T.EXCEEDS_CREDITS]
