"""A ledger that is opened ahead of everything else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kiosk.settings import Settings
from ledger.engine import Ledger
from ledger.open import open_ledger


@asynccontextmanager
async def ledger_ahead(settings: Settings) -> AsyncIterator["asyncio.Task[Ledger]"]:
    """A ledger on its way, and an end to it.

    It starts in a process of its own, while all else is loaded here. Whoever waits for it gets
    what `open_ledger` raises.
    """
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    opening = asyncio.create_task(open_ledger(settings.ledger_settings()))
    try:
        yield opening
    finally:
        opening.cancel()
        await asyncio.wait([opening])
        if not opening.cancelled() and opening.exception() is None:
            await opening.result().close()
