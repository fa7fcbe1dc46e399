"""Imported accounts and transfers bring their own timestamps, in the past but in order."""

import pytest

from ledger.types import Account, AccountFlags, CreateAccountStatus, TransferFlags
from ledger.types import CreateAccountStatus as A
from ledger.types import CreateTransferStatus as T
from tests.ledger.books import Balance, Books
from tests.ledger.factories import a_query, an_account_filter

pytestmark = pytest.mark.asyncio(loop_scope="session")

ACCOUNT, TRANSFER = AccountFlags.IMPORTED, TransferFlags.IMPORTED
LINKED = TransferFlags.LINKED
FAR = 2**62
"""A timestamp that the clock has not reached; the next nanoseconds after an event are free:
between two requests a clock goes on by more than a few."""


async def newest(books: Books) -> int:
    """The timestamp of an account newer than anything else."""
    [account] = await books.open(0)
    return account.timestamp


async def test_an_imported_account_keeps_its_timestamp(books: Books) -> None:
    stamp = await newest(books) + 1
    account = books.account(flags=ACCOUNT, timestamp=stamp)
    [result] = await books.results(account)
    assert (result.status, result.timestamp) == (A.CREATED, stamp)
    assert await books.stored(account) == account
    [later] = await books.open(0)
    assert later.timestamp > stamp


async def test_an_imported_transfer_keeps_its_timestamp(books: Books) -> None:
    debit, credit = await books.open(AccountFlags.HISTORY, 0)
    stamp = credit.timestamp + 1
    transfer = books.transfer(debit, credit, flags=TRANSFER, timestamp=stamp)
    [result] = await books.results(transfer)
    assert (result.status, result.timestamp) == (T.CREATED, stamp)
    assert await books.ledger.lookup_transfers([transfer.id]) == [transfer]
    [row] = await books.ledger.get_account_balances(an_account_filter(debit.id))
    assert (row.timestamp, row.debits_posted) == (stamp, 1)
    found = await books.ledger.query_transfers(
        a_query(ledger=books.number, timestamp_min=stamp, timestamp_max=stamp)
    )
    assert found == [transfer]


async def test_a_retry_of_an_import_exists_whatever_its_timestamp(books: Books) -> None:
    stamp = await newest(books) + 1
    account = books.account(flags=ACCOUNT, timestamp=stamp)
    await books.create(account)
    debit, credit = await books.open(0, 0)
    transfer = books.transfer(debit, credit, flags=TRANSFER, timestamp=credit.timestamp + 1)
    await books.create(transfer)
    for event, original in ((account, stamp), (transfer, transfer.timestamp)):
        for timestamp in (event.timestamp, 1):
            event.timestamp = timestamp
            [result] = await books.results(event)
            assert (result.status.name, result.timestamp) == ("EXISTS", original)


async def test_the_first_event_decides_whether_a_request_is_an_import(books: Books) -> None:
    stamp = await newest(books)
    plain, imported = (
        books.account(),
        books.account(flags=ACCOUNT, timestamp=stamp + 1),
    )
    more = books.account(flags=ACCOUNT, timestamp=stamp + 2)
    expected = [A.CREATED, A.IMPORTED_EVENT_EXPECTED, A.CREATED]
    assert await books.statuses(imported, plain, more) == expected

    stamp = await newest(books)
    imported = books.account(flags=ACCOUNT, timestamp=stamp + 1)
    statuses = await books.statuses(plain, imported, books.account())
    assert statuses == [A.CREATED, A.IMPORTED_EVENT_NOT_EXPECTED, A.CREATED]


async def test_being_an_import_is_checked_before_the_timestamp(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    stamp = credit.timestamp
    first = books.transfer(debit, credit, flags=TRANSFER, timestamp=stamp + 1)
    plain = books.transfer(debit, credit, timestamp=stamp + 2)
    assert await books.statuses(first, plain) == [T.CREATED, T.IMPORTED_EVENT_EXPECTED]
    for timestamp in (0, 1, FAR, 2**63):
        imported = books.transfer(debit, credit, flags=TRANSFER, timestamp=timestamp)
        statuses = await books.statuses(books.transfer(debit, credit), imported)
        assert statuses == [T.CREATED, T.IMPORTED_EVENT_NOT_EXPECTED]


async def test_the_first_event_of_an_import_decides_even_if_it_is_wrong(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    wrong = books.transfer(debit, credit, flags=TRANSFER, timestamp=0)
    statuses = await books.statuses(wrong, books.transfer(debit, credit))
    assert statuses == [T.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE, T.IMPORTED_EVENT_EXPECTED]


Case = tuple[dict[str, int], CreateAccountStatus]
# Each differs from a valid import of an account in what it says.
ACCOUNT_CASES: list[Case] = [
    ({"timestamp": 0}, A.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE),
    ({"timestamp": 2**63}, A.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE),
    ({"timestamp": 2**64 - 1, "flags": ACCOUNT | 1 << 15}, A.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE),
    ({"timestamp": 2**63 - 1}, A.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE),
    ({"timestamp": FAR, "flags": ACCOUNT | 1 << 15}, A.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE),
    ({"timestamp": 1, "flags": ACCOUNT | 1 << 15}, A.RESERVED_FLAG),
    ({"timestamp": 1, "code": 0}, A.CODE_MUST_NOT_BE_ZERO),
    ({"timestamp": 1}, A.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS),
]


@pytest.mark.parametrize(("fields", "status"), ACCOUNT_CASES)
async def test_a_wrong_import_of_an_account_is_refused_for_what_is_checked_first(
    books: Books, fields: dict[str, int], status: A
) -> None:
    await newest(books)
    assert await books.status(books.account(**{"flags": ACCOUNT, **fields})) == status


async def test_imported_accounts_come_after_all_accounts_and_beside_all_transfers(
    books: Books,
) -> None:
    debit, credit = await books.open(0, 0)
    transfer = books.transfer(debit, credit, flags=TRANSFER, timestamp=credit.timestamp + 2)
    await books.create(transfer)
    regress = A.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
    for stamp, status in (
        (debit.timestamp, regress),
        (credit.timestamp, regress),
        (transfer.timestamp, regress),
        (credit.timestamp + 1, A.CREATED),
        (transfer.timestamp + 1, A.CREATED),
    ):
        event = books.account(flags=ACCOUNT, timestamp=stamp)
        assert await books.status(event) == status, stamp - credit.timestamp


async def test_imported_transfers_come_after_all_transfers_and_beside_all_accounts(
    books: Books,
) -> None:
    debit, credit = await books.open(0, 0)
    await books.create(books.transfer(debit, credit))
    [last] = await books.ledger.query_transfers(a_query(ledger=books.number))
    account = books.account(flags=ACCOUNT, timestamp=last.timestamp + 2)
    await books.create(account)
    regress = T.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
    for stamp, status in (
        (credit.timestamp, regress),
        (last.timestamp, regress),
        (account.timestamp, regress),
        (last.timestamp + 1, T.CREATED),
        (last.timestamp + 3, T.CREATED),
    ):
        event = books.transfer(debit, credit, flags=TRANSFER, timestamp=stamp)
        assert await books.status(event) == status, stamp - last.timestamp


async def postdated(books: Books) -> tuple[Account, Account, Account, int]:
    """Two old accounts, a new one, and a free timestamp between the newest transfer and it."""
    debit, credit = await books.open(0, 0)
    await books.create(books.transfer(debit, credit))
    [last] = await books.ledger.query_transfers(a_query(ledger=books.number))
    [new] = await books.open(0)
    assert last.timestamp + 2 < new.timestamp
    return debit, credit, new, last.timestamp + 1


async def test_an_imported_transfer_comes_after_its_accounts(books: Books) -> None:
    old, other, new, stamp = await postdated(books)
    late_debit = T.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_DEBIT_ACCOUNT
    late_credit = T.IMPORTED_EVENT_TIMESTAMP_MUST_POSTDATE_CREDIT_ACCOUNT
    [newer] = await books.open(0)
    timeout = {"timeout": 1, "flags": TRANSFER | TransferFlags.PENDING}
    for debit, credit, fields, status in (
        (new, newer, {}, late_debit),
        (new, old, {}, late_debit),
        (old, new, {}, late_credit),
        (old, new, timeout, late_credit),
        (old, other, timeout, T.IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO),
        (old, other, {}, T.CREATED),
    ):
        event = books.transfer(debit, credit, **{"flags": TRANSFER, "timestamp": stamp, **fields})
        assert await books.status(event) == status


async def test_a_timeout_is_checked_before_closed_accounts(books: Books) -> None:
    closed, other = await books.open(AccountFlags.CLOSED, 0)
    flags = TRANSFER | TransferFlags.PENDING
    statuses = [
        await books.status(
            books.transfer(
                closed, other, flags=flags, timestamp=other.timestamp + 1, timeout=timeout
            )
        )
        for timeout in (1, 0)
    ]
    expected = [T.IMPORTED_EVENT_TIMEOUT_MUST_BE_ZERO, T.DEBIT_ACCOUNT_ALREADY_CLOSED]
    assert statuses == expected


async def test_a_wrong_import_of_a_transfer_is_refused_for_what_is_checked_first(
    books: Books,
) -> None:
    debit, credit = await books.open(0, 0)
    await books.create(books.transfer(debit, credit))
    reserved = TRANSFER | 1 << 15
    cases: list[tuple[dict[str, int], T]] = [
        ({"timestamp": 0, "flags": reserved}, T.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE),
        ({"timestamp": 2**63}, T.IMPORTED_EVENT_TIMESTAMP_OUT_OF_RANGE),
        ({"timestamp": 2**63 - 1}, T.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE),
        ({"timestamp": FAR, "flags": reserved}, T.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_ADVANCE),
        ({"timestamp": 1, "flags": reserved}, T.RESERVED_FLAG),
        ({"timestamp": 1, "ledger": 77}, T.TRANSFER_MUST_HAVE_THE_SAME_LEDGER_AS_ACCOUNTS),
        ({"timestamp": 1}, T.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS),
    ]
    for fields, status in cases:
        event = books.transfer(debit, credit, **{"flags": TRANSFER, **fields})
        assert await books.status(event) == status, fields


async def test_a_chain_is_checked_before_the_rules_of_import(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    first = books.transfer(debit, credit, code=0, flags=LINKED)
    imported = books.transfer(debit, credit, flags=TRANSFER, timestamp=FAR)
    assert await books.statuses(first, imported) == [
        T.CODE_MUST_NOT_BE_ZERO,
        T.LINKED_EVENT_FAILED,
    ]
    open_end = books.transfer(debit, credit, flags=TRANSFER | LINKED, timestamp=FAR)
    assert await books.status(open_end) == T.LINKED_EVENT_CHAIN_OPEN
    assert await books.statuses(books.transfer(debit, credit), open_end) == [
        T.CREATED,
        T.LINKED_EVENT_CHAIN_OPEN,
    ]


async def test_a_rule_of_import_breaks_a_chain(books: Books) -> None:
    stamp = await newest(books) + 1
    imported = books.account(flags=ACCOUNT | AccountFlags.LINKED, timestamp=stamp)
    statuses = await books.statuses(imported, books.account())
    assert statuses == [A.LINKED_EVENT_FAILED, A.IMPORTED_EVENT_EXPECTED]
    assert await books.ledger.lookup_accounts([imported.id]) == []


async def test_what_a_broken_chain_imported_is_not_the_newest_any_more(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    stamp = credit.timestamp
    broken = [
        books.transfer(debit, credit, flags=TRANSFER | LINKED, timestamp=stamp + 5),
        books.transfer(debit, credit, flags=TRANSFER, timestamp=stamp + 6, code=0),
    ]
    results = await books.results(*broken)
    assert [r.status for r in results] == [T.LINKED_EVENT_FAILED, T.CODE_MUST_NOT_BE_ZERO]
    # What was executed and taken back answers with the timestamp that it had.
    assert results[0].timestamp == stamp + 5
    assert results[1].timestamp > stamp + 6
    earlier = books.transfer(debit, credit, flags=TRANSFER, timestamp=stamp + 1)
    assert await books.status(earlier) == T.CREATED
    assert await books.balance(debit) == Balance(debits_posted=1)


async def test_an_imported_hold_can_be_posted_and_voided(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    flags = TRANSFER | TransferFlags.PENDING
    stamps = iter(range(credit.timestamp + 1, credit.timestamp + 9))
    holds = [
        books.transfer(debit, credit, amount=5, flags=flags, timestamp=next(stamps))
        for _ in range(2)
    ]
    post = books.post(holds[0].id, amount=2, flags=TRANSFER, timestamp=next(stamps))
    void = books.void(holds[1].id, flags=TRANSFER, timestamp=next(stamps))
    results = await books.results(*holds, post, void)
    assert {result.status for result in results} == {T.CREATED}
    assert results[2].timestamp == post.timestamp
    assert await books.balance(debit) == Balance(debits_posted=2)


async def test_an_imported_resolution_must_not_regress(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    closing = TransferFlags.PENDING | TransferFlags.CLOSING_DEBIT
    hold = books.transfer(debit, credit, flags=closing)
    await books.create(hold)
    early = books.post(hold.id, flags=TRANSFER, timestamp=credit.timestamp)
    assert await books.status(early) == T.IMPORTED_EVENT_TIMESTAMP_MUST_NOT_REGRESS
    [stored] = await books.ledger.lookup_transfers([hold.id])
    early.timestamp = stored.timestamp + 1
    assert await books.status(early) == T.DEBIT_ACCOUNT_ALREADY_CLOSED
    void = books.void(hold.id, flags=TRANSFER, timestamp=stored.timestamp + 1)
    assert await books.status(void) == T.CREATED
    late = books.void(hold.id, flags=TRANSFER, timestamp=stored.timestamp)
    assert await books.status(late) == T.PENDING_TRANSFER_ALREADY_VOIDED


async def test_plain_events_go_on_after_an_import(books: Books) -> None:
    debit, credit = await books.open(0, 0)
    imported = books.transfer(debit, credit, flags=TRANSFER, timestamp=credit.timestamp + 1)
    await books.create(imported)
    plain = books.transfer(debit, credit)
    [result] = await books.results(plain)
    assert result.timestamp > imported.timestamp
    found = await books.ledger.get_account_transfers(an_account_filter(debit.id))
    assert [transfer.id for transfer in found] == [imported.id, plain.id]
