"""Wallets beside a model that is a list of bills: the same answers, and no token lost or made."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kiosk.domain.airdrops import Airdrop
from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.chains import ChainState
from kiosk.domain.gifts import Gift, GiftRefused
from kiosk.domain.people import Attendee
from kiosk.domain.tokens import ExpiryRule, Origin
from kiosk.domain.wallets import TokensGone
from kiosk.services.airdrops import AirdropPlan
from tests.kiosk.factories import an_event
from tests.kiosk.fake_chain import FakeChain
from tests.kiosk.purses import Purses, a_token
from tests.kiosk.wallet_acts import airdrops_of, rows
from tests.kiosk.world import MakeLedger, World

T = TypeVar("T")
SUPPLY = 60
EFFORT = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=40,
    stateful_step_count=25,
    suppress_health_check=list(HealthCheck),
)
NAMES = ("Ada", "Grace", "Joan")
DAYS = 3
people = st.sampled_from(NAMES)
crowds = st.lists(people, min_size=1, unique=True)
amounts = st.integers(1, 20)


@dataclass
class Paper:
    """A bill as the model has it; `history` names its owners."""

    amount: int
    expires_at: datetime | None
    history: tuple[str, ...]


@dataclass
class Drop:
    """An airdrop as the model has it; `given` are the bills that it became."""

    airdrop: Airdrop
    amount: int
    waiting: list[str]
    given: list[Paper] = field(default_factory=list)
    is_over: bool = False


@dataclass
class Present:
    """A gift as the model has it, that nobody has claimed yet."""

    gift: Gift
    giver: str
    pieces: list[Paper]


@dataclass
class Model:
    """Bills in the order in which they came to be."""

    bills: list[Paper] = field(default_factory=list)
    drops: list[Drop] = field(default_factory=list)
    presents: list[Present] = field(default_factory=list)
    spent: int = 0
    expired: int = 0
    taken_back: int = 0
    issued: int = 0

    @property
    def left(self) -> int:
        """What can still be given away."""
        return SUPPLY - self.issued + self.taken_back

    @property
    def on_its_way(self) -> int:
        """What a chain has not confirmed, and what waits as a gift."""
        given = sum(piece.amount for present in self.presents for piece in present.pieces)
        return given + sum(drop.amount * len(drop.waiting) for drop in self.drops)

    def of(self, name: str, now: datetime) -> list[Paper]:
        """What somebody can spend, in the order it is spent."""
        held = [
            bill
            for bill in self.bills
            if bill.history[-1] == name and bill.amount and not gone(bill, now)
        ]
        far = now + timedelta(days=10_000)
        return sorted(held, key=lambda bill: bill.expires_at or far)

    def take(self, name: str, amount: int, now: datetime) -> list[Paper] | None:
        """Tear so much off somebody's bills; None if they have less."""
        held = self.of(name, now)
        if sum(bill.amount for bill in held) < amount:
            return None
        torn = []
        for bill in held:
            piece = min(bill.amount, amount)
            if piece:
                bill.amount -= piece
                amount -= piece
                torn.append(Paper(piece, bill.expires_at, bill.history))
        return torn

    def confirm(self, drop: Drop) -> None:
        """What waits of an airdrop arrives; if that is over, it goes back at once."""
        names, drop.waiting = drop.waiting, []
        drop.given += [Paper(drop.amount, None, (name,)) for name in names]
        self.bills += drop.given[len(drop.given) - len(names) :]
        if drop.is_over:
            self.take_back(drop)

    def open_present(self, present: Present, name: str, limit: datetime | None) -> None:
        """A gift becomes somebody's; what is received may expire sooner than before."""
        self.presents.remove(present)
        for piece in present.pieces:
            if limit is not None:
                piece.expires_at = min(piece.expires_at or limit, limit)
            piece.history = (*piece.history, name)
        self.bills += present.pieces

    def take_back(self, drop: Drop) -> None:
        """An airdrop is over, and what is unspent of its bills goes back."""
        drop.is_over = True
        for bill in drop.given:
            self.taken_back += bill.amount
            bill.amount = 0


def person(name: str) -> Attendee:
    """Somebody as the purses know them."""
    return Attendee(name, f"{name.lower()}@example.org")


def gone(bill: Paper, now: datetime) -> bool:
    """Whether a bill has expired."""
    return bill.expires_at is not None and bill.expires_at <= now


class WalletMachine(RuleBasedStateMachine):
    """Issue, send, spend, give and claim, take back, give to many over a chain, wait, sweep."""

    def __init__(self, runner: asyncio.Runner, world: World) -> None:
        super().__init__()
        self.runner = runner
        self.world = world
        self.model = Model()
        rule = ExpiryRule(within=timedelta(days=DAYS), origins=frozenset({Origin.TRANSFER}))
        token = replace(a_token(rule, supply=SUPPLY), gift_life=timedelta(days=DAYS - 1))
        world.event = an_event(tokens=(token,))
        self.purses = self.run(Purses.open(world))
        self.gifts = self.purses.terminal.services.gifts
        self.chain = FakeChain()
        self.airdrops = airdrops_of(self.purses, self.chain)

    def run(self, request: Coroutine[object, object, T]) -> T:
        return self.runner.run(request)

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    @rule(name=people, amount=amounts)
    def issue(self, name: str, amount: int) -> None:
        left = self.model.left
        if amount > left:
            with pytest.raises(TokensGone) as refused:
                self.run(self.purses.buy(name, amount))
            assert refused.value.left == left
            return
        self.run(self.purses.buy(name, amount))
        self.model.issued += amount
        self.model.bills.append(Paper(amount, None, (name,)))

    @rule(sender=people, receiver=people, amount=amounts)
    def send(self, sender: str, receiver: str, amount: int) -> None:
        if sender == receiver:
            return
        torn = self.take(self.purses.send(sender, receiver, amount), sender, amount)
        limit = self.now + timedelta(days=DAYS)
        for piece in torn:
            piece.expires_at = min(piece.expires_at or limit, limit)
            piece.history = (*piece.history, receiver)
        self.model.bills.extend(torn)

    @rule(name=people, amount=amounts)
    def spend(self, name: str, amount: int) -> None:
        torn = self.take(self.purses.spend(name, amount), name, amount)
        self.model.spent += sum(piece.amount for piece in torn)

    @rule(giver=people, amount=amounts)
    def give(self, giver: str, amount: int) -> None:
        errand = self.purses.wallets.errand(self.purses.token, amount)
        wallet = self.run(self.purses.of(giver))
        request = self.gifts.give(errand, wallet, "somebody@example.org")
        if torn := self.take(request, giver, amount):
            [*_, gift] = self.run(self.gifts.waiting(wallet))
            self.model.presents.append(Present(gift, giver, torn))

    @precondition(lambda self: self.model.presents)
    @rule(data=st.data(), name=people)
    def claim(self, data: st.DataObject, name: str) -> None:
        present = data.draw(st.sampled_from(self.model.presents))
        request = self.gifts.claim(present.gift.code, self.run(self.purses.of(name)))
        good = sum(piece.amount for piece in present.pieces if not gone(piece, self.now))
        if name == present.giver or not good:
            with pytest.raises(GiftRefused):
                self.run(request)
            return
        assert self.run(request).amount == good
        self.model.open_present(present, name, self.now + timedelta(days=DAYS))

    @precondition(lambda self: self.model.presents)
    @rule(data=st.data())
    def want_back(self, data: st.DataObject) -> None:
        present = data.draw(st.sampled_from(self.model.presents))
        giver = self.run(self.purses.of(present.giver))
        assert self.run(self.gifts.take_back(present.gift.id, giver)) == present.gift.amount
        self.model.open_present(present, present.giver, None)

    @rule()
    def send_gifts_back(self) -> None:
        """What nobody came for in time."""
        due = self.run(self.gifts.due())
        late = {one.gift.id: one for one in self.model.presents if self.now >= one.gift.returns_at}
        assert set(due) == set(late)
        for gift_id in due:
            assert self.run(self.gifts.send_back(gift_id))
            self.model.open_present(late[gift_id], late[gift_id].giver, None)

    @rule(name=people, amount=amounts)
    def take_back(self, name: str, amount: int) -> None:
        errand = self.purses.wallets.errand(self.purses.token, amount)
        wallet = self.run(self.purses.of(name))
        torn = self.take(self.purses.wallets.claw_back(errand, wallet), name, amount)
        self.model.taken_back += sum(piece.amount for piece in torn)

    @rule(names=crowds, amount=amounts, is_slow=st.booleans())
    def airdrop(self, names: list[str], amount: int, is_slow: bool) -> None:
        self.chain.says = ChainState.PENDING if is_slow else ChainState.CONFIRMED
        plan = AirdropPlan(f"drop {len(self.model.drops)}", self.purses.token, chain="fake")
        listed = rows(*map(person, names), amount=amount)
        loaded = self.run(self.airdrops.load(plan, listed))
        self.run(self.airdrops.run(loaded))
        able = names[: self.model.left // amount]
        self.model.issued += amount * len(able)
        self.model.drops.append(drop := Drop(loaded, amount, able))
        if not is_slow:
            self.model.confirm(drop)

    @rule(fails=st.booleans())
    def hear_of_airdrops(self, fails: bool) -> None:
        """The chain says what became of all that wait; what has failed is tried once more."""
        said = ChainState.FAILED if fails else ChainState.CONFIRMED
        for transaction, state in self.chain.states.items():
            if state is ChainState.PENDING:
                self.chain.states[transaction] = said
        self.chain.says = ChainState.CONFIRMED
        for drop in self.model.drops:
            airdrop = self.run(self.airdrops.find(drop.airdrop.name))
            self.run(self.airdrops.run(airdrop))
            if fails and drop.waiting:
                self.world.clock.advance(minutes=2)
                self.run(self.airdrops.run(airdrop))
            self.model.confirm(drop)

    @precondition(lambda self: self.model.drops)
    @rule(data=st.data())
    def take_airdrop_back(self, data: st.DataObject) -> None:
        drop = data.draw(st.sampled_from(self.model.drops))
        self.run(self.airdrops.take_back(drop.airdrop))
        self.model.take_back(drop)

    @rule(days=st.integers(1, 2))
    def wait(self, days: int) -> None:
        self.world.clock.advance(days=days)

    @rule()
    def sweep(self) -> None:
        expired = [bill for bill in self.model.bills if gone(bill, self.now)]
        swept = sum(bill.amount for bill in expired)
        for bill in expired:
            bill.amount = 0
        self.model.expired += swept
        assert self.run(self.purses.wallets.sweep()) == swept

    @invariant()
    def wallets_are_the_models(self) -> None:
        for name in NAMES:
            held = self.model.of(name, self.now)
            assert self.run(self.purses.bills(name)) == [bill.amount for bill in held]
            histories = [" ".join(bill.history) for bill in held]
            assert self.run(self.purses.histories(name)) == histories

    @invariant()
    def tokens_are_kept(self) -> None:
        issued, spent, expired = self.run(self.purses.totals())
        assert (spent, expired) == (self.model.spent, self.model.expired)
        in_wallets = sum(bill.amount for bill in self.model.bills)
        assert issued == in_wallets + self.model.on_its_way + spent + expired
        assert issued == self.model.issued - self.model.taken_back

    def take(self, request: Coroutine[object, object, T], name: str, amount: int) -> list[Paper]:
        """Ask for it, which succeeds just when the model can."""
        torn = self.model.take(name, amount, self.now)
        if torn is None:
            with pytest.raises(InsufficientTokens):
                self.run(request)
            return []
        self.run(request)
        return torn

    def teardown(self) -> None:
        self.run(self.world.close_terminals())


@pytest.mark.long
def test_wallets_are_lists_of_bills(folder: Path, make_ledger: MakeLedger, engine: str) -> None:
    with asyncio.Runner() as runner:
        world = World(folder, make_ledger, is_server=engine == "server")

        class Machine(WalletMachine):
            def __init__(self) -> None:
                super().__init__(runner, world)

        run_state_machine_as_test(Machine, settings=EFFORT)
        runner.run(world.close())
