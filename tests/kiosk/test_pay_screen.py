"""Paying: on a phone or at the desk, with a code or without, in time or not."""

import pytest
from textual.widgets import Input

from kiosk.domain.errors import DiscountFault, DiscountRefused, HoldExpired
from kiosk.domain.events import ProviderName
from kiosk.domain.orders import OrderState
from kiosk.domain.provider_payments import PaymentState
from kiosk.domain.providers import ProviderUnavailable
from kiosk.screens.cash import CashDialog
from kiosk.screens.change import ChangeDialog
from kiosk.screens.code import CodeDialog
from kiosk.screens.door import DoorScreen
from kiosk.screens.notice import NoticeScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.phone import PhoneScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.staff import StaffDialog
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.screens.you import YouScreen
from kiosk.widgets.target import Target
from tests.kiosk.attendee import hand_over_cash, to_pay
from tests.kiosk.fake_events import LEDGER_AWAY, an_event
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    Play,
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


def phone_on(pilot: Play) -> PhoneScreen:
    """The screen with the code of the pay page."""
    assert isinstance(pilot.app.screen, PhoneScreen)
    return pilot.app.screen


async def to_phone(pilot: Play) -> None:
    """On to the code of the pay page."""
    await to_pay(pilot)
    await pilot.press("right", "enter")
    await until_screen(pilot, PhoneScreen)


async def give_code(pilot: Play, code: str) -> None:
    """Type a discount code."""
    await pilot.press("f2")
    await until_screen(pilot, CodeDialog)
    await type_in(pilot, code)


async def test_the_code_leads_to_the_pay_page_and_turns_into_the_tickets_by_itself() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_phone(pilot)
        assert decoded(picture_of(pilot)) == [f"{fakes.payments.address}{0:0>26}"]
        assert "Scan to pay with your phone" in text_of(pilot)
        assert "held 5:00" in text_of(pilot)
        phone_on(pilot).look()
        await pilot.pause()
        fakes.sales.pay_by_phone(101)
        phone_on(pilot).look()
        await until_screen(pilot, TicketScreen)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (PaymentState.FAILED, "The payment did not go through, and nothing was taken."),
        (PaymentState.CANCELLED, "You cancelled the payment on your phone. Nothing was taken."),
        (PaymentState.SURPLUS, "That was not the sum that is due. It goes back to you"),
    ],
)
async def test_a_payment_that_was_none_is_said_and_another_may_follow(
    state: PaymentState, said: str
) -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_phone(pilot)
        fakes.payments.end(state)
        phone_on(pilot).look()
        await until_screen(pilot, PayScreen)
        await until_text(pilot, said)
        await pilot.press("enter")
        await until_screen(pilot, PhoneScreen)
        assert len(fakes.payments.states) == 2


async def test_who_goes_back_from_the_phone_pays_another_way_and_the_page_is_taken_back() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_phone(pilot)
        await pilot.press("enter")
        assert isinstance(app.screen, PhoneScreen)
        await pilot.press("escape")
        await until_screen(pilot, PayScreen)
        await until(pilot, lambda: fakes.payments.withdrawn == [101])
        await pilot.press("left")
        await hand_over_cash(pilot)
        await until_screen(pilot, TicketScreen)


async def test_a_payment_that_was_faster_than_the_way_back_counts() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_phone(pilot)
        fakes.sales.pay_by_phone(101)
        await pilot.press("escape")
        await until_screen(pilot, TicketScreen)


async def test_who_pays_on_a_phone_is_not_taken_for_somebody_who_left() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_phone(pilot)
        fakes.clock.advance(seconds=100)
        app.tick()
        await pilot.pause()
        assert isinstance(app.screen, PhoneScreen)


async def test_the_time_to_pay_ends_on_the_phone_too_and_what_came_in_the_last_second_counts() -> (
    None
):
    fakes = Fakes(an_event(hold_seconds=40))
    async with playing(fakes.services) as (_, pilot):
        await to_phone(pilot)
        fakes.clock.advance(seconds=40)
        phone_on(pilot).countdown.tick()
        await until_screen(pilot, NoticeScreen)
        await until_text(pilot, "If your phone says that you have paid")
        assert "order 1042" in sentence_of(pilot)
        assert ("expire", 101) in fakes.sales.calls


async def test_a_payment_without_a_place_says_that_the_money_comes_back() -> None:
    fakes = Fakes()
    fakes.sales.ends_as = OrderState.PAID_UNFULFILLED
    async with playing(fakes.services) as (_, pilot):
        await to_phone(pilot)
        fakes.sales.pay_by_phone(101)
        phone_on(pilot).look()
        await until_text(pilot, "You get 4.00 USD back.")


async def test_a_ledger_that_is_away_for_a_moment_does_not_end_the_wait() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_phone(pilot)
        fakes.payments.refuse(LEDGER_AWAY)
        phone_on(pilot).look()
        await pilot.pause()
        assert isinstance(app.screen, PhoneScreen)


@pytest.mark.parametrize(
    "refusal", [LEDGER_AWAY, ProviderUnavailable("sandbox", "down")], ids=["ledger", "provider"]
)
async def test_a_provider_that_does_not_answer_leaves_the_other_ways(refusal: Exception) -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        fakes.payments.refuse(refusal)
        await pilot.press("right", "enter")
        await until_text(pilot, "Paying by phone does not answer just now.")
        assert isinstance(app.screen, PayScreen)
        assert not app.screen.busy
        await pilot.press("left")
        await hand_over_cash(pilot)
        await until_screen(pilot, TicketScreen)


async def test_only_ways_that_work_here_are_offered() -> None:
    for providers, shown, hidden in (
        ((ProviderName.CASH,), "Pay cash at the desk", "Pay with your phone"),
        ((ProviderName.SANDBOX,), "Pay with your phone", "Pay cash at the desk"),
    ):
        async with playing(Fakes(an_event(providers=providers)).services) as (_, pilot):
            await to_pay(pilot)
            assert shown in text_of(pilot)
            assert hidden not in text_of(pilot)


async def test_an_address_too_long_for_a_code_of_this_size_is_written_out() -> None:
    fakes = Fakes()
    fakes.payments.address = f"https://{'x' * 120}.example/pay/"
    async with playing(fakes.services) as (_, pilot):
        await to_phone(pilot)
        assert not decoded(picture_of(pilot))
        assert "https://xxx" in text_of(pilot)


async def test_a_code_lowers_what_is_due_and_can_be_taken_off_again() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_pay(pilot)
        await give_code(pilot, "half")
        await until_text(pilot, "2.00 USD off, with HALF")
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "2222")
        await until_screen(pilot, CashDialog)
        assert "2.00 USD is due." in text_of(pilot)
        await pilot.press("escape")
        await until_screen(pilot, PayScreen)
        await pilot.press("f2")
        await until(pilot, lambda: "off, with" not in text_of(pilot))
        assert fakes.sales.orders[101].due == fakes.sales.orders[101].total


async def test_a_code_that_takes_everything_off_leaves_nothing_to_pay() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_pay(pilot)
        await give_code(pilot, "all")
        await until_text(pilot, "Get your ticket")
        assert "Pay with your phone" not in text_of(pilot)
        await pilot.press("enter")
        await until_screen(pilot, TicketScreen)
        assert ("take_free", 101) in fakes.sales.calls


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (DiscountRefused("X", DiscountFault.UNKNOWN), "We do not know this code."),
        (DiscountRefused("X", DiscountFault.NOT_YET), "This code does not count yet."),
        (DiscountRefused("X", DiscountFault.OVER), "This code does not count any more."),
        (DiscountRefused("X", DiscountFault.NOTHING_TO_LOWER), "This code is for other tickets."),
        (DiscountRefused("X", DiscountFault.USED_UP), "used as often as it may be"),
        (DiscountRefused("X", DiscountFault.USED_UP, 2), "Others are just using this code."),
        (DiscountRefused("X", DiscountFault.ANOTHER_GIVEN), "There is a code on this order"),
        (HoldExpired(101), "Your hold has ended."),
        (LEDGER_AWAY, "The books do not answer just now. Please try again."),
    ],
    ids=str,
)
async def test_a_code_that_is_refused_says_why_and_may_be_typed_again(
    refusal: Exception, said: str
) -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        fakes.sales.refuse(refusal)
        await give_code(pilot, "half")
        await until_text(pilot, said)
        app.screen.query_one(Input).clear()
        await type_in(pilot, "half")
        await until_text(pilot, "2.00 USD off, with HALF")


async def test_an_event_without_discounts_asks_for_no_code() -> None:
    async with playing(Fakes(an_event(discounts=())).services) as (app, pilot):
        await to_pay(pilot)
        assert "discount" not in text_of(pilot)
        await pilot.press("f2")
        await pilot.pause()
        assert isinstance(app.screen, PayScreen)


async def test_cash_for_what_a_phone_has_paid_already_goes_back_whole() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        await pilot.press("enter")
        await until_screen(pilot, PinDialog)
        await type_in(pilot, "2222")
        await until_screen(pilot, CashDialog)
        fakes.sales.pay_by_phone(101)
        app.screen.query_one(Input).focus()
        await type_in(pilot, "5")
        await until_screen(pilot, ChangeDialog)
        assert "Not needed: give it all back" in text_of(pilot)
        await pilot.press("enter")
        await until_screen(pilot, TicketScreen)


async def test_the_ways_can_be_touched() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_pay(pilot)
        await pilot.click(app.screen.query(Target).last())
        await until_screen(pilot, PhoneScreen)
        await pilot.click(Target)
        await until_screen(pilot, PayScreen)
        await pilot.press("escape")
        await until_screen(pilot, YouScreen)


async def test_the_staff_need_not_wait_for_a_phone_and_hear_what_it_costs() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_phone(pilot)
        await pilot.press("f10")
        await until_screen(pilot, PinDialog)
        assert "Staff: going on gives order 1042 back." in text_of(pilot)
        await type_in(pilot, "3333")
        await until_screen(pilot, StaffDialog)
        await pilot.press("enter")
        await until_screen(pilot, DoorScreen)
        await until(pilot, lambda: fakes.sales.orders[101].state is OrderState.CANCELLED)


async def test_a_phone_that_pays_takes_the_pin_away() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_phone(pilot)
        phone = phone_on(pilot)
        await pilot.press("f10")
        await until_screen(pilot, PinDialog)
        fakes.sales.pay_by_phone(101)
        phone.look()
        await until_screen(pilot, TicketScreen)


async def test_a_phone_nobody_pays_with_leads_home_by_itself_after_the_hold() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (app, pilot):
        await to_phone(pilot)
        fakes.clock.advance(seconds=300)
        app.tick()
        phone_on(pilot).countdown.tick()
        await until_screen(pilot, NoticeScreen)
        fakes.clock.advance(seconds=60)
        app.tick()
        await until_screen(pilot, WelcomeScreen)


async def test_the_footer_names_the_way_that_enter_takes() -> None:
    async with playing(Fakes().services) as (_, pilot):
        await to_pay(pilot)
        assert "Enter Pay cash" in text_of(pilot)
        await pilot.press("right")
        await until_text(pilot, "Enter Pay by phone")


async def test_the_end_of_the_hold_takes_the_question_for_a_code_away() -> None:
    fakes = Fakes(an_event(hold_seconds=40))
    async with playing(fakes.services) as (app, pilot):
        await to_pay(pilot)
        paying = app.screen
        assert isinstance(paying, PayScreen)
        await pilot.press("f2")
        await until_screen(pilot, CodeDialog)
        fakes.clock.advance(seconds=40)
        paying.countdown.tick()
        await until_screen(pilot, NoticeScreen)


async def test_books_away_while_a_code_is_taken_off_are_said_and_the_way_on_stays_open() -> None:
    fakes = Fakes()
    async with playing(fakes.services) as (_, pilot):
        await to_pay(pilot)
        await give_code(pilot, "half")
        await until_text(pilot, "2.00 USD off, with HALF")
        fakes.sales.refuse(LEDGER_AWAY)
        await pilot.press("f2")
        await until_text(pilot, "The books do not answer just now. Please try again.")
        await pilot.press("f2")
        await until(pilot, lambda: "off, with" not in text_of(pilot))


async def test_two_presses_at_once_ask_one_cashier() -> None:
    async with playing(Fakes().services) as (app, pilot):
        await to_pay(pilot)
        await pilot.press("enter", "enter")
        await until_screen(pilot, PinDialog)
        await pilot.press("escape")
        await until_screen(pilot, PayScreen)
        assert len(app.screen_stack) == 2
