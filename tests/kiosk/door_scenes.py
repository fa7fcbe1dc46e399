"""Ways to the screens of the door that are worth a picture."""

from dataclasses import replace
from datetime import timedelta

from kiosk.domain.admission import Reason, Way
from kiosk.domain.claims import ClaimState
from kiosk.domain.doorways import Doorway
from kiosk.domain.hand_outs import PieceCard
from kiosk.domain.lane import LaneState, LaneStatus, Part
from kiosk.domain.people import Attendee
from kiosk.domain.scans import TEST_TEXT
from kiosk.screens.check_in import CheckedInScreen
from kiosk.screens.claim_card import ClaimCardDialog
from kiosk.screens.companions import CompanionsDialog
from kiosk.screens.door import DoorScreen
from kiosk.screens.scanner_test import ScannerTestScreen
from tests.kiosk.at_the_door import TEST, pick, to_door, to_search, to_this_door, verdict
from tests.kiosk.fake_claims import a_card
from tests.kiosk.fake_events import CODE, NOON
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import LARGE, Play, type_in, until_screen, until_text
from tests.kiosk.scenes import Scene, already_in, scan, until_look
from tests.kiosk.test_check_in import to_check_in
from tests.kiosk.test_order_at_the_door import order_of
from tests.kiosk.test_scans import GERMAN

SMALLEST = (60, 20)


async def off_line(pilot: Play, fakes: Fakes) -> None:
    """Grey: the books are away, and nobody waits for them."""
    await already_in(pilot, fakes)
    since, synced = fakes.clock.now(), fakes.clock.now() - timedelta(minutes=2)
    fakes.lane.said = LaneStatus(LaneState.OFFLINE, frozenset(Part), since, 12, synced)
    await scan(pilot, fakes, Reason.HISTORY_UNKNOWN, "grey")
    assert isinstance(pilot.app.screen, DoorScreen)
    pilot.app.screen.tick()
    await pilot.pause()


async def order(pilot: Play, fakes: Fakes) -> None:
    """Green, with a note, with others of the order, and with something to hand out."""
    order_of(fakes)
    fakes.hand_outs.there = [PieceCard(11, 0, "shirt", 1)]
    await to_door(pilot)
    note = "Wheelchair: open the side gate, and call Robin."
    fakes.admission.verdicts.append(replace(verdict(Reason.ADMITTED, fakes), note=note))
    await type_in(pilot, CODE)
    await until_look(pilot, "green")
    await until_text(pilot, "F6 Hand out")


async def companions(pilot: Play, fakes: Fakes) -> None:
    """The others of the order."""
    await order(pilot, fakes)
    await pilot.press("f5")
    await until_screen(pilot, CompanionsDialog)
    await pilot.pause()


async def leaving(pilot: Play, fakes: Fakes) -> None:
    """A door that people leave by."""
    fakes.doorways.doorway = Doorway(Way.OUT)
    await to_door(pilot)
    await until_text(pilot, "EXIT")
    await scan(pilot, fakes, Reason.LEFT, "green")


async def search(pilot: Play, fakes: Fakes) -> None:
    """Three tickets of two people."""
    ada = a_card(slot_key="regular", companions=1, goodies=1)
    since = ClaimState.IN, NOON - timedelta(minutes=24), "South gate"
    fakes.claims.cards = [
        ada,
        replace(ada, claim_id=2, slot_key="party"),
        replace(
            ada,
            claim_id=3,
            holder=Attendee("Adam S.", "a•••@example.com"),
            state=since[0],
            since=since[1],
            terminal=since[2],
        ),
    ]
    await to_search(pilot)
    await type_in(pilot, "ada")
    await until_text(pilot, "Adam S.")


async def card(pilot: Play, fakes: Fakes) -> None:
    """What a supervisor may do about a ticket."""
    await search(pilot, fakes)
    await pilot.press("enter")
    await until_screen(pilot, ClaimCardDialog)
    await pilot.pause()


async def scanner(pilot: Play, fakes: Fakes) -> None:
    """A scanner of German layout."""
    await to_this_door(pilot)
    await pick(pilot, TEST)
    await until_screen(pilot, ScannerTestScreen)
    await type_in(pilot, TEST_TEXT.translate(GERMAN))
    await until_text(pilot, "The scanner works")


async def check_in(pilot: Play, fakes: Fakes) -> None:
    """A typing mistake."""
    await to_check_in(pilot)
    fakes.admission.verdicts.append(verdict(Reason.TYPO, fakes))
    await type_in(pilot, CODE)
    await until_text(pilot, "once more")


async def checked_in(pilot: Play, fakes: Fakes) -> None:
    """In."""
    await to_check_in(pilot)
    fakes.admission.verdicts.append(verdict(Reason.ADMITTED, fakes))
    await type_in(pilot, CODE)
    await until_screen(pilot, CheckedInScreen)
    await pilot.pause()


DOOR_SCENES = (
    Scene("off-line", off_line),
    Scene("order", order),
    Scene("order-smallest", order, SMALLEST),
    Scene("companions", companions),
    Scene("leaving-large", leaving, LARGE),
    Scene("search", search),
    Scene("card", card),
    Scene("scanner", scanner, SMALLEST),
    Scene("check-in", check_in),
    Scene("checked-in-large", checked_in, LARGE),
)
