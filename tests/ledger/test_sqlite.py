"""The ledger file: opened again, shared, asked by many at once; calls given up or cut short."""

import asyncio
from pathlib import Path

import pytest

from ledger.engine import LedgerClosed, LedgerError
from ledger.ids import new_id
from ledger.sqlite import SqliteLedger
from ledger.types import (
    AMOUNT_MAX,
    BATCH_MAX,
    CreateTransferResult,
    Transfer,
    TransferFlags,
)
from ledger.types import CreateTransferStatus as T
from tests.ledger.embedded import ALICE, BANK, BOB, balance_of, opened, pay, statuses, with_accounts
from tests.ledger.factories import FakeClock, a_query, a_transfer, an_account, an_account_filter


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def clock() -> FakeClock:
    """One that stands still between two requests, and counts how often it is read."""
    return FakeClock(step=1)


async def test_all_is_the_same_after_the_file_was_opened_again(
    path: Path, clock: FakeClock
) -> None:
    hold = pay(4, flags=TransferFlags.PENDING, timeout=60, user_data_64=2**64 - 1)
    huge = pay(2**100, user_data_128=2**128 - 1, user_data_32=7)
    refused = pay(debit_account_id=ALICE)
    questions = a_query(limit=BATCH_MAX), an_account_filter(BANK)

    async def answers(ledger: SqliteLedger) -> list[object]:
        return [
            await ledger.query_accounts(questions[0]),
            await ledger.query_transfers(questions[0]),
            await ledger.get_account_transfers(questions[1]),
            await ledger.lookup_transfers([huge.id, hold.id, refused.id]),
            await statuses(ledger, hold, huge, refused),
        ]

    async with with_accounts(path, clock) as ledger:
        [first] = await ledger.create_transfers([huge])
        assert await statuses(ledger, hold, refused) == [T.CREATED, T.EXCEEDS_CREDITS]
        before = await answers(ledger)
    async with opened(path, clock) as ledger:
        assert await answers(ledger) == before
        assert before[-1] == [T.EXISTS, T.EXISTS, T.ID_ALREADY_FAILED]
        assert await ledger.create_transfers([huge]) == [
            CreateTransferResult(first.timestamp, T.EXISTS)
        ]


async def test_time_goes_on_upwards_after_a_restart_even_if_all_failed_and_the_clock_went_back(
    path: Path, clock: FakeClock
) -> None:
    async with with_accounts(path, clock) as ledger:
        failed = await ledger.create_transfers([pay(ledger=9), pay(ledger=9)])
    clock.advance(seconds=-3600)
    async with opened(path, clock) as ledger:
        [result] = await ledger.create_transfers([pay()])
    assert result.timestamp > failed[-1].timestamp


async def test_holds_expire_while_nobody_has_the_file_open(path: Path, clock: FakeClock) -> None:
    hold = pay(4, flags=TransferFlags.PENDING, timeout=60)
    post = a_transfer(
        pending_id=hold.id,
        amount=AMOUNT_MAX,
        flags=TransferFlags.POST_PENDING_TRANSFER,
        ledger=0,
        code=0,
    )
    async with with_accounts(path, clock) as ledger:
        await ledger.create_transfers([hold])
        assert await balance_of(ledger, BANK) == (4, 0, 0, 0)
    clock.advance(seconds=61)
    async with opened(path, clock) as ledger:
        assert await balance_of(ledger, BANK) == (0, 0, 0, 0)
    clock.advance(seconds=-61)
    async with opened(path, clock) as ledger:
        assert await statuses(ledger, post) == [T.PENDING_TRANSFER_EXPIRED]


async def test_more_holds_than_a_request_carries_expire_at_once(
    path: Path, clock: FakeClock
) -> None:
    async with with_accounts(path, clock) as ledger:
        for _ in range(2):
            holds = [pay(flags=TransferFlags.PENDING, timeout=1) for _ in range(BATCH_MAX)]
            await ledger.create_transfers(holds)
        assert await balance_of(ledger, BOB) == (0, 0, 2 * BATCH_MAX, 0)
        clock.advance(seconds=2)
        assert await balance_of(ledger, BOB) == (0, 0, 0, 0)


async def test_a_chain_as_long_as_a_request_leaves_nothing_when_its_last_event_fails(
    path: Path, clock: FakeClock
) -> None:
    chain = [pay(flags=TransferFlags.LINKED) for _ in range(BATCH_MAX - 1)]
    last = pay(debit_account_id=ALICE)
    async with with_accounts(path, clock) as ledger:
        told = await statuses(ledger, *chain, last)
        assert set(told[:-1]) == {T.LINKED_EVENT_FAILED}
        assert told[-1] is T.EXCEEDS_CREDITS
        assert await balance_of(ledger, BANK) == (0, 0, 0, 0)
        assert await ledger.query_transfers(a_query()) == []
        # The ids of the chain are free again, but for the one that broke it.
        assert await statuses(ledger, *chain[:-1], pay()) == [T.CREATED] * (BATCH_MAX - 1)
        assert await statuses(ledger, last) == [T.ID_ALREADY_FAILED]


async def test_callers_of_the_same_moment_share_a_commit(path: Path, clock: FakeClock) -> None:
    async with with_accounts(path, clock) as ledger:
        clock_before = clock.now
        answers = await asyncio.gather(*(statuses(ledger, pay()) for _ in range(500)))
        assert answers == [[T.CREATED]] * 500
        # The clock is read once for each group.
        assert clock.now - clock_before <= 2
        assert await balance_of(ledger, BOB) == (0, 0, 0, 500)


async def test_requests_of_one_moment_see_those_before_them(path: Path, clock: FakeClock) -> None:
    transfer = pay(7)
    async with with_accounts(path, clock) as ledger:
        _, [found], balance, listed, again = await asyncio.gather(
            ledger.create_transfers([transfer]),
            ledger.lookup_transfers([transfer.id]),
            balance_of(ledger, BOB),
            ledger.get_account_transfers(an_account_filter(BOB)),
            statuses(ledger, transfer),
        )
    assert found.amount == 7
    assert balance == (0, 0, 0, 7)
    assert listed == [found]
    assert again == [T.EXISTS]


async def test_a_look_up_does_not_forget_what_is_not_in_the_file_yet(
    path: Path, clock: FakeClock
) -> None:
    hold = pay(flags=TransferFlags.PENDING)
    settle = {"pending_id": hold.id, "ledger": 0, "code": 0}
    async with with_accounts(path, clock) as ledger:
        await ledger.create_transfers([hold])
        post = a_transfer(**settle, amount=AMOUNT_MAX, flags=TransferFlags.POST_PENDING_TRANSFER)
        void = a_transfer(**settle, amount=0, flags=TransferFlags.VOID_PENDING_TRANSFER)
        posted, _, voided = await asyncio.gather(
            statuses(ledger, post), ledger.lookup_transfers([hold.id]), statuses(ledger, void)
        )
    assert (posted, voided) == ([T.CREATED], [T.PENDING_TRANSFER_ALREADY_POSTED])


async def test_a_caller_may_change_its_objects_once_it_has_asked(
    path: Path, clock: FakeClock
) -> None:
    async with with_accounts(path, clock) as ledger:
        transfer = pay(5)
        asked = asyncio.create_task(ledger.create_transfers([transfer]))
        await asyncio.sleep(0)
        transfer.amount = 99
        await asked
        assert await balance_of(ledger, BOB) == (0, 0, 0, 5)


async def test_two_ledgers_on_one_file_see_each_other_at_once(path: Path, clock: FakeClock) -> None:
    async with with_accounts(path, clock) as one, opened(path, clock) as other:
        for amount in range(1, 20):
            giver, taker = (one, other) if amount % 2 else (other, one)
            transfer = pay(amount)
            assert await statuses(giver, transfer) == [T.CREATED]
            assert await statuses(taker, transfer) == [T.EXISTS]
            total = amount * (amount + 1) // 2
            assert await balance_of(taker, BOB) == (0, 0, 0, total)
        await giver.create_accounts([an_account(id=44)])
        assert await statuses(taker, pay(credit_account_id=44)) == [T.CREATED]


async def test_a_limit_holds_between_two_ledgers_on_one_file(path: Path, clock: FakeClock) -> None:
    async with with_accounts(path, clock) as one, opened(path, clock) as other:
        await one.create_transfers([pay(30, credit_account_id=ALICE)])
        spend = [statuses(ledger, pay(debit_account_id=ALICE)) for ledger in (one, other) * 25]
        told = [status for [status] in await asyncio.gather(*spend)]
        assert (told.count(T.CREATED), told.count(T.EXCEEDS_CREDITS)) == (30, 20)
        assert await balance_of(one, ALICE) == (0, 30, 0, 30)


async def test_a_caller_that_gives_up_disturbs_nobody(path: Path, clock: FakeClock) -> None:
    async with with_accounts(path, clock) as ledger:
        calls = [asyncio.create_task(statuses(ledger, pay())) for _ in range(50)]
        await asyncio.sleep(0)
        for call in calls[::2]:
            call.cancel()
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert answers[1::2] == [[T.CREATED]] * 25
        assert all(isinstance(answer, asyncio.CancelledError) for answer in answers[::2])
        [_, _, _, received] = await balance_of(ledger, BOB)
        assert received >= 25


async def test_closing_ends_every_call_and_keeps_what_was_answered(
    path: Path, clock: FakeClock
) -> None:
    async with with_accounts(path, clock) as ledger:
        calls = [asyncio.create_task(statuses(ledger, pay())) for _ in range(100)]
        await asyncio.sleep(0)
        await asyncio.gather(ledger.close(), ledger.close())
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert all(answer == [T.CREATED] or isinstance(answer, LedgerClosed) for answer in answers)
        with pytest.raises(LedgerClosed):
            await ledger.lookup_accounts([BANK])
    async with opened(path, clock) as ledger:
        [_, _, _, received] = await balance_of(ledger, BOB)
        assert received == sum(answer == [T.CREATED] for answer in answers)


async def test_an_event_loop_of_another_thread_may_use_the_ledger_too(
    path: Path, clock: FakeClock
) -> None:
    async with with_accounts(path, clock) as ledger:

        def elsewhere() -> list[list[T]]:
            async def pay_often() -> list[list[T]]:
                return await asyncio.gather(*(statuses(ledger, pay()) for _ in range(50)))

            return asyncio.run(pay_often())

        here = asyncio.gather(*(statuses(ledger, pay()) for _ in range(50)))
        answers = await asyncio.to_thread(elsewhere) + await here
        assert answers == [[T.CREATED]] * 100
        assert await balance_of(ledger, BOB) == (0, 0, 0, 100)


async def test_an_imported_settlement_of_a_hold_with_a_timeout_is_refused_alone(
    path: Path, clock: FakeClock
) -> None:
    hold = pay(4, flags=TransferFlags.PENDING, timeout=3600)
    importing = TransferFlags.IMPORTED | TransferFlags.POST_PENDING_TRANSFER
    async with with_accounts(path, clock) as ledger:
        [held] = await ledger.create_transfers([hold])
        clock.advance(seconds=1)
        settlement = Transfer(
            id=new_id(), pending_id=hold.id, flags=importing, timestamp=held.timestamp + 5
        )
        other = asyncio.create_task(statuses(ledger, pay()))
        with pytest.raises(LedgerError, match=f"{hold.id}, which has a timeout of 3600 s"):
            await ledger.create_transfers([settlement])
        assert await other == [T.CREATED]
        assert await balance_of(ledger, BANK) == (4, 1, 0, 0)
