"""Valid values; a test names only what it is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from argon2 import PasswordHasher

from kiosk.domain.events import CodeOfConduct, Event, EventSlot, Role, StaffMember, Window
from kiosk.domain.money import Money
from kiosk.domain.orders import Method, Order, OrderState, Payment, SlotClaim
from kiosk.domain.people import Attendee
from ledger.ids import new_id

NOW: Final = datetime(2027, 2, 1, 12, tzinfo=UTC)
ADA: Final = Attendee("Ada Lovelace", "ada@example.org")
GRACE: Final = Attendee("Grace Hopper", "grace@example.org")
PIN: Final = "2468"


def usd(minor: int) -> Money:
    """US cents."""
    return Money(minor, "USD")


def a_slot(key: str = "general", **changes: object) -> EventSlot:
    """A slot on sale and valid at any time."""
    slot = EventSlot(
        key=key,
        name="General Admission",
        category="Regular",
        place="All halls",
        price=usd(400),
        capacity=10,
        sale=Window(),
        valid=Window(),
    )
    return replace(slot, **changes)  # type: ignore[arg-type]  # keywords of a dataclass


def an_event(*slots: EventSlot, **changes: object) -> Event:
    """An event of its own key, so that several may share a ledger."""
    event = Event(
        key=f"event-{new_id():x}",
        name="GopherFest",
        currency="USD",
        timezone="America/Chicago",
        hold_seconds=300,
        slots=slots or (a_slot(),),
        conduct={
            "en": CodeOfConduct("en", "Code of Conduct", "# Code of Conduct\n\nBe kind."),
            "es": CodeOfConduct("es", "Código de conducta", "# Código de conducta\n\nSé amable."),
        },
        staff=(a_cashier(),),
    )
    return replace(event, **changes)  # type: ignore[arg-type]  # keywords of a dataclass


@cache
def pin_hash(pin: str) -> str:
    """As in an event file, but cheap to check."""
    # The same salt each time: the hash is part of the names of some tests.
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(pin, salt=bytes(16))


def a_cashier(name: str = "Kim", pin: str = PIN, role: Role = Role.CASHIER) -> StaffMember:
    """Somebody who may take cash."""
    return StaffMember(name, role, pin_hash(pin))


def a_claim(**changes: object) -> SlotClaim:
    """A claim to the first slot."""
    claim = SlotClaim(
        id=new_id(),
        slot_key="general",
        slot_number=1,
        ticket_number="0123456789AX",
        version=1,
        price=usd(400),
        holder=ADA,
    )
    return replace(claim, **changes)  # type: ignore[arg-type]  # keywords of a dataclass


def an_order(state: OrderState = OrderState.HELD, **changes: object) -> Order:
    """An order of one claim, held for five minutes from `NOW`."""
    order = Order(
        id=new_id(),
        number=1,
        state=state,
        attendee=ADA,
        claims=(a_claim(),),
        attempt=1,
        hold_seconds=300,
        placed_at=NOW,
        held_until=NOW + timedelta(minutes=5),
        settled=state is not OrderState.PLACED,
    )
    return replace(order, **changes)  # type: ignore[arg-type]  # keywords of a dataclass


def a_payment(**changes: object) -> Payment:
    """Five dollars in cash for four."""
    payment = Payment(
        id=new_id(),
        method=Method.CASH,
        amount=usd(400),
        tendered=usd(500),
        taken_by="Kim",
        taken_at=NOW,
    )
    return replace(payment, **changes)  # type: ignore[arg-type]  # keywords of a dataclass
