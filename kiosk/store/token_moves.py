"""Moves of tokens in and out of the tables."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Row, bindparam, delete, func, insert, select, text, update
from sqlmodel import Session

from kiosk.domain.token_moves import Move, MoveKind, MovePart, MoveState
from kiosk.store.upserts import insert_missing
from kiosk.store.wallet_tables import METADATA

_MOVES: Final = METADATA.tables["token_move"]
_PARTS: Final = METADATA.tables["token_part"]

# The condition of the partial index, in the same words.
_UNFINISHED: Final = text("token_move.state IN ('asked', 'held')")

_FIND: Final = select(_MOVES).where(_MOVES.c.id == bindparam("move")).with_for_update()
_PARTS_OF: Final = (
    select(_PARTS).where(_PARTS.c.move_id == bindparam("move")).order_by(_PARTS.c.position)
)
_OPEN: Final = (
    select(_MOVES.c.id)
    .where(_MOVES.c.event_id == bindparam("event"))
    .where(_UNFINISHED)
    .order_by(_MOVES.c.asked_at)
)
_CHANGE: Final = (
    update(_MOVES)
    .where(_MOVES.c.id == bindparam("move"))
    .values({name: bindparam(f"new_{name}") for name in ("attempt", "amount", "state", "done_at")})
)
_CLEAR: Final = delete(_PARTS).where(_PARTS.c.move_id == bindparam("move"))
_SENT: Final = (
    select(func.coalesce(func.sum(_MOVES.c.amount), 0))
    .where(_MOVES.c.sender_id == bindparam("wallet"))
    .where(_MOVES.c.kind.in_((MoveKind.SEND, MoveKind.GIFT)))
    .where(_MOVES.c.token_number == bindparam("token"), _MOVES.c.asked_at >= bindparam("since"))
    .where(_MOVES.c.state != MoveState.REFUSED)
)


def add(session: Session, event_id: int, move: Move) -> Move:
    """Store the plan of a move; the one that is stored under its id already, if there is one."""
    values = {
        "id": move.id,
        "event_id": event_id,
        "token_number": move.token_number,
        "kind": move.kind,
        "sender_id": move.sender,
        "receiver_id": move.receiver,
        "app": move.app,
        "note": move.note,
        "asked_at": move.asked_at,
        "order_id": move.order_id,
        **_changing(move),
    }
    if not insert_missing(session, _MOVES, values):
        return get(session, move.id)
    _add_parts(session, move)
    return move


def find(session: Session, move_id: int) -> Move | None:
    """The move, locked until the unit of work ends."""
    row = session.connection().execute(_FIND, {"move": move_id}).first()
    if row is None:
        return None
    parts = session.connection().execute(_PARTS_OF, {"move": move_id})
    return _move(row, tuple(_part(part) for part in parts))


def get(session: Session, move_id: int) -> Move:
    """The move that is known to be stored."""
    move = find(session, move_id)
    assert move is not None
    return move


def change(session: Session, move_id: int, transition: Callable[[Move], Move]) -> Move:
    """Apply a pure transition to the stored move."""
    before = get(session, move_id)
    after = transition(before)
    if after != before:
        values = {f"new_{name}": value for name, value in _changing(after).items()}
        session.connection().execute(_CHANGE, values | {"move": move_id})
    if after.parts != before.parts:
        session.connection().execute(_CLEAR, {"move": move_id})
        _add_parts(session, after)
    return after


def unfinished(session: Session, event_id: int) -> Sequence[int]:
    """The moves whose end is not recorded, the oldest first."""
    return list(session.connection().scalars(_OPEN, {"event": event_id}))


def sent_since(session: Session, wallet_id: int, token_number: int, since: datetime) -> int:
    """How many tokens a wallet has sent to others, or is sending, since some instant."""
    values = {"wallet": wallet_id, "token": token_number, "since": since}
    sent: int = session.connection().execute(_SENT, values).scalar_one()
    return int(sent)


def _add_parts(session: Session, move: Move) -> None:
    rows = [
        {
            "move_id": move.id,
            "position": position,
            "source": part.source,
            "bill": part.bill,
            "amount": part.amount,
            "expires_at": part.expires_at,
            "empties": part.empties,
            "held": part.held,
        }
        for position, part in enumerate(move.parts)
    ]
    if rows:
        session.connection().execute(insert(_PARTS), rows)


def _changing(move: Move) -> dict[str, int | str | datetime | None]:
    return {
        "attempt": move.attempt,
        "amount": move.amount,
        "state": move.state,
        "done_at": move.done_at,
    }


def _move(row: Row[*tuple[object, ...]], parts: tuple[MovePart, ...]) -> Move:
    return Move(
        id=row.id,
        kind=MoveKind(row.kind),
        token_number=row.token_number,
        amount=row.amount,
        sender=row.sender_id,
        receiver=row.receiver_id,
        asked_at=row.asked_at,
        parts=parts,
        app=row.app,
        note=row.note,
        attempt=row.attempt,
        state=MoveState(row.state),
        done_at=row.done_at,
        order_id=row.order_id,
    )


def _part(row: Row[*tuple[object, ...]]) -> MovePart:
    return MovePart(row.source, row.bill, row.amount, row.expires_at, bool(row.empties), row.held)
