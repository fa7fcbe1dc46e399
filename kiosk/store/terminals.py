"""Terminals: their numbers, and the wrong PINs typed at them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from kiosk.domain.errors import WrongPin
from kiosk.store.tables import METADATA, TerminalRow
from kiosk.store.upserts import insert_missing


def register(session: Session, name: str) -> int:
    """The number of the terminal called `name`, a new one if it is new."""
    insert_missing(session, METADATA.tables["terminal"], {"name": name, "pin_failures": 0})
    number = session.exec(select(TerminalRow.number).where(TerminalRow.name == name)).one()
    assert number is not None
    return number


def name(session: Session, number: int) -> str:
    """The name of a terminal."""
    return session.exec(select(TerminalRow.name).where(TerminalRow.number == number)).one()


def count_pin_try(
    session: Session, number: int, now: datetime, wait_seconds: Callable[[int], int]
) -> int:
    """Count a try as wrong before it is judged; how many seconds the next one must then wait.

    Raises `WrongPin` if the last wrong try is too recent. `wait_seconds` tells from the number
    of wrong tries in a row.
    """
    terminal = session.get_one(TerminalRow, number, with_for_update=True)
    if terminal.pin_retry_at is not None and now < terminal.pin_retry_at:
        remaining = terminal.pin_retry_at - now
        raise WrongPin(-(-remaining // timedelta(seconds=1)))
    terminal.pin_failures += 1
    wait = wait_seconds(terminal.pin_failures)
    terminal.pin_retry_at = now + timedelta(seconds=wait)
    session.add(terminal)
    return wait


def forget_pin_tries(session: Session, number: int) -> None:
    """Somebody typed a right PIN."""
    terminal = update(TerminalRow).where(col(TerminalRow.number) == number)
    session.execute(terminal.values(pin_failures=0, pin_retry_at=None))
