"""Staff badges: given out, and made void when one is lost."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session

from kiosk.clock import Clock
from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.events import Event, StaffMember
from kiosk.domain.signed_codes import NamingCode
from kiosk.domain.staff_codes import EventNotOpened, UnknownStaff, badge_code, member_id
from kiosk.store import audit, events, staff
from kiosk.store.database import Database
from kiosk.store.keys import SigningKeys

T = TypeVar("T")


class Badges:
    """Badges of an event's staff, for the command line: the event was opened here before."""

    def __init__(self, store: Database, keys: SigningKeys, clock: Clock, event: Event) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self._event = event

    async def issue(self, name: str) -> str:
        """The text of a member's badge: the same each time, until it is made void.

        Raises `UnknownStaff` or `EventNotOpened`.
        """
        key = await self._key()

        def work(session: Session, owner: int) -> tuple[NamingCode, Action]:
            return badge_code(owner, staff.issue_badge(session, owner)), Action.BADGE_ISSUED

        return (await self._do(name, work)).signed(key)

    async def void(self, name: str) -> bool:
        """Make all badges of a member void; whether there were any.

        Raises `UnknownStaff` or `EventNotOpened`.
        """

        def work(session: Session, owner: int) -> tuple[bool, Action | None]:
            voided = staff.void_badges(session, owner)
            return voided, Action.BADGES_VOIDED if voided else None

        return await self._do(name, work)

    async def _do(self, name: str, do: Callable[[Session, int], tuple[T, Action | None]]) -> T:
        """Do it for the id of a member, and put on record what was done."""
        member, now = self.member(name), self._clock.now()

        def work(session: Session) -> T:
            event_id = events.identity(session, self._event.key)
            if event_id is None:
                raise EventNotOpened(self._event.key)
            owner = member_id(event_id, member.name)
            answer, action = do(session, owner)
            if action is not None:
                audit.record(session, AuditEntry(now, Actor(None), action, owner, member.name))
            return answer

        return await self._store.transaction(work)

    def member(self, name: str) -> StaffMember:
        """Who is called that; raises `UnknownStaff`."""
        members = {member.name: member for member in self._event.staff}
        if name not in members:
            raise UnknownStaff(name, tuple(members))
        return members[name]

    async def _key(self) -> Ed25519PrivateKey:
        key = await asyncio.to_thread(self._keys.load, self._event.key)
        if key is None:
            raise EventNotOpened(self._event.key)
        return key
