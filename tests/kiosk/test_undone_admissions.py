"""Admissions that are taken back: they did not happen, and nothing else is taken back by it."""

import pytest

from kiosk.domain.admission import Colour, Reason, Scan
from kiosk.domain.errors import InvalidReason
from kiosk.domain.events import EntryPolicy
from kiosk.domain.orders import OrderState
from kiosk.domain.refunds import NotRefundable, RefundFault
from kiosk.domain.rights import NotAllowed
from tests.kiosk.doors import (
    SUPERVISOR,
    claim_of,
    inside,
    let_in,
    let_out,
    redeemed,
    repeat,
    tickets,
    undo,
)
from tests.kiosk.factories import a_cashier, a_slot, an_event
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store

FREE = EntryPolicy.FREE


async def test_an_undone_admission_did_not_happen(world: World) -> None:
    terminal = await world.open()
    [number] = await tickets(terminal)
    admitted = await let_in(terminal, number)

    said = await undo(terminal, claim_of(admitted))

    assert (said.reason, said.colour) == (Reason.UNDONE, Colour.GREY)
    assert (said.at, said.terminal) == (admitted.at, "north")
    assert (await inside(terminal), await redeemed(terminal)) == (0, 0)
    again = await let_in(terminal, number)
    assert (again.reason, again.entry) == (Reason.ADMITTED, 1)
    assert (await inside(terminal), await redeemed(terminal)) == (1, 1)


async def test_the_same_undo_again_takes_nothing_else_back(world: World) -> None:
    terminal = await world.open(an_event(a_slot(entry=FREE)))
    [number] = await tickets(terminal)
    await let_in(terminal, number)
    await let_out(terminal, number)
    again = await let_in(terminal, number)

    said = [
        await terminal.services.admission.undo(
            claim_of(again), reason="walked past", supervisor=SUPERVISOR, nonce=77
        )
        for _ in range(3)
    ]

    assert len(set(said)) == 1
    # The first entry stands: the place is used, and its holder is outside.
    assert (await inside(terminal), await redeemed(terminal)) == (0, 1)
    assert (await let_in(terminal, number)).entry == 2


async def test_the_scan_of_an_undone_admission_is_no_second_one(world: World) -> None:
    terminal = await world.open()
    [number] = await tickets(terminal)
    admission = terminal.services.admission
    scan = Scan(number, admission.new_nonce())
    await undo(terminal, claim_of(await repeat(admission, scan)))

    assert (await repeat(admission, scan)).reason is Reason.UNDONE
    assert await redeemed(terminal) == 0


async def test_who_left_is_not_let_out_again_by_an_undo(world: World) -> None:
    terminal = await world.open()
    [number] = await tickets(terminal)
    admitted = await let_in(terminal, number)
    await let_out(terminal, number)

    await undo(terminal, claim_of(admitted))

    assert (await inside(terminal), await redeemed(terminal)) == (0, 0)
    assert (await undo(terminal, claim_of(admitted))).reason is Reason.NOTHING_TO_UNDO


async def test_an_undone_ticket_can_be_refunded_and_one_that_was_left_cannot(
    world: World,
) -> None:
    terminal = await world.open()
    order = await terminal.sell()
    number = order.claims[0].ticket_number
    admitted = await let_in(terminal, number)
    await let_out(terminal, number)
    refunds = terminal.services.refunds
    with pytest.raises(NotRefundable) as refused:
        await refunds.refund_order(order.id, SUPERVISOR)
    assert refused.value.reason is RefundFault.USED

    await undo(terminal, claim_of(admitted))

    refunded = await refunds.refund_order(order.id, SUPERVISOR)
    assert refunded.state is OrderState.REFUNDED
    assert (await let_in(terminal, number)).reason is Reason.REFUNDED
    assert await terminal.takings() == (0, 0)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "a\nb"])
async def test_an_undo_wants_a_reason(embedded: World, reason: str) -> None:
    terminal = await embedded.open()
    admitted = await let_in(terminal, (await tickets(terminal))[0])
    with pytest.raises(InvalidReason):
        await undo(terminal, claim_of(admitted), reason)
    assert await redeemed(terminal) == 1


async def test_only_a_supervisor_undoes(embedded: World) -> None:
    terminal = await embedded.open()
    admitted = await let_in(terminal, (await tickets(terminal))[0])
    with pytest.raises(NotAllowed):
        await terminal.services.admission.undo(
            claim_of(admitted), reason="no", supervisor=a_cashier(), nonce=7
        )
    assert await redeemed(terminal) == 1
