"""Airdrops on both engines: every share once, within the budget, whatever the chain does."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from kiosk.domain.airdrops import (
    AirdropExists,
    Condition,
    Progress,
    Requirement,
    ShareState,
    UnknownAirdrop,
)
from kiosk.domain.chains import ChainState, ChainUnavailable
from kiosk.domain.people import Attendee
from kiosk.services.airdrops import AirdropPlan, Airdrops
from kiosk.services.backing import Backing
from tests.kiosk.crashes import Crash, Fuse, crashing
from tests.kiosk.factories import ADA, GRACE, an_event
from tests.kiosk.fake_chain import FakeChain
from tests.kiosk.purses import Purses, a_token
from tests.kiosk.wallet_acts import airdrops_of, rows
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store

JOAN = Attendee("Joan Clarke", "joan@example.org")
STEPS_MAX = 150


@dataclass(frozen=True)
class Drops:
    """Airdrops of one terminal, with a chain."""

    purses: Purses
    chain: FakeChain
    airdrops: Airdrops

    @classmethod
    def on(cls, purses: Purses, chain: FakeChain, backing: Backing | None = None) -> "Drops":
        return cls(purses, chain, airdrops_of(purses, chain, backing))

    def plan(self, **changes: object) -> AirdropPlan:
        return AirdropPlan("party", self.purses.token, **changes)  # type: ignore[arg-type]  # fields

    async def give(self, *people: Attendee, **changes: object) -> Progress:
        """Load a list and do all that can be done."""
        airdrop = await self.airdrops.load(self.plan(**changes), rows(*people))
        return await self.airdrops.run(airdrop)

    async def has(self, person: Attendee) -> int:
        wallet = await self.purses.wallets.open(person)
        return await self.purses.wallets.balance(wallet.id, self.purses.token)


@pytest.fixture
async def drops(world: World) -> Drops:
    return Drops.on(await Purses.open(world, a_token(supply=250)), FakeChain())


async def test_straight_into_wallets(drops: Drops) -> None:
    progress = await drops.give(ADA, GRACE)
    assert progress.shares == {ShareState.RECEIVED: 2}
    assert progress.is_done
    assert await drops.has(ADA) == await drops.has(GRACE) == 100
    assert await drops.purses.totals() == (200, 0, 0)


async def test_the_ledger_gives_no_more_than_was_emitted(drops: Drops) -> None:
    progress = await drops.give(ADA, GRACE, JOAN)
    assert progress.shares == {ShareState.RECEIVED: 2, ShareState.REFUSED: 1}
    assert await drops.has(JOAN) == 0


async def test_a_list_that_is_loaded_again_gives_nobody_twice(drops: Drops) -> None:
    await drops.give(ADA)
    progress = await drops.give(GRACE, ADA)
    assert progress.tokens == {ShareState.RECEIVED: 200}
    assert await drops.has(ADA) == 100


async def test_a_name_stands_for_one_airdrop(drops: Drops) -> None:
    await drops.give(ADA)
    with pytest.raises(AirdropExists):
        await drops.give(ADA, is_claimed=True)
    with pytest.raises(UnknownAirdrop):
        await drops.airdrops.find("[/]")


async def test_over_a_chain_tokens_wait_until_it_confirms(drops: Drops) -> None:
    drops.chain.says = ChainState.PENDING
    progress = await drops.give(ADA, GRACE, chain="fake")
    assert progress.shares == {ShareState.WAITING: 2}
    assert await drops.has(ADA) == 0
    for transaction in drops.chain.states:
        drops.chain.states[transaction] = ChainState.CONFIRMED
    airdrop = await drops.airdrops.find("party")
    for _ in range(2):
        progress = await drops.airdrops.run(airdrop)
        assert progress.shares == {ShareState.RECEIVED: 2}
        assert await drops.has(ADA) == 100
    assert drops.chain.paid == 200


async def test_what_a_chain_fails_to_do_is_tried_again_after_a_while(world: World) -> None:
    drops = Drops.on(await Purses.open(world), FakeChain(says=ChainState.FAILED))
    progress = await drops.give(ADA, chain="fake")
    assert progress.shares == {ShareState.RESERVED: 1}
    drops.chain.says = ChainState.CONFIRMED
    airdrop = await drops.airdrops.find("party")
    assert await drops.airdrops.run(airdrop) == progress
    world.clock.advance(minutes=2)
    progress = await drops.airdrops.run(airdrop)
    assert progress.shares == {ShareState.RECEIVED: 1}
    assert drops.chain.paid == await drops.has(ADA) == 100


async def test_a_lost_reply_sends_nothing_twice(drops: Drops) -> None:
    drops.chain.losing_replies = 1
    with pytest.raises(ChainUnavailable):
        await drops.give(ADA, chain="fake")
    progress = await drops.airdrops.run(await drops.airdrops.find("party"))
    assert progress.shares == {ShareState.RECEIVED: 1}
    assert len(drops.chain.transactions) == 1


async def test_people_may_have_to_hold_conditions(drops: Drops) -> None:
    bought = Requirement(Condition.BOUGHT, "general")
    conduct, redeemed = Requirement(Condition.CONDUCT), Requirement(Condition.REDEEMED)
    wanted = (bought, conduct, redeemed)
    progress = await drops.give(ADA, GRACE, requirements=wanted)
    assert progress.shares == {ShareState.PENDING: 2}
    order = await drops.purses.terminal.sell()
    trials = [
        one
        async for one in drops.airdrops.try_dry(
            drops.plan(requirements=wanted), rows(ADA, GRACE), left=250
        )
    ]
    assert [one.missing for one in trials] == [(conduct, redeemed), wanted]
    await drops.purses.terminal.admit(order.claims[0].ticket_number)
    progress = await drops.airdrops.run(await drops.airdrops.find("party"))
    assert progress.shares == {ShareState.RECEIVED: 1, ShareState.PENDING: 1}
    assert await drops.has(ADA) == 100


async def test_a_dry_run_says_where_the_tokens_end_and_stores_nothing(drops: Drops) -> None:
    trials = [
        one async for one in drops.airdrops.try_dry(drops.plan(), rows(ADA, GRACE, JOAN), left=250)
    ]
    assert [one.is_affordable for one in trials] == [True, True, False]
    assert await drops.airdrops.all() == []


async def test_a_paused_airdrop_waits(drops: Drops) -> None:
    airdrop = await drops.airdrops.load(drops.plan(), rows(ADA))
    paused = await drops.airdrops.pause(airdrop)
    assert (await drops.airdrops.run(paused)).shares == {ShareState.PENDING: 1}
    resumed = await drops.airdrops.resume(paused)
    assert (await drops.airdrops.run(resumed)).shares == {ShareState.RECEIVED: 1}


async def test_what_is_claimed_is_offered_first(drops: Drops) -> None:
    assert (await drops.give(ADA, GRACE, is_claimed=True)).shares == {ShareState.OFFERED: 2}
    wallet = await drops.purses.wallets.open(ADA)
    [(airdrop, share)] = await drops.airdrops.offered(wallet.id)
    assert (airdrop.name, share.amount) == ("party", 100)
    await drops.airdrops.claim(airdrop, share)
    await drops.airdrops.claim(airdrop, share)
    progress = await drops.airdrops.run(airdrop)
    assert progress.shares == {ShareState.OFFERED: 1, ShareState.RECEIVED: 1}
    assert await drops.airdrops.offered(wallet.id) == []


async def test_what_is_unspent_is_taken_back(drops: Drops) -> None:
    await drops.give(ADA, GRACE)
    wallet = await drops.purses.wallets.open(ADA)
    errand = drops.purses.wallets.errand(drops.purses.token, 30)
    await drops.purses.wallets.spend(errand, wallet.id, "bar")
    progress = await drops.airdrops.take_back(await drops.airdrops.find("party"))
    assert progress.shares == {ShareState.TAKEN_BACK: 2}
    assert await drops.has(ADA) == await drops.has(GRACE) == 0
    assert await drops.purses.totals() == (30, 30, 0)


async def test_reconciliation_goes_on_over_the_chains_that_a_terminal_reaches(
    world: World,
) -> None:
    purses, chain = await Purses.open(world), FakeChain(says=ChainState.PENDING)
    drops = Drops.on(purses, chain)
    await drops.give(ADA, chain="fake")
    chain.states = dict.fromkeys(chain.states, ChainState.CONFIRMED)
    await purses.terminal.services.reconciliation.run_once()
    assert await drops.has(ADA) == 0
    world.chains[chain.name] = chain
    reaching = await world.open(name="south")
    await reaching.services.reconciliation.run_once()
    assert await drops.has(ADA) == 100


async def test_a_chain_that_nobody_reaches_from_here_is_said(drops: Drops) -> None:
    with pytest.raises(ChainUnavailable, match="no way leads from here to the chain moon"):
        await drops.give(ADA, chain="moon")


async def test_many_workers_at_once_give_everybody_once(world: World) -> None:
    purses = await Purses.open(world, a_token(supply=2500))
    people = [Attendee(f"Person {at}", f"person-{at}@example.org") for at in range(30)]
    chain = FakeChain(batch_max=7)
    terminals = [await Purses.open(world, name=name) for name in ("south", "east", "west")]
    drops = Drops.on(purses, chain)
    loaded = await drops.airdrops.load(drops.plan(chain="fake"), rows(*people))
    workers = [airdrops_of(one, chain) for one in (purses, *terminals)]
    for says in (ChainState.PENDING, ChainState.CONFIRMED, ChainState.CONFIRMED):
        chain.says = says
        await asyncio.gather(*(worker.run(loaded) for worker in workers))
        chain.states = dict.fromkeys(chain.states, ChainState.CONFIRMED)
    progress = await drops.airdrops.progress(loaded)
    assert progress.shares == {ShareState.RECEIVED: 25, ShareState.REFUSED: 5}
    assert chain.paid == 2500
    assert sum([await drops.has(person) for person in people]) == 2500
    assert await purses.totals() == (2500, 0, 0)


async def over_a_chain(drops: Drops) -> None:
    await drops.give(ADA, GRACE, JOAN, chain="fake")


async def over_a_chain_that_fails_first(drops: Drops) -> None:
    drops.chain.says = ChainState.PENDING
    await drops.give(ADA, GRACE, JOAN, chain="fake")
    for transaction, state in drops.chain.states.items():
        if state is ChainState.PENDING:
            drops.chain.states[transaction] = ChainState.FAILED
    airdrop = await drops.airdrops.find("party")
    await drops.airdrops.run(airdrop)
    drops.purses.terminal.backing.clock.advance(minutes=2)  # type: ignore[attr-defined]  # a fake
    drops.chain.says = ChainState.CONFIRMED
    await drops.airdrops.run(airdrop)


async def claimed(drops: Drops) -> None:
    airdrop = await drops.airdrops.load(drops.plan(is_claimed=True), rows(ADA, GRACE, JOAN))
    for person in (ADA, GRACE, JOAN):
        wallet = await drops.purses.wallets.open(person)
        for _, share in await drops.airdrops.offered(wallet.id):
            await drops.airdrops.claim(airdrop, share)
    await drops.airdrops.run(airdrop)


async def taken_back(drops: Drops) -> None:
    await over_a_chain(drops)
    await drops.airdrops.take_back(await drops.airdrops.find("party"))


Act = Callable[[Drops], Awaitable[None]]
GIVEN = {ShareState.RECEIVED: 2, ShareState.REFUSED: 1}
ENDS: dict[Act, dict[ShareState, int]] = {
    over_a_chain: GIVEN,
    over_a_chain_that_fails_first: GIVEN,
    claimed: GIVEN,
    taken_back: {ShareState.TAKEN_BACK: 2, ShareState.REFUSED: 1},
}


@pytest.mark.parametrize(
    "act",
    [
        over_a_chain,
        pytest.param(over_a_chain_that_fails_first, marks=pytest.mark.long),
        pytest.param(claimed, marks=pytest.mark.long),
        pytest.param(taken_back, marks=pytest.mark.long),
    ],
    ids=lambda act: act.__name__,
)
async def test_killed_at_every_step_everybody_is_given_once(world: World, act: Act) -> None:
    for step in range(STEPS_MAX):
        world.event = an_event()
        survivor = Drops.on(await Purses.open(world, a_token(supply=250)), FakeChain())
        fuse = Fuse()
        backing = crashing(fuse)(survivor.purses.terminal.backing)
        doomed = Drops.on(survivor.purses, survivor.chain, backing)
        fuse.set(step)
        try:
            await act(doomed)
        except Crash:
            killed = True
            world.clock.advance(minutes=2)
            await act(survivor)
        else:
            killed = False
        airdrop = await survivor.airdrops.find("party")
        assert (await survivor.airdrops.progress(airdrop)).shares == ENDS[act]
        given = 100 if ENDS[act] == GIVEN else 0
        assert await survivor.has(ADA) == await survivor.has(GRACE) == given
        assert survivor.chain.paid == (0 if act is claimed else 200)
        assert await survivor.purses.totals() == (2 * given, 0, 0)
        await world.close_terminals()
        if not killed:
            return
    pytest.fail(f"more than {STEPS_MAX} steps")
