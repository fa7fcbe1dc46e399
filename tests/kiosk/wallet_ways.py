"""Ways the owner of a wallet goes, as far as the tests want to be."""

from kiosk.screens.wallet import WalletScreen
from kiosk.screens.wallet_codes import CodePageScreen
from kiosk.screens.wallet_opening import WalletCodeScreen, WalletPinScreen
from kiosk.screens.wallet_sending import AmountScreen, RecipientScreen
from kiosk.screens.wallet_sure import SureScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.widgets.scan_input import ScanInput
from tests.kiosk.fake_events import an_event
from tests.kiosk.fake_services import Fakes
from tests.kiosk.fake_wallets import COFFEE, DRINK, OWN_CODE, PIN, THEIR_CODE, filled
from tests.kiosk.playing import Play, type_in, until, until_screen, until_text


def with_tokens() -> Fakes:
    """An event with two kinds of token, and a wallet with something in it."""
    fakes = Fakes(an_event(tokens=(DRINK, COFFEE)))
    filled(fakes.purse)
    return fakes


async def to_code(pilot: Play) -> None:
    """From the welcome to where a code is asked for."""
    await until_screen(pilot, WelcomeScreen)
    await pilot.press("down", "down", "enter")
    await until_screen(pilot, WalletCodeScreen)
    await until_field(pilot)


async def to_pin(pilot: Play) -> None:
    """On to the PIN."""
    await to_code(pilot)
    await type_in(pilot, OWN_CODE)
    await until_screen(pilot, WalletPinScreen)
    await until_field(pilot)


async def to_wallet(pilot: Play) -> None:
    """On into the wallet."""
    await to_pin(pilot)
    await type_in(pilot, PIN)
    await until_screen(pilot, WalletScreen)


async def to_amount(pilot: Play) -> None:
    """On to how many."""
    await to_wallet(pilot)
    await until_text(pilot, "bar")
    await pilot.press("f2")
    await until_screen(pilot, AmountScreen)
    await until_field(pilot)


async def to_recipient(pilot: Play, amount: str = "5") -> None:
    """On to whom for."""
    await to_amount(pilot)
    await type_in(pilot, amount)
    await until_screen(pilot, RecipientScreen)
    await until_field(pilot)


async def to_sure(pilot: Play) -> None:
    """On to the last question."""
    await to_recipient(pilot)
    await type_in(pilot, THEIR_CODE)
    await until_screen(pilot, SureScreen)
    await until(pilot, lambda: pilot.app.focused)


async def to_receipt(pilot: Play) -> None:
    """All the way."""
    await to_sure(pilot)
    await pilot.press("enter")
    await until_screen(pilot, CodePageScreen)


async def until_field(pilot: Play) -> None:
    """Wait until what is typed arrives."""
    await until(pilot, lambda: isinstance(pilot.app.focused, ScanInput))


async def press_focused(pilot: Play, *keys: str) -> None:
    """Press once something has the focus."""
    await until(pilot, lambda: pilot.app.focused)
    await pilot.press(*keys)
