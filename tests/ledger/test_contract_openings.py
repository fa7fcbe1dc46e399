"""Transfers together with the accounts that they need."""

from dataclasses import replace

import pytest

from ledger.engine import AccountRefused
from ledger.types import (
    BATCH_MAX,
    AccountFlags,
    CreateAccountStatus,
    IntegerOverflowError,
    TooMuchDataError,
    TransferFlags,
)
from ledger.types import CreateTransferStatus as T
from tests.ledger.books import Balance, Books

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_accounts_that_transfers_need_are_opened_before_them(ours: Books) -> None:
    [source] = await ours.open(0)
    new, other = ours.account(), ours.account()
    first = ours.transfer(source, new, amount=2)

    [created] = await ours.ledger.create_transfers([first], [new])
    results = await ours.ledger.create_transfers(
        [first, ours.transfer(new, other)], [new, replace(source, timestamp=0), other]
    )

    assert created.status is T.CREATED
    assert [result.status for result in results] == [T.EXISTS, T.CREATED]
    assert results[0].timestamp == created.timestamp
    assert await ours.balance(new) == Balance(debits_posted=1, credits_posted=2)
    opened = await ours.stored(other)
    assert (await ours.stored(new)).timestamp < created.timestamp < opened.timestamp
    assert opened.timestamp < results[1].timestamp


async def test_accounts_are_opened_for_transfers_that_are_refused(ours: Books) -> None:
    [source] = await ours.open(AccountFlags.DEBITS_MUST_NOT_EXCEED_CREDITS)
    new = ours.account()
    chain = [
        ours.transfer(source, new, flags=TransferFlags.LINKED),
        ours.transfer(new, source),
    ]

    results = await ours.ledger.create_transfers(chain, [new])

    assert [one.status for one in results] == [T.EXCEEDS_CREDITS, T.LINKED_EVENT_FAILED]
    assert await ours.balance(new) == Balance()
    assert await ours.ledger.create_transfers([], [new]) == []


async def test_no_transfer_is_tried_without_its_account(ours: Books) -> None:
    [source, there] = await ours.open(0, 0)
    new, unlike = ours.account(), replace(there, code=there.code + 1, timestamp=0)
    move = ours.transfer(source, new)

    with pytest.raises(AccountRefused) as refused:
        await ours.ledger.create_transfers([move], [new, unlike])

    assert (refused.value.account_id, refused.value.status) == (
        there.id,
        CreateAccountStatus.EXISTS_WITH_DIFFERENT_CODE,
    )
    assert str(refused.value) == f"account {there.id:032x}: EXISTS_WITH_DIFFERENT_CODE"
    assert await ours.ledger.lookup_transfers([move.id]) == []
    # Nothing was burnt, and an account of the same request may be there.
    assert await ours.status(new) in (CreateAccountStatus.CREATED, CreateAccountStatus.EXISTS)
    assert await ours.status(move) is T.CREATED


async def test_too_many_accounts_or_one_too_wide_are_refused_before_anything(ours: Books) -> None:
    [source] = await ours.open(0)
    new = ours.account()
    move = ours.transfer(source, new)
    with pytest.raises(TooMuchDataError):
        await ours.ledger.create_transfers([move], [new] * (BATCH_MAX + 1))
    with pytest.raises(IntegerOverflowError):
        await ours.ledger.create_transfers([move], [replace(new, code=2**16)])
    assert await ours.ledger.lookup_accounts([new.id]) == []
    assert await ours.ledger.create_transfers([move], [new])
