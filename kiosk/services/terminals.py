"""Terminals: who is let in and sent out, and whether this one may still do anything."""

import asyncio
import secrets
from collections.abc import Callable

from sqlmodel import Session

from kiosk.clock import Clock
from kiosk.domain import codes
from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.errors import StoreUnavailable
from kiosk.domain.events import StaffMember
from kiosk.domain.rights import Right, require
from kiosk.domain.terminals import (
    CODE_BITS,
    CODE_LIFE,
    Invitation,
    PairingRefused,
    TerminalStatus,
    UnknownTerminal,
    checked_terminal_name,
    pairing_code,
    parse_pairing_code,
    secret_digest,
)
from kiosk.services.backing import Backing
from kiosk.store import audit, pairings, terminals
from kiosk.store.database import Database

WATCH_SECONDS = 2.0
"""So soon a terminal that was revoked knows it."""


class Pairing:
    """This terminal's own right to do anything."""

    def __init__(self, backing: Backing, name: str) -> None:
        self.name = name
        self._store = backing.store
        self._clock = backing.clock
        self._secret = backing.keys.terminal_secret
        self._paired = asyncio.Event()
        self._number = 0
        self._digest = b""

    async def enter(self) -> bool:
        """Whether the terminal may do anything; the first of a data folder lets itself in."""
        self._digest = secret_digest(await asyncio.to_thread(self._secret, self.name))
        now = self._clock.now()

        def work(session: Session) -> int | None:
            before = pairings.is_founded(session)
            number = pairings.enter(session, self.name, self._digest, now)
            if number is not None and not before:
                entry = AuditEntry(now, Actor(number), Action.TERMINAL_PAIRED, number, "the first")
                audit.record(session, entry)
            return number

        number = await self._store.transaction(work)
        if number is not None:
            self._enter(number)
        return number is not None

    async def pair(self, typed: str) -> None:
        """Let the terminal in by the code an organiser gave out for it; raises `PairingRefused`."""
        code = secret_digest(parse_pairing_code(typed))
        now = self._clock.now()

        def work(session: Session) -> tuple[int, PairingRefused | None]:
            number = terminals.register(session, self.name)
            refused = pairings.accept(session, number, code, self._digest, now)
            action = Action.PAIRING_REFUSED if refused else Action.TERMINAL_PAIRED
            detail = refused.fault if refused else ""
            audit.record(session, AuditEntry(now, Actor(number), action, number, detail))
            return number, refused

        number, refused = await self._store.transaction(work)
        if refused is not None:
            raise refused
        self._enter(number)

    async def paired(self) -> None:
        """Wait until the terminal may do something."""
        await self._paired.wait()

    async def revoked(self, every_seconds: float = WATCH_SECONDS) -> None:
        """Wait until it may not any more; while the store is away, nobody can tell."""
        while await self.is_paired():
            await asyncio.sleep(every_seconds)
        self._paired.clear()

    async def is_paired(self) -> bool:
        """Whether it still may; as far as one knows, if the store is away."""
        now = self._clock.now()
        try:
            return await self._store.transaction(
                lambda session: pairings.is_paired(session, self._number, self._digest, now)
            )
        except StoreUnavailable:
            return self._paired.is_set()

    def _enter(self, number: int) -> None:
        self._number = number
        self._paired.set()


class Terminals:
    """All terminals, for organisers; `terminal` None is the command line, which needs nobody."""

    def __init__(self, store: Database, clock: Clock, terminal: int | None = None) -> None:
        self._store = store
        self._clock = clock
        self._terminal = terminal

    async def all(self) -> list[TerminalStatus]:
        """Every terminal that was ever heard of, by name."""
        now = self._clock.now()
        return await self._store.transaction(lambda session: pairings.statuses(session, now))

    async def invite(self, name: str, by: StaffMember | None = None) -> Invitation:
        """A code for the terminal called `name`; the code before it is void, a pairing stays.

        Raises `InvalidTerminalName`.
        """
        checked = checked_terminal_name(name)
        actor, now = self._actor(by), self._clock.now()
        code, expires_at = pairing_code(secrets.randbits(CODE_BITS)), now + CODE_LIFE

        def work(session: Session) -> None:
            self._require_paired(session)
            number = terminals.register(session, checked)
            pairings.invite(session, number, secret_digest(code), expires_at)
            audit.record(session, AuditEntry(now, actor, Action.TERMINAL_INVITED, number, checked))

        await self._store.transaction(work)
        return Invitation(checked, codes.format_number(code), expires_at)

    async def revoke(self, name: str, by: StaffMember | None = None) -> None:
        """Send a terminal out: it stops within seconds. Raises `UnknownTerminal`."""
        now = self._clock.now()

        def work(session: Session, number: int) -> str | None:
            return name if pairings.revoke(session, number, now) else None

        await self._change(name, by, Action.TERMINAL_REVOKED, work)

    async def let_search(self, name: str, allowed: bool, by: StaffMember | None = None) -> None:
        """Say whether staff may find people by name there; raises `UnknownTerminal`."""

        def work(session: Session, number: int) -> str:
            pairings.let_search(session, number, allowed)
            return f"search {'on' if allowed else 'off'}"

        await self._change(name, by, Action.TERMINAL_CHANGED, work)

    async def free(self, name: str, by: StaffMember | None = None) -> None:
        """Take PINs again at a terminal that was locked; raises `UnknownTerminal`."""

        def work(session: Session, number: int) -> str | None:
            forgiven = terminals.forget_pin_tries(session, number)
            return f"{forgiven} wrong PINs" if forgiven else None

        await self._change(name, by, Action.FREED, work)

    async def _change(
        self,
        name: str,
        by: StaffMember | None,
        action: Action,
        change: Callable[[Session, int], str | None],
    ) -> None:
        """Do it, and put it on record unless there was nothing to do."""
        actor, now = self._actor(by), self._clock.now()

        def work(session: Session) -> None:
            self._require_paired(session)
            number = terminals.number(session, name)
            if number is None:
                raise UnknownTerminal(name)
            detail = change(session, number)
            if detail is not None:
                audit.record(session, AuditEntry(now, actor, action, number, detail))

        await self._store.transaction(work)

    def _require_paired(self, session: Session) -> None:
        # Whoever was sent out must not let themselves in again.
        if self._terminal is not None:
            pairings.require_paired(session, self._terminal)

    def _actor(self, by: StaffMember | None) -> Actor:
        if by is not None:
            require(by, Right.TERMINALS)
        else:
            assert self._terminal is None, "at a terminal, somebody does it"
        return Actor(self._terminal, by.name if by else "")
