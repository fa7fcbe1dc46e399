"""Terminals: their numbers, and the wrong PINs typed at them."""

from datetime import datetime

from sqlmodel import Session, select

from kiosk.domain.pins import Tries
from kiosk.store.tables import METADATA, TerminalRow
from kiosk.store.upserts import insert_missing


def register(session: Session, name: str) -> int:
    """The number of the terminal called `name`, a new one if it is new."""
    insert_missing(session, METADATA.tables["terminal"], {"name": name, "pin_failures": 0})
    found = number(session, name)
    assert found is not None
    return found


def number(session: Session, name: str) -> int | None:
    """The number of the terminal called `name`, if there is one."""
    return session.exec(select(TerminalRow.number).where(TerminalRow.name == name)).first()


def name(session: Session, number: int) -> str:
    """The name of a terminal."""
    return session.exec(select(TerminalRow.name).where(TerminalRow.number == number)).one()


def count_pin_try(session: Session, number: int, now: datetime) -> Tries:
    """Count a try as wrong before it is judged; the wrong ones in a row, if it is one.

    Raises `WrongPin` if the last wrong try is too recent, and `PinsLocked` after too many.
    """
    terminal = session.get_one(TerminalRow, number, with_for_update=True)
    tries = Tries(terminal.pin_failures, terminal.pin_retry_at).one_more_pin(now)
    terminal.pin_failures, terminal.pin_retry_at = tries.failures, tries.retry_at
    session.add(terminal)
    return tries


def forget_pin_tries(session: Session, number: int) -> int:
    """Somebody typed a right PIN, or frees the terminal; how many wrong ones that forgives."""
    terminal = session.get_one(TerminalRow, number, with_for_update=True)
    forgiven, terminal.pin_failures, terminal.pin_retry_at = terminal.pin_failures, 0, None
    session.add(terminal)
    return forgiven
