"""Airdrops in and out of the tables; rows by the thousand, in statements for many."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlmodel import Session

from kiosk.domain.airdrops import (
    Airdrop,
    AirdropState,
    Progress,
    Share,
    ShareState,
    parse_requirement,
)
from kiosk.domain.chart_airdrops import share_bill_id
from kiosk.domain.people import Attendee
from kiosk.store import wallets
from kiosk.store.airdrop_tables import METADATA, BatchState
from kiosk.store.upserts import insert_missing
from kiosk.store.wallets import StoredBill

_AIRDROPS: Final = METADATA.tables["airdrop"]
_ATTENDEES: Final = METADATA.tables["attendee"]
_BATCHES: Final = METADATA.tables["airdrop_batch"]
_SHARES: Final = METADATA.tables["airdrop_share"]
_WALLETS: Final = METADATA.tables["wallet"]

# The condition of the partial index, in the same words.
_OPEN_BATCH: Final = text("airdrop_batch.settled = 0")

_OPEN: Final = (
    select(_BATCHES)
    .where(_BATCHES.c.airdrop_id == bindparam("airdrop"))
    .where(_OPEN_BATCH)
    .order_by(_BATCHES.c.since, _BATCHES.c.id)
)
_PROGRESS: Final = (
    select(
        _SHARES.c.state, func.count().label("shares"), func.sum(_SHARES.c.amount).label("tokens")
    )
    .where(_SHARES.c.airdrop_id == bindparam("airdrop"))
    .group_by(_SHARES.c.state)
)
_MOVE: Final = (
    update(_SHARES)
    .where(_SHARES.c.airdrop_id == bindparam("airdrop"))
    .where(_SHARES.c.wallet_id == bindparam("of"), _SHARES.c.state == bindparam("before"))
    .where(_SHARES.c.attempt == bindparam("tried"))
    .values(state=bindparam("after"), attempt=bindparam("next"))
)
_FREE: Final = (
    select(_SHARES.c.wallet_id)
    .outerjoin(_BATCHES, _BATCHES.c.id == _SHARES.c.batch_id)
    .where(_SHARES.c.airdrop_id == bindparam("airdrop"), _SHARES.c.state == ShareState.RESERVED)
    .where(
        _SHARES.c.batch_id.is_(None)
        | (
            (_BATCHES.c.state == BatchState.FAILED)
            & (_BATCHES.c.settled == True)  # noqa: E712  # a column
            & (_BATCHES.c.since < bindparam("retried"))
        )
    )
    .order_by(_SHARES.c.position)
    .limit(bindparam("most"))
)
_INTO_BATCH: Final = (
    update(_SHARES)
    .where(_SHARES.c.airdrop_id == bindparam("airdrop"), _SHARES.c.wallet_id.in_(_FREE))
    .values(batch_id=bindparam("batch", type_=_SHARES.c.batch_id.type))
)
_LOCK: Final = (
    select(_AIRDROPS.c.state).where(_AIRDROPS.c.id == bindparam("airdrop")).with_for_update()
)
_LAST: Final = select(func.coalesce(func.max(_SHARES.c.position), 0)).where(
    _SHARES.c.airdrop_id == bindparam("airdrop")
)


@dataclass(frozen=True, slots=True)
class Batch:
    """A transaction on a chain."""

    id: int
    transaction_id: str
    """What the chain calls it; "" until it said so."""
    state: BatchState
    since: datetime


def add(session: Session, event_id: int, airdrop: Airdrop) -> Airdrop:
    """Store an airdrop; the one of its name that is stored, if there is one."""
    values = {
        "id": airdrop.id,
        "event_id": event_id,
        "name": airdrop.name,
        "token_number": airdrop.token_number,
        "requirements": " ".join(map(str, airdrop.requirements)),
        "is_claimed": airdrop.is_claimed,
        "chain": airdrop.chain,
        "opened_at": airdrop.opened_at,
        "state": airdrop.state,
    }
    insert_missing(session, _AIRDROPS, values)
    found = find(session, event_id, airdrop.name)
    assert found is not None
    return found


def find(session: Session, event_id: int, name: str) -> Airdrop | None:
    """The airdrop of that name."""
    query = select(_AIRDROPS).where(_AIRDROPS.c.event_id == event_id, _AIRDROPS.c.name == name)
    row = session.connection().execute(query).first()
    return None if row is None else _airdrop(row)


def all_of(session: Session, event_id: int) -> list[Airdrop]:
    """Every airdrop of an event, the first one first."""
    query = select(_AIRDROPS).where(_AIRDROPS.c.event_id == event_id)
    rows = session.connection().execute(query.order_by(_AIRDROPS.c.opened_at, _AIRDROPS.c.name))
    return [_airdrop(row) for row in rows]


def set_state(session: Session, airdrop: Airdrop, state: AirdropState) -> None:
    """Pause an airdrop, go on with it, or end it."""
    session.connection().execute(
        update(_AIRDROPS).where(_AIRDROPS.c.id == airdrop.id).values(state=state)
    )


def add_shares(session: Session, airdrop: Airdrop, given: Iterable[tuple[int, int, str]]) -> None:
    """Give wallets so many tokens, with an address on the chain; each wallet once."""
    connection = session.connection()
    # Whoever loads another part of the list meanwhile waits: positions are counted.
    connection.execute(_LOCK, {"airdrop": airdrop.id})
    last: int = connection.execute(_LAST, {"airdrop": airdrop.id}).scalar_one()
    state = ShareState.OFFERED if airdrop.is_claimed else ShareState.PENDING
    rows = [
        {
            "airdrop_id": airdrop.id,
            "wallet_id": wallet_id,
            "position": position,
            "amount": amount,
            "address": address,
            "state": state,
            "attempt": 1,
            "batch_id": None,
        }
        for position, (wallet_id, amount, address) in enumerate(given, last + 1)
    ]
    if rows:
        insert_missing(session, _SHARES, rows)


def shares(
    session: Session,
    airdrop_id: int,
    most: int,
    *,
    states: Collection[ShareState] = tuple(ShareState),
    after: int = 0,
) -> list[Share]:
    """Shares by their positions, those above `after`, at most so many."""
    query = (
        _shares()
        .where(_SHARES.c.airdrop_id == airdrop_id, _SHARES.c.state.in_(states))
        .where(_SHARES.c.position > after)
        .order_by(_SHARES.c.position)
        .limit(most)
    )
    return [_share(row) for row in session.connection().execute(query)]


def of_batch(session: Session, batch_id: int) -> list[Share]:
    """The shares of a batch."""
    query = _shares().where(_SHARES.c.batch_id == batch_id).order_by(_SHARES.c.position)
    return [_share(row) for row in session.connection().execute(query)]


def moved(session: Session, found: Iterable[Share], after: ShareState, *, tries: int = 0) -> None:
    """Shares are in another state, unless somebody has moved them on already."""
    rows = [
        {
            "airdrop": share.airdrop_id,
            "of": share.wallet_id,
            "before": share.state,
            "after": after,
            "tried": share.attempt,
            "next": share.attempt + tries,
        }
        for share in found
    ]
    if rows:
        session.connection().execute(_MOVE, rows)


def new_batch(
    session: Session, airdrop_id: int, batch_id: int, most: int, *, at: datetime, retried: datetime
) -> Batch | None:
    """Put shares that are reserved and in no batch into a new one; None if there are none.

    What a chain failed to do is tried again if it failed before `retried`. One unit of work does
    it all, so no share is ever in two batches that are open, or in one that is made after its
    airdrop was paused or ended.
    """
    connection = session.connection()
    if connection.execute(_LOCK, {"airdrop": airdrop_id}).scalar_one() != AirdropState.RUNNING:
        return None
    batch = Batch(batch_id, "", BatchState.NEW, at)
    row = {**asdict(batch), "airdrop_id": airdrop_id, "settled": False}
    connection.execute(insert(_BATCHES), row)
    values = {"airdrop": airdrop_id, "batch": batch_id, "retried": retried, "most": most}
    if connection.execute(_INTO_BATCH, values).rowcount:
        return batch
    connection.execute(delete(_BATCHES).where(_BATCHES.c.id == batch_id))
    return None


def open_batches(session: Session, airdrop_id: int) -> list[Batch]:
    """The batches whose end is not recorded, the oldest first."""
    rows = session.connection().execute(_OPEN, {"airdrop": airdrop_id})
    return [_batch(row) for row in rows]


def transactions(session: Session, airdrop_id: int) -> dict[int, str]:
    """What the chain calls the transaction of each batch that it has taken."""
    query = select(_BATCHES.c.id, _BATCHES.c.transaction_id).where(
        _BATCHES.c.airdrop_id == airdrop_id, _BATCHES.c.transaction_id != ""
    )
    return {row.id: row.transaction_id for row in session.connection().execute(query)}


def batch_is(
    session: Session, batch: Batch, state: BatchState, at: datetime, transaction_id: str = ""
) -> Batch:
    """Record what the chain says of a batch; what somebody else has recorded stays."""
    query = select(_BATCHES).where(_BATCHES.c.id == batch.id).with_for_update()
    stored = _batch(session.connection().execute(query).one())
    if stored.state is not batch.state:
        return stored
    known = transaction_id or batch.transaction_id
    values = {"state": state, "since": at, "transaction_id": known}
    session.connection().execute(update(_BATCHES).where(_BATCHES.c.id == batch.id).values(values))
    return Batch(batch.id, known, state, at)


def settle_batch(session: Session, batch: Batch) -> None:
    """The ledger has done what the chain says."""
    session.connection().execute(
        update(_BATCHES).where(_BATCHES.c.id == batch.id).values(settled=True)
    )


def progress(session: Session, airdrop_id: int) -> Progress:
    """How many shares, and how many tokens, are in each state."""
    found = session.connection().execute(_PROGRESS, {"airdrop": airdrop_id}).all()
    return Progress(
        shares={ShareState(row.state): row.shares for row in found},
        tokens={ShareState(row.state): int(row.tokens) for row in found},
    )


def offered_to(session: Session, wallet: int) -> list[tuple[Airdrop, Share]]:
    """What somebody may claim."""
    is_running = _AIRDROPS.c.state == AirdropState.RUNNING
    return _shares_of(session, wallet, [ShareState.OFFERED], is_running)


def delivered_to(
    session: Session, wallet: int, token_number: int
) -> list[tuple[Airdrop, Share, StoredBill]]:
    """What somebody received of one kind of token by airdrops, be it taken back or not."""
    states = [ShareState.RECEIVED, ShareState.TAKEN_BACK]
    of_token = _AIRDROPS.c.token_number == token_number
    found = _shares_of(session, wallet, states, of_token)
    bills = wallets.by_ids(session, [share_bill_id(share) for _, share in found])
    return [
        (airdrop, share, bills[share_bill_id(share)])
        for airdrop, share in found
        if share_bill_id(share) in bills
    ]


def _shares_of(
    session: Session, wallet: int, states: Sequence[ShareState], condition: ColumnElement[bool]
) -> list[tuple[Airdrop, Share]]:
    query = (
        _shares()
        .join(_AIRDROPS, _AIRDROPS.c.id == _SHARES.c.airdrop_id)
        .where(_SHARES.c.wallet_id == wallet, _SHARES.c.state.in_(states), condition)
    )
    found = [_share(row) for row in session.connection().execute(query)]
    airdrops = {
        row.id: _airdrop(row)
        for row in session.connection().execute(
            select(_AIRDROPS).where(_AIRDROPS.c.id.in_([one.airdrop_id for one in found]))
        )
    }
    return [(airdrops[one.airdrop_id], one) for one in found]


def _batch(row: Row[*tuple[object, ...]]) -> Batch:
    return Batch(row.id, row.transaction_id, BatchState(row.state), row.since)


def _shares() -> Select[*tuple[object, ...]]:
    return (
        select(_SHARES, _ATTENDEES.c.name, _ATTENDEES.c.email)
        .join(_WALLETS, _WALLETS.c.id == _SHARES.c.wallet_id)
        .join(_ATTENDEES, _ATTENDEES.c.id == _WALLETS.c.attendee_id)
    )


def _airdrop(row: Row[*tuple[object, ...]]) -> Airdrop:
    found = [parse_requirement(word) for word in row.requirements.split()]
    return Airdrop(
        id=row.id,
        name=row.name,
        token_number=row.token_number,
        requirements=tuple(one for one in found if one is not None),
        is_claimed=bool(row.is_claimed),
        chain=row.chain,
        opened_at=row.opened_at,
        state=AirdropState(row.state),
    )


def _share(row: Row[*tuple[object, ...]]) -> Share:
    return Share(
        airdrop_id=row.airdrop_id,
        position=row.position,
        owner=Attendee(row.name, row.email),
        wallet_id=row.wallet_id,
        amount=row.amount,
        address=row.address,
        state=ShareState(row.state),
        attempt=row.attempt,
        batch_id=row.batch_id,
    )
