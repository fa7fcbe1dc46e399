"""`kiosk event`: check an event file, and make the data folder's event what it says."""

import asyncio
import sys
from pathlib import Path

from kiosk.bootstrap import backing
from kiosk.clock import SystemClock
from kiosk.domain.errors import EventFileError
from kiosk.domain.events import Event
from kiosk.services.catalog import Catalog
from kiosk.services.event_files import check_event
from kiosk.settings import Settings


def check(file: str) -> int:
    """Print every fault and every warning of a file; nothing is created."""
    return 1 if _checked(file) is None else 0


def load(settings: Settings, file: str) -> int:
    """Create the event of a file, or change it as far as nothing that was sold is broken."""
    event = _checked(file)
    if event is None:
        return 1
    for line in asyncio.run(_load(settings, event)):
        print(line)
    return 0


def _checked(file: str) -> Event | None:
    path = Path(file).expanduser()
    try:
        event, warnings = check_event(path, SystemClock().now())
    except EventFileError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        print(f"{file}: {_count(len(error.faults), 'fault')}", file=sys.stderr)
        return None
    for warning in warnings:
        print(warning)
    print(f"{file}: {event.name} can be opened, {_count(len(warnings), 'warning')}")
    return event


async def _load(settings: Settings, event: Event) -> list[str]:
    async with backing(settings) as opened:
        catalog = Catalog(opened)
        places = await catalog.places((await catalog.open(event)).resources)
        width = max(len(resource.key) for resource in places)
        return [
            f"{one.key:<{width}}  {one.kind:<6}  {one.capacity:>8} in all"
            f"  {found.left:>8} left  {found.on_hold:>6} on hold"
            for one, found in places.items()
        ]


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
