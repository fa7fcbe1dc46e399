"""Posting and voiding pending transfers, and the accounts that these close."""

import pytest

from ledger.types import AMOUNT_MAX, Account, AccountFlags, Transfer, TransferFlags
from ledger.types import CreateAccountStatus as A
from ledger.types import CreateTransferStatus as T
from tests.ledger.books import Balance, Books

pytestmark = pytest.mark.asyncio(loop_scope="session")

PENDING = TransferFlags.PENDING
DETAILS = {"user_data_128": 1, "user_data_64": 2, "user_data_32": 3, "code": 4}


async def held(books: Books, **fields: int) -> tuple[Account, Account, Transfer]:
    """Two accounts and a pending transfer of 10 between them."""
    debit, credit = await books.open(0, 0)
    flags = PENDING | fields.pop("flags", 0)
    hold = books.transfer(debit, credit, amount=10, flags=flags, **{**DETAILS, **fields})
    await books.create(hold)
    return debit, credit, hold


@pytest.mark.parametrize(("asked", "posted"), [(AMOUNT_MAX, 10), (10, 10), (4, 4), (0, 0)], ids=str)
async def test_a_post_moves_its_amount_and_releases_the_rest(
    books: Books, asked: int, posted: int
) -> None:
    debit, credit, hold = await held(books)
    post = books.post(hold.id, amount=asked)
    await books.create(post)
    [stored] = await books.ledger.lookup_transfers([post.id])
    assert stored.amount == posted
    assert await books.balance(debit) == Balance(debits_posted=posted)
    assert await books.balance(credit) == Balance(credits_posted=posted)


@pytest.mark.parametrize("asked", [0, 10])
async def test_a_void_gives_everything_back(books: Books, asked: int) -> None:
    debit, credit, hold = await held(books)
    void = books.void(hold.id, amount=asked)
    await books.create(void)
    [stored] = await books.ledger.lookup_transfers([void.id])
    assert stored.amount == 10
    assert await books.balance(debit) == await books.balance(credit) == Balance()


@pytest.mark.parametrize("verb", ["post", "void"])
async def test_what_a_resolution_leaves_out_is_taken_from_the_hold(books: Books, verb: str) -> None:
    _, _, hold = await held(books, timeout=100)
    event = books.post(hold.id) if verb == "post" else books.void(hold.id)
    [result] = await books.results(event)
    [stored] = await books.ledger.lookup_transfers([event.id])
    taken = {**DETAILS, "debit_account_id": hold.debit_account_id}
    taken |= {"credit_account_id": hold.credit_account_id, "ledger": hold.ledger, "timeout": 0}
    assert {name: getattr(stored, name) for name in taken} == taken
    assert (stored.pending_id, stored.flags) == (hold.id, event.flags)
    assert stored.timestamp == result.timestamp


@pytest.mark.parametrize("verb", ["post", "void"])
async def test_a_resolution_may_repeat_the_hold_and_have_its_own_user_data(
    books: Books, verb: str
) -> None:
    debit, credit, hold = await held(books)
    fields = {"debit_account_id": debit.id, "credit_account_id": credit.id, "code": hold.code}
    fields |= {"ledger": hold.ledger, "amount": 10, "user_data_128": 7, "user_data_32": 9}
    event = (books.post if verb == "post" else books.void)(hold.id, **fields)
    await books.create(event)
    [stored] = await books.ledger.lookup_transfers([event.id])
    data = (stored.user_data_128, stored.user_data_64, stored.user_data_32)
    assert data == (7, hold.user_data_64, 9)


async def test_the_pending_transfer_itself_never_changes(books: Books) -> None:
    _, _, hold = await held(books, timeout=100)
    before = await books.ledger.lookup_transfers([hold.id])
    await books.create(books.post(hold.id, amount=1))
    assert await books.ledger.lookup_transfers([hold.id]) == before


async def test_only_the_first_resolution_succeeds(books: Books) -> None:
    _, _, posted = await held(books)
    _, _, voided = await held(books)
    statuses = await books.statuses(
        books.post(posted.id, amount=0),
        books.post(posted.id),
        books.void(posted.id),
        books.void(voided.id),
        books.post(voided.id),
        books.void(voided.id),
    )
    posted_already, voided_already = (
        T.PENDING_TRANSFER_ALREADY_POSTED,
        T.PENDING_TRANSFER_ALREADY_VOIDED,
    )
    assert statuses == [
        *(T.CREATED, posted_already, posted_already),
        *(T.CREATED, voided_already, voided_already),
    ]


async def test_posting_does_not_ask_the_limits_again(books: Books) -> None:
    limited, other = await books.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, 0)
    await books.fund(limited, 10)
    hold = books.transfer(limited, other, amount=10, flags=PENDING)
    await books.create(hold)
    await books.create(books.post(hold.id))
    assert await books.balance(limited) == Balance(debits_posted=10, credits_posted=10)


async def test_balancing_pending_transfers_hold_what_is_there(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    await books.fund(debit, 6)
    flags = PENDING | TransferFlags.BALANCING_DEBIT
    hold = books.transfer(debit, credit, amount=AMOUNT_MAX, flags=flags)
    more = books.transfer(debit, credit, amount=AMOUNT_MAX, flags=flags)
    await books.create(hold, more)
    assert [t.amount for t in await books.ledger.lookup_transfers([hold.id, more.id])] == [6, 0]
    await books.create(books.post(hold.id))
    assert await books.balance(debit) == Balance(debits_posted=6, credits_posted=6)


@pytest.mark.parametrize("side", ["debit", "credit"])
async def test_a_closing_transfer_closes_its_account_and_a_void_opens_it(
    books: Books, side: str
) -> None:
    flag = TransferFlags.CLOSING_DEBIT if side == "debit" else TransferFlags.CLOSING_CREDIT
    debit, credit, hold = await held(books, flags=flag)
    closed, other = (debit, credit) if side == "debit" else (credit, debit)

    assert (await books.stored(closed)).flags == AccountFlags.CLOSED
    assert (await books.stored(other)).flags == AccountFlags.NONE
    statuses = await books.statuses(
        books.transfer(closed, other), books.transfer(other, closed), books.post(hold.id)
    )
    refused_post = T.DEBIT_ACCOUNT_ALREADY_CLOSED
    if side == "credit":
        refused_post = T.CREDIT_ACCOUNT_ALREADY_CLOSED
    refused = [T.DEBIT_ACCOUNT_ALREADY_CLOSED, T.CREDIT_ACCOUNT_ALREADY_CLOSED, refused_post]
    assert statuses == refused

    await books.create(books.void(hold.id))
    assert (await books.stored(closed)).flags == AccountFlags.NONE
    await books.create(books.transfer(closed, other))


async def test_one_transfer_may_close_both_of_its_accounts(books: Books) -> None:
    flags = TransferFlags.CLOSING_DEBIT | TransferFlags.CLOSING_CREDIT
    debit, credit, hold = await held(books, flags=flags)
    for account in (debit, credit):
        assert (await books.stored(account)).flags == AccountFlags.CLOSED
    assert await books.status(books.post(hold.id)) == T.DEBIT_ACCOUNT_ALREADY_CLOSED
    await books.create(books.void(hold.id))
    for account in (debit, credit):
        assert (await books.stored(account)).flags == AccountFlags.NONE


async def test_a_closed_account_allows_voids_of_older_holds_but_no_posts(books: Books) -> None:
    debit, credit, hold = await held(books)
    older = books.transfer(debit, credit, amount=5, flags=PENDING)
    closing = books.transfer(debit, credit, amount=0, flags=PENDING | TransferFlags.CLOSING_CREDIT)
    await books.create(older, closing)

    statuses = await books.statuses(books.post(hold.id), books.void(older.id), books.void(hold.id))

    assert statuses == [T.CREDIT_ACCOUNT_ALREADY_CLOSED, T.CREATED, T.CREATED]
    assert (await books.stored(credit)).flags == AccountFlags.CLOSED


async def test_a_retry_of_creating_an_account_sees_that_it_is_closed(books: Books) -> None:
    debit, _, hold = await held(books, flags=TransferFlags.CLOSING_DEBIT)
    again = books.account(id=debit.id)
    assert await books.status(again) == A.EXISTS_WITH_DIFFERENT_FLAGS
    await books.create(books.void(hold.id))
    assert await books.status(again) == A.EXISTS


async def test_a_retry_of_a_closing_transfer_exists_though_its_account_is_closed(
    books: Books,
) -> None:
    _, _, hold = await held(books, flags=TransferFlags.CLOSING_DEBIT)
    assert await books.status(hold) == T.EXISTS


async def test_an_account_closed_from_the_start_stays_closed(books: Books) -> None:
    closed, other = await books.open(AccountFlags.CLOSED, 0)
    closing = books.transfer(other, closed, flags=PENDING | TransferFlags.CLOSING_CREDIT)
    assert await books.status(closing) == T.CREDIT_ACCOUNT_ALREADY_CLOSED
    assert (await books.stored(closed)).flags == AccountFlags.CLOSED
