"""Tokens at a stall: asked for by staff, paid with a code and a PIN, and given back."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from kiosk.domain.audit import Action
from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.chart_tokens import app_account_id
from kiosk.domain.errors import InvalidReason
from kiosk.domain.events import Role, Stall
from kiosk.domain.rights import NotAllowed
from kiosk.domain.stalls import SHIFT, BackFault, NotGivenBack, PinNeeded, Price, Taken
from kiosk.domain.tokens import ExpiryRule, Limits
from kiosk.domain.wallets import CodeRefused, OpenWallet, PresentedWallet
from kiosk.services.reconciliation import Report
from kiosk.store import audit
from tests.kiosk.bar import STAND, Bar, a_bar, a_supervisor
from tests.kiosk.crashes import Crash, Fuse, crashing
from tests.kiosk.factories import ADA, NOW, a_cashier
from tests.kiosk.world import Terminal, World

STEPS_MAX = 60
PIN = "60217"


@dataclass(frozen=True)
class Counter:
    """A stall of one terminal, and Ada with ten drinks and a ticket."""

    terminal: Terminal
    ticket: str

    @classmethod
    async def open(cls, world: World, fuse: Fuse | None = None, **changes: object) -> "Counter":
        """Open the bar; Ada chooses her PIN."""
        limits = Limits(pin_above=3)
        event = a_bar(limits=limits, stalls=(Stall(STAND, "Bar"),), **changes)  # type: ignore[arg-type]  # keywords of a_bar
        terminal = await world.open(event, back=crashing(fuse or Fuse()))
        paid = await Bar(terminal).buy({"general": 1, "ten-drinks": 1})
        counter = cls(terminal, paid.claims[0].ticket_number)
        await terminal.services.wallet_access.choose_pin(await counter.presented(), PIN)
        return counter

    @property
    def bar(self) -> Bar:
        return Bar(self.terminal)

    async def presented(self) -> PresentedWallet:
        return await self.terminal.services.wallet_access.present(self.ticket)

    async def opened(self) -> OpenWallet:
        return await self.terminal.services.wallet_access.unlock(await self.presented(), PIN)

    def price(self, amount: int) -> Price:
        [stall] = self.terminal.services.catalog.event.stalls
        return self.terminal.services.token_desk.price(stall, self.bar.token, amount)

    async def take(self, amount: int = 2) -> Taken:
        wallet = await self.presented()
        return await self.terminal.services.token_desk.take(self.price(amount), wallet, a_cashier())

    async def give_back(self, taken: Taken) -> Taken:
        desk = self.terminal.services.token_desk
        return await desk.give_back(taken, "wrong drink", a_supervisor())

    async def counted(self) -> int:
        """What the stall has, as the ledger says."""
        event, number = self.terminal.services.catalog.event, self.bar.token.number
        return await self.terminal.balance(app_account_id(event, number, STAND))

    async def recorded(self) -> list[tuple[str, str]]:
        """What is on record of tokens: who did what."""
        records = await self.terminal.backing.store.transaction(audit.page)
        known = (Action.TOKENS_ASKED, Action.TOKENS_GIVEN_BACK)
        return [(one.action, one.staff) for one in records if one.action in known]


async def test_a_stall_takes_tokens_by_a_code_alone(world: World) -> None:
    counter = await Counter.open(world)
    taken = await counter.take(3)
    assert (taken.amount, taken.stall.name, taken.is_back) == (3, "Bar", False)
    assert taken.owner == ADA.masked
    assert (await counter.bar.amounts(), await counter.counted()) == ([7], 3)
    assert await counter.recorded() == [(Action.TOKENS_ASKED, "Kim")]
    assert await counter.terminal.services.token_desk.latest() == [taken]


async def test_more_than_the_limit_takes_the_pin(world: World) -> None:
    counter = await Counter.open(world)
    desk, price = counter.terminal.services.token_desk, counter.price(4)
    with pytest.raises(PinNeeded):
        await desk.take(price, await counter.presented(), a_cashier())
    assert await counter.bar.amounts() == [10]
    taken = await desk.take(price, await counter.opened(), a_cashier())
    # A second press is the same price.
    assert await desk.take(price, await counter.opened(), a_cashier()) == taken
    assert await counter.bar.amounts() == [6]


async def test_too_few_tokens_are_refused_whole(world: World) -> None:
    counter = await Counter.open(world)
    desk = counter.terminal.services.token_desk
    with pytest.raises(InsufficientTokens) as refused:
        await desk.take(counter.price(11), await counter.opened(), a_cashier())
    assert (refused.value.wanted, refused.value.available) == (11, 10)
    assert (await counter.counted(), await counter.bar.amounts()) == (0, [10])


async def test_only_who_may_takes_or_gives_back(world: World) -> None:
    counter = await Counter.open(world)
    steward = a_cashier("Robin", role=Role.STEWARD)
    desk = counter.terminal.services.token_desk
    with pytest.raises(NotAllowed):
        await desk.take(counter.price(1), await counter.presented(), steward)
    taken = await counter.take()
    with pytest.raises(NotAllowed):
        await desk.give_back(taken, "wrong drink", a_cashier())
    with pytest.raises(InvalidReason):
        await desk.give_back(taken, " ", a_supervisor())
    assert await counter.counted() == 2


async def test_a_code_that_is_none_opens_nothing(world: World) -> None:
    counter = await Counter.open(world)
    with pytest.raises(CodeRefused):
        await counter.terminal.services.wallet_access.present("NO CODE AT ALL")


async def test_what_goes_back_expires_as_before_and_keeps_its_history(world: World) -> None:
    gone = NOW + timedelta(days=1)
    counter = await Counter.open(world, expiry=(ExpiryRule(until=gone),))
    taken = await counter.take()
    back = await counter.give_back(taken)
    assert back == replace(taken, is_back=True)
    bills = await counter.bar.bills()
    assert [(bill.amount, bill.expires_at) for bill in bills] == [(8, gone), (2, gone)]
    wallets = counter.terminal.services.wallets
    histories = [await wallets.owner_history(bill.id) for bill in bills]
    assert [[one.owner for one in history] for history in histories] == [[ADA], [ADA, ADA]]
    assert await counter.counted() == 0
    assert await counter.bar.check_tokens() == 10
    assert (await counter.recorded())[-1] == (Action.TOKENS_GIVEN_BACK, "Sasha")


async def test_giving_back_twice_is_once(world: World) -> None:
    counter = await Counter.open(world)
    taken = await counter.take()
    assert await counter.give_back(taken) == await counter.give_back(taken)
    assert sum(await counter.bar.amounts()) == 10
    assert [action for action, _ in await counter.recorded()].count(Action.TOKENS_GIVEN_BACK) == 1


async def test_after_the_shift_nothing_goes_back(world: World) -> None:
    counter = await Counter.open(world)
    taken = await counter.take()
    world.clock.advance(minutes=SHIFT // timedelta(minutes=1) + 1)
    with pytest.raises(NotGivenBack) as kept:
        await counter.give_back(taken)
    assert kept.value.fault is BackFault.TOO_LATE
    assert await counter.terminal.services.token_desk.latest() == []


async def test_what_no_stall_took_does_not_go_back(world: World) -> None:
    counter = await Counter.open(world)
    taken = replace(await counter.take(), move_id=7)
    with pytest.raises(NotGivenBack) as kept:
        await counter.give_back(taken)
    assert kept.value.fault is BackFault.NOT_TAKEN


async def test_two_terminals_take_no_more_than_there_is(world: World) -> None:
    north = await Counter.open(world)
    south = Counter(await world.open(name="south"), north.ticket)
    taken = 0
    for counter in (north, south, north, south):
        try:
            taken += (await counter.take(3)).amount
        except InsufficientTokens:
            assert taken == 9
    assert (await north.counted(), await south.bar.amounts()) == (9, [1])


@pytest.mark.parametrize("acts", ["take", "give back"])
async def test_a_crash_at_any_step_is_made_good(world: World, acts: str) -> None:
    for step in range(STEPS_MAX):
        fuse = Fuse()
        counter = await Counter.open(world, fuse)
        taken = await counter.take() if acts == "give back" else None
        fuse.set(step)
        try:
            await (counter.give_back(taken) if taken else counter.take())
        except Crash:
            fuse.set(None)
            counter = Counter(await world.open(), counter.ticket)
            await counter.terminal.services.reconciliation.run_once()
            assert await counter.counted() in (0, 2)
            assert await counter.bar.check_tokens() == 10
            assert await counter.terminal.services.reconciliation.run_once() == Report()
            if taken:
                assert (await counter.give_back(taken)).is_back
        else:
            fuse.set(None)
            assert await counter.counted() == (0 if taken else 2)
            return
        await world.close_terminals()
    pytest.fail(f"more than {STEPS_MAX} steps")
