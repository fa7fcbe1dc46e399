"""At the door a ticket is passed on or revoked together with what needs it: said before, shown."""

from dataclasses import replace
from functools import partial

import pytest

from kiosk.domain.admission import Reason
from kiosk.domain.claim_transfers import ChangeFault, TicketKept
from kiosk.domain.people import Attendee
from kiosk.domain.tickets import Ticket, issue
from kiosk.screens.door import DoorScreen
from kiosk.screens.new_ticket import NewTicketScreen
from kiosk.screens.pass_on import PassOnDialog
from kiosk.screens.reason import ReasonDialog
from tests.kiosk.at_the_door import (
    CARD,
    REVOKE,
    SMALLEST,
    TRANSFER,
    look_of,
    pick,
    to_card,
    verdict,
)
from tests.kiosk.factories import a_claim
from tests.kiosk.fake_claims import a_card
from tests.kiosk.fake_events import LEDGER_AWAY, a_slot
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    EACH_HOSTILE,
    Play,
    decoded,
    picture_of,
    playing,
    sentence_of,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)
from tests.kiosk.test_hostile_text import assert_in_frame
from tests.kiosk.test_scans import KEY, TICKET

PARTY = a_card(claim_id=6, order_number=8, slot_key="party")
NEW_TICKETS = [
    replace(issue(a_claim(), a_slot(key, key), KEY), slot_key=key) for key in ("regular", "party")
]
GRACE = Attendee("Grace Hopper", "grace@example.org")


def with_a_party() -> Fakes:
    """A ticket that another one of the same holder needs."""
    fakes = Fakes()
    fakes.claims.cards = [CARD]
    fakes.claims.needed_by[CARD.claim_id] = [PARTY]
    fakes.ticket_desk.tickets = NEW_TICKETS
    return fakes


async def pass_on(pilot: Play, fakes: Fakes) -> None:
    """Pass the ticket on to Grace."""
    await to_card(pilot, fakes)
    await pick(pilot, TRANSFER)
    await until_screen(pilot, PassOnDialog)
    assert "Goes with it: Party" in text_of(pilot)
    assert fakes.ticket_desk.asked == []
    await type_in(pilot, GRACE.name)
    await type_in(pilot, GRACE.email)


async def test_what_needs_a_ticket_is_passed_on_with_it_and_every_new_ticket_is_shown() -> None:
    fakes = with_a_party()
    async with playing(fakes.services) as (_, pilot):
        await pass_on(pilot, fakes)
        for ticket, after in zip(
            NEW_TICKETS, ("The next new ticket", "Back to the door"), strict=True
        ):
            await until(pilot, partial(is_shown, pilot, ticket))
            assert after in sentence_of(pilot)
            await pilot.press("escape")
        await until_text(pilot, "it was passed on to Grace Hopper")
        assert fakes.ticket_desk.asked == [("transfer", 5, 6, GRACE)]
        assert ", Party" in sentence_of(pilot)


def is_shown(pilot: Play, ticket: Ticket) -> bool:
    """Whether it is this new ticket that can be taken a picture of."""
    is_new = isinstance(pilot.app.screen, NewTicketScreen)
    return is_new and decoded(picture_of(pilot)) == [ticket.code]


async def test_a_scan_does_not_hide_the_new_tickets_that_come_after_this_one() -> None:
    fakes = with_a_party()
    async with playing(fakes.services) as (_, pilot):
        await pass_on(pilot, fakes)
        await until_screen(pilot, NewTicketScreen)
        await type_in(pilot, TICKET)
        await until(pilot, lambda: "Esc first: there is another" in sentence_of(pilot))
        assert fakes.admission.scans == []
        await pilot.press("escape")
        await until(pilot, partial(is_shown, pilot, NEW_TICKETS[1]))
        fakes.admission.verdicts.append(verdict(Reason.NOT_VALID_YET, fakes))
        await type_in(pilot, TICKET)
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: look_of(pilot) == "red")


async def test_what_needs_a_ticket_is_revoked_with_it() -> None:
    fakes = with_a_party()
    async with playing(fakes.services) as (_, pilot):
        await to_card(pilot, fakes)
        await pick(pilot, REVOKE)
        await until_screen(pilot, ReasonDialog)
        assert "Revoked with it: Party" in text_of(pilot)
        assert fakes.ticket_desk.asked == []
        await pilot.press("enter")
        await until_text(pilot, "it admits nobody now")
        assert fakes.ticket_desk.asked == [("revoke", 5, 6, "it was stolen")]


async def test_which_of_them_stays_as_it_is_is_said() -> None:
    fakes = with_a_party()
    async with playing(fakes.services) as (_, pilot):
        fakes.ticket_desk.refuse(TicketKept(PARTY.claim_id, ChangeFault.USED))
        await pass_on(pilot, fakes)
        await until_text(pilot, "Ada L. · Party")
        assert "somebody is in with it, or was" in text_of(pilot)
        assert look_of(pilot) == "red"


@pytest.mark.parametrize("row", [TRANSFER, REVOKE])
async def test_nothing_is_asked_where_it_is_not_known_what_goes_along(row: int) -> None:
    fakes = with_a_party()
    async with playing(fakes.services) as (_, pilot):
        await to_card(pilot, fakes)
        fakes.claims.refuse(LEDGER_AWAY)
        await pick(pilot, row)
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: look_of(pilot) == "grey")
        assert fakes.ticket_desk.asked == []


@pytest.mark.parametrize("text", EACH_HOSTILE)
async def test_what_goes_along_is_drawn_as_it_is(text: str) -> None:
    fakes = with_a_party()
    fakes.claims.needed_by[CARD.claim_id] = [replace(PARTY, slot_key=text)] * 9
    for row, dialog in ((TRANSFER, PassOnDialog), (REVOKE, ReasonDialog)):
        async with playing(fakes.services, size=SMALLEST) as (_, pilot):
            await to_card(pilot, fakes)
            await pick(pilot, row)
            await until_screen(pilot, dialog)
            await pilot.pause()
            assert_in_frame(pilot)
            await pilot.press("escape")
            await until_screen(pilot, DoorScreen)
