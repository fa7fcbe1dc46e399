"""Two processes with one ledger file: nothing is spent twice, and nothing read is stale."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from ledger.sqlite import SqliteLedger
from ledger.types import Account, AccountFlags, CreateTransferResult, TransferFlags
from tests.ledger.books import Balance, Books
from tests.ledger.factories import a_query, an_account_filter
from tests.ledger.serving_process import OtherProcess, other_process

ROUNDS = 20


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file that all processes of a test share."""
    return tmp_path / "ledger.sqlite"


@pytest.fixture
async def books(path: Path) -> AsyncIterator[Books]:
    """The file, open in this process."""
    ledger = SqliteLedger(path)
    yield Books.over(ledger)
    await ledger.close()


@pytest.fixture
def other(books: Books, path: Path) -> Iterator[OtherProcess]:
    """The file, open in another process."""
    with other_process(path) as process:
        yield process


@pytest.fixture
def third(books: Books, path: Path) -> Iterator[OtherProcess]:
    """The file, open in a third process."""
    with other_process(path) as process:
        yield process


def statuses(answers: list[list[object]]) -> list[str]:
    """The statuses of all events of all requests."""
    results = [result for answer in answers for result in answer]
    names = [result.status.name for result in results if isinstance(result, CreateTransferResult)]
    assert len(names) == len(results)
    return names


@pytest.mark.parametrize("budget", [0, 1, 100])
async def test_two_processes_spend_exactly_what_is_there(
    books: Books, other: OtherProcess, third: OtherProcess, budget: int
) -> None:
    purse, shop = await books.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, 0)
    await books.fund(purse, budget)
    spenders = (other, third)

    for spender in spenders:
        attempts = [[books.transfer(purse, shop)] for _ in range(100)]
        spender.begin("create_transfers", *attempts)
    outcomes = Counter(name for spender in spenders for name in statuses(spender.finish()))

    assert outcomes["CREATED"] == budget
    assert outcomes["EXCEEDS_CREDITS"] == 200 - budget
    expected = Balance(debits_posted=budget, credits_posted=budget)
    assert await books.balance(purse) == expected


async def test_one_by_one_two_processes_spend_exactly_what_is_there(
    books: Books, other: OtherProcess, third: OtherProcess
) -> None:
    purse, shop = await books.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, 0)
    await books.fund(purse, ROUNDS)
    outcomes: Counter[str] = Counter()
    for _ in range(ROUNDS):
        for spender in (other, third):
            spender.begin("create_transfers", [books.transfer(purse, shop)])
        for spender in (other, third):
            outcomes.update(statuses(spender.finish()))
    assert outcomes == {"CREATED": ROUNDS, "EXCEEDS_CREDITS": ROUNDS}


async def test_what_one_process_was_answered_the_other_sees(
    books: Books, other: OtherProcess
) -> None:
    debit, credit = await books.open(AccountFlags.HISTORY, 0)
    for done in range(ROUNDS):
        assert other.ask("lookup_accounts", [debit.id]) == [await books.stored(debit)]
        theirs = books.transfer(debit, credit)
        other.ask("create_transfers", [theirs])
        assert len(await books.ledger.lookup_transfers([theirs.id])) == 1
        assert await books.balance(debit) == Balance(debits_posted=2 * done + 1)
        ours = books.transfer(debit, credit)
        await books.create(ours)
        assert len(other.ask("lookup_transfers", [ours.id])) == 1
        for method, question in (
            ("query_transfers", a_query(ledger=books.number)),
            ("get_account_transfers", an_account_filter(debit.id)),
            ("get_account_balances", an_account_filter(debit.id)),
        ):
            assert len(other.ask(method, question)) == 2 * done + 2
            assert len(await getattr(books.ledger, method)(question)) == 2 * done + 2


async def test_accounts_and_burnt_ids_of_one_process_bind_the_other(
    books: Books, other: OtherProcess
) -> None:
    debit, credit = await books.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS, 0)
    refused = books.transfer(debit, credit)
    assert statuses([other.ask("create_transfers", [refused])]) == ["EXCEEDS_CREDITS"]
    await books.fund(debit, 5)
    assert (await books.status(refused)).name == "ID_ALREADY_FAILED"

    new = books.account()
    assert len(other.ask("create_accounts", [new])) == 1
    assert (await books.status(new)).name == "EXISTS"
    assert (await books.status(books.transfer(debit, new))).name == "CREATED"


async def test_timestamps_of_two_processes_are_one_sequence(
    books: Books, other: OtherProcess
) -> None:
    debit, credit = await books.open(0, 0)
    stamps: list[int] = []
    for _ in range(ROUNDS):
        answer = other.ask("create_transfers", [books.transfer(debit, credit)])
        answer += await books.results(books.transfer(debit, credit))
        stamps += [each.timestamp for each in answer if isinstance(each, CreateTransferResult)]
    assert stamps == sorted(set(stamps))
    assert len(stamps) == 2 * ROUNDS


async def test_of_a_post_and_a_void_in_two_processes_one_wins(
    books: Books, other: OtherProcess, third: OtherProcess
) -> None:
    debit, credit = await books.open(0, 0)
    holds = [books.transfer(debit, credit, flags=TransferFlags.PENDING) for _ in range(5 * ROUNDS)]
    await books.create(*holds)

    other.begin("create_transfers", *([books.post(hold.id)] for hold in holds))
    third.begin("create_transfers", *([books.void(hold.id)] for hold in holds))
    posted, voided = statuses(other.finish()), statuses(third.finish())

    for outcome in zip(posted, voided, strict=True):
        assert outcome in (
            ("CREATED", "PENDING_TRANSFER_ALREADY_POSTED"),
            ("PENDING_TRANSFER_ALREADY_VOIDED", "CREATED"),
        )
    assert await books.balance(debit) == Balance(debits_posted=posted.count("CREATED"))


async def test_one_transfer_sent_by_two_processes_happens_once(
    books: Books, other: OtherProcess, third: OtherProcess
) -> None:
    debit, credit = await books.open(0, 0)
    transfers = [[books.transfer(debit, credit)] for _ in range(5 * ROUNDS)]
    for process in (other, third):
        process.begin("create_transfers", *transfers)
    for outcome in zip(statuses(other.finish()), statuses(third.finish()), strict=True):
        assert sorted(outcome) == ["CREATED", "EXISTS"]
    assert await books.balance(debit) == Balance(debits_posted=5 * ROUNDS)


async def test_a_hold_expires_for_both_processes(books: Books, other: OtherProcess) -> None:
    debit, credit = await books.open(0, 0)
    hold = books.transfer(debit, credit, amount=7, flags=TransferFlags.PENDING, timeout=1)
    other.ask("create_transfers", [hold])
    assert len(await books.ledger.lookup_transfers([hold.id])) == 1

    async def released() -> bool:
        return await books.balance(debit) == Balance()

    await books.settle(1, released)

    [seen] = other.ask("lookup_accounts", [debit.id])
    assert isinstance(seen, Account)
    assert seen.debits_pending == 0
    answer = other.ask("create_transfers", [books.post(hold.id)])
    assert statuses([answer]) == ["PENDING_TRANSFER_EXPIRED"]


async def test_two_processes_open_a_new_file_at_the_same_time(tmp_path: Path) -> None:
    for number in range(3):
        path = tmp_path / f"{number}.sqlite"
        with other_process(path) as first, other_process(path) as second:
            for process in (first, second):
                process.begin("create_accounts", [Account(id=1, ledger=1, code=1)])
            answers = [process.finish() for process in (first, second)]
            assert all(len(answer) == 1 for answer in answers)
