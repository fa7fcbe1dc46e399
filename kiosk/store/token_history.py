"""How tokens came into a wallet and went: every finished move of it, the latest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Row, Select, and_, bindparam, func, or_, select
from sqlmodel import Session

from kiosk.domain.people import Attendee, masked_email
from kiosk.domain.statements import HistoryKind, HistoryLine
from kiosk.domain.token_moves import MoveKind, MoveState
from kiosk.store.wallet_tables import METADATA

_ATTENDEES: Final = METADATA.tables["attendee"]
_GIFTS: Final = METADATA.tables["gift"]
_MOVES: Final = METADATA.tables["token_move"]
_PARTS: Final = METADATA.tables["token_part"]
_WALLETS: Final = METADATA.tables["wallet"]

_SENDERS, _RECEIVERS = _WALLETS.alias("senders"), _WALLETS.alias("receivers")
_GIVING, _GETTING = _ATTENDEES.alias("giving"), _ATTENDEES.alias("getting")
_EXPIRES: Final = (
    select(func.min(_PARTS.c.expires_at))
    .where(_PARTS.c.move_id == _MOVES.c.id)
    .scalar_subquery()
    .label("expires_at")
)
_OF_BOTH: Final[Select[*tuple[object, ...]]] = (
    select(
        _MOVES,
        _EXPIRES,
        _GIVING.c.name.label("giver"),
        _GIVING.c.email.label("giver_email"),
        _GETTING.c.name.label("getter"),
        _GETTING.c.email.label("getter_email"),
        _GIFTS.c.email.label("gift_email"),
    )
    .outerjoin(_SENDERS, _SENDERS.c.id == _MOVES.c.sender_id)
    .outerjoin(_GIVING, _GIVING.c.id == _SENDERS.c.attendee_id)
    .outerjoin(_RECEIVERS, _RECEIVERS.c.id == _MOVES.c.receiver_id)
    .outerjoin(_GETTING, _GETTING.c.id == _RECEIVERS.c.attendee_id)
    .outerjoin(_GIFTS, _GIFTS.c.id == _MOVES.c.id)
)
_WALLET = bindparam("wallet", type_=_WALLETS.c.id.type)
_LATEST: Final = (
    _OF_BOTH.where(_MOVES.c.token_number == bindparam("token"), _MOVES.c.state == MoveState.DONE)
    .where(
        or_(
            _MOVES.c.receiver_id == _WALLET,
            # Of a gift the giver is told when it is given, and not when it is claimed.
            and_(_MOVES.c.sender_id == _WALLET, _MOVES.c.kind != MoveKind.GIFT_CLAIM),
        )
    )
    .order_by(_MOVES.c.done_at.desc(), _MOVES.c.id.desc())
    .limit(bindparam("most"))
)
_ONE: Final = _OF_BOTH.where(_MOVES.c.id == bindparam("move"), _MOVES.c.state == MoveState.DONE)

_CAME: Final = {
    MoveKind.SEND: HistoryKind.RECEIVED,
    MoveKind.GIVE_BACK: HistoryKind.GIVEN_BACK,
    MoveKind.GIFT_CLAIM: HistoryKind.GIFT_CLAIMED,
    MoveKind.GIFT_RETURN: HistoryKind.GIFT_RETURNED,
}
_WENT: Final = {
    MoveKind.SEND: HistoryKind.SENT,
    MoveKind.SPEND: HistoryKind.SPENT,
    MoveKind.GIFT: HistoryKind.GIFT_GIVEN,
    MoveKind.EXPIRE: HistoryKind.EXPIRED,
    MoveKind.CLAW_BACK: HistoryKind.TAKEN_BACK,
}


@dataclass(frozen=True, slots=True)
class FinishedMove:
    """A move that has happened, and who had part in it."""

    id: int
    event_id: int
    kind: MoveKind
    token_number: int
    amount: int
    at: datetime
    app: str
    note: str
    order_id: int | None
    receiver_id: int | None
    expires_at: datetime | None
    """When the first of its tokens expires."""
    sender: Attendee | None
    receiver: Attendee | None
    gift_email: str
    """Of a gift: the half-hidden address of whom it is for."""

    def line_of(self, wallet: int) -> HistoryLine:
        """What it was to one of the wallets that had part in it."""
        came = self.receiver_id == wallet
        kind = self._came if came else self._went
        other = self.sender if came else self.receiver
        if kind is HistoryKind.GIFT_RETURNED:
            # It was nobody else's.
            other = None
        return HistoryLine(
            at=self.at,
            kind=kind,
            amount=self.amount if came else -self.amount,
            other=other and other.masked,
            place=self.app or self.gift_email,
            note=self.note,
            expires_at=self.expires_at if came else None,
            move_id=self.id,
        )

    @property
    def _went(self) -> HistoryKind:
        if self.kind is MoveKind.CLAW_BACK and self.order_id is not None:
            return HistoryKind.REFUNDED
        return _WENT[self.kind]

    @property
    def _came(self) -> HistoryKind:
        if self.kind is MoveKind.ISSUE:
            return HistoryKind.GRANTED if self.order_id is None else HistoryKind.BOUGHT
        return _CAME[self.kind]


def latest(session: Session, wallet: int, token_number: int, most: int) -> list[HistoryLine]:
    """The latest moves of a wallet, as its owner sees them."""
    values = {"wallet": wallet, "token": token_number, "most": most}
    rows = session.connection().execute(_LATEST, values)
    return [_finished(row).line_of(wallet) for row in rows]


def finished(session: Session, move_id: int) -> FinishedMove | None:
    """A move, if it has happened."""
    row = session.connection().execute(_ONE, {"move": move_id}).first()
    return None if row is None else _finished(row)


def _finished(row: Row[*tuple[object, ...]]) -> FinishedMove:
    return FinishedMove(
        id=row.id,
        event_id=row.event_id,
        kind=MoveKind(row.kind),
        token_number=row.token_number,
        amount=row.amount,
        at=row.done_at,
        app=row.app,
        note=row.note,
        order_id=row.order_id,
        receiver_id=row.receiver_id,
        expires_at=row.expires_at,
        sender=None if row.giver is None else Attendee(row.giver, row.giver_email),
        receiver=None if row.getter is None else Attendee(row.getter, row.getter_email),
        gift_email="" if row.gift_email is None else masked_email(row.gift_email),
    )
