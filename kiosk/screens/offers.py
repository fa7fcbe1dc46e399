"""Offers and tickets as cards: what is printed on them."""

from typing import TypeAlias

from kiosk.domain.errors import SaleState
from kiosk.domain.events import Event, EventSlot, TokenPack, Window
from kiosk.services.catalog import Offer
from kiosk.services.pack_stock import PackOffer
from kiosk.widgets.ticket_card import CardFace, Stepper, Tone
from kiosk.words import Words

AnyOffer: TypeAlias = Offer | PackOffer


def slot_detail(words: Words, slot: EventSlot, condition: str = "") -> str:
    """When and where: `Fri 12 Mar – Sun 14 Mar, all halls`, and in between on what condition."""
    always = slot.valid == Window() and (condition or slot.place)
    window = "" if always else words.window(slot.valid)
    when = " · ".join(part for part in (window, condition) if part)
    return ", ".join(part for part in (when, slot.place) if part)


def pack_detail(words: Words, event: Event, pack: TokenPack, count: int) -> str:
    """`10 × Drink into your wallet`, of so many packs."""
    name, many = event.token(pack.token).name, words.number(pack.tokens * count)
    return words("{n} × {token} into your wallet", n=many, token=name)


def sold_detail(words: Words, event: Event, one: EventSlot | TokenPack, count: int = 1) -> str:
    """When and where, or how many tokens so many packs are."""
    if isinstance(one, TokenPack):
        return pack_detail(words, event, one, count)
    return slot_detail(words, one)


def slot_face(words: Words, slot: EventSlot, tone: Tone = Tone.PLAIN) -> CardFace:
    """A slot with its price."""
    return CardFace(slot.title, slot_detail(words, slot), words.money(slot.price), tone=tone)


def needs(words: Words, event: Event, slot: EventSlot) -> str:
    """`General Admission`: what one of the slots that `slot` requires is called."""
    names = dict.fromkeys(event.slot(key).name for key in slot.requires)
    return words(" or ").join(names)


def can_be_bought(offer: AnyOffer) -> bool:
    """Whether it is worth asking for one now."""
    return offer.sale_state is SaleState.OPEN and offer.left > 0


def offer_face(words: Words, event: Event, offer: AnyOffer, count: int = 0) -> CardFace:
    """An offer as it stands, `count` of it taken: what is left, or why there is none."""
    one = offer.sold
    if not can_be_bought(offer) and not count:
        return _refusing_face(words, event, offer)
    detail = sold_detail(words, event, one)
    if isinstance(one, EventSlot) and one.requires:
        needed = words("needs {other}", other=needs(words, event, one))
        detail = slot_detail(words, one, needed)
    return CardFace(
        one.title,
        detail,
        words.money(one.price),
        foot=words.count("1 left", "{n} left", max(0, offer.left)),
        tone=Tone.CHOSEN if count else Tone.PLAIN,
        stepper=Stepper(count, count > 0, count < min(offer.left, offer.order_max)),
    )


def _refusing_face(words: Words, event: Event, offer: AnyOffer) -> CardFace:
    one = offer.sold
    detail, stub, note = sold_detail(words, event, one), words("not on sale"), ""
    match offer.sale_state:
        case SaleState.UPCOMING if one.sale.starts is not None:
            detail = words("on sale from {when}", when=words.moment(one.sale.starts))
            stub = words("not yet")
        case SaleState.ENDED:
            stub = words("sale is over")
        case SaleState.OPEN:
            stub = words("sold out")
            if offer.on_hold:
                detail = on_hold(words, offer.on_hold, event.hold_seconds)
                note = words("try again soon")
    return CardFace(one.title, detail, stub, note, tone=Tone.MUTED)


def on_hold(words: Words, places: int, seconds: int) -> str:
    """`4 are on hold and may come back within 5 min`."""
    return words.count(
        "1 is on hold and may come back within {minutes} min",
        "{n} are on hold and may come back within {minutes} min",
        places,
        minutes=max(1, -(-seconds // 60)),
    )
