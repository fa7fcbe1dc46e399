"""Offers and tickets as cards: what is printed on them."""

from kiosk.domain.errors import SaleState
from kiosk.domain.events import EventSlot
from kiosk.services.catalog import Offer
from kiosk.widgets.ticket_card import CardFace, Tone
from kiosk.words import Words


def slot_detail(words: Words, slot: EventSlot) -> str:
    """When and where: `Fri 12 Mar – Sun 14 Mar, all halls`."""
    return ", ".join(part for part in (words.window(slot.valid), slot.place) if part)


def slot_face(words: Words, slot: EventSlot, tone: Tone = Tone.PLAIN) -> CardFace:
    """A slot with its price."""
    return CardFace(slot.title, slot_detail(words, slot), words.money(slot.price), tone=tone)


def can_be_bought(offer: Offer) -> bool:
    """Whether it is worth asking for one now."""
    return offer.sale_state is SaleState.OPEN and offer.left > 0


def offer_face(words: Words, offer: Offer, hold_seconds: int) -> CardFace:
    """An offer as it stands: what is left, or why there is none."""
    slot = offer.slot
    if can_be_bought(offer):
        left = words.count("1 left", "{n} left", offer.left)
        return CardFace(slot.title, slot_detail(words, slot), words.money(slot.price), foot=left)
    detail, stub, note = slot_detail(words, slot), words("not on sale"), ""
    match offer.sale_state:
        case SaleState.UPCOMING if slot.sale.starts is not None:
            detail = words("on sale from {when}", when=words.moment(slot.sale.starts))
            stub = words("not yet")
        case SaleState.ENDED:
            stub = words("sale is over")
        case SaleState.OPEN:
            stub = words("sold out")
            if offer.on_hold:
                detail = on_hold(words, offer.on_hold, hold_seconds)
                note = words("try again soon")
    return CardFace(slot.title, detail, stub, note, tone=Tone.MUTED)


def on_hold(words: Words, places: int, seconds: int) -> str:
    """`4 are on hold and may come back within 5 min`."""
    return words.count(
        "1 is on hold and may come back within {minutes} min",
        "{n} are on hold and may come back within {minutes} min",
        places,
        minutes=max(1, -(-seconds // 60)),
    )
