"""Wallets and their bills, in and out of the tables."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Row, bindparam, literal, select, text, update
from sqlmodel import Session

from kiosk.domain.people import Attendee
from kiosk.domain.pins import Tries
from kiosk.domain.token_moves import Move
from kiosk.store.order_rows import attendee_id
from kiosk.store.upserts import insert_missing
from kiosk.store.wallet_tables import METADATA
from ledger.ids import derived_id

_ATTENDEES: Final = METADATA.tables["attendee"]
_BILLS: Final = METADATA.tables["bill"]
_WALLETS: Final = METADATA.tables["wallet"]

# The condition of the partial indexes, in the same words.
_SPENDABLE: Final = text("bill.is_empty = 0")

_WALLET: Final = select(_WALLETS, _ATTENDEES.c.name, _ATTENDEES.c.email).join(
    _ATTENDEES, _ATTENDEES.c.id == _WALLETS.c.attendee_id
)
_BY_ID: Final = _WALLET.where(_WALLETS.c.id == bindparam("wallet_id"))
_WITH_EMAIL: Final = (
    _WALLET.where(_WALLETS.c.event_id == bindparam("event"))
    .where(_ATTENDEES.c.email.in_(bindparam("emails", expanding=True)))
    .order_by(_ATTENDEES.c.name)
)
_OF_WALLET: Final = (
    select(_BILLS)
    .where(_BILLS.c.wallet_id == bindparam("wallet"), _BILLS.c.token_number == bindparam("token"))
    .where(_SPENDABLE)
    .order_by(_BILLS.c.expires_at.is_(None), _BILLS.c.expires_at, _BILLS.c.number)
)
_SOME: Final = _OF_WALLET.offset(bindparam("skipped")).limit(bindparam("most"))
_OTHER: Final = (
    select(_BILLS.c.id)
    .where(_BILLS.c.wallet_id == bindparam("wallet"))
    .where(_BILLS.c.id.not_in(bindparam("bills", expanding=True)))
    .limit(1)
)
_EXPIRED: Final = (
    select(_BILLS.c.wallet_id, _BILLS.c.token_number)
    .join(_WALLETS, _WALLETS.c.id == _BILLS.c.wallet_id)
    .where(_WALLETS.c.event_id == bindparam("event"))
    .where(_SPENDABLE, _BILLS.c.expires_at <= bindparam("now"))
    .distinct()
)
_LOCK: Final = select(_WALLETS.c.id).where(_WALLETS.c.id == bindparam("wallet_id"))
_EMPTY: Final = update(_BILLS).where(_BILLS.c.id == bindparam("bill")).values(is_empty=True)


@dataclass(frozen=True, slots=True)
class Wallet:
    """Somebody's wallet."""

    id: int
    owner: Attendee
    pin_hash: str
    """"" while its owner has chosen no PIN."""
    version: int
    """Of its code."""
    tries: Tries
    """Of its PIN."""


@dataclass(frozen=True, slots=True)
class StoredBill:
    """A bill as it was made; what is left of it is the ledger's word."""

    id: int
    wallet_id: int
    token_number: int
    amount: int
    expires_at: datetime | None
    received_at: datetime
    number: int = 0
    """Of two bills, the older one has less; the store gives it."""
    source: int | None = None
    """The bill it was sent from; None if it was issued."""


@dataclass(frozen=True, slots=True)
class OwnerRecord:
    """Somebody had the tokens of a bill."""

    bill: int
    owner: Attendee
    received_at: datetime
    amount: int


def wallet_id(event_id: int, person: int) -> int:
    """The wallet of an attendee, given by their row."""
    return derived_id("wallet", event_id, person)


def open_wallet(session: Session, event_id: int, owner: Attendee, at: datetime) -> Wallet:
    """The wallet of somebody at an event, a new one if there is none."""
    [opened] = open_wallets(session, event_id, [owner], at)
    return _wallet(session.connection().execute(_BY_ID, {"wallet_id": opened}).one())


def open_wallets(
    session: Session, event_id: int, owners: Iterable[Attendee], at: datetime
) -> list[int]:
    """The wallets of many people, in their order; new ones for who has none."""
    people = [(attendee_id(owner), owner) for owner in owners]
    found = [wallet_id(event_id, person) for person, _ in people]
    attendees = [
        {"id": person, "name": owner.name, "email": owner.email} for person, owner in people
    ]
    rows = [
        _new_wallet(event_id, wallet, person, at)
        for wallet, (person, _) in zip(found, people, strict=True)
    ]
    for start in range(0, len(rows), _ROWS_MAX):
        insert_missing(session, _ATTENDEES, attendees[start : start + _ROWS_MAX])
        insert_missing(session, _WALLETS, rows[start : start + _ROWS_MAX])
    return found


def find(session: Session, wallet: int) -> Wallet | None:
    """A wallet by its id."""
    row = session.connection().execute(_BY_ID, {"wallet_id": wallet}).first()
    return None if row is None else _wallet(row)


def with_email(session: Session, event_id: int, email: str) -> list[Wallet]:
    """The wallets of everybody with this address, whose case most people do not mind."""
    values = {"event": event_id, "emails": sorted({email, email.lower()})}
    return [_wallet(row) for row in session.connection().execute(_WITH_EMAIL, values)]


def find_locked(session: Session, wallet: int) -> Wallet | None:
    """As `find`, and nobody else changes it until the unit of work ends."""
    lock(session, wallet)
    return find(session, wallet)


def lock(session: Session, wallet: int) -> None:
    """Keep others from planning with the same wallet until the unit of work ends."""
    session.connection().execute(_LOCK.with_for_update(), {"wallet_id": wallet})


def spendable(session: Session, wallet: int, token_number: int) -> list[StoredBill]:
    """The bills of a wallet of which something may be left, in the order of spending."""
    values = {"wallet": wallet, "token": token_number}
    return [bill_of(row) for row in session.connection().execute(_OF_WALLET, values)]


def some_spendable(
    session: Session, wallet: int, token_number: int, *, skipped: int, most: int
) -> list[StoredBill]:
    """As `spendable`, but not all of them at once."""
    values = {"wallet": wallet, "token": token_number, "skipped": skipped, "most": most}
    rows = session.connection().execute(_SOME, values)
    return [bill_of(row) for row in rows]


def by_ids(session: Session, bills: Iterable[int]) -> dict[int, StoredBill]:
    """Bills by their ids, as far as they were made."""
    query = select(_BILLS).where(_BILLS.c.id.in_(list(bills)))
    return {row.id: bill_of(row) for row in session.connection().execute(query)}


def has_more_than(session: Session, wallet: int, bills: Iterable[int]) -> bool:
    """Whether a wallet has or had any bill but these."""
    values = {"wallet": wallet, "bills": list(bills)}
    return session.connection().execute(_OTHER, values).first() is not None


def with_expired(session: Session, event_id: int, now: datetime) -> list[tuple[int, int]]:
    """Wallets with bills that expired before they were spent, each with the token's number."""
    values = {"event": event_id, "now": now}
    return [(row.wallet_id, row.token_number) for row in session.execute(_EXPIRED, values)]


def add_bills(session: Session, bills: Iterable[StoredBill]) -> None:
    """Store the bills that were made, once."""
    rows = [
        {
            "id": bill.id,
            "wallet_id": bill.wallet_id,
            "token_number": bill.token_number,
            "amount": bill.amount,
            "expires_at": bill.expires_at,
            "received_at": bill.received_at,
            "source": bill.source,
            "is_empty": False,
        }
        for bill in bills
    ]
    for start in range(0, len(rows), _ROWS_MAX):
        insert_missing(session, _BILLS, rows[start : start + _ROWS_MAX])


def bills_of(move: Move, at: datetime) -> list[StoredBill]:
    """The bills that a move makes."""
    assert move.receiver is not None
    return [
        StoredBill(
            part.bill,
            move.receiver,
            move.token_number,
            part.amount,
            part.expires_at,
            at,
            source=part.source,
        )
        for part in move.parts
        if part.bill is not None
    ]


def emptied(session: Session, bills: Iterable[int]) -> None:
    """Nothing is left of these bills, nor will there ever be."""
    if rows := [{"bill": bill} for bill in bills]:
        session.connection().execute(_EMPTY, rows)


def owner_history(session: Session, bill: int) -> list[OwnerRecord]:
    """Who had the tokens of a bill, from their issue to now."""
    start = select(_BILLS.c.id, _BILLS.c.source, literal(0).label("back")).where(
        _BILLS.c.id == bindparam("bill", type_=_BILLS.c.id.type)
    )
    walk = start.cte("walk", recursive=True)
    walk = walk.union_all(
        select(_BILLS.c.id, _BILLS.c.source, walk.c.back + 1).join(
            walk, _BILLS.c.id == walk.c.source
        )
    )
    query = (
        select(
            _BILLS.c.id,
            _BILLS.c.amount,
            _BILLS.c.received_at,
            _ATTENDEES.c.name,
            _ATTENDEES.c.email,
        )
        .join(walk, walk.c.id == _BILLS.c.id)
        .join(_WALLETS, _WALLETS.c.id == _BILLS.c.wallet_id)
        .join(_ATTENDEES, _ATTENDEES.c.id == _WALLETS.c.attendee_id)
        .order_by(walk.c.back.desc())
    )
    return [
        OwnerRecord(row.id, Attendee(row.name, row.email), row.received_at, row.amount)
        for row in session.connection().execute(query, {"bill": bill})
    ]


_ROWS_MAX: Final = 1000
"""Rows in one statement, far below what databases take."""


def _new_wallet(event_id: int, wallet: int, person: int, at: datetime) -> dict[str, object]:
    return {
        "id": wallet,
        "event_id": event_id,
        "attendee_id": person,
        "opened_at": at,
        "pin_hash": "",
        "version": 1,
    }


def _wallet(row: Row[*tuple[object, ...]]) -> Wallet:
    tries = Tries(row.pin_failures, row.pin_retry_at)
    return Wallet(row.id, Attendee(row.name, row.email), row.pin_hash, row.version, tries)


def bill_of(row: Row[*tuple[object, ...]]) -> StoredBill:
    """The bill in a row of its table."""
    return StoredBill(
        id=row.id,
        wallet_id=row.wallet_id,
        token_number=row.token_number,
        amount=row.amount,
        expires_at=row.expires_at,
        received_at=row.received_at,
        number=row.number,
        source=row.source,
    )
