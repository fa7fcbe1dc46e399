"""Finding a ticket at the door, and what is done about it; people stay half-hidden."""

from dataclasses import replace

import pytest

from kiosk.domain.admission import Reason
from kiosk.domain.claim_transfers import ChangeFault, TicketChanged, TicketKept
from kiosk.domain.claims import ClaimState, SearchOff
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.events import Role
from kiosk.domain.people import Attendee
from kiosk.domain.rights import NotAllowed, Right
from kiosk.domain.tickets import issue, read_code
from kiosk.screens.base import Desk
from kiosk.screens.claim_card import ClaimCardDialog
from kiosk.screens.claim_words import ClaimWords
from kiosk.screens.companions import CompanionsDialog
from kiosk.screens.door import DoorScreen
from kiosk.screens.handing_out import HandingOutDialog
from kiosk.screens.new_ticket import NewTicketScreen
from kiosk.screens.pass_on import PassOnDialog
from kiosk.screens.pin import PinDialog
from kiosk.screens.reason import NoteDialog, ReasonDialog, SureDialog
from kiosk.screens.search import SearchDialog
from kiosk.widgets.pick_list import PickList
from kiosk.words import LANGUAGES
from tests.kiosk.at_the_door import (
    ADMIT,
    CARD,
    COMPANIONS,
    HAND_OUT,
    NOTE,
    REISSUE,
    REVOKE,
    SMALLEST,
    TRANSFER,
    look_of,
    pick,
    to_card,
    to_search,
    verdict,
)
from tests.kiosk.factories import a_claim
from tests.kiosk.fake_claims import a_card
from tests.kiosk.fake_events import LEDGER_AWAY, NOON, a_slot
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    EACH_HOSTILE,
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
from tests.kiosk.test_scans import KEY, NUMBER, TICKET

NEW_TICKET = replace(issue(a_claim(), a_slot("regular", "Regular"), KEY), slot_key="regular")


async def test_people_are_found_by_what_is_typed_and_half_hidden() -> None:
    fakes = Fakes()
    fakes.claims.cards = [CARD, replace(CARD, claim_id=6, state=ClaimState.IN, since=NOON)]
    fakes.claims.more = True
    async with playing(fakes.services) as (_, pilot):
        await to_search(pilot)
        await type_in(pilot, "Ada Love")
        await until_text(pilot, "There are more: type more letters.")
        assert fakes.claims.searched == ["Ada Love"]
        assert "Ada L. · a•••@example.org" in text_of(pilot)
        assert "in since 18:04" in text_of(pilot)


async def test_what_cannot_be_passed_on_is_said_before_anybody_types_a_name() -> None:
    fakes = Fakes()
    fakes.claims.cards = [replace(CARD, kept=ChangeFault.STARTED)]
    async with playing(fakes.services) as (app, pilot):
        await to_card(pilot, fakes)
        await until_text(pilot, "what it is for has begun")
        await pick(pilot, TRANSFER)
        assert isinstance(app.screen, ClaimCardDialog)
        assert text_of(pilot).count("what it is for has begun") == 2


@pytest.mark.parametrize(
    ("typed", "refusal", "said"),
    [
        ("ad", None, "Please type 3 letters or more."),
        ("nobody", None, "Nobody is found for nobody."),
        ("[@click=app.quit]x[/]", None, "Nobody is found for [@click=app.quit]x[/]."),
        ("ada", SearchOff(), "Nobody is searched for at this terminal."),
        ("ada", NotAllowed(Right.SEARCH, Role.STEWARD), "Your role may not do that."),
        ("ada", LEDGER_AWAY, "The books do not answer just now."),
    ],
)
async def test_a_search_that_finds_nothing_says_why(
    typed: str, refusal: Exception | None, said: str
) -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_search(pilot)
        if refusal:
            fakes.claims.refuse(refusal)
        await type_in(pilot, typed)
        await until_text(pilot, said)
        await pilot.press("enter", "down", "enter")
        assert isinstance(app.screen, SearchDialog)


async def test_a_ticket_that_is_scanned_is_found() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_search(pilot)
        await type_in(pilot, TICKET)
        await until_text(pilot, "There is no such ticket.")
        fakes.clock.advance(seconds=3)
        signed = read_code(TICKET)
        assert signed is not None
        fakes.claims.cards = [replace(CARD, claim_id=signed.payload.claim_id)]
        await type_in(pilot, TICKET)
        await until_text(pilot, "Ada L.")
        await type_in(pilot, NUMBER)
        await until(pilot, lambda: fakes.claims.searched == [NUMBER])
        await type_in(pilot, "Alan Mathison")
        await until(pilot, lambda: fakes.claims.searched == [NUMBER, "Alan Mathison"])
        assert fakes.admission.scans == []


async def test_somebody_found_is_admitted() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_card(pilot, fakes)
        fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
        await pick(pilot, ADMIT)
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: look_of(pilot) == "green")
        assert [scan.text for scan in fakes.admission.scans] == [CARD.ticket_number]


async def test_who_cannot_come_in_is_not_admitted_and_the_card_says_why() -> None:
    fakes = Fakes()
    fakes.claims.cards = [replace(CARD, refusal=Reason.NOT_VALID_YET)]
    async with playing(fakes.services) as (app, pilot):
        await to_card(pilot, fakes)
        await pick(pilot, ADMIT)
        await until_text(pilot, "Not valid yet")
        assert isinstance(app.screen, ClaimCardDialog)
        assert fakes.admission.scans == []


async def test_what_waits_and_who_else_comes_is_reached_from_the_card() -> None:
    for row, dialog in ((HAND_OUT, HandingOutDialog), (COMPANIONS, CompanionsDialog)):
        fakes = Fakes()
        async with playing(fakes.services) as (_, pilot):
            await to_card(pilot, fakes)
            await pick(pilot, row)
            await until_screen(pilot, dialog)


async def test_an_admission_of_long_ago_is_taken_back_from_the_card() -> None:
    fakes = Fakes()
    fakes.claims.cards = [replace(CARD, state=ClaimState.IN, since=NOON, refusal=Reason.ALREADY_IN)]
    async with playing(fakes.services) as (_, pilot):
        await to_card(pilot, fakes, "1111")
        await pick(pilot, 1)
        await until_screen(pilot, ReasonDialog)
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "3333")
        await until(pilot, lambda: fakes.admission.undone)
        assert fakes.admission.undone[0][0] == CARD.claim_id


async def test_a_ticket_is_passed_on_and_the_new_one_is_shown() -> None:
    fakes = Fakes()
    fakes.ticket_desk.tickets = [NEW_TICKET]
    async with playing(fakes.services) as (_, pilot):
        await to_card(pilot, fakes)
        await pick(pilot, TRANSFER)
        await until_screen(pilot, PassOnDialog)
        await type_in(pilot, "Grace Hopper")
        await type_in(pilot, "grace")
        await until_text(pilot, "An e-mail address has an @ in it")
        await type_in(pilot, "@example.org")
        await until_screen(pilot, NewTicketScreen)
        to = Attendee("Grace Hopper", "grace@example.org")
        assert fakes.ticket_desk.asked == [("transfer", 5, to)]
        assert decoded(picture_of(pilot)) == [NEW_TICKET.code]
        await pilot.press("escape")
        await until_text(pilot, "it was passed on to Grace Hopper")


async def test_a_code_scanned_as_a_name_is_nobody() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_card(pilot, fakes)
        await pick(pilot, TRANSFER)
        await until_screen(pilot, PassOnDialog)
        await type_in(pilot, TICKET)
        await until_text(pilot, "That was a code, not a name: Esc first, then scan it again.")
        assert TICKET[:20] not in text_of(pilot)
        assert isinstance(app.screen, PassOnDialog)


async def test_a_lost_ticket_is_replaced_once_somebody_is_sure_and_saved() -> None:
    fakes = Fakes()
    fakes.ticket_desk.tickets = [NEW_TICKET]
    async with playing(fakes.services) as (_, pilot):
        await to_card(pilot, fakes)
        await pick(pilot, REISSUE)
        await until_screen(pilot, SureDialog)
        assert fakes.ticket_desk.asked == []
        await pilot.press("enter")
        await until_screen(pilot, NewTicketScreen)
        assert fakes.ticket_desk.asked == [("reissue", 5)]
        fakes.admission.verdicts.append(verdict(Reason.NOT_VALID_YET, fakes))
        await type_in(pilot, TICKET)
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: look_of(pilot) == "red")


async def test_a_note_is_left_for_all_doors_and_taken_off() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_card(pilot, fakes, "1111")
        await pick(pilot, NOTE)
        await until_screen(pilot, NoteDialog)
        await type_in(pilot, "x" * 201)
        await until_text(pilot, "A note has at most 200 letters.")
        await type_in(pilot, "Call [b]Robin[/b]")
        await until_text(pilot, "every door shows the note")
        fakes.claims.cards = [replace(CARD, note="Call [b]Robin[/b]")]
        await pilot.press("f2")
        await until_screen(pilot, SearchDialog)
        await type_in(pilot, "ada")
        await until_text(pilot, "Ada L.")
        await pilot.press("enter")
        await until_text(pilot, "⚑ Call [b]Robin[/b]")
        await pick(pilot, NOTE)
        await until_screen(pilot, NoteDialog)
        await pilot.press("enter")
        await until_text(pilot, "no note any more")
        assert fakes.ticket_desk.asked == [("note", 5, "Call [b]Robin[/b]"), ("note", 5, "")]


async def test_a_ticket_is_revoked_for_a_reason_and_good_again() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_card(pilot, fakes)
        await pick(pilot, REVOKE)
        await until_screen(pilot, ReasonDialog)
        await pilot.press("enter")
        await until_text(pilot, "it admits nobody now")
        fakes.claims.cards = [replace(CARD, state=ClaimState.REVOKED, revoked="it was stolen")]
        await pilot.press("f2")
        await until_screen(pilot, SearchDialog)
        await type_in(pilot, "ada")
        await until_text(pilot, "revoked: it was stolen")
        await pilot.press("enter")
        await until_screen(pilot, ClaimCardDialog)
        await pick(pilot, REVOKE)
        await until_text(pilot, "it admits its holder again")
        assert fakes.ticket_desk.asked == [("revoke", 5, "it was stolen"), ("restore", 5)]


async def test_a_steward_is_shown_what_needs_somebody_else() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_card(pilot, fakes, "1111")
        assert "needs a cashier" in sentence_of(pilot)
        assert "needs a supervisor" in sentence_of(pilot)
        await pick(pilot, TRANSFER)
        assert isinstance(app.screen, ClaimCardDialog)
        assert fakes.ticket_desk.asked == []


@pytest.mark.parametrize(
    ("refusal", "said", "look"),
    [
        (TicketKept(5, ChangeFault.USED), "somebody is in with it, or was", "red"),
        (TicketKept(5, ChangeFault.LEAVES, ("party",)), "Party must go with it", "red"),
        (TicketChanged(5), "it was changed meanwhile: search for it again", "red"),
        (NotAllowed(Right.REISSUE, Role.STEWARD), "your role may not do that", "red"),
        (LedgerContradicts("transfer 5", "FROZEN"), "It could not be booked", "red"),
        (LEDGER_AWAY, "whether it is done is not known: search for the ticket again", "grey"),
    ],
)
async def test_what_is_not_done_says_why(refusal: Exception, said: str, look: str) -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_card(pilot, fakes)
        fakes.ticket_desk.refuse(refusal)
        await pick(pilot, REISSUE)
        await until_screen(pilot, SureDialog)
        await pilot.press("enter")
        await until_text(pilot, said)
        assert look_of(pilot) == look


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_and_every_state_has_its_words(language: str) -> None:
    words = ClaimWords(Desk.of(Fakes().services, language))
    kept = {words.kept(TicketKept(1, fault, ("party",))) for fault in ChangeFault}
    assert len(kept) == len(ChangeFault)
    states = {words.state(a_card(state=state, since=NOON)) for state in ClaimState}
    assert len(states) == len(ClaimState)


@pytest.mark.parametrize("text", EACH_HOSTILE)
async def test_names_notes_and_reasons_are_drawn_as_they_are(text: str) -> None:
    fakes = Fakes()
    holder = Attendee(text, f"{text}@example.org")
    card = replace(CARD, holder=holder, note=text, state=ClaimState.REVOKED, revoked=text)
    fakes.claims.cards = [card, card]
    async with playing(fakes.services, size=SMALLEST) as (_, pilot):
        await to_search(pilot)
        await type_in(pilot, "ada")
        await until(pilot, lambda: pilot.app.screen.query_one(PickList).rows)
        assert_in_frame(pilot)
        await pilot.press("enter")
        await until_screen(pilot, ClaimCardDialog)
        assert_in_frame(pilot)
        await pick(pilot, NOTE)
        await until_screen(pilot, NoteDialog)
        assert_in_frame(pilot)
