"""Terminals: their numbers, and the wrong PINs typed at them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, select

from kiosk.domain.errors import WrongPin
from kiosk.domain.terminals import PIN_TRIES_MAX, PinsLocked
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


def count_pin_try(
    session: Session, number: int, now: datetime, wait_seconds: Callable[[int], int]
) -> int:
    """Count a try as wrong before it is judged; how many wrong ones in a row that would make.

    Raises `WrongPin` if the last wrong try is too recent, and `PinsLocked` after too many.
    `wait_seconds` tells from their number how long the next one must wait.
    """
    terminal = session.get_one(TerminalRow, number, with_for_update=True)
    if terminal.pin_failures >= PIN_TRIES_MAX:
        raise PinsLocked
    if terminal.pin_retry_at is not None:
        remaining = -(-(terminal.pin_retry_at - now) // timedelta(seconds=1))
        # Longer than it ever was: the clock was set back, and nobody waits for that.
        if 0 < remaining <= wait_seconds(terminal.pin_failures):
            raise WrongPin(remaining)
    terminal.pin_failures += 1
    terminal.pin_retry_at = now + timedelta(seconds=wait_seconds(terminal.pin_failures))
    session.add(terminal)
    return terminal.pin_failures


def forget_pin_tries(session: Session, number: int) -> int:
    """Somebody typed a right PIN, or frees the terminal; how many wrong ones that forgives."""
    terminal = session.get_one(TerminalRow, number, with_for_update=True)
    forgiven, terminal.pin_failures, terminal.pin_retry_at = terminal.pin_failures, 0, None
    session.add(terminal)
    return forgiven
