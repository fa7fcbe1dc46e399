"""Gifts in and out of the tables; how far one is, its two moves say."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Row, bindparam, select, text, update
from sqlmodel import Session

from kiosk.domain.people import Attendee
from kiosk.domain.pins import Tries
from kiosk.domain.token_moves import Move, MoveState
from kiosk.store import token_moves
from kiosk.store.upserts import insert_missing
from kiosk.store.wallet_tables import METADATA

_ATTENDEES: Final = METADATA.tables["attendee"]
_GIFTS: Final = METADATA.tables["gift"]
_MOVES: Final = METADATA.tables["token_move"]
_WALLETS: Final = METADATA.tables["wallet"]

# The condition of the partial index, in the same words.
_OPEN: Final = text("gift.end_id IS NULL")

_GIVEN: Final = (
    select(_GIFTS, _ATTENDEES.c.name, _ATTENDEES.c.email.label("giver_email"))
    .join(_WALLETS, _WALLETS.c.id == _GIFTS.c.giver_id)
    .join(_ATTENDEES, _ATTENDEES.c.id == _WALLETS.c.attendee_id)
    .join(_MOVES, _MOVES.c.id == _GIFTS.c.id)
    # What is not given yet, or never was, is no gift.
    .where(_MOVES.c.state == MoveState.DONE)
    .order_by(_MOVES.c.done_at, _GIFTS.c.id)
)
_OF_EVENT: Final = _GIVEN.where(_GIFTS.c.event_id == bindparam("event"))
_DUE: Final = _OF_EVENT.where(_OPEN, _GIFTS.c.returns_at <= bindparam("now"))
_WAITING: Final = _GIVEN.where(_OPEN, _GIFTS.c.giver_id == bindparam("giver"))
_BY_ID: Final = _OF_EVENT.where(_GIFTS.c.id == bindparam("gift"))
_BY_CODE: Final = _OF_EVENT.where(_GIFTS.c.code_digest == bindparam("digest"))
_END: Final = update(_GIFTS).where(_GIFTS.c.id == bindparam("gift"))
_LOCK: Final = select(_GIFTS.c.id).where(_GIFTS.c.id == bindparam("gift")).with_for_update()
_TRIES: Final = update(_WALLETS).where(_WALLETS.c.id == bindparam("wallet"))
_TRIED: Final = select(_WALLETS.c.gift_failures, _WALLETS.c.gift_retry_at).where(
    _WALLETS.c.id == bindparam("wallet")
)


@dataclass(frozen=True, slots=True)
class StoredGift:
    """A gift as it was stored; its tokens are in the move of the same id."""

    id: int
    giver_id: int
    giver: Attendee
    email: str
    returns_at: datetime
    end_id: int | None
    """The move that ended it, if it has ended."""


@dataclass(frozen=True, slots=True)
class FoundGift:
    """A gift with its moves."""

    stored: StoredGift
    given: Move
    ended: Move | None


@dataclass(frozen=True, slots=True)
class NewGift:
    """What is stored beside the move of a gift."""

    id: int
    event_id: int
    giver_id: int
    email: str
    code_digest: bytes
    returns_at: datetime


def add(session: Session, gift: NewGift) -> None:
    """Store a gift, once."""
    values = {
        "id": gift.id,
        "event_id": gift.event_id,
        "giver_id": gift.giver_id,
        "email": gift.email,
        "code_digest": gift.code_digest,
        "returns_at": gift.returns_at,
    }
    insert_missing(session, _GIFTS, values)


def by_id(session: Session, event_id: int, gift_id: int) -> FoundGift | None:
    """The gift with this id, locked until the unit of work ends."""
    session.connection().execute(_LOCK, {"gift": gift_id})
    values = {"event": event_id, "gift": gift_id}
    return _found(session, session.connection().execute(_BY_ID, values).first())


def by_code(session: Session, event_id: int, digest: bytes) -> FoundGift | None:
    """The gift with this code, locked until the unit of work ends."""
    values = {"event": event_id, "digest": digest}
    row = session.connection().execute(_BY_CODE, values).first()
    return None if row is None else by_id(session, event_id, row.id)


def waiting_of(session: Session, giver_id: int) -> list[FoundGift]:
    """What somebody gave that nobody has claimed yet, the oldest first."""
    rows = session.connection().execute(_WAITING, {"giver": giver_id}).all()
    return [_whole(session, row) for row in rows]


def due(session: Session, event_id: int, now: datetime) -> list[int]:
    """The gifts that go back to their givers."""
    rows = session.connection().execute(_DUE, {"event": event_id, "now": now})
    return [row.id for row in rows]


def all_of(session: Session, event_id: int) -> list[FoundGift]:
    """Every gift, the oldest first."""
    rows = session.connection().execute(_OF_EVENT, {"event": event_id}).all()
    return [_whole(session, row) for row in rows]


def end(session: Session, event_id: int, found: FoundGift, ending: Move) -> Move:
    """Store the move that ends a gift which has not ended; the stored one."""
    assert found.ended is None
    stored = token_moves.add(session, event_id, ending)
    session.connection().execute(_END.values(end_id=stored.id), {"gift": found.stored.id})
    return stored


def tries(session: Session, wallet: int) -> Tries:
    """The wrong codes that somebody has typed in a row."""
    row = session.connection().execute(_TRIED, {"wallet": wallet}).one()
    return Tries(row.gift_failures, row.gift_retry_at)


def count_tries(session: Session, wallet: int, tries: Tries) -> None:
    """So many wrong codes were typed in a row."""
    changed = _TRIES.values(gift_failures=tries.failures, gift_retry_at=tries.retry_at)
    session.connection().execute(changed, {"wallet": wallet})


def _found(session: Session, row: Row[*tuple[object, ...]] | None) -> FoundGift | None:
    return None if row is None else _whole(session, row)


def _whole(session: Session, row: Row[*tuple[object, ...]]) -> FoundGift:
    stored = StoredGift(
        id=row.id,
        giver_id=row.giver_id,
        giver=Attendee(row.name, row.giver_email),
        email=row.email,
        returns_at=row.returns_at,
        end_id=row.end_id,
    )
    ended = None if stored.end_id is None else token_moves.get(session, stored.end_id)
    return FoundGift(stored, token_moves.get(session, stored.id), ended)
