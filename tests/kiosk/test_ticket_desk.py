"""Tickets replaced, revoked and noted: each change by who may, on record once."""

from dataclasses import replace

import pytest

from kiosk.domain.admission import Reason, Verdict
from kiosk.domain.claim_transfers import ChangeFault, TicketChanged, TicketKept
from kiosk.domain.claims import ClaimState, InvalidNote
from kiosk.domain.errors import InvalidReason
from kiosk.domain.rights import NotAllowed
from kiosk.domain.signed_codes import VERSION_MAX
from kiosk.store import audit
from tests.kiosk.factories import ADA, GRACE
from tests.kiosk.playing import HOSTILE
from tests.kiosk.ticket_desk import (
    BOSS,
    KIM,
    ROBIN,
    a_card,
    cards_of,
    now,
    pass_on,
    reason,
    scan,
    set_version,
)
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store


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
