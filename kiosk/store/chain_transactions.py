"""Transactions that were signed for an outside chain, in and out of the table."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Row, bindparam, func, select, text, update
from sqlmodel import Session

from kiosk.store.chain_tables import METADATA
from kiosk.store.upserts import insert_missing

_TRANSACTIONS: Final = METADATA.tables["chain_transaction"]

# The condition of the partial index, in the same words.
_OPEN: Final = text("chain_transaction.settled = 0")

_OF_BATCH: Final = select(_TRANSACTIONS).where(_TRANSACTIONS.c.batch_id == bindparam("batch"))
_BY_ID: Final = select(_TRANSACTIONS).where(_TRANSACTIONS.c.transaction_id == bindparam("id"))
_NEXT: Final = (
    select(func.coalesce(func.max(_TRANSACTIONS.c.nonce) + 1, 0))
    .where(_TRANSACTIONS.c.chain_number == bindparam("chain"))
    .where(_TRANSACTIONS.c.payer == bindparam("payer"), _OPEN)
)


@dataclass(frozen=True, slots=True)
class ChainTransaction:
    """A signed transaction; see `ChainTransactionRow`."""

    batch_id: int
    transaction_id: str
    chain_number: int
    payer: str
    nonce: int
    contract: str
    gas: int
    fee: int
    tip: int
    data: str
    signed: str
    sent_at: datetime
    settled: bool = False


def of_batch(session: Session, batch_id: int) -> ChainTransaction | None:
    """The transaction of a batch."""
    return _found(session.connection().execute(_OF_BATCH, {"batch": batch_id}).first())


def find(session: Session, transaction_id: str) -> ChainTransaction | None:
    """A transaction by what it was called first."""
    return _found(session.connection().execute(_BY_ID, {"id": transaction_id}).first())


def next_nonce(session: Session, chain_number: int, payer: str) -> int:
    """The first nonce above those of the transactions that may still happen."""
    values = {"chain": chain_number, "payer": payer}
    found: int = session.connection().execute(_NEXT, values).scalar_one()
    return found


def add(session: Session, transaction: ChainTransaction) -> bool:
    """Keep a transaction; False if its batch has one, or another batch has its nonce."""
    return bool(insert_missing(session, _TRANSACTIONS, asdict(transaction)))


def replace(session: Session, before: ChainTransaction, after: ChainTransaction) -> bool:
    """Keep it as it was signed anew; False if somebody else has done so meanwhile."""
    changed = session.connection().execute(
        update(_TRANSACTIONS)
        .where(_TRANSACTIONS.c.batch_id == before.batch_id)
        .where(_TRANSACTIONS.c.signed == before.signed)
        .values(fee=after.fee, tip=after.tip, signed=after.signed, sent_at=after.sent_at)
    )
    return changed.rowcount == 1


def settle(session: Session, transaction: ChainTransaction) -> None:
    """It has happened, or never will: what would be sent again is let go."""
    session.connection().execute(
        update(_TRANSACTIONS)
        .where(_TRANSACTIONS.c.batch_id == transaction.batch_id)
        .values(settled=True, data="", signed="")
    )


def _found(row: Row[*tuple[object, ...]] | None) -> ChainTransaction | None:
    return None if row is None else ChainTransaction(**row._mapping)
