"""The attendee's way: each step, each refusal, and what is on screen then."""

from textual.widgets import Input

from kiosk.domain.errors import HoldExpired, NotOnSale, SaleState, SoldOut
from kiosk.domain.events import Window
from kiosk.domain.orders import OrderState
from kiosk.screens.cash import CashDialog
from kiosk.screens.change import ChangeDialog
from kiosk.screens.choose import ChooseScreen
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.silence import StillThereScreen
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.screens.you import YouScreen
from kiosk.widgets.target import Target
from kiosk.widgets.ticket_card import ChoiceCard
from tests.kiosk.fake_events import CODE, LEDGER_AWAY, NOON, NUMBER, an_event
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    Play,
    decoded,
    picture_of,
    playing,
    text_of,
    type_in,
    until,
    until_screen,
    until_text,
)

SHORT_HOLD = 40
"""Seconds; over before the silence is noticed, which would end the visit first."""


async def to_choose(pilot: Play) -> None:
    """From the welcome to the choice."""
    await pilot.press("enter")
    await until_screen(pilot, ChooseScreen)
    await until(pilot, lambda: isinstance(pilot.app.focused, ChoiceCard))


async def to_you(pilot: Play) -> None:
    """On to who are you."""
    await to_choose(pilot)
    await pilot.press("down", "enter")
    await until_screen(pilot, YouScreen)


async def tell(pilot: Play, name: str = "Ada Lovelace", email: str = "ada@example.org") -> None:
    """Answer who it is."""
    await type_in(pilot, name)
    await until(pilot, lambda: pilot.app.focused is pilot.app.screen.query(Input).last())
    await type_in(pilot, email)


async def to_pay(pilot: Play) -> None:
    """On to paying."""
    await to_you(pilot)
    await tell(pilot)
    await until_screen(pilot, PayScreen)


async def hand_over_cash(pilot: Play) -> None:
    """The cashier unlocks and takes the exact sum."""
    await pilot.press("enter")
    await until_screen(pilot, PinDialog)
    await type_in(pilot, "2222")
    await until_screen(pilot, CashDialog)
    await pilot.press("enter")


async def to_ticket(pilot: Play) -> None:
    """All the way."""
    await to_pay(pilot)
    await hand_over_cash(pilot)
    await until_screen(pilot, TicketScreen)


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


async def test_what_is_left_is_shown_live_with_what_others_hold() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_choose(pilot)
        assert "61 left" in text_of(pilot)
        fakes.catalog.left = dict.fromkeys(fakes.catalog.left, 0)
        fakes.catalog.on_hold["early"] = 4
        assert isinstance(app.screen, ChooseScreen)
        app.screen.look()
        await until_text(pilot, "sold out")
        assert "4 are on hold and may come back within 5 min" in text_of(pilot)
        await pilot.press("enter")
        await until_text(pilot, "General Admission · Early Bird: sold out")
        assert isinstance(app.screen, ChooseScreen)


async def test_what_is_not_on_sale_yet_says_from_when() -> None:
    fakes = Fakes()
    fakes.catalog.states["early"] = SaleState.ENDED
    async with playing(fakes.services) as (_, pilot):
        await to_choose(pilot)
        assert "sale is over" in text_of(pilot)


async def test_the_choice_says_that_the_ledger_is_away_and_goes_on_by_itself() -> None:
    fakes = Fakes()
    fakes.catalog.refuse(LEDGER_AWAY)
    async with playing(fakes.services) as (app, pilot):
        await pilot.press("enter")
        await until_text(pilot, "The books do not answer just now.")
        assert isinstance(app.screen, ChooseScreen)
        app.screen.look()
        await until_text(pilot, "61 left")
        assert "do not answer" not in text_of(pilot)


async def test_a_mistake_is_said_in_words_when_the_field_is_left() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_you(pilot)
        await pilot.press("tab", *"ada", "shift+tab")
        await until_text(pilot, "An e-mail address has an @ in it")
        await pilot.press("tab", "enter")
        await until_text(pilot, "Please tell us a name.")
        assert isinstance(app.screen, YouScreen)


async def test_going_back_keeps_what_was_typed() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_you(pilot)
        await pilot.press(*"Ada", "escape")
        await until_screen(pilot, ChooseScreen)
        await until(pilot, lambda: isinstance(app.focused, ChoiceCard))
        await pilot.press("enter")
        await until_screen(pilot, YouScreen)
        assert app.screen.query(Input).first().value == "Ada"


async def test_sold_out_says_what_others_hold_and_tries_again_with_the_same_order() -> None:
    fakes = Fakes()
    fakes.sales.refuse(SoldOut("regular", 0, 3, 240))
    async with playing(fakes.services) as (_, pilot):
        await to_you(pilot)
        await tell(pilot)
        await until_screen(pilot, NoticeScreen)
        assert "3 are on hold and may come back within 4 min" in text_of(pilot)
        await pilot.press("enter")
        await until_screen(pilot, YouScreen)
        await pilot.press("enter")
        await until_screen(pilot, PayScreen)
        assert len({order_id for _, order_id in fakes.sales.calls}) == 1


async def test_sold_out_for_good_leads_back_to_the_choice() -> None:
    fakes = Fakes()
    fakes.sales.refuse(SoldOut("regular", 0, 0, 0))
    async with playing(fakes.services) as (_, pilot):
        await to_you(pilot)
        await tell(pilot)
        await until_screen(pilot, NoticeScreen)
        assert "has just gone" in text_of(pilot)
        await pilot.press("enter")
        await until_screen(pilot, ChooseScreen)


async def test_not_on_sale_says_so() -> None:
    fakes = Fakes()
    fakes.sales.refuse(NotOnSale("regular", SaleState.UPCOMING, Window(starts=NOON)))
    async with playing(fakes.services) as (_, pilot):
        await to_you(pilot)
        await tell(pilot)
        await until_text(pilot, "can be bought from Fri 12 Mar 18:04")


async def test_an_unknown_hold_is_asked_for_again_with_the_same_order() -> None:
    fakes = Fakes()
    fakes.sales.refuse(LEDGER_AWAY)
    async with playing(fakes.services) as (_, pilot):
        await to_you(pilot)
        await tell(pilot)
        await until_text(pilot, "Nothing was taken. Press Enter to try again.")
        await pilot.press("enter")
        await until_screen(pilot, PayScreen)
        assert len(set(fakes.sales.calls)) == 1


async def test_other_details_after_an_unknown_hold_are_another_order() -> None:
    fakes = Fakes()
    fakes.sales.refuse(LEDGER_AWAY)
    async with playing(fakes.services) as (_, pilot):
        await to_you(pilot)
        await tell(pilot)
        await until_text(pilot, "Nothing was taken.")
        await pilot.press("end", "m", "enter")
        await until_screen(pilot, PayScreen)
        [first, second] = [order_id for _, order_id in fakes.sales.calls]
        assert first != second
        await pilot.press("escape")
        await until_screen(pilot, YouScreen)
        await pilot.press("escape")
        await until_screen(pilot, ChooseScreen)
        await pilot.press("escape")
        await until(pilot, lambda: ("cancel", first) in fakes.sales.calls)


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


async def test_a_wrong_pin_opens_nothing_is_never_shown_and_then_makes_one_wait() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_pay(pilot)
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        await pilot.press(*"98765")
        assert "98765" not in text_of(pilot)
        await pilot.press("enter")
        await until_text(pilot, "This PIN does not open that. Please try again.")
        await type_in(pilot, "1111")
        await type_in(pilot, "1111")
        await until_text(pilot, "The next try counts in 4 seconds.")
        assert isinstance(app.screen, PinDialog)


async def test_the_cashier_types_another_amount_and_sees_the_change() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "2222")
        await until_screen(pilot, CashDialog)
        app.screen.query_one(Input).focus()
        await type_in(pilot, "3.50")
        await until_text(pilot, "0.50 USD is still missing.")
        app.screen.query_one(Input).clear()
        await type_in(pilot, "7,25")
        await until_screen(pilot, ChangeDialog)
        assert "7.25 USD for 4.00 USD" in text_of(pilot)
        assert fakes.sales.orders[101].change == fakes.sales.orders[101].payment.change  # type: ignore[union-attr]
        await pilot.press("enter")
        await until_screen(pilot, TicketScreen)


async def test_a_payment_of_unknown_outcome_keeps_the_person_here_and_is_taken_once() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        fakes.sales.refuse(LEDGER_AWAY)
        await hand_over_cash(pilot)
        await until_text(pilot, "Your payment is noted, and never taken twice.")
        await until_text(pilot, "Press Enter to try again.")
        await pilot.press("escape")
        fakes.clock.advance(seconds=70)
        app.tick()
        await pilot.pause()
        assert isinstance(app.screen, PayScreen)
        await pilot.press("enter")
        await until_screen(pilot, TicketScreen)
        paid = [order_id for name, order_id in fakes.sales.calls if name == "pay_cash"]
        assert len(paid) == 2
        assert len(set(paid)) == 1


async def test_going_back_from_paying_gives_the_hold_back_and_the_next_one_is_new() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_pay(pilot)
        assert "your hold is given back" in text_of(pilot)
        await pilot.press("escape")
        await until_screen(pilot, YouScreen)
        assert fakes.sales.orders[101].state is OrderState.CANCELLED
        await pilot.press("enter")
        await until_screen(pilot, PayScreen)
        assert fakes.sales.orders[102].state is OrderState.HELD


async def test_a_hold_that_runs_out_says_so_and_leads_back_to_the_choice() -> None:
    fakes = Fakes(an_event(hold_seconds=SHORT_HOLD))
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        assert "held 0:40" in text_of(pilot)
        fakes.clock.advance(seconds=SHORT_HOLD)
        assert isinstance(app.screen, PayScreen)
        app.screen.countdown.tick()
        await until_screen(pilot, NoticeScreen)
        assert "You have paid nothing." in text_of(pilot)
        await pilot.press("enter")
        await until_screen(pilot, ChooseScreen)


async def test_a_cashier_who_has_begun_may_finish_after_the_hold() -> None:
    fakes = Fakes(an_event(hold_seconds=SHORT_HOLD))
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        paying = app.screen
        assert isinstance(paying, PayScreen)
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        fakes.clock.advance(seconds=SHORT_HOLD)
        paying.countdown.tick()
        await pilot.pause()
        await type_in(pilot, "2222")
        await until_screen(pilot, CashDialog)
        await pilot.press("enter")
        await until_screen(pilot, TicketScreen)


async def test_a_hold_lost_while_the_cashier_is_asked_is_said_when_nobody_pays() -> None:
    fakes = Fakes(an_event(hold_seconds=SHORT_HOLD))
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        fakes.clock.advance(seconds=SHORT_HOLD)
        await pilot.press("escape")
        await until_screen(pilot, NoticeScreen)
        assert isinstance(app.screen, NoticeScreen)


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


async def test_an_order_that_has_ended_elsewhere_starts_over() -> None:
    fakes = Fakes()
    fakes.sales.refuse(HoldExpired(101))
    async with playing(fakes.services) as (_, pilot):
        await to_you(pilot)
        await tell(pilot)
        await until(pilot, lambda: len(fakes.sales.calls) == 1)
        await until_screen(pilot, YouScreen)
        await pilot.press("enter")
        await until_screen(pilot, PayScreen)
        assert {order_id for _, order_id in fakes.sales.calls} == {101, 102}


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
        await pilot.press("escape", "ctrl+q", "ctrl+c", "ctrl+p", "ctrl+z", "q", "f1")
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
        await pilot.click(Target)
        await until_screen(pilot, YouScreen)
        await tell(pilot)
        await until_screen(pilot, PayScreen)
        await pilot.click(Target)
        await until_screen(pilot, PinDialog)


async def test_the_language_is_chosen_on_the_first_screen_and_forgotten_with_the_visit() -> None:
    async with playing(Fakes().services) as (_, pilot):
        await pilot.press("right")
        await until_text(pilot, "Empezar")
        await pilot.press("enter")
        await until_text(pilot, "¿Qué te gustaría?")
        await pilot.press("escape")
        await until_text(pilot, "Begin")
