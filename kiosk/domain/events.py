"""An event as its organiser describes it: what is sold, when it is valid, who works there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import IntEnum, StrEnum
from hashlib import sha256
from typing import Final, Self

from kiosk.domain.money import Money
from kiosk.domain.tokens import Token

ORDER_MAX_DEFAULT: Final = 10
"""Tickets in one order, or packs of one kind, where an event says nothing."""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, from its start up to but not including its end; None is unbounded."""

    starts: datetime | None = None
    ends: datetime | None = None

    def contains(self, at: datetime) -> bool:
        """Whether `at` lies inside."""
        return not self.is_before(at) and not self.is_after(at)

    def is_before(self, at: datetime) -> bool:
        """Whether the window is still to come at `at`."""
        return self.starts is not None and at < self.starts

    def is_after(self, at: datetime) -> bool:
        """Whether the window is over at `at`."""
        return self.ends is not None and at >= self.ends

    def covers(self, other: Self) -> bool:
        """Whether every moment of `other` lies inside."""
        starts = self.starts is None or (other.starts is not None and self.starts <= other.starts)
        ends = self.ends is None or (other.ends is not None and other.ends <= self.ends)
        return starts and ends

    def meets(self, other: Self) -> bool:
        """Whether there is a moment in both."""
        return not (
            (self.ends and other.starts and self.ends <= other.starts)
            or (other.ends and self.starts and other.ends <= self.starts)
        )

    def __str__(self) -> str:
        """In words and UTC, for logs and the command line; screens format by locale."""
        starts = f"from {self.starts:%Y-%m-%d %H:%M} UTC" if self.starts else ""
        ends = f"until {self.ends:%Y-%m-%d %H:%M} UTC" if self.ends else ""
        return " ".join(filter(None, (starts, ends))) or "at any time"


class ResourceKind(StrEnum):
    """What there is a limited number of."""

    SLOT = "slot"
    POOL = "pool"
    GOODIE = "goodie"
    HALL = "hall"
    """Of which room for people is limited, not what is sold."""


@dataclass(frozen=True, slots=True)
class Resource:
    """So many of something, counted on the ledger; `number` is 0 until the store gave it one."""

    kind: ResourceKind
    key: str
    number: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Pool:
    """Places that several slots share: a hall of 200, sold in three categories."""

    key: str
    name: str
    capacity: int
    number: int = 0
    """What stands for the pool on the ledger; 0 until the store has given it one."""

    @property
    def resource(self) -> Resource:
        """As something that is counted."""
        return Resource(ResourceKind.POOL, self.key, self.number, self.capacity)


@dataclass(frozen=True, slots=True)
class Hall:
    """A place that takes so many people at a time, whatever tickets they have."""

    key: str
    name: str
    limit: int
    number: int = 0
    """What stands for the hall on the ledger; 0 until the store has given it one."""

    @property
    def resource(self) -> Resource:
        """As something that is counted."""
        return Resource(ResourceKind.HALL, self.key, self.number, self.limit)


class EntryPolicy(StrEnum):
    """How often a ticket admits its holder."""

    SINGLE = "single"
    """Once."""
    DAILY = "daily"
    """Once on each day of the event's time zone; nobody who left comes back on the same day."""
    FREE = "free"
    """As often as its holder has left before."""


@dataclass(frozen=True, slots=True)
class EventSlot:
    """Something one is admitted to, in one ticket category."""

    key: str
    name: str
    category: str
    place: str
    price: Money
    capacity: int
    sale: Window
    valid: Window
    public: bool = True
    number: int = 0
    """What stands for the slot in tickets and on the ledger; 0 until the store has given it one."""
    pool: str | None = None
    """The key of the pool its places come from too."""
    requires: tuple[str, ...] = ()
    """Slots of which one must be held in the same order, or owned already; any one will do."""
    order_max: int | None = None
    """How many one order may have, besides the limit that all slots share."""
    entry: EntryPolicy = EntryPolicy.SINGLE
    hall: str | None = None
    """The key of the hall it leads to; without one, people inside are counted, not limited."""

    @property
    def title(self) -> str:
        """Name and category, as on a ticket."""
        return f"{self.name} · {self.category}" if self.category else self.name

    @property
    def resource(self) -> Resource:
        """As something that is counted."""
        return Resource(ResourceKind.SLOT, self.key, self.number, self.capacity)


@dataclass(frozen=True, slots=True)
class TokenPack:
    """Tokens of one kind that are sold together, such as ten drinks for the price of nine."""

    key: str
    name: str
    token: str
    """The key of the kind of token."""
    tokens: int
    """How many there are in one."""
    price: Money
    sale: Window
    order_max: int = ORDER_MAX_DEFAULT
    """How many of them one order may have."""

    @property
    def title(self) -> str:
        """What it is called beside tickets."""
        return self.name


@dataclass(frozen=True, slots=True)
class Stall:
    """A place where tokens are spent: what goes there is counted by its key."""

    key: str
    name: str


class Per(StrEnum):
    """What a goodie is given for."""

    ORDER = "order"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Goodie:
    """A present for the first `count` buyers of `slot_keys`, or of anything where these are ()."""

    key: str
    name: str
    count: int
    per: Per = Per.ORDER
    slot_keys: tuple[str, ...] = ()
    number: int = 0
    """What stands for the goodie on the ledger; 0 until the store has given it one."""

    @property
    def resource(self) -> Resource:
        """As something that is counted."""
        return Resource(ResourceKind.GOODIE, self.key, self.number, self.count)


@dataclass(frozen=True, slots=True)
class Discount:
    """A code that lowers what is due: by `percent` of it (1 to 100), or by up to `amount`.

    Exactly one of both is given. `slot_keys` are the slots whose price it lowers, or () for all;
    `uses_max` is how many orders may use it, None for any number, within `window`.
    """

    code: str
    percent: int | None = None
    amount: Money | None = None
    slot_keys: tuple[str, ...] = ()
    uses_max: int | None = None
    window: Window = Window()


@dataclass(frozen=True, slots=True)
class AccessCode:
    """A code that lets whoever knows it buy slots that are not public."""

    code: str
    slot_keys: tuple[str, ...]
    window: Window = Window()


class ProviderName(StrEnum):
    """A way of paying that an event may offer."""

    CASH = "cash"
    SANDBOX = "sandbox"
    TOKENS = "tokens"
    """With the tokens of the event that are worth money."""


def folded_code(typed: str) -> str:
    """An access or discount code however it was typed: case and outer blanks say nothing."""
    return typed.strip().upper()


@dataclass(frozen=True, slots=True)
class CodeOfConduct:
    """The text an attendee accepts before being admitted, in one language."""

    language: str
    title: str
    markdown: str

    @property
    def digest(self) -> bytes:
        """SHA-256 of the exact text: what the record says was accepted."""
        return sha256(self.markdown.encode()).digest()


class Role(IntEnum):
    """What a member of staff may do; each role may do what those below it may."""

    STEWARD = 1
    CASHIER = 2
    SUPERVISOR = 3
    ORGANISER = 4


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who works at the event; `pin_hash` is argon2id in PHC form."""

    name: str
    role: Role
    pin_hash: str


@dataclass(frozen=True, slots=True)
class Event:
    """One event, whole; its codes are folded.

    Instants are UTC; `timezone` is the IANA name people there live by.
    """

    key: str
    name: str
    currency: str
    timezone: str
    hold_seconds: int
    slots: tuple[EventSlot, ...]
    conduct: dict[str, CodeOfConduct]
    staff: tuple[StaffMember, ...]
    id: int = 0
    """128 bits, made when the store first saw the event; 0 until then."""
    order_max: int = ORDER_MAX_DEFAULT
    """Tickets that one order may have at most."""
    pools: tuple[Pool, ...] = ()
    halls: tuple[Hall, ...] = ()
    goodies: tuple[Goodie, ...] = ()
    providers: tuple[ProviderName, ...] = (ProviderName.CASH,)
    discounts: tuple[Discount, ...] = ()
    access_codes: tuple[AccessCode, ...] = ()
    self_check_in: bool = True
    """Whether attendees may check in without staff."""
    emptied_at: time | None = None
    """When, every day where the event is, whoever is still inside has gone home; None is never."""
    tokens: tuple[Token, ...] = ()
    packs: tuple[TokenPack, ...] = ()
    """Tokens that are on sale; no slot has the key of one."""
    stalls: tuple[Stall, ...] = ()
    """Where staff take tokens."""
    transfer_until: datetime | None = None
    """Until when tickets may be passed on; None is until what they are for begins."""

    def slot(self, key: str) -> EventSlot:
        """The slot called `key`; `KeyError` if there is none."""
        for slot in self.slots:
            if slot.key == key:
                return slot
        raise KeyError(key)

    @property
    def on_sale(self) -> tuple[EventSlot | TokenPack, ...]:
        """Everything that has a price, slots first."""
        return (*self.slots, *self.packs)

    def sold(self, key: str) -> EventSlot | TokenPack:
        """The slot or pack called `key`; `KeyError` if there is none."""
        for one in self.on_sale:
            if one.key == key:
                return one
        raise KeyError(key)

    @property
    def accepted_token(self) -> Token | None:
        """The kind of token that pays for orders, if one does."""
        return next((token for token in self.tokens if token.value is not None), None)

    def place_name(self, app: str) -> str:
        """What people call the place where tokens were spent: a stall, or what calls itself so."""
        return next((stall.name for stall in self.stalls if stall.key == app), app)

    def token(self, key: str) -> Token:
        """The kind of token called `key`; `KeyError` if there is none."""
        for token in self.tokens:
            if token.key == key:
                return token
        raise KeyError(key)

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Everything the ledger counts for this event, slots first."""
        slots = (one.resource for one in self.slots)
        pools = (one.resource for one in self.pools)
        goodies = (one.resource for one in self.goodies)
        halls = (one.resource for one in self.halls)
        return (*slots, *pools, *goodies, *halls)

    def pool_of(self, slot: EventSlot) -> Pool | None:
        """The pool that `slot` shares with others."""
        return next((pool for pool in self.pools if pool.key == slot.pool), None)

    def hall_of(self, slot: EventSlot) -> Hall | None:
        """The hall that `slot` leads to, if it is one of limited room."""
        return next((hall for hall in self.halls if hall.key == slot.hall), None)

    def discount(self, typed: str) -> Discount | None:
        """The discount of a code as somebody typed it, valid now or not."""
        code = folded_code(typed)
        return next((one for one in self.discounts if one.code == code), None)

    def opened(self, event_id: int, numbers: Mapping[tuple[ResourceKind, str], int]) -> Self:
        """The event with the identity the store has given it and what it counts."""
        of = ResourceKind
        return replace(
            self,
            id=event_id,
            slots=tuple(replace(one, number=numbers[of.SLOT, one.key]) for one in self.slots),
            pools=tuple(replace(one, number=numbers[of.POOL, one.key]) for one in self.pools),
            goodies=tuple(replace(one, number=numbers[of.GOODIE, one.key]) for one in self.goodies),
            halls=tuple(replace(one, number=numbers[of.HALL, one.key]) for one in self.halls),
        )
