"""The audit: entries are added and read, never changed."""

from datetime import datetime
from typing import Final

from sqlalchemy import insert
from sqlmodel import Session, col, select

from kiosk.domain.audit import AuditEntry, AuditRecord
from kiosk.store.staff_tables import AuditRow
from kiosk.store.tables import METADATA, TerminalRow

_INSERT: Final = insert(METADATA.tables["audit"])
PAGE: Final = 100
"""Records that one page has, where nothing else is asked for."""


def record(session: Session, *entries: AuditEntry) -> None:
    """Put entries on record, within the unit of work that does what they say."""
    rows = [
        {
            "at": entry.at,
            "terminal_number": entry.actor.terminal,
            "staff": entry.actor.staff,
            "action": entry.action.value,
            "subject": entry.subject,
            "detail": entry.detail,
        }
        for entry in entries
    ]
    if rows:
        session.connection().execute(_INSERT, rows)


def page(
    session: Session,
    *,
    after: int = 0,
    since: datetime | None = None,
    limit: int = PAGE,
) -> list[AuditRecord]:
    """The oldest records with a number above `after`, from an instant on if one is given."""
    query = (
        select(AuditRow, TerminalRow.name)
        .outerjoin(TerminalRow, col(TerminalRow.number) == col(AuditRow.terminal_number))
        .where(col(AuditRow.number) > after)
        .order_by(col(AuditRow.number))
        .limit(limit)
    )
    if since is not None:
        query = query.where(col(AuditRow.at) >= since)
    return [_record(row, terminal) for row, terminal in session.exec(query)]


def _record(row: AuditRow, terminal: str | None) -> AuditRecord:
    assert row.number is not None
    return AuditRecord(
        number=row.number,
        at=row.at,
        terminal=terminal or "",
        staff=row.staff,
        action=row.action,
        subject=row.subject,
        detail=row.detail,
    )
