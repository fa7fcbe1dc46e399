"""One person's whole way, and that nothing of it is left for the next."""

from textual.widgets import Input

from kiosk.domain.orders import OrderState
from kiosk.screens.cash import CashDialog
from kiosk.screens.check_in import CheckInScreen
from kiosk.screens.choose import ChooseScreen
from kiosk.screens.help import HelpScreen
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.silence import HOME_SECONDS, StillThereScreen
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.screens.you import YouScreen
from kiosk.widgets.target import Target
from kiosk.widgets.ticket_card import ChoiceCard
from tests.kiosk.attendee import (
    hand_over_cash,
    tell,
    to_choose,
    to_pay,
    to_ticket,
    to_you,
)
from tests.kiosk.fake_events import CODE, LEDGER_AWAY, NUMBER
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    decoded,
    picture_of,
    playing,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)


async def test_one_person_buys_a_ticket_and_the_next_finds_a_clean_kiosk() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_ticket(pilot)
        assert decoded(picture_of(pilot)) == [CODE]
        text = text_of(pilot)
        assert NUMBER in text
        assert "Ada Lovelace" in text
        await pilot.press("n")
        await until_screen(pilot, WelcomeScreen)
        await to_you(pilot)
        assert "Ada" not in text_of(pilot)
        assert [name for name, _ in fakes.sales.calls] == ["place", "pay_cash", "tickets", "cancel"]


async def test_a_double_enter_holds_one_place_and_buys_one_ticket() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_you(pilot)
        await type_in(pilot, "Ada")
        await type_in(pilot, "ada@example.org")
        await pilot.press("enter", "enter")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "2222")
        await until_screen(pilot, CashDialog)
        await pilot.press("enter", "enter")
        await until_screen(pilot, TicketScreen)
        assert [name for name, _ in fakes.sales.calls] == ["place", "pay_cash", "tickets"]


async def test_a_free_ticket_needs_no_cashier() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_choose(pilot)
        await pilot.press("down", "down", "enter")
        await until_text(pilot, "or press Enter again")
        await pilot.press("enter")
        await until_screen(pilot, YouScreen)
        await tell(pilot)
        await until_screen(pilot, PayScreen)
        await pilot.press("enter")
        await until_screen(pilot, TicketScreen)
        assert fakes.sales.calls[1][0] == "take_free"


async def test_paid_without_a_place_says_that_the_money_comes_back() -> None:
    fakes = Fakes()
    fakes.sales.ends_as = OrderState.PAID_UNFULFILLED
    async with playing(fakes.services) as (_, pilot):
        await to_pay(pilot)
        await hand_over_cash(pilot)
        await until_screen(pilot, NoticeScreen)
        assert "You get 4.00 USD back." in text_of(pilot)
        assert "order 1042" in text_of(pilot)
        await pilot.press("enter")
        await until_screen(pilot, WelcomeScreen)


async def test_tickets_that_cannot_be_read_yet_are_asked_for_again() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_pay(pilot)
        # The first answer is the payment's own.
        fakes.sales.refuse_after(1, LEDGER_AWAY)
        await hand_over_cash(pilot)
        await until_text(pilot, "Your tickets are safe")
        await pilot.press("enter")
        await until_screen(pilot, TicketScreen)


async def test_silence_warns_and_any_key_keeps_everything_and_does_nothing_else() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        fakes.clock.advance(seconds=45)
        app.tick()
        await until_screen(pilot, StillThereScreen)
        assert "Still there?" in text_of(pilot)
        await pilot.press("escape")
        await until_screen(pilot, PayScreen)
        fakes.clock.advance(seconds=44)
        app.tick()
        await pilot.pause()
        assert isinstance(app.screen, PayScreen)
        assert fakes.sales.orders[101].state is OrderState.HELD


async def test_a_minute_of_silence_gives_the_hold_back_and_forgets_the_person() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        fakes.clock.advance(seconds=46)
        app.tick()
        await until_screen(pilot, StillThereScreen)
        fakes.clock.advance(seconds=14)
        app.tick()
        await until_screen(pilot, WelcomeScreen)
        await until(pilot, lambda: fakes.sales.orders[101].state is OrderState.CANCELLED)
        await to_you(pilot)
        assert [field.value for field in app.screen.query(Input)] == ["", ""]


async def test_escape_never_leaves_the_kiosk_and_nor_do_the_usual_keys() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await pilot.press("escape", "ctrl+q", "ctrl+c", "ctrl+p", "ctrl+z", "q")
        await pilot.pause()
        assert isinstance(app.screen, WelcomeScreen)
        assert app.is_running


async def test_everything_on_the_way_can_be_touched() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await pilot.click(Target)
        await until_screen(pilot, ChooseScreen)
        await until(pilot, lambda: app.screen.query(ChoiceCard))
        await pilot.click(app.screen.query(ChoiceCard).first())
        await until_text(pilot, "1 ticket · 3.00 USD")
        await pilot.click("Target.-main")
        await until_screen(pilot, YouScreen)
        await tell(pilot)
        await until_screen(pilot, PayScreen)
        await pilot.click("Target.-main")
        await until_screen(pilot, PinDialog)


async def test_the_language_is_chosen_on_the_first_screen_and_forgotten_with_the_visit() -> None:
    async with playing(Fakes().services) as (_, pilot):
        await pilot.press("right")
        await until_text(pilot, "Empezar")
        await pilot.press("enter")
        await until_text(pilot, "¿Qué te gustaría?")
        await pilot.press("escape")
        await until_text(pilot, "Begin")


async def test_the_language_stays_while_the_help_is_read_and_is_forgotten_in_silence() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await pilot.press("right")
        await until_text(pilot, "Empezar")
        await pilot.press("f1")
        await until_screen(pilot, HelpScreen)
        await pilot.press("escape")
        await until_screen(pilot, WelcomeScreen)
        await until_text(pilot, "Empezar")
        fakes.clock.advance(seconds=HOME_SECONDS)
        app.tick()
        await until_text(pilot, "Begin")


async def test_the_next_person_begins_where_the_screen_says_so() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await pilot.press("down", "enter")
        await until_screen(pilot, CheckInScreen)
        await pilot.press("escape")
        await until_screen(pilot, WelcomeScreen)
        assert app.screen.focused is app.screen.query(Target).first()
