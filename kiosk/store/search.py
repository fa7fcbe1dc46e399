"""People by the beginnings of words, and tickets by those of their numbers."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Select, bindparam, select, update
from sqlmodel import Session

from kiosk.domain.codes import number_range
from kiosk.domain.orders import OrderState
from kiosk.domain.people import Attendee
from kiosk.domain.search import Findable, Wanted
from kiosk.store.claim_tables import METADATA
from kiosk.store.schema import NEW
from kiosk.store.upserts import insert_missing

_ATTENDEES: Final = METADATA.tables["attendee"]
_CLAIMS: Final = METADATA.tables["claim"]
_FORMER: Final = METADATA.tables["former_ticket"]
_ORDERS: Final = METADATA.tables["orders"]
_WORDS: Final = METADATA.tables["attendee_word"]
_AFTER_ALL: Final = "\U0010ffff"
"""Sorts after whatever else a word may go on with."""
_ROWS_MAX: Final = 100
"""So many rows are looked through for different tickets: several words may lead to one."""

_SOLD: Final = _ORDERS.c.state.in_((OrderState.PAID, OrderState.REFUNDED))
_BY_NUMBER: Final = (
    select(_CLAIMS.c.id)
    .join(_ORDERS, _ORDERS.c.id == _CLAIMS.c.order_id)
    .where(
        _CLAIMS.c.ticket_number.between(bindparam("least"), bindparam("greatest")),
        _CLAIMS.c.event_id == bindparam("event_id"),
        _SOLD,
    )
    .order_by(_CLAIMS.c.ticket_number)
    .limit(_ROWS_MAX)
)
_BY_FORMER_NUMBER: Final = (
    select(_CLAIMS.c.id)
    .select_from(_FORMER)
    .join(_CLAIMS, _CLAIMS.c.id == _FORMER.c.claim_id)
    .where(
        _FORMER.c.ticket_number.between(bindparam("least"), bindparam("greatest")),
        _CLAIMS.c.event_id == bindparam("event_id"),
    )
    .order_by(_FORMER.c.ticket_number)
    .limit(_ROWS_MAX)
)
_NEW_PEOPLE: Final = (
    select(_ATTENDEES.c.id, _ATTENDEES.c.name, _ATTENDEES.c.email)
    .where(NEW)
    .order_by(_ATTENDEES.c.id)
    .limit(bindparam("people"))
)
_KNOW: Final = (
    update(_ATTENDEES)
    .where(_ATTENDEES.c.id == bindparam("person"))
    .values(folded=bindparam("text"))
)


def find(session: Session, event_id: int, wanted: Wanted) -> list[int]:
    """The claims whose holder or number is like `wanted`, people first, each once."""
    connection = session.connection()
    values = {"event_id": event_id, "start": wanted.start, "end": wanted.start + _AFTER_ALL}
    found: list[int] = [*connection.execute(by_word(wanted.others), values).scalars()]
    if wanted.number:
        least, greatest = number_range(wanted.number)
        values = {"event_id": event_id, "least": least, "greatest": greatest}
        # Who was given a newer ticket may still have the old one in hand.
        for query in (_BY_NUMBER, _BY_FORMER_NUMBER):
            found.extend(connection.execute(query, values).scalars())
    return list(dict.fromkeys(found))


def by_word(others: Sequence[str]) -> Select[tuple[int]]:
    """The query for claims of people who have a word that begins so, and the others too."""
    query = (
        select(_CLAIMS.c.id)
        .select_from(_WORDS)
        .join(_ATTENDEES, _ATTENDEES.c.id == _WORDS.c.attendee_id)
        .join(_CLAIMS, _CLAIMS.c.holder_id == _ATTENDEES.c.id)
        .join(_ORDERS, _ORDERS.c.id == _CLAIMS.c.order_id)
        .where(_WORDS.c.word >= bindparam("start"), _WORDS.c.word < bindparam("end"))
        .where(_CLAIMS.c.event_id == bindparam("event_id"), _SOLD)
        .order_by(_WORDS.c.word, _WORDS.c.attendee_id)
        .limit(_ROWS_MAX)
    )
    for other in others:
        query = query.where(_ATTENDEES.c.folded.contains(f" {other}", autoescape=True))
    return query


def learn(session: Session, people_max: int) -> int:
    """Make people known to the search that it does not know yet; how many they were."""
    connection = session.connection()
    people = connection.execute(_NEW_PEOPLE, {"people": people_max}).all()
    if not people:
        return 0
    known = {row.id: Findable.of(Attendee(row.name, row.email)) for row in people}
    words = [
        {"word": word, "attendee_id": person}
        for person, findable in known.items()
        for word in findable.words
    ]
    # In one order, so that terminals which learn the same never wait for each other in a circle.
    insert_missing(
        session, _WORDS, sorted(words, key=lambda row: (row["word"], row["attendee_id"]))
    )
    connection.execute(
        _KNOW, [{"person": person, "text": one.text} for person, one in known.items()]
    )
    return len(people)
