"""Pieces of goodies in and out of the tables: who wants them handed out, and what came of it."""

from datetime import datetime
from typing import Final

from sqlalchemy import Row, and_, bindparam, func, select, text, update
from sqlmodel import Session

from kiosk.domain.goodies import GoodieState
from kiosk.domain.hand_outs import FIRST_ATTEMPT, HandOutUndo, HandOutWish, PieceCard
from kiosk.store.claim_tables import METADATA, HandOutOutcome
from kiosk.store.upserts import insert_missing

_CLAIMS: Final = METADATA.tables["claim"]
_GOODIES: Final = METADATA.tables["goodie"]
_PIECES: Final = METADATA.tables["goodie_piece"]
_TERMINALS: Final = METADATA.tables["terminal"]
_WISHES: Final = METADATA.tables["hand_out"]
_UNDOS: Final = METADATA.tables["hand_out_undo"]

# The conditions of partial indexes, in the same words.
_IS_ASKED: Final = text("hand_out.outcome = 'asked'")
_IS_RETURNING: Final = text("hand_out_undo.done_at IS NULL")

_ATTEMPT: Final = (
    select(FIRST_ATTEMPT + func.count())
    .where(
        _UNDOS.c.order_id == _PIECES.c.order_id,
        _UNDOS.c.position == _PIECES.c.position,
        _UNDOS.c.done_at.is_not(None),
    )
    .correlate(_PIECES)
    .scalar_subquery()
)
_CARDS: Final = (
    select(
        *(_PIECES.c.order_id, _PIECES.c.position, _PIECES.c.goodie_number, _GOODIES.c.key),
        *(_ATTEMPT.label("attempt"), _WISHES.c.handed_at, _WISHES.c.staff, _TERMINALS.c.name),
    )
    .join(
        _GOODIES,
        (_GOODIES.c.event_id == _PIECES.c.event_id)
        & (_GOODIES.c.number == _PIECES.c.goodie_number),
    )
    .outerjoin(
        _WISHES,
        and_(
            _WISHES.c.order_id == _PIECES.c.order_id,
            _WISHES.c.position == _PIECES.c.position,
            _WISHES.c.attempt == _ATTEMPT,
            _WISHES.c.outcome == HandOutOutcome.HANDED,
        ),
    )
    .outerjoin(_TERMINALS, _TERMINALS.c.number == _WISHES.c.terminal_number)
    .where(_PIECES.c.order_id == bindparam("order_id"), _PIECES.c.state == GoodieState.GRANTED)
    .order_by(_PIECES.c.position)
)
_UNANSWERED: Final = (
    select(_WISHES)
    .join(
        _PIECES,
        (_PIECES.c.order_id == _WISHES.c.order_id) & (_PIECES.c.position == _WISHES.c.position),
    )
    .where(_IS_ASKED, _PIECES.c.event_id == bindparam("event_id"))
    .order_by(_WISHES.c.asked_at)
)
_RETURNING: Final = (
    select(_UNDOS, _PIECES.c.goodie_number)
    .join(
        _PIECES,
        (_PIECES.c.order_id == _UNDOS.c.order_id) & (_PIECES.c.position == _UNDOS.c.position),
    )
    .where(_IS_RETURNING, _PIECES.c.event_id == bindparam("event_id"))
    .order_by(_UNDOS.c.asked_at)
)
_IS_WISH: Final = and_(
    _WISHES.c.order_id == bindparam("of_order"),
    _WISHES.c.position == bindparam("at_position"),
    _WISHES.c.attempt == bindparam("by_attempt"),
    _WISHES.c.nonce == bindparam("by_nonce"),
    _WISHES.c.terminal_number == bindparam("at_terminal"),
)
_ASK_AGAIN: Final = (
    update(_WISHES)
    .where(_IS_WISH, _WISHES.c.outcome == HandOutOutcome.REFUSED)
    .values(outcome=HandOutOutcome.ASKED)
)
_HANDED: Final = (
    update(_WISHES)
    .where(_IS_WISH, _WISHES.c.outcome != HandOutOutcome.HANDED)
    .values(outcome=HandOutOutcome.HANDED, handed_at=bindparam("when"))
    .returning(_WISHES.c.staff)
)
_REFUSED: Final = (
    update(_WISHES)
    .where(_IS_WISH, _WISHES.c.outcome == HandOutOutcome.ASKED)
    .values(outcome=HandOutOutcome.REFUSED)
)
_UNDONE: Final = (
    update(_UNDOS)
    .where(
        _UNDOS.c.order_id == bindparam("of_order"),
        _UNDOS.c.position == bindparam("at_position"),
        _UNDOS.c.attempt == bindparam("by_attempt"),
        _UNDOS.c.done_at.is_(None),
    )
    .values(done_at=bindparam("when"))
    .returning(_UNDOS.c.attempt)
)


def order_of(session: Session, claim_id: int) -> int | None:
    """The order of a claim, whose every ticket opens the same pieces."""
    found = select(_CLAIMS.c.order_id).where(_CLAIMS.c.id == claim_id)
    order_id: int | None = session.scalar(found)
    return order_id


def pieces(session: Session, order_id: int) -> list[PieceCard]:
    """The pieces that an order has a right to, handed out or not."""
    rows = session.connection().execute(_CARDS, {"order_id": order_id})
    return [_card(row) for row in rows]


def attempts(session: Session, order_id: int) -> dict[int, int]:
    """By which attempt each piece of an order goes out now, by position."""
    return {one.position: one.attempt for one in pieces(session, order_id)}


def ask(session: Session, wish: HandOutWish, staff: str, at: datetime) -> None:
    """Store a wish before the ledger is asked, again if it was given up."""
    values = {
        "order_id": wish.order_id,
        "position": wish.position,
        "attempt": wish.attempt,
        "nonce": wish.nonce,
        "terminal_number": wish.terminal,
        "staff": staff,
        "asked_at": at,
        "outcome": HandOutOutcome.ASKED,
    }
    insert_missing(session, _WISHES, values)
    session.connection().execute(_ASK_AGAIN, _names(wish))


def handed(session: Session, wish: HandOutWish, at: datetime) -> str | None:
    """Record that the ledger made this wish come true: whose it was, None if that is known."""
    staff: str | None = session.connection().scalar(_HANDED, _names(wish) | {"when": at})
    return staff


def refused(session: Session, wish: HandOutWish) -> None:
    """Record that a wish did not come true."""
    session.connection().execute(_REFUSED, _names(wish))


def unanswered(session: Session, event_id: int) -> list[HandOutWish]:
    """The wishes whose answer was not recorded."""
    rows = session.connection().execute(_UNANSWERED, {"event_id": event_id})
    return [
        HandOutWish(row.order_id, row.position, row.attempt, row.nonce, row.terminal_number)
        for row in rows
    ]


def ask_undo(session: Session, undo: HandOutUndo, at: datetime) -> bool:
    """Store an undo before the ledger is asked; False if somebody has asked for it already."""
    values = {
        "order_id": undo.order_id,
        "position": undo.position,
        "attempt": undo.attempt,
        "terminal_number": undo.terminal,
        "staff": undo.staff,
        "reason": undo.reason,
        "asked_at": at,
    }
    return bool(insert_missing(session, _UNDOS, values))


def undone(session: Session, undo: HandOutUndo, at: datetime) -> bool:
    """Record that the ledger has taken the piece back in; False if that is known."""
    names = {
        "of_order": undo.order_id,
        "at_position": undo.position,
        "by_attempt": undo.attempt,
        "when": at,
    }
    return session.connection().scalar(_UNDONE, names) is not None


def find_undo(session: Session, piece: PieceCard) -> HandOutUndo | None:
    """The undo of what a card shows, if it was asked for."""
    found = select(_UNDOS).where(
        _UNDOS.c.order_id == piece.order_id,
        _UNDOS.c.position == piece.position,
        _UNDOS.c.attempt == piece.attempt,
    )
    row = session.connection().execute(found).first()
    return _undo(row, piece.goodie_number) if row else None


def unfinished_undos(session: Session, event_id: int) -> list[HandOutUndo]:
    """The undos whose answer was not recorded."""
    rows = session.connection().execute(_RETURNING, {"event_id": event_id})
    return [_undo(row, row.goodie_number) for row in rows]


def _card(row: Row[*tuple[object, ...]]) -> PieceCard:
    return PieceCard(
        order_id=row.order_id,
        position=row.position,
        goodie_key=row.key,
        goodie_number=row.goodie_number,
        attempt=row.attempt,
        handed_at=row.handed_at,
        terminal=row.name or "",
        staff=row.staff or "",
    )


def _undo(row: Row[*tuple[object, ...]], goodie_number: int) -> HandOutUndo:
    return HandOutUndo(
        order_id=row.order_id,
        position=row.position,
        goodie_number=goodie_number,
        attempt=row.attempt,
        terminal=row.terminal_number,
        staff=row.staff,
        reason=row.reason,
    )


def _names(wish: HandOutWish) -> dict[str, int]:
    return {
        "of_order": wish.order_id,
        "at_position": wish.position,
        "by_attempt": wish.attempt,
        "by_nonce": wish.nonce,
        "at_terminal": wish.terminal,
    }
