"""After one ticket of an order: the others come in too, and what waits for it is handed out."""

from dataclasses import replace

import pytest

from kiosk.domain.admission import NeedsConduct, Reason
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.hand_outs import NothingHandedOut, PieceCard
from kiosk.domain.lane import LaneState, LaneStatus
from kiosk.domain.people import Attendee
from kiosk.screens.companions import CompanionsDialog
from kiosk.screens.conduct import ConductScreen
from kiosk.screens.door import DoorScreen
from kiosk.screens.handing_out import HandingOutDialog
from kiosk.screens.pin import PinDialog
from kiosk.screens.reason import ReasonDialog
from tests.kiosk.at_the_door import ADA, SMALLEST, look_of, to_door, verdict
from tests.kiosk.fake_claims import a_card
from tests.kiosk.fake_events import CODE, LEDGER_AWAY, NOON
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    EACH_HOSTILE,
    Play,
    playing,
    sentence_of,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)
from tests.kiosk.test_hostile_text import assert_in_frame
from tests.kiosk.test_scans import TICKET

NUMBERS = ["0123-4567-89A1", "0123-4567-89A2", "0123-4567-89A3"]
NAMES = ["Grace H.", "Alan T.", "Barbara L."]
SHIRT = PieceCard(11, 0, "shirt", 1)


def order_of(fakes: Fakes) -> None:
    """Three more tickets, one of which cannot come in today."""
    fakes.claims.cards = [
        a_card(
            claim_id=10 + at,
            ticket_number=number,
            holder=Attendee(name, "g•••@example.org"),
            slot_key="regular",
        )
        for at, (number, name) in enumerate(zip(NUMBERS, NAMES, strict=True))
    ]
    fakes.claims.cards[2] = replace(fakes.claims.cards[2], refusal=Reason.NOT_VALID_YET)


async def to_companions(pilot: Play, fakes: Fakes) -> None:
    """Admit one of an order, and ask for the others."""
    order_of(fakes)
    await to_door(pilot)
    fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
    await type_in(pilot, CODE)
    await until_text(pilot, "F5 2 more in this order")
    await pilot.press("f5")
    await until_screen(pilot, CompanionsDialog)


async def test_all_who_can_come_in_are_admitted_with_two_keys() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_companions(pilot, fakes)
        assert "Not valid yet" in text_of(pilot)
        fakes.admission.verdicts += [verdict(Reason.ADMITTED, fakes)] * 2
        await pilot.press("enter")
        await until_text(pilot, "2 of 2 admitted")
        assert look_of(pilot) == "green"
        assert [scan.text for scan in fakes.admission.scans[1:]] == NUMBERS[:2]
        assert len({scan.nonce for scan in fakes.admission.scans}) == 3


async def test_some_are_picked() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_companions(pilot, fakes)
        await pilot.press("down", "enter", "up")
        await until_text(pilot, "Admit one")
        fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
        await pilot.press("enter")
        await until_text(pilot, "1 of 1 admitted")
        assert fakes.admission.scans[-1].text == NUMBERS[1]


async def test_nobody_is_admitted_when_nobody_is_picked_or_can_come() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_companions(pilot, fakes)
        await pilot.press("down", "enter", "down", "enter", "down", "enter")
        await until_text(pilot, "Not valid yet")
        await pilot.press("up", "up", "up", "enter")
        await until_text(pilot, "nobody is chosen")
        assert isinstance(app.screen, CompanionsDialog)
        assert len(fakes.admission.scans) == 1


async def test_everybody_of_a_group_accepts_the_code_of_conduct_and_who_does_not_stays_out() -> (
    None
):
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_companions(pilot, fakes)
        needs = [NeedsConduct(number, number, ADA, "regular", 77) for number in NUMBERS[:2]]
        fakes.admission.verdicts += needs
        await pilot.press("enter")
        for answer in ("enter", "escape"):
            await until_screen(pilot, ConductScreen)
            fakes.clock.advance(seconds=2)
            await pilot.press(answer)
            await pilot.pause()
        await until_text(pilot, "1 of 2 admitted")
        assert look_of(pilot) == "red"


async def test_the_first_of_a_group_that_is_refused_is_what_the_panel_shows() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_companions(pilot, fakes)
        fakes.admission.verdicts += [
            verdict(Reason.ALREADY_IN, fakes),
            verdict(Reason.ADMITTED, fakes),
        ]
        await pilot.press("enter")
        await until_text(pilot, "1 of 2 admitted")
        assert look_of(pilot) == "amber"
        assert "since 18:04, South gate" in text_of(pilot)


async def test_a_ticket_scanned_over_the_group_is_the_next_one() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_companions(pilot, fakes)
        await type_in(pilot, TICKET)
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: look_of(pilot) == "red")
        assert fakes.admission.scans[-1].text == TICKET


async def test_the_offer_is_of_the_last_ticket_only_and_not_made_off_line() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_companions(pilot, fakes)
        await pilot.press("escape")
        await until_screen(pilot, DoorScreen)
        fakes.clock.advance(seconds=3)
        await type_in(pilot, CODE)
        await until(pilot, lambda: look_of(pilot) == "red")
        await until(pilot, lambda: "F5" not in text_of(pilot))
        await pilot.press("f5", "f6")
        assert isinstance(app.screen, DoorScreen)
        fakes.lane.said = LaneStatus(LaneState.OFFLINE)
        fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
        await type_in(pilot, f"{CODE}2")
        await until(pilot, lambda: look_of(pilot) == "green")
        assert "F5" not in text_of(pilot)


async def to_handing_out(pilot: Play, fakes: Fakes) -> None:
    """Scan somebody who is in, for whom something waits."""
    await to_door(pilot)
    fakes.admission.verdicts.append(verdict(Reason.ALREADY_IN, fakes))
    await type_in(pilot, CODE)
    await until_text(pilot, "F6 Hand out: T-shirt")
    await pilot.press("f6")
    await until_screen(pilot, HandingOutDialog)
    await until_text(pilot, "waiting")


async def test_what_waits_is_handed_out_once() -> None:
    fakes = Fakes()
    fakes.hand_outs.there = [SHIRT]
    async with playing(fakes.services) as (_, pilot):
        await to_handing_out(pilot, fakes)
        await pilot.press("enter")
        await until_text(pilot, "✔ Hand out: T-shirt")
        await pilot.press("enter")
        await until_text(pilot, "18:04 · North gate · Robin")
        await pilot.press("escape")
        await until_screen(pilot, DoorScreen)
        # It may come back.
        await until_text(pilot, "F6 Handed out: T-shirt")


async def test_what_waits_for_one_is_not_offered_beside_what_another_hears() -> None:
    fakes = Fakes()
    fakes.hand_outs.there = [SHIRT]
    async with playing(fakes.services) as (app, pilot):
        await to_door(pilot)
        for fault, said in (
            (LEDGER_AWAY, "the books do not answer"),
            (LedgerContradicts("step 1 of ticket X", "FROZEN"), "It could not be booked"),
        ):
            fakes.clock.advance(seconds=3)
            fakes.admission.verdicts.append(verdict(Reason.ALREADY_IN, fakes))
            await type_in(pilot, CODE)
            await until_text(pilot, "F6 Hand out: T-shirt")
            fakes.admission.refuse(fault)
            await type_in(pilot, NUMBERS[0])
            await until_text(pilot, said)
            await until(pilot, lambda: "F6" not in text_of(pilot))
            await pilot.press("f6")
            assert isinstance(app.screen, DoorScreen)


async def test_what_another_desk_has_handed_out_meanwhile_is_said_with_when_and_where() -> None:
    fakes = Fakes()
    fakes.hand_outs.there = [SHIRT]
    async with playing(fakes.services) as (_, pilot):
        await to_handing_out(pilot, fakes)
        gone = replace(SHIRT, handed_at=NOON, terminal="Info desk", staff="Kim")
        fakes.hand_outs.answers = gone
        await pilot.press("enter")
        await until_text(pilot, "▲ T-shirt is gone: 18:04 · Info desk · Kim")


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (NothingHandedOut(Reason.REFUNDED), "✖ Nothing is handed out: Refunded"),
        (LEDGER_AWAY, "The books do not answer just now."),
        (LedgerContradicts("goodie of order 5", "FROZEN"), "It could not be booked"),
    ],
)
async def test_what_is_not_handed_out_says_why(refusal: Exception, said: str) -> None:
    fakes = Fakes()
    fakes.hand_outs.there = [SHIRT]
    async with playing(fakes.services) as (_, pilot):
        await to_handing_out(pilot, fakes)
        fakes.hand_outs.refuse(refusal)
        await pilot.press("enter")
        await until_text(pilot, said)
        assert fakes.hand_outs.there == [SHIRT]


async def to_taking_back(pilot: Play, fakes: Fakes) -> None:
    """Hand the shirt out, and ask for a reason to take it back in."""
    fakes.hand_outs.there = [SHIRT]
    await to_handing_out(pilot, fakes)
    await pilot.press("f4")
    await until_text(pilot, "This one is not handed out yet.")
    await pilot.press("enter")
    await until_text(pilot, "18:04 · North gate · Robin")
    await pilot.press("f4")
    await until_screen(pilot, ReasonDialog)


async def test_what_was_handed_out_is_taken_back_in_by_a_supervisors_word() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_taking_back(pilot, fakes)
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        assert fakes.hand_outs.there[0].handed_at is not None
        await type_in(pilot, "3333")
        await until_text(pilot, "✔ Taken back in: T-shirt")
        assert fakes.hand_outs.there == [replace(SHIRT, attempt=2)]
        await until_text(pilot, "waiting")
        await pilot.press("enter")
        await until_text(pilot, "✔ Hand out: T-shirt")


async def test_without_reason_approval_or_answer_nothing_is_taken_back_in() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_taking_back(pilot, fakes)
        await pilot.press("escape")
        await until_screen(pilot, HandingOutDialog)
        await pilot.press("f4")
        await until_screen(pilot, ReasonDialog)
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        await pilot.press("escape")
        await until_screen(pilot, HandingOutDialog)
        await pilot.press("f4")
        await until_screen(pilot, ReasonDialog)
        await type_in(pilot, "torn [/]")
        await until_screen(pilot, PinDialog)
        fakes.hand_outs.refuse(LEDGER_AWAY)
        await type_in(pilot, "3333")
        await until_text(pilot, "The books do not answer just now.")
        assert fakes.hand_outs.there[0].handed_at is not None


async def test_a_ticket_scanned_instead_of_a_reason_is_the_next_one() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_taking_back(pilot, fakes)
        await type_in(pilot, TICKET)
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: look_of(pilot) == "red")
        assert fakes.hand_outs.there[0].handed_at is not None


@pytest.mark.parametrize("text", EACH_HOSTILE)
async def test_names_are_drawn_as_they_are(text: str) -> None:
    fakes = Fakes()
    fakes.claims.cards = [a_card(claim_id=5, holder=Attendee(text, text), slot_key=text)]
    fakes.hand_outs.there = [replace(SHIRT, goodie_key=text, handed_at=NOON, terminal=text), SHIRT]
    async with playing(fakes.services, size=SMALLEST) as (_, pilot):
        await to_door(pilot)
        fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
        await type_in(pilot, CODE)
        await until_text(pilot, "F5")
        assert_in_frame(pilot)
        for key, dialog in (("f5", CompanionsDialog), ("f6", HandingOutDialog)):
            await pilot.press(key)
            await until_screen(pilot, dialog)
            await pilot.pause()
            assert_in_frame(pilot)
            await pilot.press("escape")
            await until_screen(pilot, DoorScreen)
        assert "F6" in sentence_of(pilot)
