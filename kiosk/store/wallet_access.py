"""What opens wallets: their PINs, and the versions of their codes."""

from typing import Final

from sqlalchemy import bindparam, update
from sqlmodel import Session

from kiosk.domain.pins import Tries
from kiosk.store.wallet_tables import METADATA

_WALLETS: Final = METADATA.tables["wallet"]
_CHANGE: Final = update(_WALLETS).where(_WALLETS.c.id == bindparam("wallet_id"))


def count_tries(session: Session, wallet: int, tries: Tries) -> None:
    """So many wrong PINs were typed in a row."""
    _change(session, wallet, pin_failures=tries.failures, pin_retry_at=tries.retry_at)


def set_pin(session: Session, wallet: int, pin_hash: str) -> None:
    """The owner has chosen a PIN; wrong ones before it are forgotten."""
    _change(session, wallet, pin_hash=pin_hash, pin_failures=0, pin_retry_at=None)


def set_version(session: Session, wallet: int, version: int) -> None:
    """The codes of other versions open nothing."""
    _change(session, wallet, version=version)


def _change(session: Session, wallet: int, **values: object) -> None:
    session.connection().execute(_CHANGE.values(values), {"wallet_id": wallet})
