"""Sending tokens, and giving them to whoever has no wallet yet."""

from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PIL import Image

from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.people import Attendee
from kiosk.domain.wallets import CodeFault, CodeRefused, LimitExceeded, WalletBusy, WalletLimit
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.wallet import WalletScreen, Wish
from kiosk.screens.wallet_codes import CodePageScreen
from kiosk.screens.wallet_more import MoreScreen
from kiosk.screens.wallet_opening import WalletPinScreen
from kiosk.screens.wallet_sending import (
    AmountScreen,
    RecipientScreen,
    WhichScreen,
)
from kiosk.screens.wallet_sure import SureScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.widgets.frame import KeyHint
from tests.kiosk.fake_events import LEDGER_AWAY, an_event
from tests.kiosk.fake_services import Fakes
from tests.kiosk.fake_wallets import (
    DRINK,
    OWN_CODE,
    PIN,
    RECEIPT_CODE,
    THEIR_CODE,
    THEIRS,
    filled,
)
from tests.kiosk.playing import (
    EACH_HOSTILE,
    Play,
    decoded,
    picture_of,
    playing,
    sentence_of,
    text_of,
    type_in,
    until_screen,
    until_text,
)
from tests.kiosk.test_hostile_text import assert_in_frame
from tests.kiosk.test_wallet_opening import touch
from tests.kiosk.wallet_ways import (
    press_focused,
    to_amount,
    to_receipt,
    to_recipient,
    to_sure,
    to_wallet,
    until_field,
    with_tokens,
)


async def test_tokens_go_by_the_others_code_and_there_is_a_receipt() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (_, pilot):
        await to_sure(pilot)
        assert "To T••• H••••" in sentence_of(pilot)
        assert "From A•• L•••••••" in sentence_of(pilot)
        await pilot.press("enter", "enter")
        await until_screen(pilot, CodePageScreen)
        assert decoded(picture_of(pilot)) == [RECEIPT_CODE]
        assert "5 × Drink from A•• L••••••• to T••• H••••" in sentence_of(pilot)
        await pilot.press("escape")
        await until_screen(pilot, WalletScreen)
        [move] = fakes.purse.moves
        assert (move.amount, move.receiver) == (5, THEIRS)


async def test_a_receipt_and_a_code_are_saved(tmp_path: Path) -> None:
    fakes = Fakes(an_event(tokens=(DRINK,)), tickets_folder=tmp_path)
    filled(fakes.purse)
    async with playing(fakes.services) as (_, pilot):
        await to_receipt(pilot)
        await pilot.press("s")
        await until_text(pilot, "✔ Saved")
        await pilot.press("escape")
        await until_screen(pilot, WalletScreen)
        await pilot.press("f3")
        await until_screen(pilot, CodePageScreen)
        await pilot.press("s")
        await until_text(pilot, "✔ Saved")
    saved = [code for one in tmp_path.glob("*.png") for code in decoded(Image.open(one))]
    assert sorted(saved) == sorted([RECEIPT_CODE, OWN_CODE])
    assert len([*tmp_path.glob("*.pdf")]) == 2


async def test_an_amount_is_checked_before_anybody_is_asked() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (app, pilot):
        await to_amount(pilot)
        assert "You have 13 × Drink." in sentence_of(pilot)
        for typed, why in (
            ("0", "One at least, please."),
            ("14", "That is more than 13."),
            (THEIR_CODE, "Only digits, please."),
            ("9" * 30, "That is more than 13."),
        ):
            await type_in(pilot, typed)
            await until_text(pilot, why)
        assert isinstance(app.screen, AmountScreen)
        await pilot.press("escape")
        await until_screen(pilot, WalletScreen)
        assert fakes.purse.moves == []


@pytest.mark.parametrize("limit", [WalletLimit.DAILY, None])
async def test_who_cannot_send_is_told_at_once(limit: WalletLimit | None) -> None:
    fakes = with_tokens()
    fakes.purse.most, fakes.purse.limit = 0, limit
    async with playing(fakes.services) as (_, pilot):
        await to_wallet(pilot)
        await until_text(pilot, "bar")
        await pilot.press("f2")
        await until_screen(pilot, NoticeScreen)
        assert ("Tomorrow you can go on." in sentence_of(pilot)) == (limit is WalletLimit.DAILY)
        await press_focused(pilot, "enter")
        await until_screen(pilot, WalletScreen)


async def test_a_limit_below_the_balance_is_said_before() -> None:
    fakes = with_tokens()
    fakes.purse.most, fakes.purse.limit = 4, WalletLimit.TRANSFER
    async with playing(fakes.services) as (_, pilot):
        await to_amount(pilot)
        assert "At most 4 × Drink may go to others just now." in sentence_of(pilot)


async def test_whom_for_is_asked_until_it_is_somebody_else() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (app, pilot):
        await to_recipient(pilot)
        for typed, why in (
            (OWN_CODE, "That is your own wallet."),
            ("[/]", "This is not one of our codes."),
            ("a@b@c", "That does not look like an e-mail address yet."),
        ):
            await type_in(pilot, typed)
            await until_text(pilot, why)
        fakes.purse.refuse(LEDGER_AWAY, CodeRefused(CodeFault.REPLACED))
        await type_in(pilot, THEIR_CODE)
        await until_text(pilot, "The books do not answer just now.")
        fakes.clock.advance(seconds=3)
        await type_in(pilot, THEIR_CODE)
        await until_text(pilot, "This code was replaced by a newer one.")
        assert isinstance(app.screen, RecipientScreen)
        await pilot.press("escape")
        await until_screen(pilot, AmountScreen)


async def test_of_several_with_one_address_one_is_picked() -> None:
    fakes = with_tokens()
    email = "family@example.org"
    fakes.purse.people = [Attendee("Tom Jones", email), Attendee("[/] Zoë", email)]
    async with playing(fakes.services) as (_, pilot):
        await to_recipient(pilot)
        await type_in(pilot, email)
        await until_screen(pilot, WhichScreen)
        await until_text(pilot, "Z••")
        await pilot.press("escape")
        await until_screen(pilot, RecipientScreen)
        await until_field(pilot)
        fakes.clock.advance(seconds=3)
        await type_in(pilot, email)
        await until_screen(pilot, WhichScreen)
        await pilot.press("down", "enter")
        await until_screen(pilot, SureScreen)
        await press_focused(pilot, "enter")
        await until_screen(pilot, CodePageScreen)
        assert fakes.purse.moves[0].receiver == THEIRS + 1


@pytest.mark.parametrize(
    ("refusal", "why"),
    [
        (InsufficientTokens(5, 2, 3), "2 can be spent now. Some expired in the meantime."),
        (LimitExceeded(WalletLimit.DAILY, 50, 2), "At most 50 go to others on one day"),
        (LimitExceeded(WalletLimit.TRANSFER, 4, 4), "At most 4 go to others at once."),
        (LimitExceeded(WalletLimit.BALANCE, 100, 1), "there is room for 1."),
        (WalletBusy(1), "Something else is just being paid from this wallet."),
    ],
)
async def test_what_is_refused_at_last_says_why_and_asks_for_another_amount(
    refusal: Exception, why: str
) -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (_, pilot):
        await to_sure(pilot)
        fakes.purse.waiting = deque([refusal])
        await pilot.press("enter")
        await until_text(pilot, why)
        assert "Nothing was moved" in sentence_of(pilot)
        await press_focused(pilot, "enter")
        await until_screen(pilot, AmountScreen)
        await pilot.press("escape")
        await until_screen(pilot, WalletScreen)
        assert fakes.purse.moves == []


async def test_without_an_answer_it_is_the_same_errand_again() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (_, pilot):
        await to_sure(pilot)
        fakes.purse.waiting = deque([LEDGER_AWAY])
        await pilot.press("enter")
        await until_text(pilot, "Press Enter to try again: it goes once.")
        await pilot.press("enter")
        await until_screen(pilot, CodePageScreen)
        assert len(set(fakes.purse.asked)) == 1
        assert len(fakes.purse.asked) == 2


async def test_what_the_ledger_contradicts_is_said_and_ends_no_visit() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (app, pilot):
        await to_sure(pilot)
        fakes.purse.waiting = deque([LedgerContradicts("a move", "exists")])
        await pilot.press("enter")
        await until_text(pilot, "an organiser has to look into it.")
        assert isinstance(app.screen, SureScreen)


async def test_back_before_sending_moves_nothing() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (_, pilot):
        await to_sure(pilot)
        await pilot.press("right", "enter")
        await until_screen(pilot, RecipientScreen)
        await pilot.press("escape")
        await until_screen(pilot, AmountScreen)
        assert fakes.purse.moves == []


@pytest.mark.parametrize("go", [to_recipient, to_sure, to_receipt])
async def test_whoever_walks_away_while_sending_is_forgotten(
    go: Callable[[Play], Awaitable[None]],
) -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (app, pilot):
        await go(pilot)
        fakes.clock.advance(seconds=61)
        app.tick()
        await until_screen(pilot, WelcomeScreen)
        assert "T•••" not in text_of(pilot)


@pytest.mark.parametrize("size", [(80, 24), (60, 20)], ids=str)
@pytest.mark.parametrize("text", EACH_HOSTILE)
async def test_names_are_drawn_as_they_are(text: str, size: tuple[int, int]) -> None:
    token = type(DRINK)("drink", text, 5000, number=1)
    fakes = Fakes(an_event(name=text, tokens=(token,)))
    filled(fakes.purse)
    fakes.purse.owner = Attendee(text, "ada@example.org")
    fakes.purse.people = [Attendee(text, "tony@example.org")]
    async with playing(fakes.services, size=size) as (app, pilot):
        await to_sure(pilot)
        assert_in_frame(pilot)
        await pilot.press("enter")
        await until_screen(pilot, CodePageScreen)
        assert_in_frame(pilot)
        await pilot.press("escape")
        await until_screen(pilot, WalletScreen)
        await until_text(pilot, "bar")
        assert_in_frame(pilot)
        await pilot.press("f4")
        await pilot.pause()
        assert_in_frame(pilot)
        assert app.is_running


async def test_all_of_it_goes_by_touch_and_a_scanner() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (app, pilot):
        await pilot.click(".wallet")
        await until_field(pilot)
        await type_in(pilot, OWN_CODE)
        await until_screen(pilot, WalletPinScreen)
        await touch(pilot, *PIN, "✔")
        await until_screen(pilot, WalletScreen)
        await pilot.click(f".{Wish.SEND.value}")
        await until_screen(pilot, AmountScreen)
        await touch(pilot, "1", "2", "⌫", "✔")
        await until_screen(pilot, RecipientScreen)
        await until_field(pilot)
        await type_in(pilot, THEIR_CODE)
        await until_screen(pilot, SureScreen)
        await pilot.click("#ways .-main")
        await until_screen(pilot, CodePageScreen)
        await pilot.click("#ways .-main")
        await until_screen(pilot, WalletScreen)
        await pilot.click(app.screen.query(KeyHint).first())
        await until_text(pilot, "Coffee")
        await pilot.click(f".{Wish.MORE.value}")
        await until_screen(pilot, MoreScreen)
        assert fakes.purse.moves[0].amount == 1
