"""Who may do what at this terminal."""

import asyncio
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from kiosk.domain.errors import WrongPin
from kiosk.domain.events import Role, StaffMember
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.store import terminals

FREE_TRIES = 2
WAIT_SECONDS_MAX = 300


class Staff:
    """PINs of the event's staff."""

    def __init__(self, backing: Backing, catalog: Catalog, terminal: int) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._terminal = terminal

    async def unlock(self, pin: str, role_at_least: Role) -> StaffMember:
        """Whose PIN this is; raises `WrongPin`, whose wait grows with each wrong try.

        Tries are counted per terminal before they are judged, so that neither a restart nor many
        tries at once shorten the wait.
        """
        now = self._clock.now()
        wait = await self._store.transaction(
            lambda session: terminals.count_pin_try(session, self._terminal, now, wait_seconds)
        )
        able = [one for one in self._catalog.event.staff if one.role >= role_at_least]
        member = await asyncio.to_thread(_owner, pin, able)
        if member is None:
            raise WrongPin(wait)
        await self._store.transaction(
            lambda session: terminals.forget_pin_tries(session, self._terminal)
        )
        return member


def wait_seconds(failures: int) -> int:
    """How long to wait after so many wrong PINs in a row: 2, 4, 8 … seconds after two free ones."""
    if failures <= FREE_TRIES:
        return 0
    # The exponent is bounded too: a million tries must not make a number of a million bits.
    doubled: int = 2 ** min(failures - FREE_TRIES, 16)
    return min(doubled, WAIT_SECONDS_MAX)


def _owner(pin: str, members: Iterable[StaffMember]) -> StaffMember | None:
    hasher = PasswordHasher()
    for member in members:
        try:
            hasher.verify(member.pin_hash, pin)
        except VerifyMismatchError:
            continue
        return member
    return None
