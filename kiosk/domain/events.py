"""An event as its organiser describes it: what is sold, when it is valid, who works there."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from hashlib import sha256
from typing import Self

from kiosk.domain.money import Money


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

    @property
    def title(self) -> str:
        """Name and category, as on a ticket."""
        return f"{self.name} · {self.category}" if self.category else self.name


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
    """One event, whole. Instants are UTC; `timezone` is the IANA name people there live by."""

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

    def slot(self, key: str) -> EventSlot:
        """The slot called `key`; `KeyError` if there is none."""
        for slot in self.slots:
            if slot.key == key:
                return slot
        raise KeyError(key)

    def opened(self, event_id: int, slot_numbers: dict[str, int]) -> Self:
        """The event with the identity the store has given it and its slots."""
        slots = tuple(replace(slot, number=slot_numbers[slot.key]) for slot in self.slots)
        return replace(self, id=event_id, slots=slots)
