"""Opening a wallet: the own code, the own PIN, and a supervisor where that is lost."""

import pytest

from kiosk.domain.pins import PIN_DIGITS_MAX, PinsLocked
from kiosk.domain.wallets import CodeFault, CodeRefused, PinAlreadySet, PinNotSet
from kiosk.screens.base import Desk
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.wallet import WalletScreen
from kiosk.screens.wallet_opening import PinResetScreen, WalletCodeScreen, WalletPinScreen
from kiosk.screens.wallet_pins import FirstPinScreen
from kiosk.screens.wallet_refusals import WalletRefusals
from kiosk.screens.welcome import WelcomeScreen
from kiosk.widgets.keypad import Keypad
from kiosk.widgets.target import Target
from kiosk.words import LANGUAGES
from tests.kiosk.fake_events import LEDGER_AWAY, an_event
from tests.kiosk.fake_services import Fakes
from tests.kiosk.fake_wallets import OWN_CODE, PIN, THEIR_CODE
from tests.kiosk.playing import (
    Play,
    playing,
    sentence_of,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)
from tests.kiosk.wallet_ways import to_code, to_pin, to_wallet, until_field, with_tokens


async def touch(pilot: Play, *signs: str) -> None:
    """Touch keys of the pad."""
    keys = {str(key.render()): key for key in pilot.app.screen.query_one(Keypad).query(Target)}
    for sign in signs:
        await pilot.click(keys[sign])


async def test_an_event_without_tokens_offers_no_wallet() -> None:
    async with playing(Fakes(an_event()).services) as (_, pilot):
        await until_screen(pilot, WelcomeScreen)
        assert "My wallet" not in sentence_of(pilot)


async def test_a_code_and_a_pin_open_it_and_closing_leads_home() -> None:
    async with playing(with_tokens().services) as (_, pilot):
        await to_pin(pilot)
        assert "Wallet of A•• L•••••••" in sentence_of(pilot)
        await type_in(pilot, PIN)
        await until_text(pilot, "Ada L.")
        await pilot.press("escape")
        await until_screen(pilot, WelcomeScreen)
        assert "Ada" not in text_of(pilot)


async def test_a_pin_is_never_shown_and_can_be_touched() -> None:
    async with playing(with_tokens().services) as (_, pilot):
        await to_pin(pilot)
        await touch(pilot, "4", "7", "1", "9", "⌫", "1")
        assert "••••" in text_of(pilot)
        assert PIN not in text_of(pilot)
        await touch(pilot, "✔")
        await until_screen(pilot, WalletScreen)


async def test_a_wrong_pin_is_said_and_a_scan_counts_as_none() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (app, pilot):
        await to_pin(pilot)
        fakes.purse.refuse(LEDGER_AWAY)
        await type_in(pilot, THEIR_CODE)
        await until_text(pilot, "Only digits, please.")
        await type_in(pilot, "1111")
        await until_text(pilot, "The books do not answer just now.")
        await type_in(pilot, "1111")
        await until_text(pilot, "That is not the PIN of this wallet. Please try again.")
        assert isinstance(app.screen, WalletPinScreen)


@pytest.mark.parametrize("fault", CodeFault)
async def test_a_code_that_opens_nothing_says_why_and_asks_again(fault: CodeFault) -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (app, pilot):
        await to_code(pilot)
        fakes.purse.refuse(CodeRefused(fault), LEDGER_AWAY)
        await type_in(pilot, "[@click=app.quit]x[/]")
        said = WalletRefusals(Desk.of(fakes.services)).code(fault)
        await until_text(pilot, " ".join(said.split()))
        await type_in(pilot, OWN_CODE)
        await until_text(pilot, "The books do not answer just now.")
        assert isinstance(app.screen, WalletCodeScreen)
        await pilot.press("escape")
        await until_screen(pilot, WelcomeScreen)


async def test_the_first_time_a_pin_is_chosen_twice() -> None:
    fakes = with_tokens()
    fakes.purse.pin = ""
    async with playing(fakes.services) as (_, pilot):
        await to_code(pilot)
        await type_in(pilot, OWN_CODE)
        await until_screen(pilot, FirstPinScreen)
        await until_field(pilot)
        await type_in(pilot, "1234")
        await until_text(pilot, "Others would guess that first.")
        await type_in(pilot, "471")
        await until_text(pilot, "A PIN has at least 4 digits.")
        await type_in(pilot, "4" * PIN_DIGITS_MAX + "1")
        await until_text(pilot, "A PIN has at most 8 digits.")
        await type_in(pilot, "4711")
        await until_text(pilot, "The same PIN once more")
        await type_in(pilot, "4712")
        await until_text(pilot, "These were two different ones.")
        await until_text(pilot, "Choose a PIN")
        await type_in(pilot, "4711")
        await until_text(pilot, "The same PIN once more")
        await type_in(pilot, "4711")
        await until_screen(pilot, WalletScreen)
        assert fakes.purse.pin == "4711"


@pytest.mark.parametrize("refusal", [LEDGER_AWAY, CodeRefused(CodeFault.REPLACED)])
async def test_a_pin_that_is_not_stored_is_chosen_again(refusal: Exception) -> None:
    fakes = with_tokens()
    fakes.purse.pin = ""
    async with playing(fakes.services) as (app, pilot):
        await to_code(pilot)
        await type_in(pilot, OWN_CODE)
        await until_screen(pilot, FirstPinScreen)
        await until_field(pilot)
        fakes.purse.refuse(refusal)
        await type_in(pilot, "4711")
        await type_in(pilot, "4711")
        await until_text(pilot, "Choose a PIN")
        assert isinstance(app.screen, FirstPinScreen)
        fakes.purse.refuse(PinAlreadySet(1))
        await type_in(pilot, "4711")
        await until_text(pilot, "The same PIN once more")
        await type_in(pilot, "4711")
        await until_screen(pilot, WalletCodeScreen)


async def test_whose_pin_was_taken_off_meanwhile_scans_again() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (_, pilot):
        await to_pin(pilot)
        fakes.purse.refuse(CodeRefused(CodeFault.REPLACED))
        await type_in(pilot, PIN)
        await until_text(pilot, "This code was replaced by a newer one.")
        fakes.purse.refuse(PinNotSet(1))
        await type_in(pilot, PIN)
        await until_screen(pilot, WalletCodeScreen)


@pytest.mark.parametrize("how", ["locked before", "locked now", "forgotten"])
async def test_a_supervisor_takes_a_pin_off_and_the_ticket_opens_it(how: str) -> None:
    fakes = with_tokens()
    fakes.purse.is_locked = how == "locked before"
    async with playing(fakes.services) as (_, pilot):
        await to_code(pilot)
        await type_in(pilot, OWN_CODE)
        if how == "locked now":
            await until_field(pilot)
            fakes.purse.refuse(PinsLocked())
            await until_screen(pilot, WalletPinScreen)
            await type_in(pilot, "1111")
        elif how == "forgotten":
            await until_screen(pilot, WalletPinScreen)
            await pilot.press("f2")
        await until_screen(pilot, PinResetScreen)
        await until(pilot, lambda: pilot.app.focused)
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "1111")
        await until_text(pilot, "This PIN does not open that.")
        fakes.purse.refuse(LEDGER_AWAY)
        await type_in(pilot, "3333")
        await until_screen(pilot, PinResetScreen)
        await until_text(pilot, "The books do not answer just now.")
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "3333")
        await until_text(pilot, "Scan your ticket now")
        assert fakes.purse.resets == ["Sasha"]
        await until(pilot, lambda: pilot.app.focused)
        await pilot.press("enter")
        await until_screen(pilot, WalletCodeScreen)
        await until_field(pilot)
        fakes.clock.advance(seconds=3)
        await type_in(pilot, OWN_CODE)
        await until_screen(pilot, FirstPinScreen)


async def test_a_supervisor_may_be_called_off() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (_, pilot):
        await to_pin(pilot)
        await pilot.press("f2")
        await until_screen(pilot, PinResetScreen)
        await until(pilot, lambda: pilot.app.focused)
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        await pilot.press("escape")
        await until_screen(pilot, PinResetScreen)
        await pilot.press("escape")
        await until_screen(pilot, WalletCodeScreen)
        assert fakes.purse.resets == []


@pytest.mark.parametrize("at", ["the PIN", "the supervisor", "the wallet"])
async def test_whoever_walks_away_is_forgotten(at: str) -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (app, pilot):
        if at == "the wallet":
            await to_wallet(pilot)
        else:
            await to_pin(pilot)
        if at == "the supervisor":
            await pilot.press("f2")
            await until_screen(pilot, PinResetScreen)
            await until(pilot, lambda: pilot.app.focused)
            await pilot.press("enter")
            await until_screen(pilot, PinDialog)
        fakes.clock.advance(seconds=46)
        app.tick()
        await until_text(pilot, "Still there?")
        fakes.clock.advance(seconds=20)
        app.tick()
        await until_screen(pilot, WelcomeScreen)
        assert "A••" not in text_of(pilot)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_has_words_in_every_language(language: str) -> None:
    said = WalletRefusals(Desk.of(with_tokens().services, language))
    assert len({said.code(fault) for fault in CodeFault}) == len(CodeFault)


async def test_back_from_the_pin_leads_to_the_code() -> None:
    async with playing(with_tokens().services) as (app, pilot):
        await to_pin(pilot)
        await pilot.press("escape")
        await until_screen(pilot, WalletCodeScreen)
        assert not isinstance(app.screen, NoticeScreen)
