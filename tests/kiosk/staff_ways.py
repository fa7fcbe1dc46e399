"""Ways of the staff through the app: the chord, a PIN, and what they open."""

from kiosk.screens.organiser import OrganiserScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.staff import StaffDialog
from tests.kiosk.playing import Play, type_in, until_screen


async def unlock(pilot: Play, pin: str) -> None:
    """The staff's chord, and a PIN."""
    await pilot.press("f10")
    await until_screen(pilot, PinDialog)
    await type_in(pilot, pin)
    await until_screen(pilot, StaffDialog)


async def to_organiser(pilot: Play, pin: str = "4444") -> None:
    """The organiser's view."""
    await unlock(pilot, pin)
    await pilot.press("down", "enter")
    await until_screen(pilot, OrganiserScreen)
