"""The lives of bills: those a bill came from and became, and what else was done with each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlmodel import Session

from kiosk.domain.lineage import BillUse
from kiosk.domain.people import Attendee
from kiosk.domain.token_moves import MoveKind, MoveState
from kiosk.store.wallet_tables import METADATA
from kiosk.store.wallets import StoredBill, bill_of

_ATTENDEES: Final = METADATA.tables["attendee"]
_BILLS: Final = METADATA.tables["bill"]
_MOVES: Final = METADATA.tables["token_move"]
_PARTS: Final = METADATA.tables["token_part"]
_WALLETS: Final = METADATA.tables["wallet"]

_BECOME_BILLS: Final = (MoveKind.SEND, MoveKind.GIFT_CLAIM, MoveKind.GIFT_RETURN)
_AT_ONCE: Final = 500
"""Ids in one query."""
OWNED_MAX: Final = 200
"""Bills of one owner that are shown: nobody reads more."""
_BETWEEN: Final = (
    select(_BILLS.c.id)
    .join(_WALLETS, _WALLETS.c.id == _BILLS.c.wallet_id)
    .where(_WALLETS.c.event_id == bindparam("event"))
    .where(_BILLS.c.id.between(bindparam("least"), bindparam("most")))
    .limit(2)
)


_OWNED_BY: Final = (
    select(_BILLS, _ATTENDEES.c.name, _ATTENDEES.c.email)
    .join(_WALLETS, _WALLETS.c.id == _BILLS.c.wallet_id)
    .join(_ATTENDEES, _ATTENDEES.c.id == _WALLETS.c.attendee_id)
    .where(_WALLETS.c.event_id == bindparam("event"), _ATTENDEES.c.email == bindparam("email"))
    .order_by(_BILLS.c.number.desc())
    .limit(OWNED_MAX)
)


@dataclass(frozen=True, slots=True)
class OwnedBill:
    """A bill as it was made, and whose it is."""

    bill: StoredBill
    owner: Attendee


def between(session: Session, event_id: int, least: int, most: int) -> list[int]:
    """The bills with ids from `least` to `most`; two, if there are more."""
    values = {"event": event_id, "least": least, "most": most}
    return list(session.connection().scalars(_BETWEEN, values))


def owned_by(session: Session, event_id: int, email: str) -> list[OwnedBill]:
    """The newest bills of whoever has this address, empty ones too."""
    values = {"event": event_id, "email": email}
    rows = session.connection().execute(_OWNED_BY, values)
    return [OwnedBill(bill_of(row), Attendee(row.name, row.email)) for row in rows]


def family(session: Session, bill: int) -> list[OwnedBill]:
    """All bills that came from the same issue as this one."""
    kind = _BILLS.c.id.type
    up = (
        select(_BILLS.c.id, _BILLS.c.source)
        .where(_BILLS.c.id == bindparam("bill", type_=kind))
        .cte("up", recursive=True)
    )
    up = up.union_all(select(_BILLS.c.id, _BILLS.c.source).join(up, _BILLS.c.id == up.c.source))
    down = select(up.c.id).where(up.c.source.is_(None)).cte("down", recursive=True)
    down = down.union_all(select(_BILLS.c.id).join(down, _BILLS.c.source == down.c.id))
    query = (
        select(_BILLS, _ATTENDEES.c.name, _ATTENDEES.c.email)
        .join(down, down.c.id == _BILLS.c.id)
        .join(_WALLETS, _WALLETS.c.id == _BILLS.c.wallet_id)
        .join(_ATTENDEES, _ATTENDEES.c.id == _WALLETS.c.attendee_id)
    )
    rows = session.connection().execute(query, {"bill": bill})
    return [OwnedBill(bill_of(row), Attendee(row.name, row.email)) for row in rows]


def uses(session: Session, bills: Sequence[int]) -> dict[int, tuple[BillUse, ...]]:
    """What was done with bills besides sending them on."""
    found: defaultdict[int, list[BillUse]] = defaultdict(list)
    for start in range(0, len(bills), _AT_ONCE):
        query = (
            select(
                _PARTS.c.source,
                _MOVES.c.kind,
                _MOVES.c.app,
                func.sum(_PARTS.c.amount).label("amount"),
            )
            .join(_MOVES, _MOVES.c.id == _PARTS.c.move_id)
            .where(_PARTS.c.source.in_(bills[start : start + _AT_ONCE]))
            .where(_MOVES.c.state == MoveState.DONE, _MOVES.c.kind.not_in(_BECOME_BILLS))
            .group_by(_PARTS.c.source, _MOVES.c.kind, _MOVES.c.app)
            .order_by(_MOVES.c.kind, _MOVES.c.app)
        )
        for row in session.connection().execute(query):
            use = BillUse(MoveKind(row.kind), row.app, int(row.amount))
            found[row.source].append(use)
    return {bill: tuple(several) for bill, several in found.items()}
