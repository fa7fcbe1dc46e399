"""Ways an attendee goes, as far as the tests want to be."""

from textual.widgets import Input

from kiosk.screens.cash import CashDialog
from kiosk.screens.choose import ChooseScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.you import YouScreen
from kiosk.widgets.ticket_card import ChoiceCard
from tests.kiosk.playing import Play, type_in, until, until_screen

SHORT_HOLD = 40
"""Seconds; over before the silence is noticed, which would end the visit first."""


async def to_choose(pilot: Play) -> None:
    """From the welcome to the choice."""
    await pilot.press("enter")
    await until_screen(pilot, ChooseScreen)
    await until(pilot, lambda: isinstance(pilot.app.focused, ChoiceCard))


async def to_you(pilot: Play) -> None:
    """On to who are you."""
    await to_choose(pilot)
    await pilot.press("down", "enter")
    await until_screen(pilot, YouScreen)


async def tell(pilot: Play, name: str = "Ada Lovelace", email: str = "ada@example.org") -> None:
    """Answer who it is."""
    await type_in(pilot, name)
    await until(pilot, lambda: pilot.app.focused is pilot.app.screen.query(Input).last())
    await type_in(pilot, email)


async def to_pay(pilot: Play) -> None:
    """On to paying."""
    await to_you(pilot)
    await tell(pilot)
    await until_screen(pilot, PayScreen)


async def hand_over_cash(pilot: Play) -> None:
    """The cashier unlocks and takes the exact sum."""
    await pilot.press("enter")
    await until_screen(pilot, PinDialog)
    await type_in(pilot, "2222")
    await until_screen(pilot, CashDialog)
    await pilot.press("enter")


async def to_ticket(pilot: Play) -> None:
    """All the way."""
    await to_pay(pilot)
    await hand_over_cash(pilot)
    await until_screen(pilot, TicketScreen)
