"""Gifts at the kiosk: for who has no wallet yet, waiting, taken back, and claimed."""

from collections import deque

import pytest

from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.gifts import GiftFault, GiftRefused, WrongGiftCode
from kiosk.domain.wallets import LimitExceeded, WalletLimit
from kiosk.screens.base import Desk
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.wallet import WalletScreen
from kiosk.screens.wallet_codes import CodePageScreen
from kiosk.screens.wallet_gifts import ClaimGiftScreen, GiftsScreen
from kiosk.screens.wallet_refusals import WalletRefusals
from kiosk.screens.wallet_sending import RecipientScreen
from kiosk.screens.wallet_sure import SureScreen
from kiosk.words import LANGUAGES
from tests.kiosk.fake_events import LEDGER_AWAY
from tests.kiosk.fake_wallets import GIFT_CODE, a_gift
from tests.kiosk.playing import (
    decoded,
    picture_of,
    playing,
    sentence_of,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)
from tests.kiosk.test_wallet_screen import to_more
from tests.kiosk.wallet_ways import (
    press_focused,
    to_recipient,
    to_wallet,
    until_field,
    with_tokens,
)

NOBODY = "grace@example.org"


async def test_who_has_no_wallet_gets_a_gift_with_a_code() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (_, pilot):
        await to_recipient(pilot)
        await type_in(pilot, NOBODY)
        await until_text(pilot, f"Nobody with the address {NOBODY} has a wallet here.")
        await press_focused(pilot, "enter")
        await until_screen(pilot, SureScreen)
        await press_focused(pilot, "enter")
        await until_screen(pilot, CodePageScreen)
        assert decoded(picture_of(pilot)) == [GIFT_CODE]
        assert "on 19 March at 18:04" in sentence_of(pilot)
        [gift] = fakes.purse.gifts
        assert (gift.amount, gift.email) == (5, NOBODY)


async def test_no_gift_is_made_by_mistake() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (_, pilot):
        await to_recipient(pilot)
        await type_in(pilot, NOBODY)
        await until_screen(pilot, NoticeScreen)
        await pilot.press("escape")
        await until_screen(pilot, RecipientScreen)
        assert fakes.purse.gifts == []


async def test_gifts_that_wait_show_their_code_again_and_are_taken_back() -> None:
    fakes = with_tokens()
    fakes.purse.gifts = [a_gift(), a_gift(id=8, email="x@example.org")]
    async with playing(fakes.services) as (_, pilot):
        await to_wallet(pilot)
        await to_more(pilot, 1)
        await until_screen(pilot, GiftsScreen)
        await until_text(pilot, "x@example.org")
        await pilot.press("enter")
        await until_screen(pilot, CodePageScreen)
        await pilot.press("escape")
        await until_screen(pilot, GiftsScreen)
        await until_text(pilot, "x@example.org")
        fakes.purse.waiting = deque([GiftRefused(GiftFault.CLAIMED)])
        await pilot.press("down", "f2")
        await until_text(pilot, "This gift was claimed already.")
        fakes.purse.waiting = deque([LedgerContradicts("a gift", "exists")])
        await pilot.press("f2")
        await until_text(pilot, "an organiser has to look into it.")
        fakes.purse.waiting = deque([LEDGER_AWAY])
        await pilot.press("f2")
        await until_text(pilot, "The books do not answer just now.")
        await pilot.press("f2")
        await until_text(pilot, "✔ Yours again: 4 × Drink")
        await pilot.press("f2")
        await until(pilot, lambda: not fakes.purse.gifts)
        await pilot.press("f2", "enter", "escape")
        await until_screen(pilot, WalletScreen)


async def test_a_gift_is_claimed_by_its_code() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (_, pilot):
        await to_wallet(pilot)
        await until_text(pilot, "bar")
        await to_more(pilot, 0)
        await until_screen(pilot, ClaimGiftScreen)
        await until_field(pilot)
        fakes.purse.waiting = deque(
            [
                WrongGiftCode(8),
                LimitExceeded(WalletLimit.BALANCE, 100, 1),
                LEDGER_AWAY,
                LedgerContradicts("a gift", "exists"),
            ]
        )
        for typed, why in (
            ("AAAA", "please try again in 8 seconds."),
            ("BBBB", "there is room for 1."),
            ("CCCC", "The books do not answer just now."),
            ("EEEE", "an organiser has to look into it."),
            ("DDDD", "We do not know this code. Is it typed as it was given?"),
        ):
            await type_in(pilot, typed)
            await until_text(pilot, why)
        await type_in(pilot, GIFT_CODE)
        await until_text(pilot, "4 × Drink from T••• H••••")
        assert "“happy birthday”" in text_of(pilot)
        await press_focused(pilot, "enter")
        await until_screen(pilot, WalletScreen)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_of_a_gift_has_words(language: str) -> None:
    said = WalletRefusals(Desk.of(with_tokens().services, language))
    assert len({said.gift(fault) for fault in GiftFault}) == len(GiftFault)
