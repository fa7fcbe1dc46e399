"""Ways to the screens worth a picture, for the snapshots and for the README."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kiosk.domain.admission import NeedsConduct, Reason
from kiosk.domain.pins import PIN_TRIES_MAX
from kiosk.domain.terminals import CODE_LIFE, TerminalState, TerminalStatus
from kiosk.screens.base import Desk
from kiosk.screens.cash import CashDialog
from kiosk.screens.code import CodeDialog
from kiosk.screens.conduct import ConductScreen
from kiosk.screens.door import DoorScreen
from kiosk.screens.lineage import LifeScreen
from kiosk.screens.organiser import OrganiserScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.phone import PhoneScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.staff import StaffDialog
from kiosk.screens.terminals import TerminalsScreen
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.you import YouScreen
from kiosk.widgets.countdown import Countdown
from kiosk.widgets.verdict import VerdictPanel
from tests.kiosk.at_the_door import ADA, to_door, verdict
from tests.kiosk.attendee import hand_over_cash, tell, to_choose, to_pay, to_you
from tests.kiosk.fake_events import CODE, NOON, NUMBER, PINS
from tests.kiosk.fake_figures import (
    LONG_AGO,
    a_crowd,
    a_life,
    an_open_invoice,
    books_off_by_some,
    half_sold,
)
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import LARGE, SMALL, Play, type_in, until, until_screen, until_text

Go = Callable[[Play, Fakes], Awaitable[None]]


@dataclass(frozen=True)
class Scene:
    """One picture: how to get there, on a terminal of which size, and who answers there."""

    name: str
    go: Go
    size: tuple[int, int] = SMALL
    fakes: Callable[[], Fakes] = Fakes


async def welcome(pilot: Play, fakes: Fakes) -> None:
    """The first screen."""
    await until_text(pilot, "Begin")


async def choose(pilot: Play, fakes: Fakes) -> None:
    """A choice of which some is gone, and some is taken."""
    fakes.catalog.left |= {"early": 0, "workshop": 3, "party": 0}
    fakes.catalog.on_hold["early"] = 4
    await to_choose(pilot)
    await pilot.press("right", "right", "down", "right", "up")
    await until_text(pilot, "3 tickets")


async def mistake(pilot: Play, fakes: Fakes) -> None:
    """A mistake in the e-mail address."""
    await to_you(pilot)
    await type_in(pilot, "Ada Lovelace")
    await type_in(pilot, "ada.example.org")


async def pay(pilot: Play, fakes: Fakes) -> None:
    """Waiting for money."""
    await to_pay(pilot)
    fakes.clock.advance(seconds=28)
    pilot.app.screen.query_one(Countdown).tick()


async def cash(pilot: Play, fakes: Fakes) -> None:
    """The cashier counts."""
    await to_pay(pilot)
    await pilot.press("enter")
    await until_screen(pilot, PinDialog)
    await type_in(pilot, "2222")
    await until_screen(pilot, CashDialog)


async def phone(pilot: Play, fakes: Fakes) -> None:
    """Waiting for a phone."""
    await pay(pilot, fakes)
    await pilot.press("right", "enter")
    await until_screen(pilot, PhoneScreen)
    await until_text(pilot, "Scan to pay")


async def discount(pilot: Play, fakes: Fakes) -> None:
    """Half of it taken off."""
    await pay(pilot, fakes)
    await pilot.press("f2")
    await until_screen(pilot, CodeDialog)
    await type_in(pilot, "half")
    await until_text(pilot, "off, with HALF")


async def ticket(pilot: Play, fakes: Fakes) -> None:
    """The first of three tickets."""
    await choose(pilot, fakes)
    await pilot.press("enter")
    await until_screen(pilot, YouScreen)
    await tell(pilot)
    await until_screen(pilot, PayScreen)
    await hand_over_cash(pilot)
    await until_screen(pilot, TicketScreen)


async def conduct(pilot: Play, fakes: Fakes) -> None:
    """The Code of Conduct."""
    await to_door(pilot)
    fakes.admission.verdicts.append(NeedsConduct(CODE, NUMBER, ADA, "regular", 77))
    await type_in(pilot, CODE)
    await until_screen(pilot, ConductScreen)


async def admitted(pilot: Play, fakes: Fakes) -> None:
    """Green."""
    await conduct(pilot, fakes)
    fakes.clock.advance(seconds=2)
    await pilot.press("enter")
    await until_screen(pilot, DoorScreen)
    await until_look(pilot, "green")


async def already_in(pilot: Play, fakes: Fakes) -> None:
    """Amber, after green."""
    await admitted(pilot, fakes)
    await scan(pilot, fakes, Reason.ALREADY_IN, "amber")


async def not_valid_yet(pilot: Play, fakes: Fakes) -> None:
    """Red, after amber and green."""
    await already_in(pilot, fakes)
    await scan(pilot, fakes, Reason.NOT_VALID_YET, "red")


async def in_the_sun(pilot: Play, fakes: Fakes) -> None:
    """The door on paper."""
    await not_valid_yet(pilot, fakes)
    await pilot.press("f8")
    await pilot.pause()


async def staff(pilot: Play, fakes: Fakes) -> None:
    """What an organiser may do here."""
    await pilot.press("f10")
    await until_screen(pilot, PinDialog)
    await type_in(pilot, "4444")
    await until_screen(pilot, StaffDialog)


async def terminals(pilot: Play, fakes: Fakes) -> None:
    """Terminals of every kind."""
    fakes.terminals.known = [
        TerminalStatus(1, "North gate", TerminalState.PAIRED, NOON),
        TerminalStatus(2, "Old till", TerminalState.REVOKED, NOON),
        TerminalStatus(3, "South gate", TerminalState.PAIRED, NOON, wrong_pins=PIN_TRIES_MAX),
        TerminalStatus(4, "West gate", TerminalState.NEW, invited_until=NOON + CODE_LIFE),
    ]
    await staff(pilot, fakes)
    await pilot.press("down", "down", "enter")
    await until_screen(pilot, TerminalsScreen)
    await until_text(pilot, "PINs locked")


async def organiser(pilot: Play, fakes: Fakes) -> None:
    """An event half sold."""
    fakes.stats.now = half_sold(fakes.event)
    await staff(pilot, fakes)
    await pilot.press("down", "enter")
    await until_screen(pilot, OrganiserScreen)
    await until_text(pilot, "refunds are due")


async def at_the_doors(pilot: Play, fakes: Fakes) -> None:
    """The crowd in the afternoon."""
    fakes.crowds.now = a_crowd()
    await organiser(pilot, fakes)
    await pilot.press("right")
    await until_text(pilot, "most:")


async def all_tokens(pilot: Play, fakes: Fakes) -> None:
    """Tokens of two kinds, of one of which some are missing."""
    fakes.books.now = books_off_by_some()
    await organiser(pilot, fakes)
    await pilot.press("3")
    await until_text(pilot, "the sum does not come out")


async def books(pilot: Play, fakes: Fakes) -> None:
    """Books that differ, and terminals of every kind."""
    fakes.books.now = books_off_by_some()
    fakes.terminals.known = [
        TerminalStatus(1, "North gate", TerminalState.PAIRED, NOON, seen_at=NOON),
        TerminalStatus(2, "Old till", TerminalState.REVOKED, NOON),
        TerminalStatus(3, "South gate", TerminalState.PAIRED, NOON, seen_at=LONG_AGO),
        TerminalStatus(4, "West gate", TerminalState.NEW),
    ]
    await organiser(pilot, fakes)
    await pilot.press("left")
    await until_text(pilot, "Order 1042")
    await until_text(pilot, "South gate")


async def settling(pilot: Play, fakes: Fakes) -> None:
    """Money for the first of two open invoices."""
    fakes.invoices.known = [an_open_invoice(), an_open_invoice(1043, "Grace Hopper", 80_000)]
    await organiser(pilot, fakes)
    await pilot.press("f3")
    await until_text(pilot, "Grace Hopper")
    await pilot.press("enter")
    await until_text(pilot, "Ada Lovelace owes")


async def life(pilot: Play, fakes: Fakes) -> None:
    """Where ten tokens went."""
    fakes.lineages.known = a_life()
    await organiser(pilot, fakes)
    pilot.app.push_screen(LifeScreen(Desk.of(fakes.services), PINS["4444"], "b2"))
    await until_text(pilot, "Nina Simone")


async def scan(pilot: Play, fakes: Fakes, reason: Reason, look: str) -> None:
    """One scan with this outcome."""
    fakes.clock.advance(seconds=41)
    fakes.admission.verdicts.append(verdict(reason, fakes))
    await type_in(pilot, CODE)
    await until_look(pilot, look)


async def until_look(pilot: Play, look: str) -> None:
    """Wait for a colour."""
    await until(pilot, lambda: pilot.app.screen.query_one(VerdictPanel).face.look == look)


SCENES = (
    Scene("welcome", welcome),
    Scene("welcome-large", welcome, LARGE),
    Scene("choose", choose),
    Scene("choose-large", choose, LARGE),
    Scene("you", mistake),
    Scene("pay", pay),
    Scene("phone", phone),
    Scene("discount", discount),
    Scene("cash", cash),
    Scene("ticket", ticket),
    Scene("conduct", conduct),
    Scene("admitted", admitted),
    Scene("already-in-large", already_in, LARGE),
    Scene("paper", in_the_sun),
    Scene("staff", staff),
    Scene("terminals", terminals),
    Scene("organiser", organiser),
    Scene("organiser-large", organiser, LARGE),
    Scene("crowd", at_the_doors),
    Scene("crowd-large", at_the_doors, LARGE),
    Scene("tokens", all_tokens),
    Scene("books", books),
    Scene("settling", settling),
    Scene("life", life),
)
