"""Accounts: what is stored, and every reason not to create one, in its order."""

from collections.abc import Iterator

import pytest

from ledger.ids import new_id
from ledger.types import AMOUNT_MAX, Account, AccountFlags
from ledger.types import CreateAccountStatus as A
from tests.ledger.books import Balance, Books
from tests.ledger.faults import Fault, pairs

pytestmark = pytest.mark.asyncio(loop_scope="session")

COMPARED = {
    "flags": A.EXISTS_WITH_DIFFERENT_FLAGS,
    "user_data_128": A.EXISTS_WITH_DIFFERENT_USER_DATA_128,
    "user_data_64": A.EXISTS_WITH_DIFFERENT_USER_DATA_64,
    "user_data_32": A.EXISTS_WITH_DIFFERENT_USER_DATA_32,
    "ledger": A.EXISTS_WITH_DIFFERENT_LEDGER,
    "code": A.EXISTS_WITH_DIFFERENT_CODE,
}
ORDER = (
    A.LINKED_EVENT_CHAIN_OPEN,
    A.TIMESTAMP_MUST_BE_ZERO,
    A.RESERVED_FLAG,
    A.ID_MUST_NOT_BE_ZERO,
    A.ID_MUST_NOT_BE_INT_MAX,
    *COMPARED.values(),
    A.EXISTS,
    A.FLAGS_ARE_MUTUALLY_EXCLUSIVE,
    A.DEBITS_PENDING_MUST_BE_ZERO,
    A.DEBITS_POSTED_MUST_BE_ZERO,
    A.CREDITS_PENDING_MUST_BE_ZERO,
    A.CREDITS_POSTED_MUST_BE_ZERO,
    A.LEDGER_MUST_NOT_BE_ZERO,
    A.CODE_MUST_NOT_BE_ZERO,
)
ALL_FLAGS = 0xFFFF


def faults(stored: Account) -> Iterator[Fault]:
    """Ways to violate each check, in the order of the checks."""
    yield Fault(A.LINKED_EVENT_CHAIN_OPEN, flags=AccountFlags.LINKED)
    yield Fault(A.TIMESTAMP_MUST_BE_ZERO, {"timestamp": 1})
    yield Fault(A.RESERVED_FLAG, flags=1 << 6)
    yield Fault(A.RESERVED_FLAG, flags=1 << 15)
    yield Fault(A.ID_MUST_NOT_BE_ZERO, {"id": 0})
    yield Fault(A.ID_MUST_NOT_BE_INT_MAX, {"id": AMOUNT_MAX})
    same = {"id": stored.id}
    for name, status in COMPARED.items():
        if name == "flags":
            yield Fault(status, same, flags=AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)
        else:
            kept = stored.flags
            yield Fault(status, {**same, name: 77}, flags=kept, without=ALL_FLAGS & ~kept)
            same[name] = getattr(stored, name)
    yield Fault(A.EXISTS, same, flags=stored.flags, without=ALL_FLAGS & ~stored.flags)
    both = AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS | AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS
    yield Fault(A.FLAGS_ARE_MUTUALLY_EXCLUSIVE, flags=both)
    yield Fault(A.DEBITS_PENDING_MUST_BE_ZERO, {"debits_pending": 1})
    yield Fault(A.DEBITS_POSTED_MUST_BE_ZERO, {"debits_posted": 1})
    yield Fault(A.CREDITS_PENDING_MUST_BE_ZERO, {"credits_pending": 1})
    yield Fault(A.CREDITS_POSTED_MUST_BE_ZERO, {"credits_posted": AMOUNT_MAX})
    yield Fault(A.LEDGER_MUST_NOT_BE_ZERO, {"ledger": 0})
    yield Fault(A.CODE_MUST_NOT_BE_ZERO, {"code": 0})


@pytest.mark.parametrize("status", ORDER, ids=lambda status: status.name.lower())
async def test_an_account_that_is_wrong_twice_is_refused_for_what_is_checked_first(
    books: Books, status: A
) -> None:
    base = {"user_data_128": 1, "user_data_64": 2, "user_data_32": 3}
    [stored] = await books.open(AccountFlags.HISTORY, **base)

    cases = pairs(faults(stored), status)
    assert cases

    for case in cases:
        event = books.account(**{**base, **case.changes()})
        assert await books.status(event) == status, event
    assert await books.stored(stored) == stored


async def test_an_account_is_stored_as_given_with_its_timestamp(books: Books) -> None:
    account = books.account(
        user_data_128=AMOUNT_MAX,
        user_data_64=2**64 - 1,
        user_data_32=2**32 - 1,
        code=2**16 - 1,
        flags=AccountFlags.HISTORY | AccountFlags.CREDITS_MUST_NOT_EXCEED_DEBITS,
    )

    [result] = await books.results(account)

    account.timestamp = result.timestamp
    assert await books.stored(account) == account


async def test_the_largest_id_but_one_is_an_id(books: Books) -> None:
    largest = books.account(id=AMOUNT_MAX - 1)
    assert await books.status(largest) in (A.CREATED, A.EXISTS_WITH_DIFFERENT_LEDGER)
    [found] = await books.ledger.lookup_accounts([AMOUNT_MAX - 1])
    assert found.id == AMOUNT_MAX - 1


async def test_accounts_and_transfers_do_not_share_their_ids(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    await books.create(books.transfer(debit, credit, id=debit.id))
    await books.create(books.account(id=(await new_transfer(books, debit, credit))))


async def new_transfer(books: Books, debit: Account, credit: Account) -> int:
    """The id of a transfer that was just created."""
    transfer = books.transfer(debit, credit)
    await books.create(transfer)
    return transfer.id


async def test_a_linked_flag_is_stored_and_compared_like_any_other(books: Books) -> None:
    first, second = books.account(flags=AccountFlags.LINKED), books.account()
    await books.create(first, second)

    assert (await books.stored(first)).flags == AccountFlags.LINKED
    first.flags = AccountFlags.NONE
    assert await books.status(first) == A.EXISTS_WITH_DIFFERENT_FLAGS


async def test_balances_are_not_compared_when_an_account_exists(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    await books.create(books.transfer(debit, credit, amount=7))

    again = books.account(id=debit.id, credits_pending=5)
    [result] = await books.results(again)

    assert (result.status, result.timestamp) == (A.EXISTS, debit.timestamp)
    assert await books.balance(debit) == Balance(debits_posted=7)


async def test_one_id_twice_in_a_request_creates_one_account(books: Books) -> None:
    account = books.account()
    first, second = await books.results(account, account)
    assert (first.status, second.status) == (A.CREATED, A.EXISTS)
    assert first.timestamp == second.timestamp


async def test_a_refused_account_can_be_created_with_the_same_id_later(books: Books) -> None:
    account = books.account(code=0)
    assert await books.status(account) == A.CODE_MUST_NOT_BE_ZERO
    account.code = 1
    assert await books.status(account) == A.CREATED


async def test_an_account_may_be_closed_from_the_start(books: Books) -> None:
    closed, other = await books.open(AccountFlags.CLOSED, 0)
    assert closed.flags == AccountFlags.CLOSED
    statuses = await books.statuses(
        books.transfer(closed, other), books.transfer(other, closed, amount=0)
    )
    assert [status.name for status in statuses] == [
        "DEBIT_ACCOUNT_ALREADY_CLOSED",
        "CREDIT_ACCOUNT_ALREADY_CLOSED",
    ]


async def test_unknown_accounts_are_not_found(books: Books) -> None:
    assert await books.ledger.lookup_accounts([new_id(), 0, AMOUNT_MAX]) == []
