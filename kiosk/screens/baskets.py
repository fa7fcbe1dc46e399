"""Baskets in words: what is in one, and what keeps it from being bought."""

from collections.abc import Sequence

from kiosk.domain.basket import Basket, places_of
from kiosk.domain.errors import (
    BasketFault,
    NotOnSale,
    RequiredSlotMissing,
    SaleState,
    TooManyTickets,
    WalletFull,
)
from kiosk.domain.events import Event, EventSlot, TokenPack
from kiosk.domain.money import Money
from kiosk.domain.orders import Order
from kiosk.screens.offers import needs, sold_detail
from kiosk.widgets.ticket_card import CardFace, Tone
from kiosk.words import Words


def total(event: Event, basket: Basket) -> Money:
    """What a basket costs before any discount."""
    minor = sum(event.sold(key).price.minor * count for key, count in basket.items())
    return Money(minor, event.currency)


def basket_of(order: Order) -> dict[str, int]:
    """How many tickets of which slot, and packs of which kind, an order has."""
    return dict(order.basket)


def basket_face(words: Words, event: Event, basket: Basket, tone: Tone = Tone.PLAIN) -> CardFace:
    """A basket as one card: the slot or pack itself, or what there is of each."""
    parts = [(one, basket[one.key]) for one in event.on_sale if one.key in basket]
    price = words.money(total(event, basket))
    if len(parts) == 1:
        [(one, count)] = parts
        return CardFace(_counted(parts), sold_detail(words, event, one, count), price, tone=tone)
    many = how_many(words, event, basket)
    return CardFace(_counted(parts[:1]), _counted(parts[1:]), price, many, tone=tone)


def summary(words: Words, event: Event, basket: Basket) -> str:
    """`3 tickets · 8.00 USD`."""
    return f"{how_many(words, event, basket)} · {words.money(total(event, basket))}"


def how_many(words: Words, event: Event, basket: Basket) -> str:
    """`3 tickets, 2 packs`."""
    tickets = sum(places_of(event, basket).values())
    packs = sum(basket.values()) - tickets
    said = [words.count("1 ticket", "{n} tickets", tickets)] if tickets or not packs else []
    return ", ".join([*said, *([words.count("1 pack", "{n} packs", packs)] if packs else [])])


def fault_words(words: Words, event: Event, fault: BasketFault) -> str:
    """What keeps a basket from being bought, and so what would help."""
    match fault:
        case NotOnSale(slot_key, state, sale):
            title = event.sold(slot_key).title
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
                slot=event.sold(slot_key).title,
            )
        case RequiredSlotMissing(slot_key):
            slot = event.slot(slot_key)
            return words("{slot} needs {other}.", slot=slot.title, other=needs(words, event, slot))
        case WalletFull(pack_key, most, left):
            token = event.token(next(one for one in event.packs if one.key == pack_key).token)
            return words(
                "A wallet may have {most} of {token}; there is room for {left} more in this one.",
                most=words.number(most),
                token=token.name,
                left=words.number(left),
            )
    return words("Please choose something first: → takes one.")


def _counted(parts: Sequence[tuple[EventSlot | TokenPack, int]]) -> str:
    return ", ".join(f"{count} × {one.title}" if count > 1 else one.title for one, count in parts)
