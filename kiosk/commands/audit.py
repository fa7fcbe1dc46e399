"""`kiosk audit`: who did what, where and when."""

import asyncio
import csv
import sys
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from kiosk.bootstrap import open_store
from kiosk.domain.audit import AuditRecord
from kiosk.domain.errors import KioskError
from kiosk.domain.spreadsheets import harmless, printable
from kiosk.services.audit import Audit
from kiosk.services.event_files import load_event
from kiosk.settings import Settings

COLUMNS = ("number", "at", "terminal", "staff", "action", "subject", "detail")
COMMAND_LINE = "command line"


class SinceError(KioskError):
    """What was said of a time cannot be read."""


def show(settings: Settings, since: str | None, *, as_csv: bool) -> int:
    """Print every entry from an instant on, the oldest first."""
    asyncio.run(_show(settings, since, as_csv=as_csv))
    return 0


async def _show(settings: Settings, since: str | None, *, as_csv: bool) -> None:
    table = csv.writer(sys.stdout)
    async with open_store(settings) as store:
        audit = Audit(store)
        zone = await _zone(settings, audit)
        start = None if since is None else _instant(since, zone)
        if as_csv:
            table.writerow(COLUMNS)
        async for record in audit.records(start):
            if as_csv:
                table.writerow(_cells(record))
            else:
                print(_line(record, zone))


async def _zone(settings: Settings, audit: Audit) -> ZoneInfo:
    """Where the event is that was named, or else the one that was opened."""
    if settings.event_file is not None:
        return ZoneInfo(load_event(settings.event_file).timezone)
    zones = await audit.time_zones()
    # Of several, none is right for all of the entries.
    return ZoneInfo(zones.pop() if len(zones) == 1 else "UTC")


def _line(record: AuditRecord, zone: ZoneInfo) -> str:
    at = f"{record.at.astimezone(zone):%F %T %Z}"
    who = " · ".join(filter(None, (record.terminal or COMMAND_LINE, record.staff)))
    facts = [at, who, record.action, record.detail, _subject(record)]
    return printable("  ".join(filter(None, facts)))


def _cells(record: AuditRecord) -> Iterator[str]:
    terminal = record.terminal or COMMAND_LINE
    facts = (terminal, record.staff, record.action, _subject(record), record.detail)
    yield str(record.number)
    yield record.at.isoformat()
    yield from map(harmless, facts)


def _subject(record: AuditRecord) -> str:
    """A terminal's number as it is; other ids in hexadecimal digits."""
    if record.subject is None:
        return ""
    return str(record.subject) if record.subject < 1 << 32 else f"{record.subject:032x}"


def _instant(text: str, zone: ZoneInfo) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise SinceError(
            f"--since is {text!r}; expected a day as 2027-03-12, or a time as 2027-03-12T18:00"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=zone)
