"""`kiosk staff`: give out badges, and make them void."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from kiosk.bootstrap import DEMO_EVENT, open_store, signing_keys
from kiosk.clock import SystemClock
from kiosk.domain.events import Event
from kiosk.services.badges import Badges
from kiosk.services.event_files import load_event
from kiosk.settings import Settings

T = TypeVar("T")
_BLACK_ON_WHITE, _AS_BEFORE = "\x1b[30;107m", "\x1b[0m"


def badge(settings: Settings, name: str, save: str | None) -> int:
    """Show somebody's badge as a QR code, or save it as a picture."""
    event = load_event(settings.event_file or DEMO_EVENT)
    code = _with_badges(settings, event, lambda badges: badges.issue(name))
    if save is None:
        _print_code(code)
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


def _print_code(code: str) -> None:
    from kiosk.widgets.qr_code import qr_lines

    # Readers want black on white; a file has no colours, and says so by being printed on white.
    before, after = (_BLACK_ON_WHITE, _AS_BEFORE) if sys.stdout.isatty() else ("", "")
    for line in qr_lines(code):
        print(f"{before}{line}{after}")


def _save(path: Path, event: Event, name: str, code: str) -> None:
    from kiosk.services.ticket_files import DOTS_PER_INCH, TicketPicture
    from kiosk.services.ticket_pictures import draw

    role = next(member.role for member in event.staff if member.name == name)
    picture = TicketPicture(event.name, "Staff", (role.name.capitalize(),), name, "", "", code)
    data = BytesIO()
    draw(picture).save(data, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    # A new file, its owner's alone: it opens doors.
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(data.getvalue())
