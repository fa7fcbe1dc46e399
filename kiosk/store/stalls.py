"""What stalls took, out of the moves of tokens."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Row, bindparam, select, text
from sqlmodel import Session

from kiosk.domain.events import Event
from kiosk.domain.people import Attendee
from kiosk.domain.stalls import Taken, back_id
from kiosk.domain.token_moves import MoveState
from kiosk.store.wallet_tables import METADATA

LIMIT: Final = 100

_ATTENDEES: Final = METADATA.tables["attendee"]
_MOVES: Final = METADATA.tables["token_move"]
_WALLETS: Final = METADATA.tables["wallet"]

# The condition of the partial index, in the same words.
_SPENT: Final = text("token_move.kind = 'spend'")

_TAKEN: Final = (
    select(_MOVES, _ATTENDEES.c.name, _ATTENDEES.c.email)
    .join(_WALLETS, _WALLETS.c.id == _MOVES.c.sender_id)
    .join(_ATTENDEES, _ATTENDEES.c.id == _WALLETS.c.attendee_id)
    .where(_MOVES.c.event_id == bindparam("event"), _SPENT, _MOVES.c.state == MoveState.DONE)
    .where(_MOVES.c.app.in_(bindparam("apps", expanding=True)))
)
_SINCE: Final = (
    _TAKEN.where(_MOVES.c.asked_at >= bindparam("since"))
    .order_by(_MOVES.c.asked_at.desc(), _MOVES.c.id.desc())
    .limit(LIMIT)
)
_ONE: Final = _TAKEN.where(_MOVES.c.id == bindparam("move"))


def taken_since(session: Session, event: Event, since: datetime) -> list[Taken]:
    """What the stalls took since some instant, newest first; the last hundred at most."""
    values = {"event": event.id, "since": since, "apps": _apps(event)}
    return _read(session, event, list(session.connection().execute(_SINCE, values)))


def taken(session: Session, event: Event, move_id: int) -> Taken | None:
    """What a stall took by one move; None if it took nothing by it."""
    values = {"event": event.id, "move": move_id, "apps": _apps(event)}
    found = _read(session, event, list(session.connection().execute(_ONE, values)))
    return found[0] if found else None


def _apps(event: Event) -> list[str]:
    return [stall.key for stall in event.stalls]


def _read(session: Session, event: Event, rows: Iterable[Row[*tuple[object, ...]]]) -> list[Taken]:
    stalls = {stall.key: stall for stall in event.stalls}
    tokens = {token.number: token for token in event.tokens}
    found = [row for row in rows if row.token_number in tokens]
    backs = {back_id(row.id) for row in found}
    returned = select(_MOVES.c.id).where(_MOVES.c.id.in_(backs), _MOVES.c.state == MoveState.DONE)
    done = set(session.connection().scalars(returned)) if backs else set()
    return [
        Taken(
            move_id=row.id,
            stall=stalls[row.app],
            token=tokens[row.token_number],
            amount=row.amount,
            owner=Attendee(row.name, row.email).masked,
            at=row.done_at,
            is_back=back_id(row.id) in done,
        )
        for row in found
    ]
