"""Tickets passed on, replaced, revoked and noted: what was before admits nobody any more."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, update

from kiosk.domain.admission import NeedsConduct, Reason, Scan, Verdict
from kiosk.domain.chart import AccountCode
from kiosk.domain.claim_transfers import VERSION_MAX, ChangeFault, TicketChanged, TicketKept
from kiosk.domain.claims import ClaimCard, ClaimState, InvalidNote, UnknownClaim
from kiosk.domain.errors import InvalidReason, RequiredSlotMissing
from kiosk.domain.events import Event, Role, Window
from kiosk.domain.orders import Order, OrderState
from kiosk.domain.people import Attendee
from kiosk.domain.refunds import NotRefundable, RefundFault
from kiosk.domain.rights import NotAllowed
from kiosk.domain.tickets import Ticket
from kiosk.services.reconciliation import Report
from kiosk.store import audit
from kiosk.store.claim_tables import ClaimTransferRow
from kiosk.store.order_rows import attendee_id
from kiosk.store.refund_tables import RefundRow
from kiosk.store.tables import ClaimRow, OrderRow
from tests.kiosk.factories import ADA, GRACE, NOW, a_cashier, a_slot, an_event, usd
from tests.kiosk.playing import HOSTILE
from tests.kiosk.world import Terminal, World

pytestmark = pytest.mark.every_store

KIM = a_cashier()
BOSS = a_cashier("Sam", role=Role.SUPERVISOR)
ROBIN = a_cashier("Robin", role=Role.STEWARD)


async def cards_of(terminal: Terminal, order: Order) -> list[ClaimCard]:
    return [await terminal.services.claims.card(claim.id) for claim in order.claims]


async def a_card(terminal: Terminal, basket: str = "general") -> ClaimCard:
    """The ticket of an order of one."""
    [card] = await cards_of(terminal, await terminal.sell(basket))
    return card


async def now(terminal: Terminal, card: ClaimCard) -> ClaimCard:
    return await terminal.services.claims.card(card.claim_id)


async def pass_on(terminal: Terminal, *cards: ClaimCard, to: Attendee = GRACE) -> list[Ticket]:
    return await terminal.services.ticket_desk.transfer(cards, to, KIM)


async def kept(terminal: Terminal, *cards: ClaimCard, to: Attendee = GRACE) -> TicketKept:
    """Why the tickets cannot be passed on; nothing is as it was not before."""
    before = [await now(terminal, card) for card in cards]
    with pytest.raises(TicketKept) as refused:
        await pass_on(terminal, *cards, to=to)
    assert [await now(terminal, card) for card in cards] == before
    assert await terminal.services.reconciliation.run_once() == Report()
    return refused.value


async def scan(terminal: Terminal, text: str, nonce: int = 0) -> Verdict | NeedsConduct:
    admission = terminal.services.admission
    return await admission.scan(Scan(text, nonce or admission.new_nonce()))


async def reason(terminal: Terminal, text: str) -> Reason:
    said = await scan(terminal, text)
    assert isinstance(said, Verdict)
    return said.reason


async def in_once(terminal: Terminal, who: Attendee = ADA) -> None:
    """Let somebody accept the Code of Conduct: from then on a scan of theirs goes straight on."""
    sales = terminal.services.sales
    order = await sales.place(sales.new_order_id(), "general", who)
    await sales.pay_cash(order.id, usd(400), KIM)
    await terminal.admit(order.claims[0].ticket_number)


def later(hours: int = 1) -> Window:
    """Something that begins in some hours, and takes two."""
    return Window(NOW + timedelta(hours=hours), NOW + timedelta(hours=hours + 2))


# Passing on


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
    embedded.clock.advance(minutes=60)
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


# What needs what


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


# The same instant


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


# Reissue, revoke, note


async def test_a_lost_ticket_is_replaced(world: World) -> None:
    terminal = await world.open()
    order = await terminal.sell()
    [lost] = await terminal.services.sales.tickets(order.id)
    [card] = await cards_of(terminal, order)

    ticket = await terminal.services.ticket_desk.reissue(card, KIM)

    assert (ticket.version, ticket.holder) == (2, ADA)
    assert [await reason(terminal, text) for text in (lost.code, lost.number)] == [
        Reason.REPLACED
    ] * 2
    assert await terminal.services.sales.tickets(order.id) == [ticket]
    await terminal.admit(ticket.code)
    # Lost once more, inside.
    third = await terminal.services.ticket_desk.reissue(await now(terminal, card), KIM)
    assert await reason(terminal, ticket.number) is Reason.REPLACED
    assert await reason(terminal, third.code) is Reason.ALREADY_IN
    with pytest.raises(TicketChanged):
        await terminal.services.ticket_desk.reissue(card, KIM)


async def test_the_last_version_is_not_replaced(embedded: World) -> None:
    terminal = await embedded.open()
    card = await a_card(terminal)
    await set_version(terminal, VERSION_MAX - 1)
    ticket = await terminal.services.ticket_desk.reissue(await now(terminal, card), KIM)
    assert ticket.version == VERSION_MAX
    with pytest.raises(TicketKept) as refused:
        await terminal.services.ticket_desk.reissue(await now(terminal, card), KIM)
    assert refused.value.reason is ChangeFault.VERSIONS_USED_UP


async def test_a_revoked_ticket_admits_nobody_until_it_is_restored(world: World) -> None:
    terminal = await world.open()
    card = await a_card(terminal)
    desk = terminal.services.ticket_desk

    await desk.revoke([card], " stolen ", BOSS)

    revoked = await now(terminal, card)
    assert (revoked.revoked, revoked.state) == ("stolen", ClaimState.REVOKED)
    assert revoked.refusal is Reason.REVOKED
    assert await reason(terminal, card.ticket_number) is Reason.REVOKED
    with pytest.raises(TicketKept):
        await desk.reissue(revoked, BOSS)
    for _ in range(2):
        await desk.restore(revoked, BOSS)
    assert await now(terminal, card) == card
    await terminal.admit(card.ticket_number)


@pytest.mark.parametrize("typed", HOSTILE.values(), ids=HOSTILE)
async def test_notes_and_reasons_are_kept_as_they_were_typed(embedded: World, typed: str) -> None:
    terminal = await embedded.open()
    card = await a_card(terminal)
    desk = terminal.services.ticket_desk
    await desk.note(card, typed, ROBIN)
    await desk.revoke([card], typed, BOSS)
    found = await now(terminal, card)
    assert (found.note, found.revoked) == (typed, typed)
    said = await scan(terminal, card.ticket_number)
    assert isinstance(said, Verdict)
    assert said.note == typed
    await desk.note(card, "  ", ROBIN)
    assert (await now(terminal, card)).note == ""


@pytest.mark.parametrize("typed", ["x" * 201, "two\nlines", "\x1b[31m", "\ud800"])
async def test_what_cannot_be_noted_is_refused(embedded: World, typed: str) -> None:
    terminal = await embedded.open()
    card = await a_card(terminal)
    with pytest.raises(InvalidNote):
        await terminal.services.ticket_desk.note(card, typed, ROBIN)
    with pytest.raises(InvalidReason):
        await terminal.services.ticket_desk.revoke([card], typed, BOSS)
    assert await now(terminal, card) == card


async def test_each_change_is_on_record_once_with_who_and_where(embedded: World) -> None:
    terminal = await embedded.open()
    card = await a_card(terminal)
    desk = terminal.services.ticket_desk
    await desk.note(card, "late", ROBIN)
    await desk.reissue(card, KIM)
    for _ in range(2):
        await pass_on(terminal, replace(card, version=2))
    card = await now(terminal, card)
    await desk.revoke([card], "stolen", BOSS)
    await desk.restore(card, BOSS)

    records = await terminal.backing.store.transaction(audit.page)

    ours = [one for one in records if one.subject == card.claim_id]
    assert {one.terminal for one in ours} == {"north"}
    assert [(one.action, one.staff, one.detail) for one in ours] == [
        ("ticket_noted", "Robin", "late"),
        ("ticket_reissued", "Kim", "version 2"),
        ("ticket_transferred", "Kim", "version 3, to Grace Hopper <grace@example.org>"),
        ("ticket_revoked", "Sam", "stolen"),
        ("ticket_restored", "Sam", ""),
    ]


async def test_roles_may_do_what_the_table_of_rights_says(embedded: World) -> None:
    terminal = await embedded.open()
    card = await a_card(terminal)
    desk = terminal.services.ticket_desk
    for refused in (
        desk.transfer([card], GRACE, ROBIN),
        desk.reissue(card, ROBIN),
        desk.revoke([card], "stolen", KIM),
        desk.restore(card, KIM),
    ):
        with pytest.raises(NotAllowed):
            await refused


async def set_version(terminal: Terminal, version: int) -> None:
    await terminal.backing.store.transaction(
        lambda session: session.exec(update(ClaimRow).values(version=version))
    )


async def forget_steps(terminal: Terminal, card: ClaimCard) -> None:
    """As if the process had died before it could record the answer."""
    await terminal.backing.store.transaction(
        lambda session: session.connection().execute(
            text("UPDATE door_step SET outcome = 'asked', done_at = NULL WHERE claim_id = :id"),
            {"id": card.claim_id.to_bytes(16, "big")},
        )
    )


async def forget_transfer(terminal: Terminal, card: ClaimCard, before: Ticket) -> None:
    """As if the process had died before it could record the answer."""

    def forget(session: Session) -> None:
        connection = session.connection()
        for table in ("former_ticket", "door_step"):
            connection.execute(text(f"DELETE FROM {table}"))
        session.exec(update(ClaimTransferRow).values(outcome="asked"))
        number = before.number.replace("-", "")
        of = col(ClaimRow.id) == card.claim_id
        was = {"version": 1, "ticket_number": number, "holder_id": attendee_id(before.holder)}
        session.exec(update(ClaimRow).where(of).values(passed_on=False, **was))

    await terminal.backing.store.transaction(forget)
