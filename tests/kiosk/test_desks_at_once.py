"""Tickets changed in the same instant, and what a crash left found by who comes next."""

import asyncio

import pytest

from kiosk.domain.admission import Reason, Verdict
from kiosk.domain.chart import AccountCode
from kiosk.domain.claim_transfers import ChangeFault, TicketChanged, TicketKept
from kiosk.domain.claims import ClaimState
from kiosk.domain.people import Attendee
from kiosk.domain.refunds import NotRefundable, RefundFault
from kiosk.services.reconciliation import Report
from kiosk.services.refunds import Refunds
from tests.kiosk.factories import GRACE, a_slot, an_event
from tests.kiosk.ticket_desk import (
    BOSS,
    a_card,
    cards_of,
    forget_steps,
    forget_transfer,
    in_once,
    now,
    pass_on,
    reason,
    scan,
)
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store


async def test_of_passing_on_and_admission_in_the_same_instant_one_happens(world: World) -> None:
    door = await world.open(an_event(a_slot(capacity=50)))
    desk = await world.open(name="desk")
    await in_once(door)
    passed = 0
    for at in range(12):
        card = await a_card(door)
        both = [scan(door, card.ticket_number, 7), pass_on(desk, card)]

        said = await asyncio.gather(*(both if at % 2 else both[::-1]), return_exceptions=True)

        [verdict] = [one for one in said if isinstance(one, Verdict)]
        after = await now(door, card)
        if verdict.reason is Reason.ADMITTED:
            assert [type(one) for one in said if one is not verdict] == [TicketKept]
            assert (after.version, after.state) == (1, ClaimState.IN)
        else:
            assert verdict.reason is Reason.REPLACED
            assert (after.version, after.state) == (2, ClaimState.OUT)
            passed += 1
    assert (await door.slot_account(AccountCode.REDEEMED)).credits_posted == 13 - passed
    assert await door.services.reconciliation.run_once() == Report()


async def test_of_passing_on_to_two_people_in_the_same_instant_one_happens(world: World) -> None:
    north, south = await world.open(an_event(a_slot(capacity=50))), await world.open(name="south")
    for _ in range(6):
        card = await a_card(north)
        to = (GRACE, Attendee("Carl", "carl@example.org"))

        said = await asyncio.gather(
            pass_on(north, card, to=to[0]), pass_on(south, card, to=to[1]), return_exceptions=True
        )

        assert sorted(isinstance(one, TicketChanged) for one in said) == [False, True]
        assert (await now(north, card)).version == 2


async def test_of_passing_on_and_a_refund_in_the_same_instant_one_happens(world: World) -> None:
    north, south = await world.open(an_event(a_slot(capacity=50))), await world.open(name="south")
    for at in range(8):
        card = await a_card(north)
        both = [pass_on(north, card), south.services.refunds.refund_order(card.order_id, BOSS)]

        said = await asyncio.gather(*(both if at % 2 else both[::-1]), return_exceptions=True)

        [refused] = [one for one in said if isinstance(one, TicketKept | NotRefundable)]
        state = (await now(north, card)).state
        assert state is (ClaimState.REFUNDED if isinstance(refused, TicketKept) else ClaimState.OUT)


async def test_a_ticket_passed_on_while_its_refund_was_begun_stays_the_receivers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = await world.open()
    card = await a_card(terminal)
    await pass_on(terminal, card)
    # As where the other desk's commit came between two looks of this one.
    monkeypatch.setattr(Refunds, "_check_free", lambda *_: None)

    with pytest.raises(NotRefundable) as refused:
        await terminal.services.refunds.refund_order(card.order_id, BOSS)

    assert refused.value.reason is RefundFault.PASSED_ON
    assert (await now(terminal, card)).state is ClaimState.OUT
    assert await terminal.services.reconciliation.run_once() == Report()


async def test_an_admission_that_only_the_ledger_knows_keeps_the_ticket(world: World) -> None:
    door, desk = await world.open(), await world.open(name="desk")
    await in_once(door)
    card = await a_card(door)
    old = await now(desk, card)
    await scan(door, card.ticket_number, 7)
    # As after a crash: nobody has recorded it.
    await forget_steps(door, card)
    assert (await now(desk, card)).state is ClaimState.OUT

    with pytest.raises(TicketKept) as refused:
        await pass_on(desk, old)

    assert refused.value.reason is ChangeFault.USED
    assert (await now(desk, card)).state is ClaimState.IN
    assert await desk.services.reconciliation.run_once() == Report()


async def test_a_ticket_that_only_the_ledger_knows_is_passed_on_admits_nobody(
    world: World,
) -> None:
    terminal = await world.open()
    await in_once(terminal)
    order = await terminal.sell()
    [before] = await terminal.services.sales.tickets(order.id)
    [card] = await cards_of(terminal, order)
    await pass_on(terminal, card)
    await forget_transfer(terminal, card, before)

    assert await reason(terminal, before.code) is Reason.REPLACED
    assert await reason(terminal, before.number) is Reason.REPLACED
    assert (await terminal.services.reconciliation.run_once()).tickets == 1

    after = await now(terminal, card)
    assert (after.version, after.passed_on) == (2, True)
    assert await reason(terminal, before.code) is Reason.REPLACED
    assert await terminal.services.reconciliation.run_once() == Report()


async def test_whoever_changes_a_ticket_finishes_what_a_crash_left_of_it(world: World) -> None:
    terminal = await world.open()
    order = await terminal.sell()
    [before] = await terminal.services.sales.tickets(order.id)
    [card] = await cards_of(terminal, order)
    await pass_on(terminal, card)
    await forget_transfer(terminal, card, before)

    with pytest.raises(TicketChanged):
        await terminal.services.ticket_desk.reissue(card, BOSS)

    assert (await now(terminal, card)).version == 2
