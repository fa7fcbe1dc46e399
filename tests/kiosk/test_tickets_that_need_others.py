"""A workshop needs its admission: whoever parts with one of them hears of the other."""

import pytest
from sqlmodel import Session, update

from kiosk.domain.claim_transfers import ChangeFault, TicketKept
from kiosk.domain.errors import RequiredSlotMissing
from kiosk.domain.events import Event
from kiosk.domain.orders import OrderState
from kiosk.domain.people import Attendee
from kiosk.domain.refunds import NotRefundable, RefundFault
from kiosk.store.refund_tables import RefundRow
from kiosk.store.tables import OrderRow
from tests.kiosk.factories import ADA, GRACE, a_slot, an_event, usd
from tests.kiosk.ticket_desk import BOSS, KIM, a_card, cards_of, kept, later, now, pass_on
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store


def a_workshop_event(**changes: object) -> Event:
    return an_event(
        a_slot(valid=later()),
        a_slot("workshop", requires=("general", "vip"), valid=later(3), price=usd(0)),
        a_slot("vip", valid=later()),
        **changes,
    )


async def test_a_workshop_goes_only_to_who_may_be_there(world: World) -> None:
    terminal = await world.open(a_workshop_event())
    general, workshop = await cards_of(terminal, await terminal.sell({"general": 1, "workshop": 1}))

    alone = await kept(terminal, workshop)

    assert (alone.reason, alone.slot_keys) == (ChangeFault.REQUIRES, ("general", "vip"))
    assert alone.claim_id == workshop.claim_id
    sales = terminal.services.sales
    order = await sales.place(sales.new_order_id(), "vip", GRACE)
    await sales.pay_cash(order.id, usd(400), KIM)
    await pass_on(terminal, workshop)
    # What the giver keeps needs nothing now.
    await pass_on(terminal, general)


async def test_an_admission_does_not_leave_its_workshop_behind(world: World) -> None:
    terminal = await world.open(a_workshop_event())
    general, workshop = await cards_of(terminal, await terminal.sell({"general": 1, "workshop": 1}))

    stranded = await kept(terminal, general)

    assert (stranded.reason, stranded.slot_keys) == (ChangeFault.LEAVES, ("workshop",))
    claims = terminal.services.claims
    assert await claims.needing(general.claim_id) == [workshop]
    assert await claims.needing(workshop.claim_id) == []
    tickets = await pass_on(terminal, workshop, general)
    assert [ticket.slot_key for ticket in tickets] == ["workshop", "general"]
    assert {ticket.holder for ticket in tickets} == {GRACE}


async def test_what_needs_a_ticket_that_goes_along_goes_along_too(world: World) -> None:
    terminal = await world.open(
        an_event(
            a_slot(valid=later()),
            a_slot("workshop", requires=("general",), valid=later(3), price=usd(0)),
            a_slot("dinner", requires=("workshop",), valid=later(3), price=usd(0)),
        )
    )
    basket = {"general": 1, "workshop": 1, "dinner": 1}
    general, workshop, dinner = await cards_of(terminal, await terminal.sell(basket))

    needing = await terminal.services.claims.needing(general.claim_id)

    assert needing == [workshop, dinner]
    tickets = await pass_on(terminal, general, *needing)
    assert [ticket.slot_key for ticket in tickets] == ["general", "workshop", "dinner"]
    going = [await now(terminal, card) for card in (general, workshop, dinner)]
    await terminal.services.ticket_desk.revoke(going, "stolen", BOSS)
    assert await terminal.services.claims.needing(general.claim_id) == []


async def test_another_admission_or_one_that_is_being_bought_is_enough(embedded: World) -> None:
    terminal = await embedded.open(a_workshop_event())
    general, _ = await cards_of(terminal, await terminal.sell({"general": 1, "workshop": 1}))
    other = await a_card(terminal, "vip")
    await pass_on(terminal, general)
    assert (await kept(terminal, other)).reason is ChangeFault.LEAVES


async def test_who_only_changes_their_name_keeps_what_they_have(world: World) -> None:
    terminal = await world.open(a_workshop_event())
    order = await terminal.sell({"general": 1, "workshop": 1})
    general, _ = await cards_of(terminal, order)

    [ticket] = await pass_on(terminal, general, to=Attendee("Ada King", ADA.email))

    assert ticket.version == 2
    assert len(await terminal.services.sales.tickets(order.id)) == 2
    assert not (await now(terminal, general)).passed_on


async def test_a_workshop_is_not_sold_to_who_gives_the_admission_back(embedded: World) -> None:
    terminal = await embedded.open(a_workshop_event())
    general = await terminal.sell()
    await terminal.services.refunds.refund_order(general.id, BOSS)
    await terminal.backing.store.transaction(_as_if_it_were_under_way)
    with pytest.raises(RequiredSlotMissing):
        await terminal.sell("workshop")


def _as_if_it_were_under_way(session: Session) -> None:
    session.exec(update(RefundRow).values(state="asked", done_at=None))
    session.exec(update(OrderRow).values(state="paid"))


async def test_what_is_over_needs_nothing(embedded: World) -> None:
    terminal = await embedded.open(
        an_event(
            a_slot(valid=later(10)),
            a_slot("workshop", requires=("general",), valid=later(1), price=usd(0)),
        )
    )
    general, _ = await cards_of(terminal, await terminal.sell({"general": 1, "workshop": 1}))
    assert (await kept(terminal, general)).reason is ChangeFault.LEAVES
    embedded.clock.advance(minutes=180)
    await pass_on(terminal, general)


async def test_a_refund_or_a_revocation_does_not_leave_a_workshop_behind_either(
    world: World,
) -> None:
    terminal = await world.open(a_workshop_event())
    general = await terminal.sell()
    workshop = await terminal.sell("workshop")
    [card], [needing] = await cards_of(terminal, general), await cards_of(terminal, workshop)
    services = terminal.services

    with pytest.raises(NotRefundable) as refused:
        await services.refunds.refund_order(general.id, BOSS)
    with pytest.raises(TicketKept) as not_revoked:
        await services.ticket_desk.revoke([card], "stolen", BOSS)

    assert (refused.value.reason, refused.value.slot_keys) == (
        RefundFault.REQUIRED,
        ("workshop",),
    )
    assert not_revoked.value.reason is ChangeFault.LEAVES
    await services.ticket_desk.revoke([needing], "no admission", BOSS)
    assert (await services.refunds.refund_order(general.id, BOSS)).state is OrderState.REFUNDED
    await services.refunds.refund_order(workshop.id, BOSS)


async def test_an_order_whose_ticket_is_anothers_is_refunded_once_that_one_is_revoked(
    world: World,
) -> None:
    terminal = await world.open()
    order = await terminal.sell({"general": 2})
    card, _ = await cards_of(terminal, order)
    await pass_on(terminal, card)

    with pytest.raises(NotRefundable) as refused:
        await terminal.services.refunds.refund_order(order.id, BOSS)

    assert refused.value.reason is RefundFault.PASSED_ON
    card = await now(terminal, card)
    await terminal.services.ticket_desk.revoke([card], "money goes back", BOSS)
    refunded = await terminal.services.refunds.refund_order(order.id, BOSS)
    assert refunded.state is OrderState.REFUNDED
    assert await terminal.takings() == (0, 0)


async def test_who_was_revoked_owns_nothing(embedded: World) -> None:
    terminal = await embedded.open(a_workshop_event())
    general = await a_card(terminal)
    await terminal.services.ticket_desk.revoke([general], "stolen", BOSS)
    with pytest.raises(RequiredSlotMissing):
        await terminal.sell("workshop")
