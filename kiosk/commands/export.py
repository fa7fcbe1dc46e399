"""`kiosk export`: tables of everything, into a new folder."""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from kiosk.bootstrap import backing
from kiosk.domain.exports import Progress, Table
from kiosk.services.catalog import Catalog
from kiosk.services.event_files import load_event
from kiosk.services.exports import Exports
from kiosk.settings import DEMO_EVENT, Settings


def write(settings: Settings, folder: str) -> int:
    """Write the tables of an event, and say how many rows each has."""
    for table, rows in asyncio.run(_write(settings, Path(folder).expanduser())).items():
        print(f"{table.file_name}  {rows:,}")
    return 0


async def _write(settings: Settings, folder: Path) -> Mapping[Table, int]:
    event = load_event(settings.event_file or DEMO_EVENT)
    async with backing(settings) as opened:
        catalog = Catalog(opened)
        await catalog.open(event)
        return await Exports(opened, catalog).write(folder, _tell)


def _tell(progress: Progress) -> None:
    # Whoever redirects what is said has no use for what is overwritten in place.
    if sys.stderr.isatty():
        said = f"{progress.table}: {progress.rows:,} rows"
        print(f"{said:<40}", end="\r", file=sys.stderr, flush=True)
