"""Who comes next finds nothing of who was here, nor does whoever looks into the memory."""

import gc
from collections.abc import Awaitable, Callable, Iterator

import pytest
from textual.strip import Strip

from kiosk.forgetting import forget_what_was_shown
from kiosk.screens.pay import PayScreen
from kiosk.screens.silence import HOME_SECONDS
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.visit import Visit
from kiosk.screens.wallet import WalletScreen
from kiosk.screens.wallet_codes import CodePageScreen
from kiosk.screens.wallet_opening import WalletPinScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.screens.you import YouScreen
from tests.kiosk.attendee import to_pay, to_ticket
from tests.kiosk.fake_events import NUMBER
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import Play, playing, text_of, until, until_screen, until_text
from tests.kiosk.test_refunds_screen import a_due, to_refunds
from tests.kiosk.wallet_ways import to_wallet, with_tokens

Go = Callable[[Play], Awaitable[None]]


@pytest.fixture(autouse=True)
def what_comes_alone() -> Iterator[None]:
    """Look at nothing that earlier tests left behind, as in the traceback of an error."""
    forget_what_was_shown()
    gc.freeze()
    yield
    gc.unfreeze()


async def by_buying(pilot: Play) -> None:
    """Come home with a ticket."""
    await to_ticket(pilot)
    assert {"Ada Lovelace", NUMBER} <= what_is_drawn()
    await pilot.press("n")


async def by_giving_up(pilot: Play) -> None:
    """Come home without."""
    await to_pay(pilot)
    await pilot.press("escape", "escape", "escape")


async def by_wallet(pilot: Play) -> None:
    """Close a wallet again, whose code was shown."""
    await to_wallet(pilot)
    await pilot.press("f3")
    await until_screen(pilot, CodePageScreen)
    assert "Ada Lovelace" in what_is_drawn()
    await pilot.press("escape")
    await until_screen(pilot, WalletScreen)
    await pilot.press("escape")


@pytest.mark.parametrize("come_home", [by_buying, by_giving_up, by_wallet])
async def test_nothing_that_was_shown_is_left_in_memory(come_home: Go) -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (_, pilot):
        await come_home(pilot)
        await until_screen(pilot, WelcomeScreen)
        assert "Ada" not in text_of(pilot)

        await until(pilot, lambda: not of_a_visit())

        assert not what_is_drawn()


async def test_nothing_is_left_of_who_has_gone_without_a_word() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_ticket(pilot)
        fakes.clock.advance(seconds=HOME_SECONDS)
        app.tick()
        await until_screen(pilot, WelcomeScreen)

        await until(pilot, lambda: not of_a_visit())

        assert not what_is_drawn()


@pytest.mark.parametrize("locks", ["a key", "silence"])
async def test_nothing_that_staff_saw_of_people_is_left_in_memory(locks: str) -> None:
    fakes = Fakes()
    await a_due(fakes)
    async with playing(fakes.services) as (app, pilot):
        await to_refunds(pilot)
        await until_text(pilot, "Ada Lovelace")
        if locks == "silence":
            fakes.clock.advance(seconds=600)
            app.tick()
        else:
            await pilot.press("f9")
        await until_screen(pilot, WelcomeScreen)

        await until(pilot, lambda: not what_is_drawn())


def of_a_visit() -> list[object]:
    """The screens and the visit that knew the person, as far as they are still there."""
    buying = Visit | YouScreen | PayScreen | TicketScreen
    wallet = WalletScreen | WalletPinScreen | CodePageScreen
    return [one for one in gc.get_objects() if isinstance(one, buying | wallet)]


def what_is_drawn() -> set[str]:
    """What of the person stands in any line that was drawn for a terminal."""
    lines = [one.text for one in gc.get_objects() if isinstance(one, Strip)]
    return {what for what in ("Ada Lovelace", NUMBER) if any(what in line for line in lines)}
