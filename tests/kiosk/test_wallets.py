"""Wallets on both engines: issued, sent, split, spent, expired; never more than there is."""

import asyncio
from datetime import timedelta

import pytest

from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.claims import InvalidNote
from kiosk.domain.token_moves import CHAIN_MAX, MoveState
from kiosk.domain.tokens import ExpiryRule, Limits, Origin
from kiosk.domain.wallets import (
    LimitExceeded,
    SameWallet,
    TokensGone,
    UnknownWallet,
    WalletBusy,
    WalletLimit,
)
from tests.kiosk.purses import BAR, Purses, a_token
from tests.kiosk.world import World

THIRTY_DAYS = ExpiryRule(within=timedelta(days=30), origins=frozenset({Origin.TRANSFER}))


@pytest.fixture
async def purses(world: World) -> Purses:
    return await Purses.open(world)


async def test_three_purchases_of_five_send_seven_as_five_and_two(purses: Purses) -> None:
    for _ in range(3):
        await purses.buy("Joey", 5)
    await purses.send("Joey", "Kramer", 7)
    assert await purses.bills("Kramer") == [5, 2]
    assert await purses.bills("Joey") == [3, 5]
    assert await purses.histories("Kramer") == ["Joey Kramer", "Joey Kramer"]
    assert await purses.histories("Joey") == ["Joey", "Joey"]


async def test_a_bill_remembers_everybody_who_had_it(purses: Purses) -> None:
    await purses.buy("Harry", 5)
    await purses.send("Harry", "Tony", 3)
    await purses.send("Tony", "Pepper", 3)
    await purses.send("Pepper", "Harry", 1)
    assert await purses.histories("Pepper") == ["Harry Tony Pepper"]
    assert await purses.histories("Harry") == ["Harry", "Harry Tony Pepper Harry"]
    assert await purses.bills("Tony") == []


async def test_from_the_five_that_each_gave_it_is_known_whose_went_on(purses: Purses) -> None:
    for name in ("Tony", "Jarvis", "Happy", "Rhodey", "Joker"):
        await purses.buy(name, 2)
        await purses.send(name, "Pepper", 2)
    await purses.send("Pepper", "Peter", 4)
    assert await purses.histories("Peter") == ["Tony Pepper Peter", "Jarvis Pepper Peter"]
    assert await purses.bills("Pepper") == [2, 2, 2]


async def test_tokens_that_came_with_an_expiry_keep_it_when_they_go_on(world: World) -> None:
    purses = await Purses.open(world, a_token(THIRTY_DAYS))
    await purses.buy("Tony", 8)
    await purses.send("Tony", "Pepper", 5)
    world.clock.advance(days=10)
    await purses.send("Pepper", "Peter", 2)
    world.clock.advance(days=20)
    assert await purses.bills("Tony") == [3]
    assert await purses.bills("Pepper") == []
    assert await purses.bills("Peter") == []


async def test_what_has_expired_cannot_be_spent_even_before_it_is_swept(world: World) -> None:
    purses = await Purses.open(world, a_token(THIRTY_DAYS))
    await purses.buy("Tony", 5)
    await purses.send("Tony", "Pepper", 5)
    world.clock.advance(days=30)
    with pytest.raises(InsufficientTokens) as refused:
        await purses.spend("Pepper", 1)
    assert (refused.value.available, refused.value.expired) == (0, 5)
    assert await purses.totals() == (5, 0, 0)
    assert await purses.wallets.sweep() == 5
    assert await purses.wallets.sweep() == 0
    assert await purses.totals() == (5, 0, 5)


async def test_spent_at_the_bar(purses: Purses) -> None:
    await purses.buy("Ada", 10)
    move = await purses.spend("Ada", 4)
    assert move.state is MoveState.DONE
    assert move.app == BAR
    assert await purses.bills("Ada") == [6]
    assert await purses.totals() == (10, 4, 0)


async def test_taken_back_by_the_organiser_they_can_be_issued_again(purses: Purses) -> None:
    await purses.buy("Ada", 1000)
    errand = purses.wallets.errand(purses.token, 400)
    await purses.wallets.claw_back(errand, await purses.of("Ada"))
    assert await purses.wallets.left(purses.token) == 400
    await purses.buy("Grace", 400)


async def test_no_more_is_issued_than_there_is(purses: Purses) -> None:
    await purses.buy("Ada", 990)
    with pytest.raises(TokensGone) as refused:
        await purses.buy("Grace", 11)
    assert (refused.value.wanted, refused.value.left) == (11, 10)
    assert await purses.bills("Grace") == []
    await purses.buy("Grace", 10)


async def test_a_second_press_is_the_same_errand(purses: Purses) -> None:
    await purses.buy("Ada", 10)
    errand = purses.wallets.errand(purses.token, 6)
    ada, grace = await purses.of("Ada"), await purses.of("Grace")
    moves = await asyncio.gather(*(purses.wallets.send(errand, ada, grace) for _ in range(3)))
    assert {move.state for move in moves} == {MoveState.DONE}
    assert await purses.bills("Grace") == [6]
    assert await purses.bills("Ada") == [4]


@pytest.mark.parametrize("note", ["a\x1b[2Jb", "two\nlines", "n" * 201])
async def test_a_note_that_would_break_a_line_is_refused(purses: Purses, note: str) -> None:
    with pytest.raises(InvalidNote):
        purses.wallets.errand(purses.token, 1, note)
    assert purses.wallets.errand(purses.token, 1, " [/] ").note == "[/]"


async def test_a_refused_errand_stays_refused(purses: Purses) -> None:
    await purses.buy("Ada", 5)
    errand = purses.wallets.errand(purses.token, 6)
    ada, grace = await purses.of("Ada"), await purses.of("Grace")
    for _ in range(2):
        with pytest.raises(InsufficientTokens):
            await purses.wallets.send(errand, ada, grace)
    assert await purses.bills("Ada") == [5]


async def test_nobody_sends_to_themselves(purses: Purses) -> None:
    await purses.buy("Ada", 5)
    with pytest.raises(SameWallet):
        await purses.send("Ada", "Ada", 1)


async def test_an_unknown_wallet_is_not_found(purses: Purses) -> None:
    with pytest.raises(UnknownWallet):
        await purses.wallets.find(42)


async def test_two_terminals_spending_one_wallet_never_overspend(world: World) -> None:
    north = await Purses.open(world)
    south = await Purses.open(world, name="south")
    await north.buy("Ada", 6)
    await north.buy("Ada", 4)
    answers = await asyncio.gather(
        *(one.spend("Ada", 3) for one in (north, south) for _ in range(4)),
        return_exceptions=True,
    )
    done = [one for one in answers if not isinstance(one, BaseException)]
    refused = [one for one in answers if isinstance(one, InsufficientTokens | WalletBusy)]
    assert len(done) + len(refused) == 8
    assert len(done) == 3
    assert await north.totals() == (10, 9, 0)
    assert sum(await south.bills("Ada")) == 1


@pytest.mark.parametrize("bills", [CHAIN_MAX, CHAIN_MAX + 1, 2 * CHAIN_MAX + 7])
async def test_a_wallet_of_many_bills_goes_in_one_go(world: World, bills: int) -> None:
    purses = await Purses.open(world, a_token(supply=10_000))
    ada = await purses.of("Ada")
    errands = [purses.wallets.errand(purses.token, 2) for _ in range(bills)]
    await asyncio.gather(
        *(purses.wallets.issue(errand, ada, Origin.PURCHASE) for errand in errands)
    )
    move = await purses.send("Ada", "Grace", 2 * bills - 1)
    assert move.state is MoveState.DONE
    assert len(await purses.bills("Grace")) == bills
    assert await purses.bills("Ada") == [1]


class TestLimits:
    async def test_of_one_transfer(self, world: World) -> None:
        purses = await Purses.open(world, a_token(limits=Limits(transfer_max=5)))
        await purses.buy("Ada", 10)
        with pytest.raises(LimitExceeded) as refused:
            await purses.send("Ada", "Grace", 6)
        assert (refused.value.limit, refused.value.most) == (WalletLimit.TRANSFER, 5)
        await purses.send("Ada", "Grace", 5)

    async def test_of_a_day_which_begins_at_midnight_there(self, world: World) -> None:
        purses = await Purses.open(world, a_token(limits=Limits(daily_max=5)))
        await purses.buy("Ada", 20)
        await purses.send("Ada", "Grace", 3)
        with pytest.raises(LimitExceeded) as refused:
            await purses.send("Ada", "Grace", 3)
        assert (refused.value.limit, refused.value.left) == (WalletLimit.DAILY, 2)
        # Noon in London is six in the morning in Chicago.
        world.clock.advance(minutes=17 * 60)
        with pytest.raises(LimitExceeded):
            await purses.send("Ada", "Grace", 3)
        world.clock.advance(minutes=60)
        await purses.send("Ada", "Grace", 5)

    async def test_of_what_somebody_may_hold(self, world: World) -> None:
        purses = await Purses.open(world, a_token(limits=Limits(balance_max=10)))
        await purses.buy("Ada", 10)
        await purses.buy("Grace", 8)
        with pytest.raises(LimitExceeded) as refused:
            await purses.send("Ada", "Grace", 3)
        assert (refused.value.limit, refused.value.left) == (WalletLimit.BALANCE, 2)
        with pytest.raises(LimitExceeded):
            await purses.buy("Grace", 3)
