"""Who holds the conditions of an airdrop."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from sqlalchemy import Select, case, func, select
from sqlmodel import Session

from kiosk.domain.airdrops import Condition, Requirement
from kiosk.domain.entries import StepKind
from kiosk.domain.events import Event
from kiosk.domain.orders import OrderState
from kiosk.store.tables import METADATA, StepOutcome

_CLAIMS: Final = METADATA.tables["claim"]
_CONDUCT: Final = METADATA.tables["conduct_acceptance"]
_ORDERS: Final = METADATA.tables["orders"]
_STEPS: Final = METADATA.tables["door_step"]
_AT_ONCE: Final = 500
"""Ids in one statement."""


def met(
    session: Session, event: Event, requirements: Iterable[Requirement], people: Iterable[int]
) -> set[int]:
    """Which of the attendees, given by their rows, hold every requirement."""
    left = set(people)
    for requirement in requirements:
        left = set(_among(session, _people(event, requirement), left))
    return left


def _among(session: Session, people: Select[*tuple[int, ...]], ids: Iterable[int]) -> Iterator[int]:
    left = iter(ids)
    [person] = people.selected_columns
    while chunk := list(islice(left, _AT_ONCE)):
        for (found,) in session.connection().execute(people.where(person.in_(chunk))):
            yield found


def _people(event: Event, requirement: Requirement) -> Select[*tuple[int, ...]]:
    """The ids of everybody who holds a requirement."""
    match requirement.condition:
        case Condition.CONDUCT:
            digests = [text.digest for text in event.conduct.values()]
            return select(_CONDUCT.c.attendee_id).where(
                _CONDUCT.c.event_id == event.id, _CONDUCT.c.digest.in_(digests)
            )
        case Condition.BOUGHT:
            return _holders(event, requirement)
        case Condition.REDEEMED:
            used = case((_STEPS.c.kind == StepKind.ENTER, 1), (_STEPS.c.kind == StepKind.UNDO, -1))
            return (
                _holders(event, requirement)
                .join(_STEPS, _STEPS.c.claim_id == _CLAIMS.c.id)
                .where(_STEPS.c.outcome == StepOutcome.DONE)
                .group_by(_CLAIMS.c.id, _CLAIMS.c.holder_id)
                .having(func.sum(func.coalesce(used, 0)) > 0)
            )


def _holders(event: Event, requirement: Requirement) -> Select[*tuple[int, ...]]:
    """Who holds paid tickets, of one slot or of any."""
    paid = (
        select(_CLAIMS.c.holder_id)
        .join(_ORDERS, _ORDERS.c.id == _CLAIMS.c.order_id)
        .where(_CLAIMS.c.event_id == event.id, _ORDERS.c.state == OrderState.PAID)
        .where(_CLAIMS.c.revoked == "")
    )
    if not requirement.slot_key:
        return paid
    return paid.where(_CLAIMS.c.slot_number == event.slot(requirement.slot_key).number)
