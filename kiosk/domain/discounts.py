"""Discount codes: what one takes off, and what keeps it from being given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.errors import DiscountFault, DiscountRefused
from kiosk.domain.events import Discount
from kiosk.domain.money import Money, zero


class DiscountState(StrEnum):
    """Where the use of a code by an order is; the ledger counts the uses."""

    ASKED = "asked"
    """The intent is stored and the ledger is asked for a use."""
    HELD = "held"
    """The order has it: as long as its places are held, and for good once it is paid."""
    REFUSED = "refused"
    """Others have all its uses; asking again is a new attempt."""
    RETURNING = "returning"
    """The buyer does not want it any more; the ledger is to know."""
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class AppliedDiscount:
    """A discount code on an order."""

    code: str
    amount: Money
    """What it takes off the order."""
    is_limited: bool
    """Whether its uses are counted."""
    attempt: int
    """Counts the uses asked for: a refused transfer id is refused for ever."""
    asked_at: datetime
    state: DiscountState


def amount_off(
    discount: Discount, prices: Iterable[tuple[str, Money]], at: datetime, currency: str
) -> Money:
    """What `discount` takes off claims to these slots at these prices, if it counts at `at`.

    A percentage is rounded half up to the smallest unit. Raises `DiscountRefused`.
    """
    if discount.window.is_before(at):
        raise DiscountRefused(discount.code, DiscountFault.NOT_YET)
    if discount.window.is_after(at):
        raise DiscountRefused(discount.code, DiscountFault.OVER)
    lowered = [
        price
        for slot_key, price in prices
        if slot_key in discount.slot_keys or not discount.slot_keys
    ]
    most = sum(lowered, zero(currency))
    if discount.amount is not None:
        off = min(discount.amount, most)
    else:
        assert discount.percent is not None
        off = Money((most.minor * discount.percent + 50) // 100, currency)
    if not off:
        raise DiscountRefused(discount.code, DiscountFault.NOTHING_TO_LOWER)
    return off
