"""A stall: tokens taken by code and PIN, given back by a supervisor, and what staff are told."""

import pytest

from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.events import Event, Stall
from kiosk.domain.people import Attendee
from kiosk.domain.stalls import BackFault, NotGivenBack, Taken
from kiosk.domain.tokens import Limits, Token
from kiosk.domain.wallets import WalletBusy
from kiosk.screens.confirm import ConfirmDialog
from kiosk.screens.help import HelpScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.reason import ReasonDialog
from kiosk.screens.staff import StaffDialog
from kiosk.screens.stall import StallScreen
from kiosk.screens.taking_tokens import OwnerPinDialog, PayerDialog, PriceDialog, StallDialog
from kiosk.screens.welcome import WelcomeScreen
from kiosk.widgets.target import Target
from kiosk.words import LANGUAGES
from tests.kiosk.fake_events import LEDGER_AWAY, NUMBER, an_event
from tests.kiosk.fake_services import Fakes
from tests.kiosk.fake_wallets import OWN_CODE, PIN
from tests.kiosk.playing import (
    EACH_HOSTILE,
    LARGE,
    SMALL,
    Play,
    playing,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)
from tests.kiosk.staff_ways import unlock
from tests.kiosk.test_footers import assert_keys_fit
from tests.kiosk.test_hostile_text import assert_in_frame

DRINK = Token("drink", "Drink", 5000, limits=Limits(pin_above=3), number=1)


def a_market(*stalls: str, token: Token = DRINK) -> Event:
    """An event with stalls of these names."""
    return an_event(
        tokens=(token,), stalls=tuple(Stall(f"stall-{at}", name) for at, name in enumerate(stalls))
    )


async def to_stall(pilot: Play, pin: str = "2222") -> None:
    """A cashier opens the stall."""
    await unlock(pilot, pin)
    await until_screen(pilot, StaffDialog)
    pilot.app.screen.query_one(".stall", Target).action_press()
    await until_screen(pilot, StallScreen)


async def ask_for(pilot: Play, amount: int) -> None:
    """Take so many tokens; the code is to come."""
    await pilot.press("enter")
    await until_screen(pilot, PriceDialog)
    await type_in(pilot, str(amount))
    await until_screen(pilot, PayerDialog)


def marked(pilot: Play) -> Taken | None:
    """What is marked in the list."""
    screen = pilot.app.screen
    return screen.marked if isinstance(screen, StallScreen) else None


async def take(pilot: Play, amount: int) -> None:
    """Take so many tokens that need no PIN."""
    await ask_for(pilot, amount)
    await type_in(pilot, OWN_CODE)
    await until_screen(pilot, StallScreen)


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_few_tokens_go_by_the_code_alone(size: tuple[int, int]) -> None:
    fakes = Fakes(a_market("Bar"))
    async with playing(fakes.services, size=size) as (_, pilot):
        await to_stall(pilot)
        await until_text(pilot, "Nothing was taken in this shift.")
        await pilot.press("enter")
        await until_screen(pilot, PriceDialog)
        await pilot.press("down", "enter")
        await until_screen(pilot, PayerDialog)
        assert "2 × Drink · Bar" in text_of(pilot)
        await type_in(pilot, OWN_CODE)
        await until_screen(pilot, StallScreen)
        await until_text(pilot, "✔ 2 × Drink · Bar from A•• L•••••••")
        assert [one.amount for one in fakes.token_desk.known] == [2]


async def test_keys_are_about_what_was_just_taken() -> None:
    fakes = Fakes(a_market("Bar"))
    async with playing(fakes.services) as (_, pilot):
        await to_stall(pilot)
        for amount in (3, 1, 2):
            await take(pilot, amount)
            await until(pilot, lambda: marked(pilot) == fakes.token_desk.known[0])
        await pilot.press("f4")
        await until_screen(pilot, ReasonDialog)
        assert "Give 2 × Drink back" in text_of(pilot)


async def test_more_take_the_pin_of_the_owner() -> None:
    fakes = Fakes(a_market("Bar"))
    async with playing(fakes.services) as (_, pilot):
        await to_stall(pilot)
        await ask_for(pilot, 5)
        await type_in(pilot, OWN_CODE)
        await until_screen(pilot, OwnerPinDialog)
        assert "A•• L••••••• types the PIN of the wallet." in text_of(pilot)
        await type_in(pilot, "9999")
        await until_text(pilot, "That is not the PIN of this wallet.")
        await type_in(pilot, PIN)
        await until_screen(pilot, StallScreen)
        await until_text(pilot, "✔ 5 × Drink")
        assert PIN not in text_of(pilot)


async def test_of_several_stalls_one_is_chosen_and_stays() -> None:
    fakes = Fakes(a_market("Bar", "Coffee cart"))
    async with playing(fakes.services) as (_, pilot):
        await to_stall(pilot)
        await pilot.press("enter")
        await until_screen(pilot, StallDialog)
        await pilot.press("down", "enter")
        await until_screen(pilot, PriceDialog)
        assert "Take tokens at Coffee cart" in text_of(pilot)
        await pilot.press("escape")
        await until_screen(pilot, StallScreen)
        await take(pilot, 1)
        await until_text(pilot, "Coffee cart")
        await pilot.press("f3")
        await until_screen(pilot, StallDialog)
        await pilot.press("enter")
        await until_text(pilot, "Now at Bar.")


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (InsufficientTokens(3, 1), "the wallet has 1"),
        (WalletBusy(1), "others spend from this wallet"),
    ],
)
async def test_what_is_not_taken_is_said(refusal: Exception, said: str) -> None:
    fakes = Fakes(a_market("Bar"))
    fakes.token_desk.refuse(refusal)
    async with playing(fakes.services) as (_, pilot):
        await to_stall(pilot)
        await take(pilot, 3)
        await until_text(pilot, said)
        assert fakes.token_desk.known == []


async def test_without_an_answer_the_same_price_is_asked_for_again() -> None:
    fakes = Fakes(a_market("Bar"))
    fakes.token_desk.refuse(LEDGER_AWAY, LEDGER_AWAY)
    async with playing(fakes.services) as (_, pilot):
        await to_stall(pilot)
        await ask_for(pilot, 3)
        await type_in(pilot, OWN_CODE)
        for _ in range(2):
            await until_screen(pilot, ConfirmDialog)
            await until_text(pilot, "No answer. Asking again is safe.")
            await pilot.press("enter")
        await until_text(pilot, "✔ 3 × Drink · Bar")
        assert len({*fakes.token_desk.asked}) == 1
        assert len(fakes.token_desk.asked) == 3


async def test_who_does_not_wait_for_an_answer_is_sent_to_the_list() -> None:
    fakes = Fakes(a_market("Bar"))
    fakes.token_desk.refuse(LEDGER_AWAY)
    async with playing(fakes.services) as (_, pilot):
        await to_stall(pilot)
        await ask_for(pilot, 3)
        await type_in(pilot, OWN_CODE)
        await until_screen(pilot, ConfirmDialog)
        await pilot.press("escape")
        await until_text(pilot, "it may be taken within a minute. Look at the list first.")
        assert fakes.token_desk.known == []


async def test_codes_and_numbers_that_are_none_are_told_apart() -> None:
    fakes = Fakes(a_market("Bar"))
    async with playing(fakes.services) as (_, pilot):
        await to_stall(pilot)
        await pilot.press("enter")
        await until_screen(pilot, PriceDialog)
        await type_in(pilot, "0")
        await until_text(pilot, "Please type a number from 1 to")
        await type_in(pilot, NUMBER)
        await until_text(pilot, "How many first, then the code.")
        await type_in(pilot, "2")
        await until_screen(pilot, PayerDialog)
        await type_in(pilot, "[/]")
        await until_text(pilot, "This is not one of our codes.")
        await pilot.press("escape")
        await until_screen(pilot, StallScreen)


async def test_a_wallet_without_a_pin_says_where_one_is_chosen() -> None:
    fakes = Fakes(a_market("Bar"))
    fakes.purse.pin = ""
    async with playing(fakes.services) as (_, pilot):
        await to_stall(pilot)
        await ask_for(pilot, 5)
        await type_in(pilot, OWN_CODE)
        await until_text(pilot, "its owner chooses one in “My wallet”")


async def test_a_locked_wallet_says_who_helps() -> None:
    fakes = Fakes(a_market("Bar"))
    async with playing(fakes.services) as (_, pilot):
        await to_stall(pilot)
        await ask_for(pilot, 5)
        fakes.purse.is_locked = True
        await type_in(pilot, OWN_CODE)
        await until_screen(pilot, OwnerPinDialog)
        await type_in(pilot, PIN)
        await until_text(pilot, "Too many wrong PINs")


async def test_a_supervisor_gives_tokens_back_with_a_reason() -> None:
    fakes = Fakes(a_market("Bar"))
    async with playing(fakes.services) as (_, pilot):
        await to_stall(pilot)
        await take(pilot, 3)
        await until(pilot, lambda: bool(pilot.app.screen.shown))  # type: ignore[attr-defined]  # a StallScreen
        await pilot.press("f4")
        await until_screen(pilot, ReasonDialog)
        await pilot.press("down", "enter")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "3333")
        await until_screen(pilot, StallScreen)
        await until_text(pilot, "✔ Back in the wallet: 3 × Drink")
        assert fakes.token_desk.reasons == ["too many"]
        await until_text(pilot, "given back")
        await pilot.press("f4")
        await until_text(pilot, "They are back already.")


async def test_what_does_not_go_back_is_said() -> None:
    fakes = Fakes(a_market("Bar"))
    async with playing(fakes.services) as (_, pilot):
        await to_stall(pilot, "3333")
        await take(pilot, 3)
        await until(pilot, lambda: bool(pilot.app.screen.shown))  # type: ignore[attr-defined]  # a StallScreen
        fakes.token_desk.refuse(NotGivenBack(1, BackFault.TOO_LATE))
        await pilot.press("f4")
        await until_screen(pilot, ReasonDialog)
        await pilot.press("enter")
        await until_screen(pilot, StallScreen)
        await until_text(pilot, "Too late: that shift is over.")


async def test_a_steward_takes_no_tokens_and_an_event_without_stalls_has_no_target() -> None:
    async with playing(Fakes(a_market("Bar")).services) as (_, pilot):
        await unlock(pilot, "1111")
        await until_screen(pilot, StaffDialog)
        assert pilot.app.screen.query_one(".stall", Target).disabled
    async with playing(Fakes().services) as (_, pilot):
        await unlock(pilot, "2222")
        await until_screen(pilot, StaffDialog)
        assert not pilot.app.screen.query(".stall")


async def test_help_and_lock() -> None:
    async with playing(Fakes(a_market("Bar")).services) as (_, pilot):
        await to_stall(pilot)
        await pilot.press("f1")
        await until_screen(pilot, HelpScreen)
        assert "Taking tokens" in text_of(pilot)
        await pilot.press("escape")
        await until_screen(pilot, StallScreen)
        await pilot.press("f9")
        await until_screen(pilot, WelcomeScreen)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_keys_fit_in_every_language(language: str) -> None:
    fakes = Fakes(a_market("Bar", "Coffee cart"))
    async with playing(fakes.services) as (_, pilot):
        await pilot.press(*["right"] * LANGUAGES.index(language))
        await to_stall(pilot)
        assert_keys_fit(pilot)


@pytest.mark.parametrize("name", EACH_HOSTILE)
async def test_hostile_names_are_text(name: str) -> None:
    token = Token("drink", name, 5000, limits=Limits(pin_above=3), number=1)
    fakes = Fakes(a_market(name, token=token))
    fakes.purse.owner = Attendee(name, "ada@example.org")
    async with playing(fakes.services) as (app, pilot):
        await to_stall(pilot)
        await take(pilot, 1)
        await until(pilot, lambda: bool(app.screen.shown))  # type: ignore[attr-defined]  # a StallScreen
        assert_in_frame(pilot)
        assert app.is_running
