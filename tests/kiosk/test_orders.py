"""An order's transitions: which may follow which, and what repeating one does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.domain.errors import HoldExpired, NotCancellable, NotPayable, TooLittleTendered
from kiosk.domain.orders import Booking, Order, OrderState
from tests.kiosk.factories import NOW, a_claim, a_payment, an_order, usd

S = OrderState
LATER = NOW + timedelta(hours=1)


def being_paid(booking: Booking = Booking.POST, state: OrderState = S.HELD) -> Order:
    """An order whose payment was begun, and is open."""
    return an_order(state, payment=a_payment(booking=booking), settled=False)


@pytest.mark.parametrize(
    ("order", "transition"),
    [
        (an_order(S.SOLD_OUT), lambda order: order.place_again(NOW)),
        (an_order(S.PLACED), lambda order: order.held(1)),
        (an_order(S.PLACED), lambda order: order.sold_out(1)),
        (an_order(), Order.ask_provider),
        (an_order(), lambda order: order.begin_payment(a_payment())),
        (being_paid(), lambda order: order.fall_back(Booking.POST)),
        (being_paid(), lambda order: order.paid(Booking.POST)),
        (an_order(S.PAID), Order.refunded),
        (an_order(), Order.cancel),
        (an_order(), lambda order: order.expire(LATER)),
        (an_order(S.CANCELLED, settled=False), Order.released),
    ],
)
def test_each_change_is_counted_and_made_once(
    order: Order, transition: Callable[[Order], Order]
) -> None:
    after = transition(order)

    assert after.revision == order.revision + 1
    assert transition(after) is after


def test_the_total_is_that_of_all_claims() -> None:
    assert an_order(claims=(a_claim(), a_claim(price=usd(150)))).total == usd(550)


def test_placing_again_after_sold_out_is_a_new_attempt_with_a_new_deadline() -> None:
    order = an_order(S.SOLD_OUT).place_again(LATER)
    assert (order.state, order.attempt, order.settled) == (S.PLACED, 2, False)
    assert order.held_until == LATER + timedelta(seconds=300)


@pytest.mark.parametrize("state", [S.PLACED, S.HELD, S.PAID, S.PAID_UNFULFILLED, S.REFUNDED])
def test_placing_again_leaves_what_is_under_way(state: OrderState) -> None:
    order = an_order(state)
    assert order.place_again(LATER) is order


@pytest.mark.parametrize("state", [S.EXPIRED, S.CANCELLED])
def test_placing_again_does_not_revive_what_has_ended(state: OrderState) -> None:
    with pytest.raises(HoldExpired):
        an_order(state).place_again(LATER)


def test_an_answer_to_an_earlier_attempt_changes_nothing() -> None:
    order = an_order(S.PLACED, attempt=2)
    assert order.held(attempt=1) is order
    assert order.sold_out(attempt=1) is order
    assert order.held(attempt=2).state is S.HELD
    assert order.sold_out(attempt=2).state is S.SOLD_OUT


@pytest.mark.parametrize("state", [S.HELD, S.EXPIRED])
def test_money_is_taken_for_a_hold_even_if_it_has_run_out(state: OrderState) -> None:
    payment = a_payment()
    order = an_order(state).begin_payment(payment)
    assert (order.payment, order.settled, order.change) == (payment, False, usd(100))


def test_a_second_payment_changes_nothing() -> None:
    order = being_paid()
    assert order.begin_payment(a_payment()) is order


@pytest.mark.parametrize("state", [S.PLACED, S.SOLD_OUT, S.CANCELLED, S.REFUNDED])
def test_what_holds_nothing_takes_no_money(state: OrderState) -> None:
    with pytest.raises(NotPayable):
        an_order(state).begin_payment(a_payment())


def test_too_little_money_is_not_taken() -> None:
    with pytest.raises(TooLittleTendered):
        an_order().begin_payment(a_payment(tendered=usd(399)))


@pytest.mark.parametrize(
    ("booking", "state"),
    [(Booking.POST, S.PAID), (Booking.RETRY, S.PAID), (Booking.ALONE, S.PAID_UNFULFILLED)],
)
def test_what_was_booked_says_what_was_paid_for(booking: Booking, state: OrderState) -> None:
    order = being_paid(booking).paid(booking)
    assert (order.state, order.settled) == (state, True)
    assert order.paid(booking) is order


def test_a_refused_booking_falls_back_once() -> None:
    retried = being_paid().fall_back(Booking.POST)
    alone = retried.fall_back(Booking.RETRY)

    assert retried.payment is not None
    assert alone.payment is not None
    assert (retried.payment.booking, alone.payment.booking) == (Booking.RETRY, Booking.ALONE)
    assert retried.fall_back(Booking.POST) is retried
    assert alone.paid(Booking.RETRY) is alone


def test_an_order_of_nothing_has_no_money_to_book_alone() -> None:
    free = replace(
        being_paid(Booking.RETRY), payment=a_payment(amount=usd(0), booking=Booking.RETRY)
    )
    order = free.fall_back(Booking.RETRY)
    assert (order.state, order.payment, order.settled) == (S.EXPIRED, None, True)


def test_a_hold_ends_at_its_deadline_and_not_before() -> None:
    order = an_order()
    assert order.expire(order.held_until - timedelta(microseconds=1)) is order
    assert order.expire(order.held_until).state is S.EXPIRED


def test_a_payment_that_was_begun_never_expires_and_is_not_cancelled() -> None:
    order = being_paid()
    assert order.expire(LATER) is order
    with pytest.raises(NotCancellable):
        order.cancel()


@pytest.mark.parametrize("state", [S.CANCELLED, S.SOLD_OUT, S.EXPIRED])
def test_cancelling_what_holds_nothing_changes_nothing(state: OrderState) -> None:
    order = an_order(state)
    assert order.cancel() is order


@pytest.mark.parametrize("state", [S.PLACED, S.PAID, S.PAID_UNFULFILLED, S.REFUNDED])
def test_only_a_hold_can_be_cancelled(state: OrderState) -> None:
    with pytest.raises(NotCancellable):
        an_order(state).cancel()


@pytest.mark.parametrize("end", [Order.cancel, lambda order: order.expire(LATER)])
def test_a_hold_that_has_ended_is_open_until_the_places_went_back(
    end: Callable[[Order], Order],
) -> None:
    ended = end(an_order())
    assert not ended.settled
    assert ended.released().settled
    assert ended.released().state is ended.state


def test_places_that_went_back_do_not_settle_a_payment() -> None:
    order = being_paid(state=S.EXPIRED)
    assert order.released() is order


@pytest.mark.parametrize("state", list(OrderState))
def test_only_what_is_paid_has_tickets(state: OrderState) -> None:
    assert an_order(state).has_tickets == (state is S.PAID)
