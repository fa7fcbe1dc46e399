"""The claim payment: what is due, what covers it, and when a debt is paid off."""

import pytest

from kiosk.domain.claim_payment import ClaimPayment, Instrument, Kind, claim_payment
from kiosk.domain.discounts import AppliedDiscount, DiscountState
from kiosk.domain.orders import Method, OrderState
from tests.kiosk.factories import NOW, a_claim, a_payment, an_order, usd

M, C, D = Kind.MONEY, Kind.CREDIT_NOTE, Kind.DISCOUNT
PRICES = (usd(400), usd(200), usd(0))
"""General admission, a workshop and a free party: 6.00 together."""


def paid_with(*instruments: tuple[Kind, int]) -> ClaimPayment:
    return ClaimPayment(PRICES, tuple(Instrument(kind, usd(minor)) for kind, minor in instruments))


# fmt: off
CASES = [
    # instruments                             payment  debt   fulfilled  outstanding  surplus
    ([],                                      False,   True,  False,     600,         0),
    ([(M, 599)],                              False,   True,  False,     1,           0),
    ([(M, 600)],                              True,    True,  True,      0,           0),
    ([(M, 400), (M, 200)],                    True,    True,  True,      0,           0),
    ([(M, 601)],                              True,    True,  True,      0,           1),
    ([(M, 600), (M, 600)],                    True,    True,  True,      0,           600),
    ([(D, 600)],                              True,    True,  True,      0,           0),
    ([(D, 700)],                              True,    True,  True,      0,           0),
    ([(D, 100), (M, 500)],                    True,    True,  True,      0,           0),
    ([(D, 100), (M, 499)],                    False,   True,  False,     1,           0),
    ([(D, 100), (M, 600)],                    True,    True,  True,      0,           100),
    ([(D, 600), (M, 50)],                     True,    True,  True,      0,           50),
    # An invoice: the tickets are out, the money is not in.
    ([(C, 600)],                              True,    False, False,     600,         0),
    ([(C, 600), (M, 599)],                    True,    False, False,     1,           0),
    ([(C, 600), (M, 600)],                    True,    True,  True,      0,           0),
    ([(C, 600), (M, 100), (M, 500)],          True,    True,  True,      0,           0),
    ([(C, 600), (D, 100)],                    True,    False, False,     500,         0),
    ([(C, 600), (D, 100), (M, 500)],          True,    True,  True,      0,           0),
    ([(C, 600), (D, 600)],                    True,    True,  True,      0,           0),
    # A credit note for a part is paid off by the money for the rest: ours are for the whole.
    ([(C, 300)],                              False,   False, False,     600,         0),
    ([(C, 300), (M, 300)],                    True,    True,  True,      300,         0),
    ([(C, 700)],                              True,    False, False,     700,         0),
    ([(C, 700), (M, 600)],                    True,    False, False,     100,         0),
]
# fmt: on


@pytest.mark.parametrize(
    ("instruments", "payment", "debt", "fulfilled", "outstanding", "surplus"), CASES
)
def test_what_covers_a_claim_payment(
    instruments: list[tuple[Kind, int]],
    *,
    payment: bool,
    debt: bool,
    fulfilled: bool,
    outstanding: int,
    surplus: int,
) -> None:
    paid = paid_with(*instruments)
    assert paid.total_due == usd(600)
    assert paid.payment_balanced(paid.total_due) is payment
    assert paid.debt_balanced is debt
    assert paid.fulfilled is fulfilled
    assert (paid.outstanding, paid.surplus) == (usd(outstanding), usd(surplus))


def test_the_cover_of_a_part_may_be_asked_for() -> None:
    assert paid_with((M, 400)).payment_balanced(usd(400))
    assert not paid_with((M, 400)).payment_balanced(usd(401))


def test_what_costs_nothing_is_fulfilled_by_nothing() -> None:
    free = ClaimPayment((usd(0),))
    assert free.fulfilled
    assert ClaimPayment((), currency="USD").fulfilled


def test_an_instrument_is_never_negative() -> None:
    with pytest.raises(AssertionError):
        Instrument(M, usd(-1))


def a_discount(state: DiscountState = DiscountState.HELD) -> AppliedDiscount:
    return AppliedDiscount("HALF", usd(150), is_limited=True, attempt=1, asked_at=NOW, state=state)


def test_an_order_shows_its_instruments() -> None:
    order = an_order(
        OrderState.PAID,
        claims=(a_claim(), a_claim()),
        discount=a_discount(),
        payment=a_payment(amount=usd(650), tendered=usd(650), reference="REF"),
    )
    paid = claim_payment(order)
    assert paid.instruments == (Instrument(D, usd(150), "HALF"), Instrument(M, usd(650), "REF"))
    assert paid.fulfilled


@pytest.mark.parametrize("state", [one for one in DiscountState if one is not DiscountState.HELD])
def test_a_discount_that_is_not_held_counts_for_nothing(state: DiscountState) -> None:
    order = an_order(discount=a_discount(state))
    assert claim_payment(order).instruments == ()
    assert order.due == order.total


def test_an_invoice_is_a_credit_note_for_the_whole_price_and_is_settled_later() -> None:
    order = an_order(
        OrderState.PAID,
        number=17,
        discount=a_discount(),
        payment=a_payment(method=Method.INVOICE, amount=usd(0), tendered=usd(0)),
    )
    issued = claim_payment(order)
    settled = claim_payment(order, [Instrument(M, usd(250), "bank")])

    assert Instrument(C, usd(400), "17") in issued.instruments
    assert (issued.payment_balanced(usd(400)), issued.fulfilled) == (True, False)
    assert issued.outstanding == usd(250)
    assert settled.fulfilled


def test_money_that_never_came_in_is_no_instrument() -> None:
    free = an_order(payment=a_payment(method=Method.FREE, amount=usd(0), tendered=usd(0)))
    assert claim_payment(free).instruments == ()
