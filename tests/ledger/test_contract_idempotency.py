"""The same id again: what counts as the same, and ids that stay refused."""

from collections.abc import Awaitable, Callable

import pytest

from ledger.ids import new_id
from ledger.types import AMOUNT_MAX, Account, AccountFlags, Transfer, TransferFlags
from ledger.types import CreateTransferStatus as T
from tests.ledger.books import Books
from tests.ledger.factories import a_transfer

pytestmark = pytest.mark.asyncio(loop_scope="session")

PENDING, LINKED = TransferFlags.PENDING, TransferFlags.LINKED
FIELDS = {"user_data_128": 1, "user_data_64": 2, "user_data_32": 3}


async def test_a_retry_exists_with_the_timestamp_of_the_original(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    transfer = books.transfer(debit, credit, **FIELDS)
    [created] = await books.results(transfer)
    await books.fund(debit, 1)
    [again] = await books.results(transfer)
    assert (again.status, again.timestamp) == (T.EXISTS, created.timestamp)


async def test_one_id_twice_in_a_request_moves_once(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    transfer = books.transfer(debit, credit)
    first, second = await books.results(transfer, transfer)
    assert (first.status, second.status) == (T.CREATED, T.EXISTS)
    assert second.timestamp == first.timestamp
    assert (await books.balance(debit)).debits_posted == 1


async def test_a_difference_answers_with_the_timestamp_of_the_event(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    transfer = books.transfer(debit, credit)
    [created] = await books.results(transfer)
    transfer.code = 9
    [again] = await books.results(transfer)
    assert again.status == T.EXISTS_WITH_DIFFERENT_CODE
    assert again.timestamp > created.timestamp


async def test_a_retry_is_recognised_when_it_could_not_be_executed_any_more(books: Books) -> None:
    debit, credit = await books.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, 0)
    await books.fund(debit, 1)
    transfer = books.transfer(debit, credit)
    await books.create(transfer)
    closing = PENDING | TransferFlags.CLOSING_DEBIT
    await books.create(books.transfer(debit, credit, amount=0, flags=closing))
    assert await books.status(transfer) == T.EXISTS


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (AMOUNT_MAX, T.EXISTS),
        (9, T.EXISTS),
        (6, T.EXISTS),
        (5, T.EXISTS_WITH_DIFFERENT_AMOUNT),
        (0, T.EXISTS_WITH_DIFFERENT_AMOUNT),
    ],
    ids=str,
)
async def test_a_balancing_retry_may_ask_for_anything_from_what_was_moved(
    books: Books, asked: int, status: T
) -> None:
    debit, credit = await books.open(0, 0)
    await books.fund(debit, 6)
    transfer = books.transfer(debit, credit, amount=9, flags=TransferFlags.BALANCING_DEBIT)
    await books.create(transfer)
    transfer.amount = asked
    assert await books.status(transfer) == status


# What is stored: a post or void of a hold of 10 with user data 1, 2, 3, and with own user data 5 in
# `user_data_64`. Changes to the retry, and what it is told.
POSTED_PART = [
    ({}, T.EXISTS),
    ({"amount": AMOUNT_MAX}, T.EXISTS_WITH_DIFFERENT_AMOUNT),
    ({"amount": 0}, T.EXISTS_WITH_DIFFERENT_AMOUNT),
    ({"amount": 10}, T.EXISTS_WITH_DIFFERENT_AMOUNT),
]
POSTED_ALL = [
    ({}, T.EXISTS),
    ({"amount": 10}, T.EXISTS),
    ({"amount": 9}, T.EXISTS_WITH_DIFFERENT_AMOUNT),
    ({"amount": 0}, T.EXISTS_WITH_DIFFERENT_AMOUNT),
]
VOIDED = [
    ({}, T.EXISTS),
    ({"amount": 10}, T.EXISTS),
    ({"amount": 9}, T.EXISTS_WITH_DIFFERENT_AMOUNT),
    ({"amount": AMOUNT_MAX}, T.EXISTS_WITH_DIFFERENT_AMOUNT),
]
TAKEN = [
    ({"user_data_128": 1, "user_data_32": 3, "code": 1}, T.EXISTS),
    ({"timeout": 1}, T.EXISTS_WITH_DIFFERENT_TIMEOUT),
    ({"pending_id": 77}, T.EXISTS_WITH_DIFFERENT_PENDING_ID),
    ({"debit_account_id": 77}, T.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID),
    ({"credit_account_id": 77}, T.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID),
    ({"user_data_128": 77}, T.EXISTS_WITH_DIFFERENT_USER_DATA_128),
    ({"user_data_64": 0}, T.EXISTS_WITH_DIFFERENT_USER_DATA_64),
    ({"user_data_64": 2}, T.EXISTS_WITH_DIFFERENT_USER_DATA_64),
    ({"user_data_32": 77}, T.EXISTS_WITH_DIFFERENT_USER_DATA_32),
    ({"ledger": 77}, T.EXISTS_WITH_DIFFERENT_LEDGER),
    ({"code": 77}, T.EXISTS_WITH_DIFFERENT_CODE),
    # Of two differences the first in this order.
    ({"timeout": 1, "pending_id": 77}, T.EXISTS_WITH_DIFFERENT_PENDING_ID),
    ({"timeout": 1, "debit_account_id": 77}, T.EXISTS_WITH_DIFFERENT_TIMEOUT),
    ({"debit_account_id": 77, "credit_account_id": 77}, T.EXISTS_WITH_DIFFERENT_DEBIT_ACCOUNT_ID),
    ({"credit_account_id": 77, "amount": 8}, T.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID),
    ({"amount": 8, "user_data_128": 77}, T.EXISTS_WITH_DIFFERENT_AMOUNT),
    ({"user_data_128": 77, "user_data_64": 77}, T.EXISTS_WITH_DIFFERENT_USER_DATA_128),
    ({"user_data_64": 77, "user_data_32": 77}, T.EXISTS_WITH_DIFFERENT_USER_DATA_64),
    ({"user_data_32": 77, "ledger": 77}, T.EXISTS_WITH_DIFFERENT_USER_DATA_32),
    ({"ledger": 77, "code": 77}, T.EXISTS_WITH_DIFFERENT_LEDGER),
]


@pytest.mark.parametrize(
    ("verb", "amount", "retries"),
    [
        pytest.param("post", 4, POSTED_PART + TAKEN, id="posted in part"),
        pytest.param("post", AMOUNT_MAX, POSTED_ALL + TAKEN, id="posted whole"),
        pytest.param("void", 0, VOIDED + TAKEN, id="voided"),
    ],
)
async def test_a_retry_of_a_resolution_is_compared_with_what_it_became(
    books: Books, verb: str, amount: int, retries: list[tuple[dict[str, int], T]]
) -> None:
    debit, credit = await books.open(0, 0)
    hold = books.transfer(debit, credit, amount=10, flags=PENDING, **FIELDS)
    resolve = books.post if verb == "post" else books.void
    first = resolve(hold.id, amount=amount, user_data_64=5)
    await books.create(hold)
    await books.create(first)

    for changes, status in retries:
        fields = {"id": first.id, "pending_id": hold.id, "amount": amount, "user_data_64": 5}
        again = a_transfer(**{**fields, "ledger": 0, "code": 0, "flags": first.flags, **changes})
        assert await books.status(again) == status, changes


async def test_accounts_of_a_retried_resolution_may_be_given_or_left_out(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    hold = books.transfer(debit, credit, flags=PENDING)
    given = {"debit_account_id": debit.id, "credit_account_id": credit.id, "ledger": books.number}
    post = books.post(hold.id, **given)
    await books.create(hold, post)
    left_out = books.post(hold.id, id=post.id)
    assert await books.statuses(post, left_out) == [T.EXISTS, T.EXISTS]


async def test_own_user_data_equal_to_that_of_the_hold_may_be_left_out_of_a_retry(
    books: Books,
) -> None:
    debit, credit = await books.open(0, 0)
    hold = books.transfer(debit, credit, flags=PENDING, **FIELDS)
    void = books.void(hold.id, **FIELDS)
    await books.create(hold, void)
    assert await books.status(books.void(hold.id, id=void.id)) == T.EXISTS


Refusal = Callable[[Books, Account, Account], Awaitable[Transfer]]


async def _no_debit_account(books: Books, _: Account, credit: Account) -> Transfer:
    return books.transfer(books.account(), credit)


async def _no_credit_account(books: Books, debit: Account, _: Account) -> Transfer:
    return books.transfer(debit, books.account())


async def _no_hold(books: Books, debit: Account, credit: Account) -> Transfer:
    return books.post(new_id(), debit_account_id=debit.id, credit_account_id=credit.id)


async def _exceeding_credits(books: Books, _: Account, credit: Account) -> Transfer:
    [poor] = await books.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)
    return books.transfer(poor, credit)


async def _exceeding_debits(books: Books, debit: Account, _: Account) -> Transfer:
    [poor] = await books.open(AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS)
    return books.transfer(debit, poor)


async def _closed_debit_account(books: Books, _: Account, credit: Account) -> Transfer:
    [closed] = await books.open(AccountFlags.CLOSED)
    return books.transfer(closed, credit)


async def _closed_credit_account(books: Books, debit: Account, _: Account) -> Transfer:
    [closed] = await books.open(AccountFlags.CLOSED)
    return books.transfer(debit, closed)


async def _post_to_a_closed_account(books: Books, debit: Account, _: Account) -> Transfer:
    [closing] = await books.open(0)
    hold = books.transfer(debit, closing, flags=PENDING | TransferFlags.CLOSING_CREDIT)
    await books.create(hold)
    return books.post(hold.id)


TRANSIENT = {
    T.DEBIT_ACCOUNT_NOT_FOUND: _no_debit_account,
    T.CREDIT_ACCOUNT_NOT_FOUND: _no_credit_account,
    T.PENDING_TRANSFER_NOT_FOUND: _no_hold,
    T.EXCEEDS_CREDITS: _exceeding_credits,
    T.EXCEEDS_DEBITS: _exceeding_debits,
    T.DEBIT_ACCOUNT_ALREADY_CLOSED: _closed_debit_account,
    T.CREDIT_ACCOUNT_ALREADY_CLOSED: _closed_credit_account,
}
REFUSALS = [*TRANSIENT.items(), (T.CREDIT_ACCOUNT_ALREADY_CLOSED, _post_to_a_closed_account)]
by_name = pytest.mark.parametrize(
    ("status", "refusal"), REFUSALS, ids=[make.__name__.strip("_") for _, make in REFUSALS]
)


@by_name
async def test_an_id_that_failed_for_want_of_something_stays_refused(
    books: Books, status: T, refusal: Refusal
) -> None:
    debit, credit = await books.open(0, 0)
    refused = await refusal(books, debit, credit)
    assert await books.status(refused) == status

    good = books.transfer(debit, credit, id=refused.id)
    senseless = a_transfer(id=refused.id, ledger=0, code=0)
    results = await books.results(refused, good, senseless)

    assert {result.status for result in results} == {T.ID_ALREADY_FAILED}
    assert len({result.timestamp for result in results}) == 3
    assert await books.ledger.lookup_transfers([refused.id]) == []


@by_name
async def test_in_a_broken_chain_only_the_id_that_broke_it_stays_refused(
    books: Books, status: T, refusal: Refusal
) -> None:
    debit, credit = await books.open(0, 0)
    before = books.transfer(debit, credit, flags=LINKED)
    refused = await refusal(books, debit, credit)
    refused.flags |= LINKED
    after = books.transfer(debit, credit)

    failed = T.LINKED_EVENT_FAILED
    assert await books.statuses(before, refused, after) == [failed, status, failed]

    refused.flags &= ~LINKED
    again = [after, refused, books.transfer(debit, credit, id=before.id)]
    assert await books.statuses(*again) == [T.CREATED, T.ID_ALREADY_FAILED, T.CREATED]


async def test_other_failures_leave_the_id_free(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    hold = books.transfer(debit, credit, amount=5, flags=PENDING)
    await books.create(hold, books.post(hold.id))
    one_id = new_id()
    statuses = await books.statuses(
        books.transfer(debit, credit, id=one_id, code=0),
        books.transfer(debit, debit, id=one_id),
        books.transfer(debit, credit, id=one_id, ledger=77),
        books.void(hold.id, id=one_id),
        books.void(hold.id, id=one_id, amount=6),
        books.transfer(debit, credit, id=one_id),
    )
    assert [status.name for status in statuses] == [
        "CODE_MUST_NOT_BE_ZERO",
        "ACCOUNTS_MUST_BE_DIFFERENT",
        "TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS",
        "PENDING_TRANSFER_ALREADY_POSTED",
        "EXCEEDS_PENDING_TRANSFER_AMOUNT",
        "CREATED",
    ]


async def test_a_hold_whose_id_failed_cannot_be_resolved(books: Books) -> None:
    poor, other = await books.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, 0)
    hold = books.transfer(poor, other, flags=PENDING)
    statuses = await books.statuses(hold, books.post(hold.id))
    assert statuses == [T.EXCEEDS_CREDITS, T.PENDING_TRANSFER_NOT_FOUND]
