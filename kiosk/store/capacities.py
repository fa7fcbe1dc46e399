"""How much there is of what: changes of capacity, stored before the ledger is asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import insert, select, update
from sqlmodel import Session, col, func
from sqlmodel import select as select_rows

from kiosk.domain.events import Event, Resource, ResourceKind
from kiosk.store.schema import ASKED
from kiosk.store.tables import METADATA
from kiosk.store.tables_event import CapacityOutcome, CapacityRow
from ledger.ids import derived_id

_CAPACITY: Final = METADATA.tables["capacity"]
_NUMBERED: Final = {kind: METADATA.tables[kind] for kind in ResourceKind}


@dataclass(frozen=True, slots=True)
class CapacityChange:
    """A change of how much there is of something, stored before the ledger is asked."""

    resource: Resource
    """With its capacity after the change."""
    by: int
    transfer_id: int


@dataclass(frozen=True, slots=True)
class CapacityBatch:
    """Changes that happen together or not at all."""

    number: int
    changes: tuple[CapacityChange, ...]
    is_new: bool
    """Whether it was planned just now, and not found unanswered."""


def plan(session: Session, event: Event) -> CapacityBatch | None:
    """What the ledger must be asked for so that there is as much as the event says.

    A batch that was asked for before and not answered comes first.
    """
    if found := _unanswered(session, event):
        return found
    funded = capacities(session, event.id)
    wanted = {(one.kind, one.number): one for one in event.resources}
    # What the event names no more is left with nothing to sell.
    for (kind, number), total in funded.items():
        if total and (kind, number) not in wanted:
            wanted[kind, number] = Resource(kind, _key(session, event.id, kind, number), number, 0)
    changes = {
        one: one.capacity - funded.get(at, 0)
        for at, one in wanted.items()
        if one.capacity != funded.get(at, 0)
    }
    return _insert(session, event.id, changes) if changes else None


def answered(session: Session, event_id: int, batch: CapacityBatch, *, done: bool) -> None:
    """Note what the ledger said to a batch."""
    outcome = CapacityOutcome.DONE if done else CapacityOutcome.REFUSED
    session.connection().execute(
        update(_CAPACITY)
        .where(_CAPACITY.c.event_id == event_id, _CAPACITY.c.batch == batch.number, ASKED)
        .values(outcome=outcome)
    )


def capacities(session: Session, event_id: int) -> dict[tuple[ResourceKind, int], int]:
    """How much there is of everything that ever was, by kind and number."""
    rows = session.exec(
        select_rows(CapacityRow.kind, CapacityRow.number, func.sum(CapacityRow.amount))
        .where(CapacityRow.event_id == event_id, CapacityRow.outcome != CapacityOutcome.REFUSED)
        .group_by(col(CapacityRow.kind), col(CapacityRow.number))
    )
    return {(ResourceKind(kind), number): int(total) for kind, number, total in rows}


def _unanswered(session: Session, event: Event) -> CapacityBatch | None:
    first = session.exec(
        select_rows(func.min(CapacityRow.batch)).where(CapacityRow.event_id == event.id, ASKED)
    ).one()
    if first is None:
        return None
    rows = session.exec(
        select_rows(CapacityRow)
        .where(CapacityRow.event_id == event.id, CapacityRow.batch == first)
        .order_by(col(CapacityRow.kind), col(CapacityRow.number))
    )
    totals = capacities(session, event.id)
    changes = []
    for row in rows:
        kind = ResourceKind(row.kind)
        key = _key(session, event.id, kind, row.number)
        resource = Resource(kind, key, row.number, totals[kind, row.number])
        changes.append(CapacityChange(resource, row.amount, row.transfer_id))
    return CapacityBatch(first, tuple(changes), is_new=False)


def _insert(session: Session, event_id: int, by: Mapping[Resource, int]) -> CapacityBatch:
    last = session.exec(
        select_rows(func.max(CapacityRow.batch)).where(CapacityRow.event_id == event_id)
    ).one()
    batch = (last or 0) + 1
    ordered = sorted(by, key=lambda one: (one.kind, one.number))
    changes = tuple(
        CapacityChange(one, by[one], derived_id("capacity", event_id, batch, one.kind, one.number))
        for one in ordered
    )
    rows = [
        {
            "event_id": event_id,
            "batch": batch,
            "kind": change.resource.kind,
            "number": change.resource.number,
            "amount": change.by,
            "transfer_id": change.transfer_id,
            "outcome": CapacityOutcome.ASKED,
        }
        for change in changes
    ]
    session.connection().execute(insert(_CAPACITY), rows)
    return CapacityBatch(batch, changes, is_new=True)


def _key(session: Session, event_id: int, kind: ResourceKind, number: int) -> str:
    table = _NUMBERED[kind]
    query = select(table.c.key).where(table.c.event_id == event_id, table.c.number == number)
    return str(session.connection().execute(query).scalar_one())
