"""People by the beginnings of words, and tickets by those of their numbers."""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlmodel import Session

from kiosk.domain.codes import number_range
from kiosk.domain.orders import OrderState
from kiosk.domain.people import Attendee
from kiosk.domain.search import Findable, Wanted
from kiosk.store.claim_tables import METADATA
from kiosk.store.schema import NEW

_ATTENDEES: Final = METADATA.tables["attendee"]
_CLAIMS: Final = METADATA.tables["claim"]
_FORMER: Final = METADATA.tables["former_ticket"]
_ORDERS: Final = METADATA.tables["orders"]
_WORDS: Final = METADATA.tables["attendee_word"]
_AFTER_ALL: Final = "\U0010ffff"
"""Sorts after whatever else a word may go on with."""
_ROWS_MAX: Final = 1000
"""So many rows are looked through for different tickets: several words may lead to one."""
_RARE_MAX: Final = 1000
"""People with a word that fewer have are looked up one by one."""
_COMMON_MIN: Final = 10_000
"""Of so many, one who has another word as well is soon met, one by one."""

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
    .limit(bindparam("people"))
    # Whom another terminal is just learning it need not wait for.
    .with_for_update(skip_locked=True)
)
_TELL: Final = insert(_WORDS)
_KNOW: Final = (
    update(_ATTENDEES)
    .where(_ATTENDEES.c.id == bindparam("person"))
    .values(folded=bindparam("text"))
)


def find(session: Session, event_id: int, wanted: Wanted, claims_max: int) -> list[int]:
    """The first claims whose holder or number is like `wanted`, people first, each once."""
    counts = {word: _count(session, word) for word in wanted.words}
    words = sorted(wanted.words, key=counts.__getitem__)
    is_rare = counts[words[0]] < _RARE_MAX
    looked_up = {word for word in words if is_rare or counts[word] == _COMMON_MIN}
    queries = [by_words(words, looked_up).params(event_id=event_id)]
    if wanted.number:
        least, greatest = number_range(wanted.number)
        # Who was given a newer ticket may still have the old one in hand.
        for query in (_BY_NUMBER, _BY_FORMER_NUMBER):
            queries.append(query.params(event_id=event_id, least=least, greatest=greatest))
    found: dict[int, None] = {}
    for query in queries:
        # No more is read than is shown: of a common name there may be very many.
        with session.connection().execute(query) as rows:
            for row in rows:
                found[row.id] = None
                if len(found) == claims_max:
                    return list(found)
    return list(found)


def by_words(words: Sequence[str], looked_up: Collection[str]) -> Select[tuple[int]]:
    """The query for claims of people whose words begin so, the rarest beginning first.

    Who has that one is looked up for those words of `looked_up`, one by one, until enough are
    found; and is to be among all who have the others.
    """
    query = (
        select(_CLAIMS.c.id)
        .select_from(_WORDS)
        .join(_ATTENDEES, _ATTENDEES.c.id == _WORDS.c.attendee_id)
        .join(_CLAIMS, _CLAIMS.c.holder_id == _WORDS.c.attendee_id)
        .join(_ORDERS, _ORDERS.c.id == _CLAIMS.c.order_id)
        .where(_begins(_WORDS, words[0]))
        .where(_CLAIMS.c.event_id == bindparam("event_id"), _SOLD)
        .order_by(_WORDS.c.word, _WORDS.c.attendee_id)
        .limit(_ROWS_MAX)
    )
    for other in words[1:]:
        if other in looked_up:
            query = query.where(_ATTENDEES.c.folded.contains(f" {other}", autoescape=True))
        else:
            also = _WORDS.alias()
            having = select(also.c.attendee_id).where(_begins(also, other))
            query = query.where(_WORDS.c.attendee_id.in_(having))
    return query


def _count(session: Session, start: str) -> int:
    """How many words begin so, as far as it matters."""
    some = select(_WORDS.c.word).where(_begins(_WORDS, start)).limit(_COMMON_MIN).subquery()
    count: int = session.scalars(select(func.count()).select_from(some)).one()
    return count


def _begins(words: FromClause, start: str) -> ColumnElement[bool]:
    return and_(words.c.word >= start, words.c.word < start + _AFTER_ALL)


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
    connection.execute(_TELL, words)
    connection.execute(
        _KNOW, [{"person": person, "text": one.text} for person, one in known.items()]
    )
    return len(people)
