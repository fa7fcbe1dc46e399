"""Baskets in words: what is in one, and what keeps it from being bought."""

from collections import Counter
from collections.abc import Sequence

from kiosk.domain.basket import Basket
from kiosk.domain.errors import (
    BasketFault,
    NotOnSale,
    RequiredSlotMissing,
    SaleState,
    TooManyTickets,
)
from kiosk.domain.events import Event, EventSlot
from kiosk.domain.money import Money
from kiosk.domain.orders import Order
from kiosk.screens.offers import needs, slot_detail
from kiosk.widgets.ticket_card import CardFace, Tone
from kiosk.words import Words


def total(event: Event, basket: Basket) -> Money:
    """What a basket costs before any discount."""
    minor = sum(event.slot(key).price.minor * count for key, count in basket.items())
    return Money(minor, event.currency)


def basket_of(order: Order) -> dict[str, int]:
    """How many tickets of which slot an order has."""
    return dict(Counter(claim.slot_key for claim in order.claims))


def basket_face(words: Words, event: Event, basket: Basket, tone: Tone = Tone.PLAIN) -> CardFace:
    """A basket as one card: the slot itself, or what there is of each."""
    parts = [(slot, basket[slot.key]) for slot in event.slots if slot.key in basket]
    price = words.money(total(event, basket))
    if len(parts) == 1:
        [(slot, _)] = parts
        return CardFace(_counted(parts), slot_detail(words, slot), price, tone=tone)
    tickets = words.count("1 ticket", "{n} tickets", sum(basket.values()))
    return CardFace(_counted(parts[:1]), _counted(parts[1:]), price, tickets, tone=tone)


def summary(words: Words, event: Event, basket: Basket) -> str:
    """`3 tickets · 8.00 USD`."""
    tickets = words.count("1 ticket", "{n} tickets", sum(basket.values()))
    return f"{tickets} · {words.money(total(event, basket))}"


def fault_words(words: Words, event: Event, fault: BasketFault) -> str:
    """What keeps a basket from being bought, and so what would help."""
    match fault:
        case NotOnSale(slot_key, state, sale):
            title = event.slot(slot_key).title
            if state is SaleState.UPCOMING and sale.starts is not None:
                when = words.moment(sale.starts)
                return words("{slot} can be bought from {when}.", slot=title, when=when)
            return words("{slot} cannot be bought at the moment.", slot=title)
        case TooManyTickets(None, most):
            return words("One order may have {n} tickets at most.", n=words.number(most))
        case TooManyTickets(str() as slot_key, most):
            return words(
                "One order may have {n} of {slot} at most.",
                n=words.number(most),
                slot=event.slot(slot_key).title,
            )
        case RequiredSlotMissing(slot_key):
            slot = event.slot(slot_key)
            return words("{slot} needs {other}.", slot=slot.title, other=needs(words, event, slot))
    return words("Please choose something first: → takes one.")


def _counted(parts: Sequence[tuple[EventSlot, int]]) -> str:
    return ", ".join(
        f"{count} × {slot.title}" if count > 1 else slot.title for slot, count in parts
    )
