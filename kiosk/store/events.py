"""Events that were opened: their identity, slot numbers and funded capacity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select, update

from kiosk.domain.errors import EventChanged
from kiosk.domain.events import Event
from kiosk.store.tables import EventRow, FundingRow, SlotRow


@dataclass(frozen=True, slots=True)
class FundingStep:
    """One growth of a slot's capacity: to `total`, by `amount`."""

    slot_key: str
    total: int
    amount: int


@dataclass(frozen=True, slots=True)
class EventKey:
    """Whose signature is that of which event."""

    event_name: str
    public_key: bytes


def public_key(session: Session, event_key: str) -> bytes | None:
    """The key that signs the tickets of an event, if it was opened before."""
    return session.exec(select(EventRow.public_key).where(EventRow.key == event_key)).first()


def other_keys(session: Session, event_id: int) -> list[EventKey]:
    """The keys of all events but one."""
    rows = session.exec(select(EventRow).where(EventRow.id != event_id))
    return [EventKey(row.name, row.public_key) for row in rows]


def open_event(
    session: Session, event: Event, new_id: int, public_key: bytes, at: datetime
) -> Event:
    """Give the event its identity: the one it has, or else `new_id`; raises `EventChanged`."""
    row = session.exec(select(EventRow).where(EventRow.key == event.key)).first()
    if row is None:
        row = EventRow(
            id=new_id,
            key=event.key,
            name=event.name,
            currency=event.currency,
            public_key=public_key,
            opened_at=at,
        )
        session.add(row)
        session.flush()
    if row.currency != event.currency:
        raise EventChanged(event.key, f"its currency is {row.currency}, not {event.currency}")
    if row.name != event.name:
        session.exec(update(EventRow).where(col(EventRow.id) == row.id).values(name=event.name))
    return event.opened(row.id, _number_slots(session, row.id, event))


def _number_slots(session: Session, event_id: int, event: Event) -> dict[str, int]:
    rows = session.exec(select(SlotRow).where(SlotRow.event_id == event_id))
    numbers = {row.key: row.number for row in rows}
    keys = [slot.key for slot in event.slots]
    if gone := sorted(numbers.keys() - set(keys)):
        raise EventChanged(event.key, f"these slots were opened before: {', '.join(gone)}")
    for key in keys:
        if key not in numbers:
            numbers[key] = max(numbers.values(), default=0) + 1
            session.add(SlotRow(event_id=event_id, number=numbers[key], key=key))
    session.flush()
    return numbers


def plan_funding(session: Session, event: Event) -> Sequence[FundingStep]:
    """Every step by which the slots reached their capacity, a new one where it has grown."""
    steps = []
    for slot in event.slots:
        of_slot = (FundingRow.event_id == event.id, FundingRow.slot_number == slot.number)
        funded = session.exec(select(func.max(FundingRow.total)).where(*of_slot)).one() or 0
        if slot.capacity < funded:
            change = f"the capacity of {slot.key} is {funded} and cannot shrink to {slot.capacity}"
            raise EventChanged(event.key, change)
        if slot.capacity > funded:
            session.add(
                FundingRow(
                    event_id=event.id,
                    slot_number=slot.number,
                    total=slot.capacity,
                    amount=slot.capacity - funded,
                )
            )
            session.flush()
        rows = session.exec(select(FundingRow).where(*of_slot).order_by(col(FundingRow.total)))
        steps += [FundingStep(slot.key, row.total, row.amount) for row in rows]
    return steps
