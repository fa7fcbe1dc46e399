"""Wallets beside a model that is a list of bills: the same answers, and no token lost or made."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.tokens import ExpiryRule, Origin
from kiosk.domain.wallets import TokensGone
from tests.kiosk.factories import an_event
from tests.kiosk.purses import Purses, a_token
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
amounts = st.integers(1, 20)


@dataclass
class Paper:
    """A bill as the model has it; `history` names its owners."""

    amount: int
    expires_at: datetime | None
    history: tuple[str, ...]


@dataclass
class Model:
    """Bills in the order in which they came to be."""

    bills: list[Paper] = field(default_factory=list)
    spent: int = 0
    expired: int = 0
    taken_back: int = 0
    issued: int = 0

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


def gone(bill: Paper, now: datetime) -> bool:
    """Whether a bill has expired."""
    return bill.expires_at is not None and bill.expires_at <= now


class WalletMachine(RuleBasedStateMachine):
    """Issue, send, spend, take back, wait and sweep."""

    def __init__(self, runner: asyncio.Runner, world: World) -> None:
        super().__init__()
        self.runner = runner
        self.world = world
        self.model = Model()
        rule = ExpiryRule(within=timedelta(days=DAYS), origins=frozenset({Origin.TRANSFER}))
        world.event = an_event(tokens=(a_token(rule, supply=SUPPLY),))
        self.purses = self.run(Purses.open(world))

    def run(self, request: Coroutine[object, object, T]) -> T:
        return self.runner.run(request)

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    @rule(name=people, amount=amounts)
    def issue(self, name: str, amount: int) -> None:
        left = SUPPLY - self.model.issued + self.model.taken_back
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

    @rule(name=people, amount=amounts)
    def take_back(self, name: str, amount: int) -> None:
        errand = self.purses.wallets.errand(self.purses.token, amount)
        wallet = self.run(self.purses.of(name))
        torn = self.take(self.purses.wallets.claw_back(errand, wallet), name, amount)
        self.model.taken_back += sum(piece.amount for piece in torn)

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
        assert issued == in_wallets + spent + expired

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
