"""Find tickets: by whom they are, by their numbers, and with which others they were bought."""

from typing import Final

from sqlmodel import Session

from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.claim_transfers import stranded_by
from kiosk.domain.claims import FOUND_MAX, ClaimCard, Found, SearchOff, UnknownClaim, card_of
from kiosk.domain.events import StaffMember
from kiosk.domain.rights import Right, require
from kiosk.domain.search import Wanted
from kiosk.services.admission import Terminal
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.store import audit, claim_transfers, claims, door, pairings, search

_LEARNT_AT_ONCE: Final = 100
"""So many new people become known in one unit of work: whoever sells meanwhile hardly waits."""
_ROUNDS_MAX: Final = 20
"""So often at most before a search: of more people than that, its answer says it is not all."""


class Claims:
    """Tickets of one event, for the staff of one terminal."""

    def __init__(self, backing: Backing, catalog: Catalog, terminal: Terminal) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._terminal = terminal.number

    async def search(self, typed: str, staff: StaffMember) -> Found:
        """The tickets of whoever is called so, has such an address, or such a ticket number.

        Raises `TooShort`, `NotAllowed`, or `SearchOff` where nobody is searched for.
        """
        require(staff, Right.SEARCH)
        wanted, now = Wanted.of(typed), self._clock.now()
        is_all = await self.learn(_ROUNDS_MAX)
        entry = AuditEntry(now, Actor(self._terminal, staff.name), Action.SEARCHED, detail=typed)

        def find(session: Session) -> Found:
            pairings.require_paired(session, self._terminal)
            if not pairings.may_search(session, self._terminal):
                raise SearchOff
            audit.record(session, entry)
            found = search.find(session, self._catalog.event.id, wanted, FOUND_MAX + 1)
            shown = self._cards(session, found[:FOUND_MAX])
            return Found(tuple(shown), more=len(found) > FOUND_MAX or not is_all)

        return await self._store.transaction(find)

    async def card(self, claim_id: int) -> ClaimCard:
        """The ticket as it is now; raises `UnknownClaim`."""
        cards = await self._store.transaction(lambda session: self._cards(session, [claim_id]))
        if not cards:
            raise UnknownClaim(claim_id)
        return cards[0]

    async def companions(self, claim_id: int) -> list[ClaimCard]:
        """The other tickets of its order that nobody is in with yet, in the order of buying.

        Those of which `refusal` is None can be admitted now, each by a scan of its number. Whoever
        was passed a ticket has none. Raises `UnknownClaim`.
        """
        one = await self.card(claim_id)

        def read(session: Session) -> list[ClaimCard]:
            siblings = [] if one.passed_on else claims.siblings(session, one.order_id)
            others = [sibling for sibling in siblings if sibling != claim_id]
            return self._cards(session, others)

        return [card for card in await self._store.transaction(read) if not card.is_used]

    async def needing(self, claim_id: int) -> list[ClaimCard]:
        """The other tickets of its holder that need it, and so must go where it goes.

        What needs one of those is among them. Raises `UnknownClaim`.
        """
        event, now = self._catalog.event, self._clock.now()

        def read(session: Session) -> list[ClaimCard]:
            record = door.claim_by_id(session, claim_id)
            if record is None or record.event_id != event.id:
                raise UnknownClaim(claim_id)
            held = claim_transfers.held_by(session, event.id, record.claim.holder.email)
            going, kept = [record.claim], [claim for claim in held if claim.id != claim_id]
            while stranded := stranded_by(event, going, kept, now):
                going += [claim for claim in kept if claim.slot_key in stranded]
                kept = [claim for claim in kept if claim.slot_key not in stranded]
            return self._cards(session, [claim.id for claim in going[1:]])

        return await self._store.transaction(read)

    async def learn(self, rounds_max: int | None = None) -> bool:
        """Make people known to the search who are new; whether it knows all of them now."""
        done = 0
        while rounds_max is None or done < rounds_max:
            if await self._store.transaction(_learn) < _LEARNT_AT_ONCE:
                return True
            done += 1
        return False

    def _cards(self, session: Session, claim_ids: list[int]) -> list[ClaimCard]:
        event, now = self._catalog.event, self._clock.now()
        found = claims.facts(session, claim_ids)
        return [card_of(one, event, now) for one in found if one.record.event_id == event.id]


def _learn(session: Session) -> int:
    return search.learn(session, _LEARNT_AT_ONCE)
