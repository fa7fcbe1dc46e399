"""`kiosk terminal`: let terminals in, send them out, free them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from zoneinfo import ZoneInfo

from kiosk.bootstrap import open_store
from kiosk.clock import SystemClock
from kiosk.domain.terminals import TerminalState, TerminalStatus
from kiosk.services.event_files import load_event
from kiosk.services.terminals import Terminals
from kiosk.settings import DEMO_EVENT, Settings

T = TypeVar("T")
_STATES = {
    TerminalState.NEW: "not let in yet",
    TerminalState.PAIRED: "let in",
    TerminalState.REVOKED: "sent out",
}


def show(settings: Settings) -> int:
    """Print every terminal that was ever heard of, and whether it may do anything."""
    found = _with_terminals(settings, Terminals.all)
    zone = ZoneInfo(load_event(settings.event_file or DEMO_EVENT).timezone)
    width = max((len(one.name) for one in found), default=0)
    for one in found:
        print(f"{one.name:<{width}}  {_facts(one, zone)}")
    return 0


def invite(settings: Settings, name: str) -> int:
    """Print a code that lets a terminal in, once."""
    invitation = _with_terminals(settings, lambda terminals: terminals.invite(name))
    zone = ZoneInfo(load_event(settings.event_file or DEMO_EVENT).timezone)
    until = invitation.expires_at.astimezone(zone)
    print(f"{invitation.code}  lets {invitation.terminal} in, once, until {until:%H:%M}")
    return 0


def revoke(settings: Settings, name: str) -> int:
    """Send a terminal out."""
    _with_terminals(settings, lambda terminals: terminals.revoke(name))
    print(f"{name} is sent out and stops within seconds")
    return 0


def let_search(settings: Settings, name: str, allowed: bool) -> int:
    """Say whether staff may find people by name at a terminal."""
    _with_terminals(settings, lambda terminals: terminals.let_search(name, allowed))
    print(f"Staff {'may' if allowed else 'may not'} find people by name at {name}")
    return 0


def free(settings: Settings, name: str) -> int:
    """Take PINs again at a terminal."""
    _with_terminals(settings, lambda terminals: terminals.free(name))
    print(f"{name} takes PINs")
    return 0


def _with_terminals(settings: Settings, do: Callable[[Terminals], Awaitable[T]]) -> T:
    async def run() -> T:
        async with open_store(settings) as store:
            return await do(Terminals(store, SystemClock()))

    return asyncio.run(run())


def _facts(one: TerminalStatus, zone: ZoneInfo) -> str:
    facts = [_STATES[one.state]]
    if one.since is not None:
        facts[0] += f" since {one.since.astimezone(zone):%F %H:%M}"
    if one.invited_until is not None:
        facts.append(f"a code is good until {one.invited_until.astimezone(zone):%H:%M}")
    if one.is_locked:
        facts.append(f"takes no PINs: `kiosk staff unlock {one.name}`")
    if not one.may_search:
        facts.append("search is off")
    return ", ".join(facts)
