"""Events that were opened: their identity, their numbers, and what their tickets rely on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, exists, insert, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from kiosk.domain.entries import ENTRIES
from kiosk.domain.errors import EventChanged
from kiosk.domain.event_changes import SlotOnRecord, breaks_tickets, moves_people
from kiosk.domain.events import Event, ResourceKind, Window
from kiosk.domain.orders import OrderState
from kiosk.store import tokens
from kiosk.store.tables import METADATA, StepOutcome
from kiosk.store.tables_event import EventRow, SlotRow

_CLAIMS: Final = METADATA.tables["claim"]
_ORDERS: Final = METADATA.tables["orders"]
_SLOTS: Final = METADATA.tables["slot"]
_STEPS: Final = METADATA.tables["door_step"]
_NOTE_SLOT: Final = (
    update(_SLOTS)
    .where(_SLOTS.c.event_id == bindparam("of"), _SLOTS.c.number == bindparam("at"))
    .values(
        valid_starts=bindparam("new_starts"),
        valid_ends=bindparam("new_ends"),
        pool_number=bindparam("new_pool"),
        hall_number=bindparam("new_hall"),
    )
)
_NUMBERED: Final = {kind: METADATA.tables[kind] for kind in ResourceKind}
_RELIED_ON: Final = (OrderState.PLACED, OrderState.HELD, OrderState.PAID)
"""States of orders whose tickets exist, or may at any moment."""
_NUMBER_MAX: Final = 65_535

Numbers = Mapping[tuple[ResourceKind, str], int]
"""What stands for the slots, pools and goodies of an event."""


@dataclass(frozen=True, slots=True)
class EventKey:
    """Whose signature is that of which event."""

    event_name: str
    public_key: bytes


def public_key(session: Session, event_key: str) -> bytes | None:
    """The key that signs the tickets of an event, if it was opened before."""
    return session.exec(select_rows(EventRow.public_key).where(EventRow.key == event_key)).first()


def time_zones(session: Session) -> set[str]:
    """The IANA names of where events are, as far as they were opened by this release."""
    return set(session.exec(select_rows(EventRow.timezone).where(EventRow.timezone != "")))


def identity(session: Session, event_key: str) -> int | None:
    """The id of an event, if it was opened before."""
    return session.exec(select_rows(EventRow.id).where(EventRow.key == event_key)).first()


def other_keys(session: Session, event_id: int) -> list[EventKey]:
    """The keys of all events but one."""
    rows = session.exec(select_rows(EventRow).where(EventRow.id != event_id))
    return [EventKey(row.name, row.public_key) for row in rows]


def identify(session: Session, event: Event, new_id: int, public_key: bytes, at: datetime) -> Event:
    """Give the event its identity, the one it has or else `new_id`, and numbers to what it counts.

    Raises `EventChanged`, having changed nothing, if it would break what was sold.
    """
    wanted = select_rows(EventRow).where(EventRow.key == event.key).with_for_update()
    row = session.exec(wanted).first()
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
    numbers = {kind: _numbers(session, row.id, kind) for kind in ResourceKind}
    refused = []
    if row.currency != event.currency:
        refused.append(f"its currency is {row.currency} for ever, not {event.currency}")
    for record in _slots_on_record(session, row.id, numbers):
        broken, moved = breaks_tickets(event, record), moves_people(event, record)
        # Asked last: it takes a look at every claim of a slot nobody bought, or nobody is in.
        if broken and _is_sold(session, row.id, record.number):
            refused += broken
        if moved and _is_anybody_inside(session, row.id, record.number):
            refused += moved
    if refused:
        raise EventChanged(event.key, "; ".join(refused))
    opened = event.opened(row.id, _number(session, row.id, event, numbers))
    return replace(opened, tokens=tokens.numbered(session, row.id, event.tokens))


def note(session: Session, event: Event) -> None:
    """Note what the event is called, where it is, and what tickets sold from now on rely on."""
    values = {"name": event.name, "timezone": event.timezone}
    session.exec(update(EventRow).where(col(EventRow.id) == event.id).values(values))
    rows = []
    for slot in event.slots:
        pool, hall = event.pool_of(slot), event.hall_of(slot)
        rows.append(
            {
                "of": event.id,
                "at": slot.number,
                "new_starts": slot.valid.starts,
                "new_ends": slot.valid.ends,
                "new_pool": pool.number if pool else None,
                "new_hall": hall.number if hall else None,
            }
        )
    session.connection().execute(_NOTE_SLOT, rows)


def _numbers(session: Session, event_id: int, kind: ResourceKind) -> dict[str, int]:
    table = _NUMBERED[kind]
    rows = session.connection().execute(
        select(table.c.key, table.c.number).where(table.c.event_id == event_id)
    )
    return {row.key: row.number for row in rows}


def _number(
    session: Session, event_id: int, event: Event, known: Mapping[ResourceKind, dict[str, int]]
) -> Numbers:
    numbers = {}
    for resource in event.resources:
        of_kind = known[resource.kind]
        if resource.key not in of_kind:
            number = max(of_kind.values(), default=0) + 1
            if number > _NUMBER_MAX:
                raise EventChanged(event.key, f"it has had {_NUMBER_MAX} {resource.kind}s already")
            of_kind[resource.key] = number
            row = {"event_id": event_id, "number": number, "key": resource.key}
            session.connection().execute(insert(_NUMBERED[resource.kind]), row)
        numbers[resource.kind, resource.key] = of_kind[resource.key]
    return numbers


def _slots_on_record(
    session: Session, event_id: int, numbers: Mapping[ResourceKind, dict[str, int]]
) -> list[SlotOnRecord]:
    pool_keys, hall_keys = (
        {number: key for key, number in numbers[kind].items()}
        for kind in (ResourceKind.POOL, ResourceKind.HALL)
    )
    rows = session.exec(select_rows(SlotRow).where(SlotRow.event_id == event_id))
    return [
        SlotOnRecord(
            key=row.key,
            number=row.number,
            valid=Window(row.valid_starts, row.valid_ends),
            pool=None if row.pool_number is None else pool_keys[row.pool_number],
            hall=None if row.hall_number is None else hall_keys[row.hall_number],
        )
        for row in rows
    ]


def _is_sold(session: Session, event_id: int, slot_number: int) -> bool:
    claims = (
        select(_CLAIMS.c.id)
        .join(_ORDERS, _ORDERS.c.id == _CLAIMS.c.order_id)
        .where(_CLAIMS.c.event_id == event_id, _CLAIMS.c.slot_number == slot_number)
        .where(_ORDERS.c.state.in_(_RELIED_ON))
        .limit(1)
    )
    return session.scalars(claims).first() is not None


def _is_anybody_inside(session: Session, event_id: int, slot_number: int) -> bool:
    """Whether somebody entered by a ticket for a slot and did not leave, or may do so now."""
    later = _STEPS.alias()
    is_last = ~exists().where(
        later.c.claim_id == _STEPS.c.claim_id,
        later.c.outcome == StepOutcome.DONE,
        later.c.step > _STEPS.c.step,
    )
    has_entered = (_STEPS.c.outcome == StepOutcome.DONE) & _STEPS.c.kind.in_(ENTRIES) & is_last
    inside = (
        select(_STEPS.c.claim_id)
        .join(_CLAIMS, _CLAIMS.c.id == _STEPS.c.claim_id)
        .where(_CLAIMS.c.event_id == event_id, _CLAIMS.c.slot_number == slot_number)
        .where((_STEPS.c.outcome == StepOutcome.ASKED) | has_entered)
        .limit(1)
    )
    return session.execute(inside).first() is not None
