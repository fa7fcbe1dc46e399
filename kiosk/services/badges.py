"""Staff badges: given out, and made void when one is lost."""

from sqlmodel import Session

from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.events import StaffMember
from kiosk.domain.staff_codes import Badge, UnknownStaff, member_id
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.store import audit, staff


class Badges:
    """Badges of the event's staff, for the command line."""

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog

    async def issue(self, name: str) -> str:
        """The text of a member's badge: the same each time, until it is made void.

        Raises `UnknownStaff`.
        """
        member = self._member(name)
        owner = member_id(self._catalog.event.id, member.name)

        def work(session: Session) -> int:
            version = staff.issue_badge(session, owner)
            audit.record(session, self._entry(Action.BADGE_ISSUED, member.name))
            return version

        version = await self._store.transaction(work)
        return Badge(owner, version).signed(self._catalog.signing_key)

    async def void(self, name: str) -> bool:
        """Make all badges of a member void; whether there were any. Raises `UnknownStaff`."""
        member = self._member(name)
        owner = member_id(self._catalog.event.id, member.name)

        def work(session: Session) -> bool:
            voided = staff.void_badges(session, owner)
            if voided:
                audit.record(session, self._entry(Action.BADGES_VOIDED, member.name))
            return voided

        return await self._store.transaction(work)

    def _member(self, name: str) -> StaffMember:
        members = {member.name: member for member in self._catalog.event.staff}
        if name not in members:
            raise UnknownStaff(name, tuple(members))
        return members[name]

    def _entry(self, action: Action, name: str) -> AuditEntry:
        return AuditEntry(self._clock.now(), Actor(None), action, detail=name)
