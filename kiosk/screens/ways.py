"""Ways to pay, and what is said about them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from kiosk.domain.errors import DiscountFault, DiscountRefused
from kiosk.domain.events import ProviderName
from kiosk.domain.orders import Order
from kiosk.domain.provider_payments import PaymentState
from kiosk.services.kiosk import Services
from kiosk.widgets.plain import one_line
from kiosk.words import Words

_LONG_MAX: Final = 2
"""For so many ways beside each other there is room to say each at length."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to pay, as a target names it, and the footer shortly; free is called nothing."""

    key: str
    title: str
    short: str
    note: str = ""


def ways_to_pay(words: Words, services: Services, order: Order) -> Sequence[Way]:
    """The ways that work here now, in the event's order; one of them if nothing is due."""
    if not order.due:
        get = words("Get your ticket") if order.claims else words("Get your tokens")
        return [Way("", get, get)]
    offered = [
        one
        for one in services.catalog.event.providers
        if one is ProviderName.CASH or one in services.payments.providers
    ]
    ways = [way for one in offered if (way := _way(words, services, order, one))]
    if len(ways) > _LONG_MAX:
        return [replace(way, title=way.short) for way in ways]
    return ways or [Way(ProviderName.CASH, words("Pay cash at the desk"), words("Pay cash"))]


def _way(words: Words, services: Services, order: Order, provider: ProviderName) -> Way | None:
    if provider is ProviderName.CASH:
        return Way(provider, words("Pay cash at the desk"), words("Pay cash"))
    if provider is ProviderName.TOKENS:
        token, price = services.catalog.event.accepted_token, services.token_till.price(order)
        if token is None or price is None:
            return None
        tokens = f"{words.number(price)} × {one_line(token.name)}"
        return Way(provider, words("Pay with tokens"), words("Pay with tokens"), tokens)
    return Way(provider, words("Pay with your phone"), words("Pay by phone"))


def payment_ended(words: Words, state: PaymentState | None) -> str:
    """How a payment at a provider ended that was none; nothing if the buyer just went back."""
    match state:
        case PaymentState.FAILED:
            return words(
                "The payment did not go through, and nothing was taken. You can try again, or pay"
                " another way."
            )
        case PaymentState.CANCELLED:
            return words("You cancelled the payment on your phone. Nothing was taken.")
        case PaymentState.SURPLUS:
            return words(
                "That was not the sum that is due. It goes back to you: please tell the person at"
                " this desk."
            )
    return ""


def discount_refusal(words: Words, refused: DiscountRefused) -> str:
    """Why a code takes nothing off."""
    match refused.reason:
        case DiscountFault.NOT_YET:
            return words("This code does not count yet.")
        case DiscountFault.OVER:
            return words("This code does not count any more.")
        case DiscountFault.NOTHING_TO_LOWER:
            return words("This code is for other tickets.")
        case DiscountFault.USED_UP if refused.on_hold:
            return words("Others are just using this code. Perhaps it is free again in a moment.")
        case DiscountFault.USED_UP:
            return words("This code was used as often as it may be.")
        case DiscountFault.ANOTHER_GIVEN:
            return words("There is a code on this order already.")
    return words("We do not know this code. Is it typed as it was given?")
