"""What may be bought together, by whom and when. Pure: screens ask while somebody chooses, and
the sale asks again before it holds anything."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from kiosk.domain.errors import (
    BasketFault,
    EmptyBasket,
    NoneWanted,
    NotOnSale,
    RequiredSlotMissing,
    SaleState,
    TooManyTickets,
    UnknownSlot,
)
from kiosk.domain.events import Event, EventSlot, TokenPack, folded_code
from kiosk.domain.people import Attendee

Basket = Mapping[str, int]
"""How many tickets of which slot, and how many packs of which kind, by their keys."""
Shares = Mapping[str, Basket]
"""Who holds what of a basket, by e-mail address: whoever has the address has the tickets."""
Owned = Mapping[str, Collection[str]]
"""The slots that somebody has paid tickets for, by e-mail address."""

_NOBODY: Final[Owned] = MappingProxyType({})


def check(
    event: Event,
    basket: Basket,
    now: datetime,
    *,
    shares: Shares | None = None,
    owned: Owned = _NOBODY,
    codes: Iterable[str] = (),
) -> tuple[BasketFault, ...]:
    """Everything that keeps `basket` from being bought; nothing if it may be tried.

    Without `shares` all of it is for one person, nobody knows who yet. `codes` are what was typed.
    Whether places are left is not judged here: that is the ledger's word.
    """
    if not basket:
        return (EmptyBasket(),)
    opened = opened_by(event, codes, now)
    faults = [fault for key in basket for fault in _faults_of_line(event, key, basket, opened, now)]
    for email, share in (shares or {"": basket}).items():
        faults += _missing(event, share, owned.get(email, ()), email)
    tickets = sum(places_of(event, basket).values())
    if tickets > event.order_max:
        faults.append(TooManyTickets(None, event.order_max, tickets))
    return tuple(faults)


def sale_state(
    one: EventSlot | TokenPack, now: datetime, opened: Collection[str] = ()
) -> SaleState:
    """Whether a slot or pack can be bought at `now`, were any left; codes have `opened` some."""
    if isinstance(one, EventSlot) and not one.public and one.key not in opened:
        return SaleState.NOT_PUBLIC
    if one.sale.is_before(now):
        return SaleState.UPCOMING
    return SaleState.ENDED if one.sale.is_after(now) else SaleState.OPEN


def opened_by(event: Event, codes: Iterable[str], now: datetime) -> frozenset[str]:
    """The slots that access codes open at `now`, however they were typed."""
    typed = {folded_code(code) for code in codes}
    return frozenset(
        key
        for access in event.access_codes
        if access.code in typed and access.window.contains(now)
        for key in access.slot_keys
    )


def order_max(event: Event, slot: EventSlot) -> int:
    """How many tickets of a slot one order may have."""
    return min(event.order_max, slot.order_max or event.order_max)


def tickets_of(event: Event, basket: Basket) -> list[EventSlot]:
    """The slot of each ticket of a basket, in the order of the event."""
    return [slot for slot in event.slots for _ in range(basket.get(slot.key, 0))]


def places_of(event: Event, basket: Basket) -> Basket:
    """The tickets of a basket, without its packs."""
    if not event.packs:
        return basket
    packs = {pack.key for pack in event.packs}
    return {key: count for key, count in basket.items() if key not in packs}


def shared(tickets: Iterable[EventSlot], holders: Sequence[Attendee]) -> Shares:
    """Who holds what, where each ticket has its own holder."""
    shares = defaultdict[str, Counter[str]](Counter)
    for slot, holder in zip(tickets, holders, strict=True):
        shares[holder.email][slot.key] += 1
    return shares


def unsure(event: Event, shares: Shares) -> list[str]:
    """Of whom it matters what they own: their share itself lacks what a slot requires."""
    return [email for email, share in shares.items() if _missing(event, share, (), email)]


def _faults_of_line(
    event: Event, key: str, basket: Basket, opened: Collection[str], now: datetime
) -> Iterator[BasketFault]:
    try:
        one = event.sold(key)
    except KeyError:
        yield UnknownSlot(key)
        return
    state, count = sale_state(one, now, opened), basket[key]
    if state is not SaleState.OPEN:
        yield NotOnSale(key, state, one.sale)
    if count < 1:
        yield NoneWanted(key, count)
    elif one.order_max is not None and count > one.order_max:
        yield TooManyTickets(key, one.order_max, count)


def _missing(event: Event, basket: Basket, owned: Collection[str], email: str) -> list[BasketFault]:
    return [
        RequiredSlotMissing(slot.key, slot.requires, email)
        for slot in event.slots
        if slot.key in basket
        and slot.requires
        and not any(key in basket or key in owned for key in slot.requires)
    ]
