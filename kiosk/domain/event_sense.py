"""What an event file says that is allowed, and yet hardly meant: cautions, in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.domain.events import (
    Discount,
    EntryPolicy,
    Event,
    EventSlot,
    Goodie,
    Hall,
    Pool,
    ProviderName,
    Role,
    Window,
)
from kiosk.domain.toml_lines import Path

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that makes no sense, and where in the file it is said."""

    path: Path
    words: str


def cautions(event: Event, now: datetime) -> tuple[Caution, ...]:
    """Everything about `event` that an organiser may want to look at once more."""
    checks: tuple[Callable[[Event, datetime], Iterator[Caution]], ...] = (
        _of_slots,
        _of_requirements,
        _of_pools,
        _of_halls,
        _of_goodies,
        _of_discounts,
        _of_access,
        _of_packs,
        _of_money_and_staff,
    )
    return tuple(caution for check in checks for caution in check(event, now))


def _of_slots(event: Event, now: datetime) -> Iterator[Caution]:
    for index, slot in enumerate(event.slots):
        at: Path = ("slots", index)
        if slot.public and not slot.capacity:
            yield Caution((*at, "capacity"), f"everybody sees {slot.key}, and nobody can buy it")
        if not slot.public and not _opening(event, slot):
            yield Caution((*at, "public"), f"no access code opens {slot.key}: nobody can buy it")
        if slot.valid.is_after(now):
            yield Caution((*at, "valid_ends"), f"tickets for {slot.key} are valid no more")
        if not slot.sale.meets(Window(ends=slot.valid.ends)):
            words = f"{slot.key} is on sale only when its tickets are valid no more"
            yield Caution((*at, "sale_starts"), words)
        elif slot.sale.ends and slot.valid.ends and slot.sale.ends > slot.valid.ends:
            words = f"{slot.key} is still on sale when its tickets are valid no more"
            yield Caution((*at, "sale_ends"), words)
        if slot.order_max is not None and slot.order_max > event.order_max:
            words = f"tickets_per_order allows {event.order_max} of anything"
            yield Caution((*at, "per_order"), words)
    if all(slot.sale.is_after(now) for slot in event.slots):
        yield Caution(("slots", 0), "nothing is on sale any more")


def _of_requirements(event: Event, now: datetime) -> Iterator[Caution]:
    for index, slot in enumerate(event.slots):
        at: Path = ("slots", index, "requires")
        required = [event.slot(key) for key in slot.requires]
        if not required:
            continue
        keys = " or ".join(slot.requires)
        if not any(_can_be_bought(event, one, until=slot.sale.ends) for one in required):
            yield Caution(at, f"{slot.key} requires {keys}, which cannot be bought before it")
        if not any(one.valid.meets(slot.valid) for one in required):
            yield Caution(at, f"{slot.key} is never valid at the same time as {keys}")


def _of_pools(event: Event, now: datetime) -> Iterator[Caution]:
    for index, pool in enumerate(event.pools):
        at: Path = ("pools", index)
        slots = [slot for slot in event.slots if slot.pool == pool.key]
        if not slots:
            yield Caution((*at, "key"), f"no slot takes its places from {pool.key}")
            continue
        yield from _of_size(pool, slots, (*at, "capacity"))


def _of_size(pool: Pool, slots: list[EventSlot], at: Path) -> Iterator[Caution]:
    together = sum(slot.capacity for slot in slots)
    if pool.capacity > together:
        words = f"its slots have {together} places together, so {pool.key} is never full"
        yield Caution(at, words)
    for slot in slots:
        if slot.capacity > pool.capacity:
            words = f"{slot.key} alone has {slot.capacity} places, more than {pool.key}"
            yield Caution(at, words)


def _of_halls(event: Event, now: datetime) -> Iterator[Caution]:
    for index, hall in enumerate(event.halls):
        at: Path = ("halls", index)
        people = _people_at_most(event, hall)
        if all(slot.hall != hall.key for slot in event.slots):
            yield Caution((*at, "key"), f"no slot leads to {hall.key}")
        elif not hall.limit:
            yield Caution((*at, "limit"), f"nobody gets into {hall.key}")
        elif hall.limit >= people:
            words = f"its slots have {people} places together, so {hall.key} is never full"
            yield Caution((*at, "limit"), words)
        elif event.emptied_at is None and _is_used_overnight(event, hall):
            words = f"{hall.key} is used for days and never emptied: see emptied_at of [event]"
            yield Caution((*at, "limit"), words)
    for index, slot in enumerate(event.slots):
        days = _days(event, slot.valid)
        if slot.entry is EntryPolicy.DAILY and days == 1:
            words = f"{slot.key} is valid on one day, so daily is the same as single"
            yield Caution(("slots", index, "entry"), words)


def _people_at_most(event: Event, hall: Hall) -> int:
    slots = [slot for slot in event.slots if slot.hall == hall.key]
    alone = sum(slot.capacity for slot in slots if slot.pool is None)
    pooled = (
        min(pool.capacity, sum(slot.capacity for slot in slots if slot.pool == pool.key))
        for pool in event.pools
    )
    return alone + sum(pooled)


def _is_used_overnight(event: Event, hall: Hall) -> bool:
    """Whether people go home from it who may come back, and need not be scanned out."""
    stays = [slot.valid for slot in event.slots if slot.hall == hall.key]
    return any(one.starts and one.ends and one.ends - one.starts > _DAY for one in stays)


def _days(event: Event, window: Window) -> int | None:
    """On how many days somebody may be let in; None if that is open."""
    if window.starts is None or window.ends is None:
        return None
    zone, moment = ZoneInfo(event.timezone), timedelta(microseconds=1)
    first, last = (at.astimezone(zone).date() for at in (window.starts, window.ends - moment))
    return (last - first).days + 1


def _of_goodies(event: Event, now: datetime) -> Iterator[Caution]:
    for index, goodie in enumerate(event.goodies):
        at: Path = ("goodies", index)
        if not goodie.count:
            yield Caution((*at, "count"), f"there is no {goodie.key} to get")
        elif not any(_can_be_bought(event, slot) for slot in _slots_of(event, goodie)):
            words = f"nobody can get {goodie.key}: none of its slots can be bought"
            yield Caution((*at, "slots") if goodie.slot_keys else at, words)


def _of_discounts(event: Event, now: datetime) -> Iterator[Caution]:
    for index, discount in enumerate(event.discounts):
        at: Path = ("discounts", index)
        slots = _slots_of(event, discount)
        if not any(slot.price for slot in slots):
            yield Caution((*at, "code"), f"{discount.code} lowers nothing: its slots are free")
        if discount.window.is_after(now):
            yield Caution((*at, "ends"), f"{discount.code} counts no more")
        elif not any(slot.sale.meets(discount.window) for slot in slots):
            words = f"{discount.code} never counts while its slots are on sale"
            yield Caution(at, words)


def _of_access(event: Event, now: datetime) -> Iterator[Caution]:
    for index, access in enumerate(event.access_codes):
        at: Path = ("access", index)
        slots = [event.slot(key) for key in access.slot_keys]
        for slot in slots:
            if slot.public:
                words = f"{slot.key} is public: everybody can buy it without {access.code}"
                yield Caution((*at, "slots"), words)
        if access.window.is_after(now):
            yield Caution((*at, "ends"), f"{access.code} opens nothing any more")
        elif not any(slot.sale.meets(access.window) for slot in slots):
            yield Caution(at, f"{access.code} never opens anything while it is on sale")


def _of_packs(event: Event, now: datetime) -> Iterator[Caution]:
    for index, pack in enumerate(event.packs):
        at: Path = ("packs", index)
        token = event.token(pack.token)
        if pack.sale.is_after(now):
            yield Caution((*at, "sale_ends"), f"{pack.key} is not on sale any more")
        if pack.tokens > token.supply:
            words = f"there are {token.supply} of {token.key} altogether: nobody can buy {pack.key}"
            yield Caution((*at, "tokens"), words)
        elif (most := token.limits.balance_max) is not None and pack.tokens > most:
            words = f"no wallet may have more than {most} of {token.key}: nobody can buy {pack.key}"
            yield Caution((*at, "tokens"), words)


def _of_money_and_staff(event: Event, now: datetime) -> Iterator[Caution]:
    roles = {member.role for member in event.staff}
    if event.stalls and not event.tokens:
        yield Caution(("stalls", 0), "there are no tokens that a stall could take")
    if event.stalls and not any(role >= Role.CASHIER for role in roles):
        yield Caution(("stalls", 0), "nobody may take tokens: no cashier, supervisor or organiser")
    if not event.providers and any(one.price for one in event.on_sale):
        yield Caution(("payments",), "there is no way of paying")
    if ProviderName.CASH in event.providers and not any(role >= Role.CASHIER for role in roles):
        yield Caution(("staff",), "nobody may take cash: no cashier, supervisor or organiser")
    if Role.ORGANISER not in roles:
        yield Caution(("staff",), "nobody may see the organiser's screen")


def _slots_of(event: Event, one: Goodie | Discount) -> list[EventSlot]:
    return [slot for slot in event.slots if slot.key in one.slot_keys or not one.slot_keys]


def _opening(event: Event, slot: EventSlot) -> bool:
    return any(slot.key in access.slot_keys for access in event.access_codes)


def _can_be_bought(event: Event, slot: EventSlot, until: datetime | None = None) -> bool:
    pool = event.pool_of(slot)
    has_places = bool(slot.capacity) and (pool is None or bool(pool.capacity))
    is_sold = slot.sale.meets(Window(ends=until))
    return has_places and is_sold and (slot.public or _opening(event, slot))
