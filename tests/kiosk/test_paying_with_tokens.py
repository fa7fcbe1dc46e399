"""Paying an order with tokens at the kiosk: the own code, the own PIN, and what else may happen."""

from dataclasses import replace

import pytest

from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.events import Event, ProviderName, TokenPack, Window
from kiosk.domain.tokens import Token
from kiosk.screens.pay import PayScreen, WayTarget
from kiosk.screens.taking_tokens import OwnerPinDialog, PayerDialog
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.words import LANGUAGES
from tests.kiosk.attendee import to_pay
from tests.kiosk.factories import usd
from tests.kiosk.fake_events import LEDGER_AWAY, an_event
from tests.kiosk.fake_services import Fakes
from tests.kiosk.fake_wallets import OWN_CODE, PIN
from tests.kiosk.playing import (
    EACH_HOSTILE,
    Play,
    playing,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)


def an_event_for_tokens(name: str = "Drink") -> Event:
    """One where a drink is worth 1.50, and nothing else pays but cash."""
    return an_event(
        providers=(ProviderName.CASH, ProviderName.TOKENS),
        tokens=(Token("drink", name, 100, number=1, value=usd(150)),),
    )


async def to_wallet(pilot: Play) -> None:
    """Choose to pay with tokens."""
    await to_pay(pilot)
    await until(pilot, lambda: isinstance(pilot.app.focused, WayTarget))
    await pilot.press("right", "enter")
    await until_screen(pilot, PayerDialog)


async def to_pin(pilot: Play) -> None:
    """On to the PIN."""
    await to_wallet(pilot)
    await type_in(pilot, OWN_CODE)
    await until_screen(pilot, OwnerPinDialog)


async def test_tokens_pay_by_code_and_pin() -> None:
    fakes = Fakes(an_event_for_tokens())
    async with playing(fakes.services) as (_, pilot):
        await to_pay(pilot)
        assert "3 × Drink" in text_of(pilot)
        await until(pilot, lambda: isinstance(pilot.app.focused, WayTarget))
        await pilot.press("right")
        await until_text(pilot, "Enter Pay with tokens")
        await pilot.press("enter")
        await until_screen(pilot, PayerDialog)
        assert "Scan your wallet, or a ticket of yours." in text_of(pilot)
        await type_in(pilot, OWN_CODE)
        await until_screen(pilot, OwnerPinDialog)
        await type_in(pilot, PIN)
        await until_screen(pilot, TicketScreen)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_three_ways_to_pay_are_said_in_full(language: str) -> None:
    ways = (ProviderName.CASH, ProviderName.SANDBOX, ProviderName.TOKENS)
    fakes = Fakes(replace(an_event_for_tokens(), providers=ways))
    async with playing(fakes.services) as (app, pilot):
        await pilot.press(*["right"] * LANGUAGES.index(language))
        await to_pay(pilot)
        await until(pilot, lambda: isinstance(app.focused, WayTarget))
        assert len(app.screen.query(WayTarget)) == len(ways)
        assert "…" not in text_of(pilot)


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (InsufficientTokens(3, 1), "Your wallet has 1 of them."),
        (LEDGER_AWAY, "The books do not answer just now. Please try again."),
    ],
)
async def test_what_does_not_go_is_said_and_another_way_is_open(
    refusal: Exception, said: str
) -> None:
    fakes = Fakes(an_event_for_tokens())
    fakes.token_till.refuse(refusal)
    async with playing(fakes.services) as (_, pilot):
        await to_pin(pilot)
        await type_in(pilot, PIN)
        await until_screen(pilot, PayScreen)
        await until_text(pilot, said)
        await pilot.press("enter")
        await until_screen(pilot, PayerDialog)


async def test_who_is_slower_than_another_terminal_tries_again() -> None:
    fakes = Fakes(an_event_for_tokens())
    fakes.token_till.is_busy = True
    async with playing(fakes.services) as (_, pilot):
        await to_pin(pilot)
        await type_in(pilot, PIN)
        await until_text(pilot, "Others spend from this wallet just now.")


async def test_a_wrong_pin_and_a_code_of_others_take_nothing() -> None:
    fakes = Fakes(an_event_for_tokens())
    async with playing(fakes.services) as (_, pilot):
        await to_wallet(pilot)
        await type_in(pilot, "[/]")
        await until_text(pilot, "This is not one of our codes.")
        await type_in(pilot, OWN_CODE)
        await until_screen(pilot, OwnerPinDialog)
        await type_in(pilot, "9999")
        await until_text(pilot, "That is not the PIN of this wallet.")
        await pilot.press("escape")
        await until_screen(pilot, PayScreen)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, PayScreen))


async def test_a_wallet_without_a_pin_pays_nothing() -> None:
    fakes = Fakes(an_event_for_tokens())
    fakes.purse.pin = ""
    async with playing(fakes.services) as (_, pilot):
        await to_wallet(pilot)
        await type_in(pilot, OWN_CODE)
        await until_text(pilot, "its owner chooses one in “My wallet”")


async def test_tokens_buy_no_tokens() -> None:
    event = an_event_for_tokens()
    pack = TokenPack("ten", "10 drinks", "drink", 10, usd(2000), Window())
    fakes = Fakes(replace(event, slots=event.slots[:1], packs=(pack,), discounts=()))
    async with playing(fakes.services) as (_, pilot):
        await to_pay(pilot)
        assert len(pilot.app.screen.query(WayTarget)) == 1
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, PayScreen))


async def test_silence_ends_the_visit_while_a_code_is_waited_for() -> None:
    fakes = Fakes(an_event_for_tokens())
    async with playing(fakes.services) as (app, pilot):
        await to_wallet(pilot)
        fakes.clock.advance(seconds=61)
        app.tick()
        await until_screen(pilot, WelcomeScreen)


@pytest.mark.parametrize("name", EACH_HOSTILE)
async def test_hostile_names_are_text(name: str) -> None:
    fakes = Fakes(an_event_for_tokens(name))
    async with playing(fakes.services) as (app, pilot):
        await to_pin(pilot)
        assert app.is_running
