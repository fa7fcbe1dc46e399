"""Cash: the cashier's PIN, the change, and a hold that ends meanwhile."""

from textual.widgets import Input

from kiosk.domain.orders import OrderState
from kiosk.screens.cash import CashDialog
from kiosk.screens.change import ChangeDialog
from kiosk.screens.choose import ChooseScreen
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.you import YouScreen
from tests.kiosk.attendee import (
    SHORT_HOLD,
    hand_over_cash,
    to_pay,
)
from tests.kiosk.fake_events import LEDGER_AWAY, an_event
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    playing,
    text_of,
    type_in,
    until_screen,
    until_text,
)


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
        await until_text(pilot, "We keep asking; Enter asks at once.")
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


async def test_a_payment_of_unknown_outcome_is_asked_for_again_by_itself() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        paying = app.screen
        assert isinstance(paying, PayScreen)
        fakes.sales.refuse(LEDGER_AWAY)
        await hand_over_cash(pilot)
        await until_text(pilot, "We keep asking")
        paying.ask_again()
        await until_screen(pilot, TicketScreen)


async def test_the_staff_hear_that_somebody_is_paying_while_the_books_are_away() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_pay(pilot)
        fakes.sales.refuse(LEDGER_AWAY)
        await hand_over_cash(pilot)
        await until_text(pilot, "We keep asking")
        await pilot.press("f10")
        await until_text(pilot, "Staff: order 1042 is being paid here.")


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
