"""My wallet: what is in it, what becomes of it, and what was."""

from collections import deque
from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.domain.airdrops import Condition, Requirement
from kiosk.domain.bills import Bill
from kiosk.domain.chains import ChainUnavailable
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.events import Stall
from kiosk.domain.statements import Expiring, HistoryKind, HistoryLine
from kiosk.domain.wallets import CodeFault, CodeRefused, CodesUsedUp
from kiosk.screens.base import Desk
from kiosk.screens.help import HelpScreen
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.wallet import WalletScreen
from kiosk.screens.wallet_all import PAGE, AllOfItScreen
from kiosk.screens.wallet_codes import CodePageScreen
from kiosk.screens.wallet_more import MoreScreen
from kiosk.screens.wallet_pins import ChangePinScreen
from kiosk.screens.wallet_words import WalletWords
from kiosk.screens.welcome import WelcomeScreen
from kiosk.services.token_payments import PLACE
from kiosk.widgets.target import Target
from kiosk.words import LANGUAGES
from tests.kiosk.fake_events import LEDGER_AWAY, NOON, an_event
from tests.kiosk.fake_services import Fakes
from tests.kiosk.fake_wallets import DRINK, OWN_CODE, THEIR_CODE, a_bill, an_offer
from tests.kiosk.playing import (
    LARGE,
    SMALL,
    Play,
    decoded,
    picture_of,
    playing,
    rows_of,
    sentence_of,
    type_in,
    until,
    until_screen,
    until_text,
)
from tests.kiosk.test_footers import assert_keys_fit
from tests.kiosk.wallet_ways import to_wallet, until_field, with_tokens


def said(fakes: Fakes, language: str = "en") -> WalletWords:
    """What is said to the owner."""
    return WalletWords(Desk.of(fakes.services, language))


@pytest.mark.parametrize(
    ("kind", "place", "sentence"),
    [
        (HistoryKind.SPENT, "bar", "spent: Bar [/]"),
        (HistoryKind.GIVEN_BACK, "bar", "given back: Bar [/]"),
        (HistoryKind.SPENT, "chess", "spent: chess"),
        (HistoryKind.SPENT, PLACE, "spent: an order “#3”"),
    ],
)
def test_places_are_called_what_people_call_them(
    kind: HistoryKind, place: str, sentence: str
) -> None:
    fakes = Fakes(an_event(tokens=(DRINK,), stalls=(Stall("bar", "Bar [/]"),)))
    note = "#3" if place == PLACE else ""
    row = said(fakes).history(HistoryLine(NOON, kind, -2, None, place, note))
    assert row.text == sentence


async def to_more(pilot: Play, downs: int) -> None:
    """From the wallet to one of the other things."""
    await pilot.press("f5")
    await until_screen(pilot, MoreScreen)
    await until(pilot, lambda: pilot.app.focused)
    await pilot.press(*["down"] * downs, "enter")


@pytest.mark.parametrize(
    ("expiring", "sentence"),
    [
        ([], ""),
        ([Expiring(None, 5)], "They do not expire."),
        ([Expiring(NOON + timedelta(hours=8), 1)], "One is gone at 02:04 tonight."),
        (
            [Expiring(NOON + timedelta(hours=at), 3) for at in (8, 40, 200, 300)],
            "3 are gone at 02:04 tonight. 3 are gone on Sunday at 10:04. 6 are gone later.",
        ),
        (
            [Expiring(NOON + timedelta(hours=8, seconds=at), 3) for at in (1, 2, 3)],
            "9 are gone at 02:04 tonight.",
        ),
        (
            [Expiring(NOON + timedelta(hours=8), 3), Expiring(None, 2)],
            "3 are gone at 02:04 tonight. The others stay.",
        ),
    ],
)
def test_what_expires_is_said_as_people_say_it(expiring: list[Expiring], sentence: str) -> None:
    assert said(with_tokens()).expiries(expiring) == sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_of_history_has_words(language: str) -> None:
    words = said(with_tokens(), language)
    lines = {words.history(HistoryLine(NOON, kind, 1, None, "bar")).text for kind in HistoryKind}
    assert len(lines) == len(HistoryKind)
    assert all(lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_condition_has_words(language: str) -> None:
    words = said(with_tokens(), language)
    wanted = [Requirement(one, slot) for one in Condition for slot in ("", "regular")]
    assert len(words.conditions(wanted)) > 60
    assert words.conditions([]) == ""


async def test_balance_fate_and_history_are_told_in_words() -> None:
    async with playing(with_tokens().services) as (_, pilot):
        await to_wallet(pilot)
        await until_text(pilot, "3 are gone at 02:04 tonight.")
        shown = sentence_of(pilot)
        for told in (
            "−2 spent: bar today 17:04",
            "−2 to M••• yesterday 19:04",
            "+5 from T••• H•••• “for the taxi” 3 March",
        ):
            assert told in shown


async def test_the_arrows_turn_to_another_token() -> None:
    async with playing(with_tokens().services) as (_, pilot):
        await to_wallet(pilot)
        await until_text(pilot, "← 1 of 2 →")
        await pilot.press("right")
        await until_text(pilot, "Coffee ← 2 of 2 →")
        await until_text(pilot, "They do not expire.")
        await pilot.press("right")
        await until_text(pilot, "Drink ← 1 of 2 →")


async def test_what_others_send_meanwhile_comes_up_by_itself() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (app, pilot):
        await to_wallet(pilot)
        await until_text(pilot, "bar")
        fakes.purse.bills[DRINK.key] = [a_bill(4)]
        screen = app.screen
        assert isinstance(screen, WalletScreen)
        fakes.purse.refuse(LEDGER_AWAY)
        screen.look()
        await until_text(pilot, "We ask again by ourselves.")
        screen.look()
        await until_text(pilot, "They do not expire.")
        assert "We ask again" not in sentence_of(pilot)


async def test_what_is_offered_is_taken_with_a_key_and_comes() -> None:
    fakes = with_tokens()
    fakes.purse.bills = {}
    airdrop, share = an_offer()
    needed = (Requirement(Condition.REDEEMED),)
    fakes.purse.offers = [(replace(airdrop, requirements=needed), share)]
    async with playing(fakes.services) as (_, pilot):
        await to_wallet(pilot)
        await until_text(pilot, "You may receive 100 × Drink as soon as you were let in")
        await pilot.press("f6", "f6")
        await until_text(pilot, "✔ It is in your wallet.")
        await until_text(pilot, "They do not expire.")
        assert fakes.purse.offers == []
        assert "You may receive" not in sentence_of(pilot)


@pytest.mark.parametrize("away", [LEDGER_AWAY, ChainUnavailable("chain")])
async def test_a_claim_without_an_answer_is_offered_again_or_comes_later(away: Exception) -> None:
    fakes = with_tokens()
    fakes.purse.offers = [an_offer()]
    async with playing(fakes.services) as (app, pilot):
        await to_wallet(pilot)
        await until_text(pilot, "You may receive 100 × Drink")
        fakes.purse.refuse(away)
        await pilot.click(app.screen.query_one(".take", Target))
        await until_text(pilot, "We ask again by ourselves.")
        await pilot.press("f6")
        await until_text(pilot, "✔ It is in your wallet.")


async def test_what_the_ledger_contradicts_ends_no_visit() -> None:
    fakes = with_tokens()
    fakes.purse.offers = [an_offer()]
    async with playing(fakes.services) as (_, pilot):
        await to_wallet(pilot)
        await until_text(pilot, "You may receive 100 × Drink")
        fakes.purse.waiting = deque([LedgerContradicts("a share", "exists")])
        await pilot.press("f6")
        await until_text(pilot, "an organiser has to look into it.")


async def test_what_waits_for_a_condition_says_so_when_it_is_taken() -> None:
    fakes = with_tokens()
    airdrop, share = an_offer()
    needed = (Requirement(Condition.BOUGHT, "regular"),)
    fakes.purse.offers = [(replace(airdrop, requirements=needed), share)]
    fakes.purse.is_slow = True
    async with playing(fakes.services) as (_, pilot):
        await to_wallet(pilot)
        await until_text(pilot, "You may receive 100 × Drink if you have a ticket for")
        await pilot.press("f6")
        await until_text(pilot, "It is yours if you have a ticket for General Admission")


async def test_bills_and_history_are_turned_over_and_tell_who_had_them() -> None:
    async with playing(with_tokens().services) as (_, pilot):
        await to_wallet(pilot)
        await pilot.press("f4")
        await until_screen(pilot, AllOfItScreen)
        await until_text(pilot, "Before you: T••• H••••, 3 March")
        assert "3 gone at 02:04 tonight" in sentence_of(pilot)
        await pilot.press("right")
        await until_text(pilot, "+10 bought")
        await pilot.press("left")
        await until_text(pilot, "What you have")
        await pilot.press("escape")
        await until_screen(pilot, WalletScreen)


async def test_a_wallet_of_ten_thousand_bills_and_a_long_past_is_walked_through() -> None:
    fakes = with_tokens()
    fakes.purse.bills[DRINK.key] = [a_bill(at, None, at) for at in range(1, 10_001)]
    line = HistoryLine(NOON, HistoryKind.BOUGHT, 1)
    fakes.purse.lines = [replace(line, amount=at) for at in range(1, 2 * PAGE + 1)]
    async with playing(fakes.services) as (app, pilot):
        await to_wallet(pilot)
        await pilot.press("f4")
        await until_screen(pilot, AllOfItScreen)
        screen = app.screen
        assert isinstance(screen, AllOfItScreen)
        await until(pilot, lambda: len(screen.list.rows) == 10_000)
        await pilot.press("pagedown", "pagedown")
        await pilot.press("right")
        await until(pilot, lambda: len(screen.list.rows) == PAGE)
        screen.list.move_to(PAGE - 1)
        await pilot.press("up", "down")
        await until(pilot, lambda: len(screen.list.rows) == 2 * PAGE)


async def test_the_books_may_be_away_when_all_of_it_is_asked_for() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (_, pilot):
        await to_wallet(pilot)
        await until_text(pilot, "bar")
        fakes.purse.waiting = deque([LEDGER_AWAY])
        await pilot.press("f4")
        await until_screen(pilot, AllOfItScreen)
        await until_text(pilot, "The books do not answer just now.")
        await pilot.press("right", "down", "enter", "escape")
        await until_screen(pilot, WalletScreen)


async def test_the_own_code_can_be_read_and_is_replaced_for_a_lost_one() -> None:
    async with playing(with_tokens().services) as (_, pilot):
        await to_wallet(pilot)
        await pilot.press("f3")
        await until_screen(pilot, CodePageScreen)
        assert decoded(picture_of(pilot)) == [OWN_CODE]
        await pilot.press("escape")
        await until_screen(pilot, WalletScreen)
        await to_more(pilot, 3)
        await until_text(pilot, "The code until now opens nothing any more")
        await until(pilot, lambda: pilot.app.focused)
        await pilot.press("enter")
        await until_screen(pilot, CodePageScreen)
        assert decoded(picture_of(pilot)) == [THEIR_CODE]
        await pilot.press("enter", "escape")
        await until_screen(pilot, WalletScreen)


async def test_a_code_is_not_replaced_by_mistake_nor_for_ever() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (_, pilot):
        await to_wallet(pilot)
        await until_text(pilot, "bar")
        await to_more(pilot, 3)
        await until_screen(pilot, NoticeScreen)
        await pilot.press("escape")
        await until_screen(pilot, WalletScreen)
        assert fakes.purse.version == 1
        await to_more(pilot, 3)
        await until_screen(pilot, NoticeScreen)
        await until(pilot, lambda: pilot.app.focused)
        fakes.purse.waiting = deque([CodesUsedUp(1)])
        await pilot.press("enter")
        await until_text(pilot, "Your ticket opens it.")


async def test_a_code_replaced_elsewhere_is_said() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (_, pilot):
        await to_wallet(pilot)
        await until_text(pilot, "bar")
        fakes.purse.waiting = deque([LEDGER_AWAY, CodeRefused(CodeFault.REPLACED)])
        await pilot.press("f3")
        await until_text(pilot, "Your tokens are safe.")
        await until(pilot, lambda: pilot.app.focused)
        await pilot.press("enter")
        await until_text(pilot, "tell the people at the desk")
        await pilot.press("escape")
        await until_screen(pilot, WalletScreen)


async def test_a_pin_is_changed_with_the_old_one_only() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (_, pilot):
        await to_wallet(pilot)
        await to_more(pilot, 2)
        await until_screen(pilot, ChangePinScreen)
        await until_field(pilot)
        for old in ("1212", "4711"):
            await until_text(pilot, "Your PIN until now")
            await type_in(pilot, old)
            await until_text(pilot, "Choose a PIN")
            await type_in(pilot, "8642")
            await until_text(pilot, "The same PIN once more")
            await type_in(pilot, "8642")
        await until_text(pilot, "From now on the new one opens your wallet.")
        assert fakes.purse.pin == "8642"


@pytest.mark.parametrize("size", [SMALL, LARGE, (60, 20)], ids=str)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_keys_fit_and_help_is_there_on_every_terminal(
    language: str, size: tuple[int, int]
) -> None:
    fakes = with_tokens()
    fakes.purse.offers = [an_offer()]
    async with playing(fakes.services, size=size) as (app, pilot):
        await pilot.press(*["right"] * LANGUAGES.index(language))
        await to_wallet(pilot)
        await until(pilot, lambda: "bar" in sentence_of(pilot))
        for key in ("", "f2", "f4", "f5"):
            if key:
                await pilot.press(key)
                await until(pilot, lambda: not isinstance(app.screen, WalletScreen))
            assert_keys_fit(pilot)
            await pilot.press("f1")
            await until_screen(pilot, HelpScreen)
            await pilot.press("f1")
            await until(pilot, lambda: not isinstance(app.screen, HelpScreen))
            if key:
                await pilot.press("escape")
                await until_screen(pilot, WalletScreen)


async def test_a_stray_scan_does_nothing_in_an_open_wallet() -> None:
    fakes = with_tokens()
    async with playing(fakes.services) as (app, pilot):
        await to_wallet(pilot)
        await until_text(pilot, "bar")
        await type_in(pilot, THEIR_CODE)
        assert isinstance(app.screen, WalletScreen)
        await pilot.press("escape")
        await until_screen(pilot, WelcomeScreen)


async def test_a_code_that_does_not_fit_the_screen_is_not_half_shown() -> None:
    async with playing(with_tokens().services, size=(60, 20)) as (_, pilot):
        await to_wallet(pilot)
        await pilot.press("f3")
        await until_screen(pilot, CodePageScreen)
        await until(pilot, lambda: pilot.app.screen.query_one("#too-small").display)
        assert not any("█▀▀▀" in row for row in rows_of(pilot))


def test_a_bill_says_its_fate() -> None:
    words = said(with_tokens())
    never, soon = Bill(1, 5, None, NOON, 1), a_bill(3, 8)
    assert (words.bill(never).text, words.bill(soon).text) == ("stays", "gone at 02:04 tonight")
