"""Put an order together, and say why it could not be held."""

import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from kiosk.domain.basket import Basket, places_of, tickets_of
from kiosk.domain.codes import ticket_number
from kiosk.domain.errors import SoldOut
from kiosk.domain.events import Event, EventSlot, Pool, Resource
from kiosk.domain.goodies import pieces_for
from kiosk.domain.orders import Order, OrderState, SlotClaim
from kiosk.domain.packs import packs_for
from kiosk.domain.people import Attendee
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.store import orders
from ledger.ids import derived_id_beside


def new_order(
    event: Event, order_id: int, basket: Basket, attendee: Attendee, now: datetime
) -> Order:
    """The order of a basket that was checked, its tickets in the order of the event."""
    return Order(
        id=order_id,
        number=0,
        state=OrderState.PLACED,
        attendee=attendee,
        claims=tuple(
            _claim(event, slot, derived_id_beside(order_id, "claim", at), attendee)
            for at, slot in enumerate(tickets_of(event, basket))
        ),
        attempt=1,
        hold_seconds=event.hold_seconds,
        placed_at=now,
        held_until=now + timedelta(seconds=event.hold_seconds),
        settled=False,
        goodies=pieces_for(event, places_of(event, basket)),
        packs=packs_for(event, basket),
    )


async def sold_out(backing: Backing, catalog: Catalog, order: Order) -> SoldOut:
    """What an order that was refused did not find enough of, and when that may come back."""
    event, now = catalog.event, backing.clock.now()
    wanted = list(_wanted(event, order))
    places = await catalog.places([resource for resource, _, _ in wanted])
    # If some came back since, nothing is short any more: trying again is what helps.
    resource, slot, count = next((one for one in wanted if places[one[0]].left < one[2]), wanted[0])
    sharing = [one.number for one in event.slots if slot.pool and one.pool == slot.pool]
    ends = await backing.store.transaction(
        lambda session: orders.last_hold_ends(session, event.id, sharing or [slot.number])
    )
    remaining = max(ends - now, timedelta()) if ends else timedelta()
    found = places[resource]
    return SoldOut(
        slot.key,
        left=found.left,
        on_hold=found.on_hold,
        retry_seconds=-(-remaining // timedelta(seconds=1)) if found.on_hold else 0,
        wanted=count,
        pool_key=None if resource == slot.resource else resource.key,
    )


def _claim(event: Event, slot: EventSlot, claim_id: int, holder: Attendee) -> SlotClaim:
    pool = event.pool_of(slot)
    return SlotClaim(
        id=claim_id,
        slot_key=slot.key,
        slot_number=slot.number,
        ticket_number=ticket_number(secrets.randbits(55)),
        version=1,
        price=slot.price,
        holder=holder,
        pool_number=pool.number if pool else None,
    )


def _wanted(event: Event, order: Order) -> Iterator[tuple[Resource, EventSlot, int]]:
    """What the order takes so many of: slots first, and pools by way of their first slot."""
    counts = Counter(claim.slot_key for claim in order.claims)
    slots = [event.slot(key) for key in counts]
    for slot in slots:
        yield slot.resource, slot, counts[slot.key]
    shared = Counter[Pool]()
    for slot in slots:
        if pool := event.pool_of(slot):
            shared[pool] += counts[slot.key]
    for pool, count in shared.items():
        yield pool.resource, next(one for one in slots if one.pool == pool.key), count
