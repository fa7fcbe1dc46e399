"""Empty halls: let everybody out who went home without a scan, so that there is room again."""

from functools import partial

from sqlmodel import Session

from kiosk.domain.admission import Gate
from kiosk.domain.emptying import Emptying, nightly
from kiosk.domain.entries import StepKind, Wish
from kiosk.domain.events import StaffMember
from kiosk.domain.rights import Right, require
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.judging import Terminal
from kiosk.services.steps import Leaving, Steps
from kiosk.store import door, emptyings, pairings
from kiosk.store.door import Request
from ledger.ids import new_id


class Emptyings:
    """Each is of people, and each of these takes a step like any other: the ledger lets one of
    two who want the same step have it, so a scan in the same instant is no danger.

    `LedgerUnavailable` or `StoreUnavailable` mean that not everybody may be out yet; what was
    stored is finished by reconciliation.
    """

    def __init__(self, backing: Backing, catalog: Catalog, terminal: Terminal) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._terminal = terminal.number
        self._steps = Steps(backing, catalog)
        self._planned: int | None = None
        """The latest that the event file has asked for and that is stored."""

    async def empty(self, gate: Gate, supervisor: StaffMember) -> int:
        """Let everybody out whom a door to `gate` let in; how many people that were.

        Raises `NotAllowed`.
        """
        require(supervisor, Right.EMPTY)
        now = self._clock.now()
        asked = Emptying(new_id(), gate, now, self._terminal, supervisor.name)

        def intend(session: Session) -> None:
            pairings.require_paired(session, self._terminal)
            emptyings.add(session, self._catalog.event, asked)

        await self._store.transaction(intend)
        return await self._finish(asked)

    async def run(self) -> int:
        """Do what the event file asks for, and what somebody left; how many are out by it."""
        event = self._catalog.event
        due = nightly(event, self._clock.now())
        if due is not None and due.id != self._planned:
            await self._store.transaction(partial(emptyings.add, event=event, emptying=due))
            self._planned = due.id
        undone = await self._store.transaction(partial(emptyings.undone, event_id=event.id))
        return sum([await self._finish(one) for one in undone])

    async def _finish(self, one: Emptying) -> int:
        out, after = 0, 0
        while leaving := await self._store.transaction(partial(self._ask, one=one, after=after)):
            out += await self._steps.let_out(leaving)
            after = leaving[-1].claim.id
        end = partial(
            emptyings.done,
            event_id=self._catalog.event.id,
            emptying=one,
            terminal=self._terminal,
            at=self._clock.now(),
        )
        await self._store.transaction(end)
        return out

    def _ask(self, session: Session, one: Emptying, after: int) -> list[Leaving]:
        """Store the wishes of the next who are to be out."""
        request = Request(one.before, one.staff)
        leaving = []
        for inside in emptyings.inside(session, self._catalog.event, one, after):
            number = inside.standing.next_number
            wish = Wish(inside.claim.id, number, StepKind.LEAVE, one.nonce, self._terminal)
            asked = door.ask(session, wish, request)
            leaving.append(Leaving(inside.claim, inside.standing, asked))
        return leaving
