"""Tickets passed on: the receiver has the ticket, and the giver nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.domain.admission import NeedsConduct, Reason
from kiosk.domain.chart import AccountCode
from kiosk.domain.claim_transfers import ChangeFault, TicketChanged
from kiosk.domain.claims import UnknownClaim
from kiosk.domain.people import Attendee
from kiosk.domain.signed_codes import VERSION_MAX
from kiosk.services.reconciliation import Report
from tests.kiosk.factories import ADA, GRACE, a_slot, an_event
from tests.kiosk.ticket_desk import (
    BOSS,
    a_card,
    cards_of,
    kept,
    later,
    now,
    pass_on,
    reason,
    scan,
    set_version,
)
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store


async def test_the_receiver_has_the_ticket_and_the_giver_nothing(world: World) -> None:
    terminal = await world.open()
    order = await terminal.sell()
    [before] = await terminal.services.sales.tickets(order.id)
    [card] = await cards_of(terminal, order)

    [ticket] = await pass_on(terminal, card)

    assert (ticket.holder, ticket.version, ticket.claim_id) == (GRACE, 2, before.claim_id)
    assert ticket.number != before.number
    assert [await reason(terminal, text) for text in (before.code, before.number)] == [
        Reason.REPLACED
    ] * 2
    assert await terminal.services.sales.tickets(order.id) == []
    needs = await scan(terminal, ticket.code)
    assert isinstance(needs, NeedsConduct)
    assert needs.holder == GRACE
    await terminal.admit(ticket.number)
    assert (await terminal.slot_account(AccountCode.REDEEMED)).credits_posted == 1
    assert await terminal.services.reconciliation.run_once() == Report()


async def test_what_is_passed_on_twice_is_the_second_ones(world: World) -> None:
    terminal = await world.open()
    first = await a_card(terminal)
    [to_grace] = await pass_on(terminal, first)
    [to_ada] = await pass_on(terminal, await now(terminal, first), to=ADA)

    assert to_ada.version == 3
    assert await reason(terminal, to_grace.code) is Reason.REPLACED
    card = await now(terminal, first)
    # It came back to who bought it.
    assert (card.version, card.passed_on) == (3, False)
    assert len(await terminal.services.sales.tickets(card.order_id)) == 1


async def test_the_same_again_changes_nothing_and_an_old_card_is_refused(world: World) -> None:
    terminal = await world.open()
    card = await a_card(terminal)
    tickets = await pass_on(terminal, card)

    assert await pass_on(terminal, card) == tickets
    with pytest.raises(TicketChanged):
        await pass_on(terminal, card, to=Attendee("Carl", "carl@example.org"))
    assert (await now(terminal, card)).version == 2


async def test_an_undone_entry_counts_as_none(world: World) -> None:
    terminal = await world.open()
    card = await a_card(terminal)
    await terminal.admit(card.ticket_number)
    assert (await kept(terminal, card)).reason is ChangeFault.USED
    await terminal.services.admission.undo(card.claim_id, reason="wrong", supervisor=BOSS, nonce=9)

    [ticket] = await pass_on(terminal, card)

    await terminal.admit(ticket.code)
    assert await reason(terminal, ticket.code) is Reason.ALREADY_IN


@pytest.mark.parametrize("fault", ["not paid", "refunded", "revoked", "last version"])
async def test_only_what_is_good_is_passed_on(embedded: World, fault: str) -> None:
    terminal = await embedded.open()
    order = await (terminal.hold() if fault == "not paid" else terminal.sell())
    [card] = await cards_of(terminal, order)
    match fault:
        case "refunded":
            await terminal.services.refunds.refund_order(order.id, BOSS)
        case "revoked":
            await terminal.services.ticket_desk.revoke([card], "stolen", BOSS)
        case "last version":
            await set_version(terminal, VERSION_MAX)
            card = await now(terminal, card)

    said = (await kept(terminal, card)).reason

    assert (
        said
        is {
            "not paid": ChangeFault.NOT_PAID,
            "refunded": ChangeFault.NOT_PAID,
            "revoked": ChangeFault.REVOKED,
            "last version": ChangeFault.VERSIONS_USED_UP,
        }[fault]
    )


async def test_nothing_is_passed_on_once_it_has_begun_or_the_event_says_so(
    embedded: World,
) -> None:
    terminal = await embedded.open(an_event(a_slot(valid=later(2))))
    card = await a_card(terminal)
    frozen = replace(embedded.event, transfer_until=embedded.clock.now() + timedelta(hours=1))
    await pass_on(terminal, card)
    terminal = await embedded.open(frozen)
    card = await now(terminal, card)
    assert (await now(terminal, card)).kept is None
    embedded.clock.advance(minutes=60)
    assert (await now(terminal, card)).kept is ChangeFault.FROZEN
    assert (await kept(terminal, card, to=ADA)).reason is ChangeFault.FROZEN
    embedded.clock.advance(minutes=60)
    assert (await kept(terminal, card, to=ADA)).reason is ChangeFault.STARTED
    embedded.clock.advance(minutes=180)
    assert (await kept(terminal, card, to=ADA)).reason is ChangeFault.STARTED


async def test_a_ticket_of_another_event_or_of_none_is_unknown(embedded: World) -> None:
    elsewhere = await embedded.open(an_event())
    card = await a_card(elsewhere)
    terminal = await embedded.open(an_event())
    for stray in (card, replace(card, claim_id=1)):
        with pytest.raises(UnknownClaim):
            await pass_on(terminal, stray)
