"""`kiosk staff`: give out badges, and make them void."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from kiosk.bootstrap import open_store, signing_keys
from kiosk.clock import SystemClock
from kiosk.commands.codes import print_code, save_code
from kiosk.domain.events import Event
from kiosk.services.badges import Badges
from kiosk.services.event_files import load_event
from kiosk.settings import DEMO_EVENT, Settings

T = TypeVar("T")


def badge(settings: Settings, name: str, save: str | None) -> int:
    """Show somebody's badge as a QR code, or save it as a picture."""
    event = load_event(settings.event_file or DEMO_EVENT)
    code = _with_badges(settings, event, lambda badges: badges.issue(name))
    if save is None:
        print_code(code)
        print(f"{event.name}: {name}. Whoever has this code is {name} to every terminal.")
    else:
        path = Path(save).expanduser()
        _save(path, event, name, code)
        print(f"Saved as {path}. Whoever has this code is {name} to every terminal.")
    return 0


def void(settings: Settings, name: str) -> int:
    """Make every badge of somebody void."""
    event = load_event(settings.event_file or DEMO_EVENT)
    voided = _with_badges(settings, event, lambda badges: badges.void(name))
    print(f"{name}'s badges are void" if voided else f"{name} has no badge")
    return 0


def _with_badges(settings: Settings, event: Event, do: Callable[[Badges], Awaitable[T]]) -> T:
    async def run() -> T:
        async with open_store(settings) as store:
            return await do(Badges(store, signing_keys(settings), SystemClock(), event))

    return asyncio.run(run())


def _save(path: Path, event: Event, name: str, code: str) -> None:
    from kiosk.services.ticket_files import TicketPicture

    role = next(member.role for member in event.staff if member.name == name)
    words = (role.name.capitalize(),)
    save_code(path, TicketPicture(event.name, "Staff", words, name, "", "", code))
