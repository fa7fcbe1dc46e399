"""Pending transfers with a timeout: when it is over, everything is as if they had not been."""

import pytest

from ledger.types import Account, AccountFlags, Transfer, TransferFlags
from ledger.types import CreateAccountStatus as A
from ledger.types import CreateTransferStatus as T
from tests.ledger.books import Balance, Books
from tests.ledger.factories import SECOND_NS, a_query, an_account_filter

pytestmark = pytest.mark.asyncio(loop_scope="session")

PENDING = TransferFlags.PENDING


async def held(books: Books, *, timeout: int = 1) -> tuple[Account, Transfer]:
    """An account with a pending debit of 10, and that transfer."""
    debit, credit = await books.open(AccountFlags.HISTORY, 0)
    hold = books.transfer(debit, credit, amount=10, timeout=timeout, flags=PENDING)
    await books.create(hold)
    return await books.stored(debit), hold


async def released(books: Books, account: Account) -> bool:
    """Whether nothing is pending on the debit side."""
    return (await books.balance(account)).debits_pending == 0


async def test_an_expired_hold_gives_everything_back_and_cannot_be_resolved(books: Books) -> None:
    debit, hold = await held(books)
    lasting, _ = await held(books, timeout=3600)
    eternal, _ = await held(books, timeout=0)
    post = books.post(hold.id)
    transfers = await books.ledger.query_transfers(a_query(ledger=books.number))

    async def settled() -> bool:
        return await released(books, debit)

    await books.settle(1, settled)

    assert await books.balance(debit) == Balance()
    [credit] = await books.ledger.lookup_accounts([hold.credit_account_id])
    assert credit.credits_pending == 0
    expired = T.PENDING_TRANSFER_EXPIRED
    assert await books.statuses(post, books.void(hold.id)) == [expired, expired]
    # It is not a transient failure: the id of the post is free.
    assert await books.status(books.transfer(debit, credit, id=post.id, code=0)) == (
        T.CODE_MUST_NOT_BE_ZERO
    )
    assert await books.status(hold) == T.EXISTS
    assert await books.ledger.query_transfers(a_query(ledger=books.number)) == transfers
    for account in (lasting, eternal):
        assert await books.balance(account) == Balance(debits_pending=10)


async def test_expiry_opens_what_the_hold_had_closed(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    closing = PENDING | TransferFlags.CLOSING_DEBIT
    hold = books.transfer(debit, credit, amount=10, timeout=1, flags=closing)
    closed = T.DEBIT_ACCOUNT_ALREADY_CLOSED
    assert await books.statuses(hold, books.transfer(debit, credit)) == [T.CREATED, closed]

    async def settled() -> bool:
        return await released(books, debit)

    await books.settle(1, settled)

    assert await books.stored(debit) == debit
    assert await books.status(books.account(id=debit.id)) == A.EXISTS
    await books.create(books.transfer(debit, credit))


async def test_holds_on_closed_accounts_expire_too(books: Books) -> None:
    debit, hold = await held(books)
    [other] = await books.open(0)
    closing = PENDING | TransferFlags.CLOSING_DEBIT
    await books.create(books.transfer(debit, other, amount=0, flags=closing))

    async def settled() -> bool:
        return await released(books, debit)

    await books.settle(1, settled)

    assert (await books.stored(debit)).flags & AccountFlags.CLOSED
    assert await books.status(books.void(hold.id)) == T.PENDING_TRANSFER_EXPIRED


async def test_expiry_leaves_no_row_in_the_history_but_shows_in_the_next(books: Books) -> None:
    debit, hold = await held(books)

    async def settled() -> bool:
        return await released(books, debit)

    await books.settle(1, settled)
    [credit] = await books.ledger.lookup_accounts([hold.credit_account_id])
    await books.create(books.transfer(debit, credit, amount=3))

    rows = await books.ledger.get_account_balances(an_account_filter(debit.id))
    assert [(row.debits_pending, row.debits_posted) for row in rows] == [(10, 0), (0, 3)]


async def test_what_was_held_can_be_spent_after_expiry(books: Books) -> None:
    limited, other = await books.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, 0)
    await books.fund(limited, 5)
    hold = books.transfer(limited, other, amount=5, flags=PENDING, timeout=1)
    statuses = await books.statuses(hold, books.transfer(limited, other, amount=5))
    assert statuses == [T.CREATED, T.EXCEEDS_CREDITS]

    async def settled() -> bool:
        return await released(books, limited)

    await books.settle(1, settled)
    await books.create(books.transfer(limited, other, amount=5))


async def test_a_resolved_hold_does_not_expire(books: Books) -> None:
    debit, credit, witness = await books.open(0, 0, 0)
    holds = [
        books.transfer(account, credit, amount=10, flags=PENDING, timeout=1)
        for account in (debit, debit, witness)
    ]
    await books.create(*holds, books.post(holds[0].id, amount=4), books.void(holds[1].id))

    async def settled() -> bool:
        return await released(books, witness)

    await books.settle(1, settled)

    assert await books.balance(debit) == Balance(debits_posted=4)
    assert await books.balance(credit) == Balance(credits_posted=4)
    assert await books.statuses(books.void(holds[0].id), books.post(holds[1].id)) == [
        T.PENDING_TRANSFER_ALREADY_POSTED,
        T.PENDING_TRANSFER_ALREADY_VOIDED,
    ]


@pytest.mark.parametrize("verb", ["post", "void"])
async def test_expiry_comes_after_the_fields_and_before_closed_accounts(
    books: Books, verb: str
) -> None:
    debit, hold = await held(books)

    async def settled() -> bool:
        return await released(books, debit)

    await books.settle(1, settled)
    [credit] = await books.ledger.lookup_accounts([hold.credit_account_id])
    closing = PENDING | TransferFlags.CLOSING_DEBIT | TransferFlags.CLOSING_CREDIT
    await books.create(books.transfer(debit, credit, flags=closing))
    resolve = books.post if verb == "post" else books.void
    statuses = await books.statuses(
        resolve(hold.id, code=77), resolve(hold.id, amount=11), resolve(hold.id)
    )
    assert statuses == [
        T.PENDING_TRANSFER_HAS_DIFFERENT_CODE,
        T.EXCEEDS_PENDING_TRANSFER_AMOUNT,
        T.PENDING_TRANSFER_EXPIRED,
    ]


async def test_a_hold_may_be_resolved_until_its_last_nanosecond(own_clock: Books) -> None:
    clock = own_clock.clock
    assert clock is not None
    _, in_time = await held(own_clock)
    clock.step = 0
    [stored] = await own_clock.ledger.lookup_transfers([in_time.id])
    clock.now = stored.timestamp + SECOND_NS - 5

    [posted] = await own_clock.results(own_clock.post(in_time.id))

    assert posted.status == T.CREATED
    assert posted.timestamp < stored.timestamp + SECOND_NS


@pytest.mark.parametrize("late", [0, 1])
async def test_a_hold_is_over_at_the_very_nanosecond(own_clock: Books, late: int) -> None:
    clock = own_clock.clock
    assert clock is not None
    debit, hold = await held(own_clock)
    clock.step = 0
    [stored] = await own_clock.ledger.lookup_transfers([hold.id])
    clock.now = stored.timestamp + SECOND_NS + late
    assert await own_clock.balance(debit) == Balance()
    assert await own_clock.status(own_clock.post(hold.id)) == T.PENDING_TRANSFER_EXPIRED


async def test_within_a_long_request_a_hold_can_run_out(own_clock: Books) -> None:
    clock = own_clock.clock
    assert clock is not None
    debit, hold = await held(own_clock)
    [credit] = await own_clock.ledger.lookup_accounts([hold.credit_account_id])
    clock.step = 0
    [stored] = await own_clock.ledger.lookup_transfers([hold.id])
    # The request begins in time, but its tenth event does not happen before the end.
    clock.now = stored.timestamp + SECOND_NS - 5
    others = [own_clock.transfer(debit, credit) for _ in range(10)]
    results = await own_clock.results(*others, own_clock.post(hold.id))
    assert results[-1].status == T.PENDING_TRANSFER_EXPIRED
    assert results[-1].timestamp >= stored.timestamp + SECOND_NS


async def test_expiry_is_not_undone_when_the_clock_goes_back(own_clock: Books) -> None:
    clock = own_clock.clock
    assert clock is not None
    debit, hold = await held(own_clock)
    clock.advance(seconds=2)
    assert await own_clock.balance(debit) == Balance()
    clock.advance(seconds=-2)
    assert await own_clock.balance(debit) == Balance()
    assert await own_clock.status(own_clock.post(hold.id)) == T.PENDING_TRANSFER_EXPIRED


async def test_many_holds_expire_by_their_own_times(own_clock: Books) -> None:
    clock = own_clock.clock
    assert clock is not None
    debit, credit = await own_clock.open(0, 0)
    holds = [
        own_clock.transfer(debit, credit, amount=2**i, flags=PENDING, timeout=5 - i % 5)
        for i in range(10)
    ]
    await own_clock.create(*holds)
    for second in range(1, 6):
        clock.advance(seconds=1)
        left = sum(hold.amount for hold in holds if hold.timeout > second)
        assert (await own_clock.balance(debit)).debits_pending == left
