"""What staff do at a door on the screen, and what they see there."""

from kiosk.domain.admission import Reason, Verdict
from kiosk.domain.people import Attendee
from kiosk.screens.claim_card import ClaimCardDialog
from kiosk.screens.door import DoorScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.search import SearchDialog
from kiosk.screens.staff import StaffDialog
from kiosk.screens.this_door import ThisDoorDialog
from kiosk.widgets.verdict import VerdictPanel
from tests.kiosk.fake_claims import a_card
from tests.kiosk.fake_events import NOON, NUMBER
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import BellApp, Play, type_in, until, until_screen, until_text

SMALLEST = (60, 20)
ADA = Attendee("Ada Lovelace", "ada@example.org")
CARD = a_card(claim_id=5, slot_key="regular", companions=1, goodies=2)
# Rows of its card, and of what a door is for.
ADMIT, HAND_OUT, COMPANIONS, NOTE, TRANSFER, REISSUE, REVOKE = range(7)
DONE, WAY, TEST, CONFLICTS, EMPTY, EARLY, REGULAR, WORKSHOP, PARTY, CREW = range(10)


async def to_door(pilot: Play, pin: str = "1111") -> None:
    """Unlock the door."""
    await pilot.press("f10")
    await until_screen(pilot, PinDialog)
    await type_in(pilot, pin)
    await until_screen(pilot, StaffDialog)
    await pilot.press("enter")
    await until_screen(pilot, DoorScreen)


def verdict(reason: Reason, fakes: Fakes) -> Verdict:
    """A verdict with every fact known."""
    valid = fakes.event.slots[2].valid
    return Verdict(
        reason, NUMBER, ADA, "regular", valid, NOON, "South gate", "RustFest", claim_id=77
    )


async def until_rung(pilot: Play, app: BellApp, times: int) -> None:
    """Wait until the bell has rung so often."""
    await until(pilot, lambda: app.rung == times)


def look_of(pilot: Play) -> str:
    """The colour on the door."""
    return pilot.app.screen.query_one(VerdictPanel).face.look


async def to_search(pilot: Play, pin: str = "3333") -> None:
    """Open the search."""
    await to_door(pilot, pin)
    await pilot.press("f2")
    await until_screen(pilot, SearchDialog)


async def to_card(pilot: Play, fakes: Fakes, pin: str = "3333") -> None:
    """Find the only ticket there is."""
    if not fakes.claims.cards:
        fakes.claims.cards = [CARD]
    await to_search(pilot, pin)
    await type_in(pilot, "ada")
    await until_text(pilot, "a•••@example.org")
    await pilot.press("enter")
    await until_screen(pilot, ClaimCardDialog)


async def to_this_door(pilot: Play, pin: str = "1111") -> None:
    """Ask what the door is for."""
    await to_door(pilot, pin)
    await pilot.press("f7")
    await until_screen(pilot, ThisDoorDialog)


async def pick(pilot: Play, *rows: int) -> None:
    """Pick one row after the other of a list whose mark is on the first one."""
    mark = 0
    for row in rows:
        key = "down" if row > mark else "up"
        await pilot.press(*[key] * abs(row - mark), "enter")
        mark = row
