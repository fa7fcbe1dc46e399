"""Halls that are emptied: stored before anybody is let out, and done when everybody is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, exists, select, update
from sqlmodel import Session

from kiosk.domain.admission import EVERY_SLOT, Gate
from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.emptying import Emptying
from kiosk.domain.entries import ENTRIES, Standing
from kiosk.domain.events import Event
from kiosk.domain.orders import SlotClaim
from kiosk.store import audit, door
from kiosk.store.emptying_tables import METADATA
from kiosk.store.order_rows import claim_of, claims_where
from kiosk.store.tables import StepOutcome
from kiosk.store.upserts import insert_missing

PAGE: Final = 200
"""So many are let out at once: whoever sells or scans meanwhile hardly waits."""

_CLAIMS: Final = METADATA.tables["claim"]
_EMPTYINGS: Final = METADATA.tables["emptying"]
_STEPS: Final = METADATA.tables["door_step"]
_LATER: Final = _STEPS.alias("later")

_UNDONE: Final = (
    select(_EMPTYINGS)
    .where(_EMPTYINGS.c.event_id == bindparam("event_id"), _EMPTYINGS.c.done_at.is_(None))
    .order_by(_EMPTYINGS.c.before)
)
_END: Final = (
    update(_EMPTYINGS)
    .where(_EMPTYINGS.c.id == bindparam("of"), _EMPTYINGS.c.done_at.is_(None))
    .values(done_at=bindparam("when"))
    .returning(_EMPTYINGS.c.id)
)
_INSIDE: Final = (
    select(_STEPS.c.claim_id)
    .join(_CLAIMS, _CLAIMS.c.id == _STEPS.c.claim_id)
    .where(
        _STEPS.c.claim_id > bindparam("after"),
        _STEPS.c.outcome == StepOutcome.DONE,
        _STEPS.c.kind.in_(ENTRIES),
        _STEPS.c.asked_at < bindparam("before"),
        ~exists().where(
            _LATER.c.claim_id == _STEPS.c.claim_id,
            _LATER.c.step > _STEPS.c.step,
            _LATER.c.outcome == StepOutcome.DONE,
        ),
        _CLAIMS.c.event_id == bindparam("event_id"),
        _CLAIMS.c.slot_number.in_(bindparam("slots", expanding=True)),
    )
    .order_by(_STEPS.c.claim_id)
    .limit(PAGE)
)
"""Claims whose latest step is an entry."""
_OF_IDS: Final = claims_where(_CLAIMS.c.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Inside:
    """A claim whose holder is counted as inside."""

    claim: SlotClaim
    standing: Standing


def add(session: Session, event: Event, emptying: Emptying) -> None:
    """Store that a hall is to be emptied; once, whoever says so."""
    values = {
        "id": emptying.id,
        "event_id": event.id,
        "slots": " ".join(sorted(emptying.gate.slots or ())),
        "before": emptying.before,
        "terminal_number": emptying.terminal,
        "staff": emptying.staff,
        "done_at": None,
    }
    insert_missing(session, _EMPTYINGS, values)


def undone(session: Session, event_id: int) -> list[Emptying]:
    """Those of which not everybody may be out, the oldest first."""
    rows = session.connection().execute(_UNDONE, {"event_id": event_id})
    return [
        Emptying(
            id=row.id,
            gate=Gate(frozenset(row.slots.split())) if row.slots else EVERY_SLOT,
            before=row.before,
            terminal=row.terminal_number,
            staff=row.staff,
        )
        for row in rows
    ]


def inside(session: Session, event: Event, emptying: Emptying, after: int) -> list[Inside]:
    """The next of those whom it lets out, in the order of their ids above `after`."""
    values: dict[str, object] = {
        "event_id": event.id,
        "before": emptying.before,
        "slots": [slot.number for slot in event.slots if emptying.gate.leads_to(slot.key)],
    }
    connection = session.connection()
    ids: Sequence[int]
    while ids := connection.execute(_INSIDE, values | {"after": after}).scalars().all():
        claims = {row.id: claim_of(row) for row in connection.execute(_OF_IDS, {"ids": ids})}
        standings = door.standings(session, ids)
        # A scan may have let somebody out between the two, and in again. Of whoever is out no exit
        # is asked: the ledger would refuse it, and nobody could have the number of that step then.
        found = [
            Inside(claims[one], standings[one])
            for one in ids
            if _is_meant(standings[one], emptying)
        ]
        if found:
            return found
        after = ids[-1]
    return []


def _is_meant(standing: Standing, emptying: Emptying) -> bool:
    entered = standing.entered
    return standing.is_inside and entered is not None and entered.asked_at < emptying.before


def done(session: Session, event_id: int, emptying: Emptying, terminal: int, at: datetime) -> None:
    """Record that everybody is out, once, and whose word it was; else which `terminal` did it."""
    values = {"of": emptying.id, "when": at}
    if session.connection().execute(_END, values).first() is not None:
        actor = Actor(emptying.terminal or terminal, emptying.staff)
        slots = ", ".join(sorted(emptying.gate.slots or ("everywhere",)))
        detail = f"{slots}: who came in before {emptying.before:%Y-%m-%dT%H:%M:%SZ}"
        audit.record(session, AuditEntry(at, actor, Action.EMPTIED, event_id, detail))
