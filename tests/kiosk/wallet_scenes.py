"""Ways to the screens of a wallet that are worth a picture."""

from functools import partial

from kiosk.screens.wallet_all import AllOfItScreen
from kiosk.screens.wallet_codes import CodePageScreen
from kiosk.screens.wallet_more import MoreScreen
from tests.kiosk.fake_services import Fakes
from tests.kiosk.fake_wallets import an_offer
from tests.kiosk.playing import (
    LARGE,
    Play,
    scan_in,
    type_in,
    until_screen,
    until_text,
)
from tests.kiosk.scenes import Scene
from tests.kiosk.scenes import welcome as to_welcome
from tests.kiosk.wallet_ways import (
    to_amount,
    to_pin,
    to_receipt,
    to_recipient,
    to_sure,
    to_wallet,
    with_tokens,
)


async def pin(pilot: Play, fakes: Fakes) -> None:
    """Three digits of a PIN, after a wrong one."""
    await to_pin(pilot)
    await type_in(pilot, "9999")
    await until_text(pilot, "That is not the PIN of this wallet.")
    await scan_in(pilot, "471")


async def wallet(pilot: Play, fakes: Fakes) -> None:
    """Thirteen, some of them soon gone, and a hundred on offer."""
    fakes.purse.offers = [an_offer()]
    await to_wallet(pilot)
    await until_text(pilot, "You may receive 100 × Drink")


async def all_of_it(pilot: Play, fakes: Fakes) -> None:
    """The bills, and who had the marked one."""
    await wallet(pilot, fakes)
    await pilot.press("f4")
    await until_screen(pilot, AllOfItScreen)
    await until_text(pilot, "Before you")


async def more(pilot: Play, fakes: Fakes) -> None:
    """What is not wanted every day."""
    await to_wallet(pilot)
    await until_text(pilot, "bar")
    await pilot.press("f5")
    await until_screen(pilot, MoreScreen)
    await pilot.pause()


async def amount(pilot: Play, fakes: Fakes) -> None:
    """How many?"""
    await to_amount(pilot)
    await scan_in(pilot, "5")


async def sure(pilot: Play, fakes: Fakes) -> None:
    """Is this right?"""
    await to_sure(pilot)


async def receipt(pilot: Play, fakes: Fakes) -> None:
    """Sent."""
    await to_receipt(pilot)


async def own_code(pilot: Play, fakes: Fakes) -> None:
    """To be sent something."""
    await to_wallet(pilot)
    await until_text(pilot, "bar")
    await pilot.press("f3")
    await until_screen(pilot, CodePageScreen)


async def no_wallet_there(pilot: Play, fakes: Fakes) -> None:
    """Make it a gift?"""
    await to_recipient(pilot)
    await type_in(pilot, "grace@example.org")
    await until_text(pilot, "Make it a gift")


async def in_contrast(pilot: Play, fakes: Fakes) -> None:
    """In the theme of the greatest contrast."""
    pilot.app.theme = "contrast"
    await wallet(pilot, fakes)


_Scene = partial(Scene, fakes=with_tokens)

WALLET_SCENES = (
    _Scene("welcome-wallet", to_welcome),
    _Scene("wallet-pin", pin),
    _Scene("wallet", wallet),
    _Scene("wallet-large", wallet, LARGE),
    _Scene("wallet-smallest", wallet, (60, 20)),
    _Scene("wallet-contrast", in_contrast),
    _Scene("wallet-all-of-it", all_of_it),
    _Scene("wallet-more", more),
    _Scene("wallet-amount", amount),
    _Scene("wallet-sure", sure),
    _Scene("wallet-receipt", receipt),
    _Scene("wallet-code", own_code),
    _Scene("wallet-gift", no_wallet_there),
)
