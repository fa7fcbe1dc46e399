"""What a discount code takes off, and why it may take off nothing."""

from datetime import timedelta

import pytest

from kiosk.domain.discounts import amount_off
from kiosk.domain.errors import DiscountFault, DiscountRefused
from kiosk.domain.events import Discount, Window
from kiosk.domain.money import Money
from tests.kiosk.factories import NOW, usd

CLAIMS = [("general", usd(400)), ("general", usd(400)), ("party", usd(105)), ("free", usd(0))]
TOMORROW = NOW + timedelta(days=1)


def off(discount: Discount) -> Money:
    return amount_off(discount, CLAIMS, NOW, "USD")


@pytest.mark.parametrize(
    ("discount", "minor"),
    [
        (Discount("A", percent=50), 453),
        (Discount("A", percent=100), 905),
        (Discount("A", percent=1), 9),
        (Discount("A", percent=50, slot_keys=("party",)), 53),
        (Discount("A", percent=100, slot_keys=("party", "free")), 105),
        (Discount("A", amount=usd(300)), 300),
        (Discount("A", amount=usd(2000)), 905),
        (Discount("A", amount=usd(200), slot_keys=("party",)), 105),
        (Discount("A", percent=10, window=Window(starts=NOW, ends=TOMORROW)), 91),
    ],
)
def test_a_code_takes_off_a_share_or_an_amount_of_what_it_is_for(
    discount: Discount, minor: int
) -> None:
    assert off(discount) == usd(minor)


@pytest.mark.parametrize(
    ("discount", "reason"),
    [
        (Discount("A", percent=10, window=Window(starts=TOMORROW)), DiscountFault.NOT_YET),
        (Discount("A", percent=10, window=Window(ends=NOW)), DiscountFault.OVER),
        (Discount("A", percent=10, slot_keys=("free",)), DiscountFault.NOTHING_TO_LOWER),
        (Discount("A", percent=10, slot_keys=("other",)), DiscountFault.NOTHING_TO_LOWER),
        (Discount("A", amount=usd(10), slot_keys=("other",)), DiscountFault.NOTHING_TO_LOWER),
    ],
)
def test_a_code_that_takes_off_nothing_says_why(discount: Discount, reason: DiscountFault) -> None:
    with pytest.raises(DiscountRefused) as refused:
        off(discount)
    assert refused.value.reason is reason
