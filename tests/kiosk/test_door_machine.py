"""Doors beside a model: any scans, undos, refunds and changes of tickets, also two at once."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kiosk.domain.admission import Scan
from kiosk.domain.claim_transfers import TicketKept
from kiosk.domain.events import EntryPolicy, Hall, Role
from kiosk.domain.people import Attendee
from kiosk.domain.refunds import NotRefundable
from kiosk.services.reconciliation import Report
from tests.kiosk.door_audit import audit_door
from tests.kiosk.door_model import DONE, Deed, Kind, Model, Paper
from tests.kiosk.doors import let_in, let_out, repeat, undo
from tests.kiosk.factories import a_cashier, a_slot, an_event
from tests.kiosk.world import MakeLedger, World

T = TypeVar("T")
EFFORT = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=25,
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
)
BOSS = a_cashier("Noor", role=Role.ORGANISER)
POLICIES = (EntryPolicy.SINGLE, EntryPolicy.DAILY, EntryPolicy.FREE, EntryPolicy.FREE)
LIMIT = 2
AT_ONCE = (Kind.IN, Kind.OUT, Kind.UNDO, Kind.REFUND)

tickets = st.integers(0, len(POLICIES) - 1)
doors = st.integers(0, 1)
kinds = st.sampled_from([*Kind, Kind.IN, Kind.IN, Kind.OUT])


class DoorMachine(RuleBasedStateMachine):
    """Two doors of one event, and tickets of every policy into one small hall."""

    def __init__(self, runner: asyncio.Runner, world: World) -> None:
        super().__init__()
        self.runner = runner
        self.clock = world.clock
        self.names = count(1)
        slots = [
            a_slot(f"slot-{at}", entry=policy, hall="dome") for at, policy in enumerate(POLICIES)
        ]
        event = an_event(*slots, halls=(Hall("dome", "Dome", LIMIT),))
        self.doors = [self.run(world.open(event, name)) for name in ("north", "south")]
        self.orders = [self.run(self.doors[0].sell(slot.key)) for slot in slots]
        self.numbers = {
            (at, 1): order.claims[0].ticket_number for at, order in enumerate(self.orders)
        }
        self.model = Model(tuple(map(Paper, POLICIES)), LIMIT, self._today())

    def run(self, request: Coroutine[object, object, T]) -> T:
        return self.runner.run(request)

    @rule(kind=kinds, ticket=tickets, door=doors)
    def do(self, kind: Kind, ticket: int, door: int) -> None:
        deed = Deed(kind, ticket, door, self.model.tickets[ticket].version)
        expected, self.model = self.model.after(deed)
        assert self.run(self._do(deed)) == expected

    @rule(ticket=tickets, door=doors)
    def scan_the_first_version(self, ticket: int, door: int) -> None:
        deed = Deed(Kind.IN, ticket, door)
        expected, self.model = self.model.after(deed)
        assert self.run(self._do(deed)) == expected

    @rule(ticket=tickets, kinds=st.tuples(st.sampled_from(AT_ONCE), st.sampled_from(AT_ONCE)))
    def do_two_things_in_the_same_instant(self, ticket: int, kinds: tuple[Kind, Kind]) -> None:
        self._both(*kinds, ticket, ticket)

    @rule(one=tickets, other=tickets)
    def let_two_in_in_the_same_instant(self, one: int, other: int) -> None:
        self._both(Kind.IN, Kind.IN, one, other)

    @rule(ticket=tickets)
    def pass_on_what_is_scanned_in_the_same_instant(self, ticket: int) -> None:
        self._both(Kind.IN, Kind.PASS_ON, ticket, ticket)

    @rule(ticket=tickets, door=doors)
    def scan_five_times(self, ticket: int, door: int) -> None:
        deed = Deed(Kind.IN, ticket, door, self.model.tickets[ticket].version)
        expected, self.model = self.model.after(deed)
        admission = self.doors[door].services.admission
        scan = Scan(self.numbers[ticket, deed.version], admission.new_nonce())
        said = [self.run(repeat(admission, scan)) for _ in range(5)]
        assert len(set(said)) == 1
        assert said[0].reason == expected

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.clock.advance(minutes=60 * hours)
        self.model = replace(self.model, today=self._today())

    @invariant()
    def the_books_say_the_same(self) -> None:
        self.run(audit_door(self.doors[0]))
        counters = self.run(self.doors[0].services.admission.counters())
        assert counters.inside == self.model.inside <= LIMIT == counters.limit
        assert counters.admitted == sum(bool(one.entries) for one in self.model.tickets)
        assert counters.sold == sum(not one.is_refunded for one in self.model.tickets)

    def teardown(self) -> None:
        assert self.run(self.doors[1].services.reconciliation.run_once()) == Report()

    def _both(self, one: Kind, other: Kind, ticket: int, second: int) -> None:
        versions = [self.model.tickets[at].version for at in (ticket, second)]
        deeds = (Deed(one, ticket, 0, versions[0]), Deed(other, second, 1, versions[1]))

        async def both() -> tuple[str, ...]:
            return tuple(await asyncio.gather(*map(self._do, deeds)))

        said = self.run(both())
        possible = list(self.model.orders(*deeds))
        agreeing = [model for heard, model in possible if heard == said]
        assert agreeing, (said, possible)
        # An undo may have taken an entry back that was just made, or the one before it.
        inside = self.run(self.doors[0].services.admission.counters()).inside
        self.model = next(model for model in agreeing if model.inside == inside)

    async def _do(self, deed: Deed) -> str:
        door, order = self.doors[deed.door], self.orders[deed.ticket]
        number, claim_id = self.numbers[deed.ticket, deed.version], order.claims[0].id
        match deed.kind:
            case Kind.IN:
                return (await let_in(door, number)).reason
            case Kind.OUT:
                return (await let_out(door, number)).reason
            case Kind.UNDO:
                return (await undo(door, claim_id)).reason
            case Kind.REFUND:
                try:
                    await door.services.refunds.refund_order(order.id, BOSS)
                except NotRefundable as kept:
                    return kept.reason
            case Kind.PASS_ON | Kind.REISSUE:
                return await self._change(deed, claim_id)
        return DONE

    async def _change(self, deed: Deed, claim_id: int) -> str:
        services = self.doors[deed.door].services
        card, desk = await services.claims.card(claim_id), services.ticket_desk
        try:
            if deed.kind is Kind.PASS_ON:
                name = f"Guest {next(self.names)}"
                to = Attendee(name, f"{name.lower().replace(' ', '.')}@example.org")
                [ticket] = await desk.transfer([card], to, BOSS)
            else:
                ticket = await desk.reissue(card, BOSS)
        except TicketKept as kept:
            return kept.reason
        self.numbers[deed.ticket, ticket.version] = ticket.number
        return DONE

    def _today(self) -> date:
        return self.clock.now().astimezone(ZoneInfo("America/Chicago")).date()


@pytest.mark.long
def test_doors_say_what_a_model_says(folder: Path, make_ledger: MakeLedger, engine: str) -> None:
    with asyncio.Runner() as runner:
        world = World(folder, make_ledger, is_server=engine == "server")
        effort = EFFORT if engine == "embedded" else settings(EFFORT, max_examples=5)

        class Machine(DoorMachine):
            def __init__(self) -> None:
                super().__init__(runner, world)

        run_state_machine_as_test(Machine, settings=effort)
        runner.run(world.close())
