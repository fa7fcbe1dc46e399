"""Who works at this terminal: by their PIN, or by their badge."""

import asyncio
from collections.abc import Sequence

from sqlmodel import Session

from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.events import Role, StaffMember
from kiosk.domain.pins import Tries
from kiosk.domain.signed_codes import SignedNamingCode
from kiosk.domain.staff_codes import BadgeFault, BadgeRefused, member_id, read_badge
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.pins import fits
from kiosk.store import audit, pairings, staff, terminals


class Staff:
    """The event's staff at one terminal."""

    def __init__(self, backing: Backing, catalog: Catalog, terminal: int) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._terminal = terminal

    async def unlock(self, given: str, role_at_least: Role, *, asked_by: str = "") -> StaffMember:
        """Whose PIN or badge this is, for something that needs a role.

        `asked_by` is whom they let do it, if it is not for themselves. Raises `WrongPin`, whose
        wait grows with each wrong try, `PinsLocked` after too many, `BadgeRefused`, and
        `NotPaired`.
        """
        if (badge := read_badge(given)) is not None:
            return await self._unlock_by_badge(badge, role_at_least, asked_by)
        return await self._unlock_by_pin(given, role_at_least, asked_by)

    async def log_out(self, member: StaffMember, *, by_silence: bool) -> None:
        """Put on record that somebody has left."""
        detail = "silence" if by_silence else "locked"
        entry = self._entry(Action.LOGGED_OUT, member.name, detail)
        await self._store.transaction(lambda session: audit.record(session, entry))

    async def _unlock_by_pin(self, pin: str, role: Role, asked_by: str) -> StaffMember:
        now = self._clock.now()

        def count(session: Session) -> Tries:
            pairings.require_paired(session, self._terminal)
            return terminals.count_pin_try(session, self._terminal, now)

        tries = await self._store.transaction(count)
        owners = await _owners(pin, self._catalog.event.staff)
        member = next((one for one in owners if one.role >= role), None)
        if member is None:
            await self._refuse_pin(tries)
            raise tries.refusal
        unlocked = self._unlocked(member, "PIN", asked_by)

        def forgive(session: Session) -> None:
            terminals.forget_pin_tries(session, self._terminal)
            audit.record(session, unlocked)

        await self._store.transaction(forgive)
        return member

    async def _refuse_pin(self, tries: Tries) -> None:
        entries = [self._entry(Action.WRONG_PIN, "", f"{tries.failures} in a row")]
        if tries.is_locked:
            entries.append(self._entry(Action.LOCKED, ""))
        await self._store.transaction(lambda session: audit.record(session, *entries))

    async def _unlock_by_badge(
        self, signed: SignedNamingCode, role: Role, asked_by: str
    ) -> StaffMember:
        """Nobody guesses a signature, so badges are not counted, and open a locked terminal too;
        an organiser's frees it."""
        member = self._owner_of(signed)

        def work(session: Session) -> BadgeFault | None:
            pairings.require_paired(session, self._terminal)
            fault = self._fault(session, signed, member, role)
            if fault is not None or member is None:
                name = member.name if member else ""
                audit.record(session, self._entry(Action.BADGE_REFUSED, name, fault or ""))
                return fault
            audit.record(session, self._unlocked(member, "badge", asked_by))
            if member.role >= Role.ORGANISER and (
                forgiven := terminals.forget_pin_tries(session, self._terminal)
            ):
                freed = self._entry(Action.FREED, member.name, f"{forgiven} wrong PINs")
                audit.record(session, freed)
            return None

        if (fault := await self._store.transaction(work)) is not None:
            raise BadgeRefused(fault)
        assert member is not None
        return member

    def _owner_of(self, signed: SignedNamingCode) -> StaffMember | None:
        event, key = self._catalog.event, self._catalog.signing_key.public_key()
        if not signed.is_signed_by(key):
            return None
        wanted = signed.code.subject
        return next((one for one in event.staff if member_id(event.id, one.name) == wanted), None)

    def _fault(
        self, session: Session, signed: SignedNamingCode, member: StaffMember | None, role: Role
    ) -> BadgeFault | None:
        if member is None:
            return BadgeFault.NOT_OURS
        if staff.badge_version(session, signed.code.subject) != signed.code.version:
            return BadgeFault.VOID
        return None if member.role >= role else BadgeFault.ROLE

    def _unlocked(self, member: StaffMember, by: str, asked_by: str) -> AuditEntry:
        action = Action.APPROVED if asked_by else Action.UNLOCKED
        return self._entry(action, member.name, f"{by}, for {asked_by}" if asked_by else by)

    def _entry(self, action: Action, name: str, detail: str = "") -> AuditEntry:
        actor = Actor(self._terminal, name)
        return AuditEntry(self._clock.now(), actor, action, self._terminal, detail)


async def _owners(pin: str, members: Sequence[StaffMember]) -> list[StaffMember]:
    """Everybody whose PIN this is. All are tried, always: how long it takes tells nothing."""
    theirs = await asyncio.gather(*(fits(one.pin_hash, pin) for one in members))
    return [one for one, is_theirs in zip(members, theirs, strict=True) if is_theirs]
