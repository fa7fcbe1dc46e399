"""Tokens at the kiosk: chosen beside tickets or alone, and what is said when they cannot be had."""

import pytest

from kiosk.domain.basket import Basket
from kiosk.domain.errors import SaleState, SoldOut, WalletFull
from kiosk.domain.events import Event, TokenPack, Window
from kiosk.domain.orders import OrderState
from kiosk.domain.tokens import Token
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.wallet_codes import BoughtScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.screens.you import YouScreen
from tests.kiosk.attendee import hand_over_cash, tell, to_choose
from tests.kiosk.factories import usd
from tests.kiosk.fake_events import a_slot, an_event
from tests.kiosk.fake_services import Fakes
from tests.kiosk.fake_wallets import OWN_CODE
from tests.kiosk.playing import (
    EACH_HOSTILE,
    Play,
    decoded,
    picture_of,
    playing,
    text_of,
    until_screen,
    until_text,
)


def a_bar(pack: str = "10 drinks", token: str = "Drink") -> Event:
    """One kind of ticket, and drinks in packs of ten."""
    return an_event(
        slots=(a_slot("regular", "General Admission", "Regular"),),
        goodies=(),
        access_codes=(),
        tokens=(Token("drink", token, 100, number=1),),
        packs=(TokenPack("ten", pack, "drink", 10, usd(2000), Window()),),
    )


async def to_tokens(pilot: Play, basket: Basket) -> None:
    """Choose so many tickets and packs."""
    await to_choose(pilot)
    await pilot.press(*["right"] * basket.get("regular", 0), "down")
    await pilot.press(*["right"] * basket.get("ten", 0), "enter")


async def to_pay(pilot: Play, basket: Basket) -> None:
    """On to paying for them."""
    await to_tokens(pilot, basket)
    await until_screen(pilot, YouScreen)
    await tell(pilot)
    await until_screen(pilot, PayScreen)


async def test_tokens_are_bought_beside_tickets() -> None:
    fakes = Fakes(a_bar())
    async with playing(fakes.services) as (_, pilot):
        await to_choose(pilot)
        assert "10 × Drink into your wallet" in text_of(pilot)
        await pilot.press("right", "down", "right", "right")
        await until_text(pilot, "1 ticket, 2 packs · 44.00 USD")
        await pilot.press("enter")
        await until_screen(pilot, YouScreen)
        assert "Tokens go into the wallet of this name and e-mail." in text_of(pilot)
        # One ticket is nobody's but the buyer's.
        assert "F3" not in text_of(pilot)
        await tell(pilot)
        await until_screen(pilot, PayScreen)
        assert fakes.sales.orders[101].basket == {"regular": 1, "ten": 2}
        await hand_over_cash(pilot)
        await until_screen(pilot, TicketScreen)
        assert "In your wallet: 20 × Drink" in text_of(pilot)


async def test_tokens_alone_end_in_the_code_of_their_new_wallet() -> None:
    fakes = Fakes(a_bar())
    fakes.purse.pin = ""
    async with playing(fakes.services) as (_, pilot):
        await to_pay(pilot, {"ten": 2})
        assert "20 × Drink into your wallet" in text_of(pilot)
        await hand_over_cash(pilot)
        await until_screen(pilot, BoughtScreen)
        assert decoded(picture_of(pilot)) == [OWN_CODE]
        assert "20 × Drink" in text_of(pilot)
        assert "Order 1042" in text_of(pilot)
        await pilot.press("n")
        await until_screen(pilot, WelcomeScreen)


async def test_tokens_in_a_wallet_that_has_a_pin_end_in_a_page_that_says_where_they_are() -> None:
    fakes = Fakes(a_bar())
    fakes.purse.pin = "2580"
    async with playing(fakes.services) as (_, pilot):
        await to_pay(pilot, {"ten": 1})
        # Codes lower tickets.
        assert "I have a code" not in text_of(pilot)
        await hand_over_cash(pilot)
        await until_screen(pilot, NoticeScreen)
        text = text_of(pilot)
        assert "In your wallet: 10 × Drink" in text
        assert "Ada Lovelace" in text
        await pilot.press("enter")
        await until_screen(pilot, WelcomeScreen)


@pytest.mark.parametrize("language", ["es", "de"])
async def test_in_other_languages(language: str) -> None:
    fakes = Fakes(a_bar())
    async with playing(fakes.services) as (_, pilot):
        await pilot.press(*["right"] * ("en", "es", "de").index(language))
        await to_choose(pilot)
        said = {"es": "10 × Drink a tu monedero", "de": "10 × Drink in deine Wallet"}
        await until_text(pilot, said[language])


@pytest.mark.parametrize(
    ("left", "on_hold", "state", "said"),
    [
        (0, 0, SaleState.OPEN, "sold out"),
        (0, 2, SaleState.OPEN, "2 are on hold"),
        (3, 0, SaleState.OPEN, "3 left"),
        (3, 0, SaleState.ENDED, "sale is over"),
    ],
)
async def test_a_card_says_what_is_left(
    left: int, on_hold: int, state: SaleState, said: str
) -> None:
    fakes = Fakes(a_bar())
    fakes.pack_stock.left["ten"] = left
    fakes.pack_stock.on_hold["ten"] = on_hold
    fakes.pack_stock.states["ten"] = state
    async with playing(fakes.services) as (_, pilot):
        await to_choose(pilot)
        await until_text(pilot, said)


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (WalletFull("ten", 15, 5), "A wallet may have 15 of Drink; there is room for 5 more"),
        (SoldOut("ten", 0, 0, 0), "10 drinks"),
    ],
)
async def test_a_refusal_says_what_would_fit(refusal: Exception, said: str) -> None:
    fakes = Fakes(a_bar())
    fakes.sales.refuse(refusal)
    async with playing(fakes.services) as (_, pilot):
        await to_tokens(pilot, {"ten": 1})
        await until_screen(pilot, YouScreen)
        await tell(pilot)
        await until_screen(pilot, NoticeScreen)
        text = " ".join(text_of(pilot).split())
        assert said in text
        assert "Nothing was taken from you." in text


async def test_paid_and_none_left_says_that_the_money_comes_back() -> None:
    fakes = Fakes(a_bar())
    fakes.sales.ends_as = OrderState.PAID_UNFULFILLED
    async with playing(fakes.services) as (_, pilot):
        await to_pay(pilot, {"ten": 1})
        await hand_over_cash(pilot)
        await until_screen(pilot, NoticeScreen)
        assert "You get 20.00 USD back." in " ".join(text_of(pilot).split())


@pytest.mark.parametrize("name", EACH_HOSTILE)
async def test_hostile_names_of_packs_and_tokens_are_text(name: str) -> None:
    fakes = Fakes(a_bar(name, name))
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot, {"regular": 1, "ten": 1})
        await hand_over_cash(pilot)
        await until_screen(pilot, TicketScreen)
        assert app.is_running
