"""Start the terminal: its first screen at once, and behind it all that this can do without."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib import import_module

from kiosk.ahead import ledger_ahead
from kiosk.clock import SystemClock
from kiosk.pauses import spare_what_is_there
from kiosk.services.event_files import load_event
from kiosk.services.front import Front
from kiosk.settings import DEMO_EVENT, Settings
from kiosk.supervisor import keep_running, prepare_for_painting
from kiosk.words import LANGUAGES, catalogue


def run(settings: Settings) -> int:
    """Run the app until staff close it; the exit status of the process."""
    prepare_for_painting(os.environ)
    return asyncio.run(_run(settings))


async def _run(settings: Settings) -> int:
    # Read first: a file with faults must leave nothing behind.
    event = load_event(settings.event_file or DEMO_EVENT)
    while True:
        front = Front(event, SystemClock())
        status = await _show(front, settings)
        # Without its services a revoked terminal begins anew: with a page that asks for a code.
        if not front.was_revoked:
            return status


async def _show(front: Front, settings: Settings) -> int:
    async with open_behind(front, settings) as opening:
        await asyncio.to_thread(import_module, "kiosk.app")
        from kiosk.app import KioskApp

        if not opening.done():
            return await keep_running(
                lambda: KioskApp(front, settings.mode, settings.log_outs), front.clock
            )
    return 0


@asynccontextmanager
async def open_behind(front: Front, settings: Settings) -> AsyncIterator["asyncio.Task[None]"]:
    """Open the services while the front is shown, and close them after it.

    What stands in the way ends the front, and is raised once it has gone.
    """
    gone = asyncio.Event()
    opening = asyncio.create_task(_keep_open(front, settings, gone))
    try:
        yield opening
    finally:
        gone.set()
        if not front.is_open:
            opening.cancel()
        with suppress(asyncio.CancelledError):
            await opening


async def _keep_open(front: Front, settings: Settings, gone: asyncio.Event) -> None:
    try:
        async with ledger_ahead(settings) as ledger:
            # Python loads one thing at a time: what is wanted first, first.
            await front.shown()
            await asyncio.to_thread(_load_what_people_come_for)
            from kiosk.bootstrap import backing, services_of

            behind = backing(settings, front.clock, ledger)
            async with services_of(front.event, settings, behind, front.ask_to_pair) as opened:
                front.open(opened)
                await asyncio.to_thread(_load_what_comes_later)
                await gone.wait()
    finally:
        front.give_up()


def _load_what_people_come_for() -> None:
    import_module("kiosk.bootstrap")
    import_module("kiosk.screens.visits")
    spare_what_is_there()


def _load_what_comes_later() -> None:
    import_module("kiosk.screens.modes")
    for language in LANGUAGES:
        catalogue(language)
    spare_what_is_there()
