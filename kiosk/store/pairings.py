"""Which terminals may do anything: who was let in, by which code, and sent out again."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, delete, select, update

from kiosk.domain.terminals import (
    CODE_TRIES_MAX,
    NotPaired,
    PairingFault,
    PairingRefused,
    TerminalState,
    TerminalStatus,
)
from kiosk.store.staff_tables import FoundingRow, InvitationRow, PairingRow
from kiosk.store.tables import METADATA, TerminalRow
from kiosk.store.terminals import register
from kiosk.store.upserts import insert_missing

SEEN_EVERY: Final = timedelta(seconds=30)
"""So often it is written down that a terminal is there."""

_PAIRINGS: Final = METADATA.tables["pairing"]
_IS_PAIRED: Final = select_columns(_PAIRINGS.c.terminal_number).where(
    _PAIRINGS.c.terminal_number == bindparam("number"), _PAIRINGS.c.revoked_at.is_(None)
)


def enter(session: Session, name: str, secret_hash: bytes, now: datetime) -> int | None:
    """The number of the terminal called `name` if it is paired; None if it needs a code.

    The first terminal of all is paired by this; one that was here before terminals kept secrets
    keeps the first it brings.
    """
    number = register(session, name)
    if _is_first(session, number):
        _pair(session, number, secret_hash, now)
    pairing = session.get(PairingRow, number, with_for_update=True)
    if pairing is None or pairing.revoked_at is not None:
        return None
    if pairing.secret_hash is None:
        pairing.secret_hash = secret_hash
        session.add(pairing)
    return number if pairing.secret_hash == secret_hash else None


def is_founded(session: Session) -> bool:
    """Whether some terminal was the first already."""
    return session.get(FoundingRow, 1) is not None


def is_paired(session: Session, number: int, secret_hash: bytes, now: datetime) -> bool:
    """Whether the terminal that keeps this secret may still do anything; it is seen by asking."""
    pairing = session.get(PairingRow, number)
    if pairing is None or pairing.revoked_at is not None or pairing.secret_hash != secret_hash:
        return False
    # Not each time: it asks every other second.
    if pairing.seen_at is None or now - pairing.seen_at >= SEEN_EVERY:
        pairing.seen_at = now
        session.add(pairing)
    return True


def require_paired(session: Session, number: int) -> None:
    """Raise `NotPaired` if a terminal was revoked, within the unit of work it asks for."""
    # Asked before every scan: by a statement that is made once.
    if session.connection().execute(_IS_PAIRED, {"number": number}).first() is None:
        raise NotPaired


def invite(session: Session, number: int, code_hash: bytes, expires_at: datetime) -> None:
    """Let the terminal in that brings this code, once; codes given out for it before are void."""
    session.merge(
        InvitationRow(terminal_number=number, code_hash=code_hash, expires_at=expires_at, tries=0)
    )


def accept(
    session: Session, number: int, code_hash: bytes, secret_hash: bytes, now: datetime
) -> PairingRefused | None:
    """Use up the code given out for a terminal; what is wrong with it, and the try is counted.

    It is answered and not raised: a try that is undone would not count.
    """
    invitation = session.get(InvitationRow, number, with_for_update=True)
    if invitation is None:
        return PairingRefused(PairingFault.VOID)
    if now >= invitation.expires_at:
        session.delete(invitation)
        return PairingRefused(PairingFault.VOID)
    if invitation.code_hash != code_hash:
        return _wrong(session, invitation)
    session.delete(invitation)
    _pair(session, number, secret_hash, now)
    return None


def revoke(session: Session, number: int, now: datetime) -> bool:
    """Send a terminal out, its open code with it; whether there was anything to take away."""
    session.execute(delete(InvitationRow).where(col(InvitationRow.terminal_number) == number))
    paired = update(PairingRow).where(
        col(PairingRow.terminal_number) == number, col(PairingRow.revoked_at).is_(None)
    )
    revoked = paired.values(revoked_at=now, secret_hash=None).returning(
        col(PairingRow.terminal_number)
    )
    return session.execute(revoked).first() is not None


def may_search(session: Session, number: int) -> bool:
    """Whether staff may find people by name at a terminal."""
    pairing = session.get(PairingRow, number)
    return pairing is None or pairing.searches


def let_search(session: Session, number: int, allowed: bool) -> None:
    """Say whether staff may find people by name at a terminal that was paired."""
    pairing = update(PairingRow).where(col(PairingRow.terminal_number) == number)
    session.execute(pairing.values(searches=allowed))


def statuses(session: Session, now: datetime) -> list[TerminalStatus]:
    """Every terminal that was ever heard of, by name."""
    query = (
        select(TerminalRow, PairingRow, InvitationRow)
        .outerjoin(PairingRow, col(PairingRow.terminal_number) == col(TerminalRow.number))
        .outerjoin(InvitationRow, col(InvitationRow.terminal_number) == col(TerminalRow.number))
    )
    found = [_status(*rows, now) for rows in session.exec(query)]
    return sorted(found, key=lambda status: (status.name.casefold(), status.name))


def _is_first(session: Session, number: int) -> bool:
    # The database lets one row in: of two terminals that begin at once, one is the first.
    founding = METADATA.tables["founding"]
    return bool(insert_missing(session, founding, {"one": 1, "terminal_number": number}))


def _pair(session: Session, number: int, secret_hash: bytes, now: datetime) -> None:
    pairing = session.get(PairingRow, number, with_for_update=True)
    if pairing is None:
        pairing = PairingRow(terminal_number=number, paired_at=now)
    pairing.secret_hash, pairing.paired_at, pairing.revoked_at = secret_hash, now, None
    session.add(pairing)
    session.flush()


def _wrong(session: Session, invitation: InvitationRow) -> PairingRefused:
    invitation.tries += 1
    if invitation.tries >= CODE_TRIES_MAX:
        session.delete(invitation)
        return PairingRefused(PairingFault.VOID)
    session.add(invitation)
    return PairingRefused(PairingFault.WRONG, CODE_TRIES_MAX - invitation.tries)


def _status(
    terminal: TerminalRow,
    pairing: PairingRow | None,
    invitation: InvitationRow | None,
    now: datetime,
) -> TerminalStatus:
    assert terminal.number is not None
    invited = invitation.expires_at if invitation and now < invitation.expires_at else None
    if pairing is None:
        state, since = TerminalState.NEW, None
    elif pairing.revoked_at is not None:
        state, since = TerminalState.REVOKED, pairing.revoked_at
    else:
        state, since = TerminalState.PAIRED, pairing.paired_at
    return TerminalStatus(
        number=terminal.number,
        name=terminal.name,
        state=state,
        since=since,
        invited_until=invited,
        may_search=pairing is None or pairing.searches,
        wrong_pins=terminal.pin_failures,
        seen_at=None if pairing is None else pairing.seen_at,
    )
