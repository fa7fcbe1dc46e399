"""Airdrops as their organiser sees them: tried dry, loaded, paused, claimed, taken back, told."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TypeVar

from sqlmodel import Session

from kiosk.domain.airdrop_lists import ListedRow
from kiosk.domain.airdrops import (
    Airdrop,
    AirdropExists,
    AirdropState,
    Progress,
    Requirement,
    Share,
    ShareState,
    UnknownAirdrop,
    airdrop_id,
)
from kiosk.domain.events import Event
from kiosk.domain.tokens import Token
from kiosk.services.airdrop_worker import SHARES_AT_ONCE, AirdropWorker
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.store import airdrop_conditions, airdrops, wallets
from kiosk.store.order_rows import attendee_id

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AirdropPlan:
    """What an airdrop is to be; see `Airdrop`."""

    name: str
    token: Token
    requirements: tuple[Requirement, ...] = ()
    is_claimed: bool = False
    chain: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What would become of one row of a list: `missing` are requirements its person lacks."""

    row: ListedRow
    missing: tuple[Requirement, ...]
    is_affordable: bool
    """Whether what was emitted would pay for it, after the rows before it."""


class Airdrops:
    """The airdrops of one event. Every call may be repeated; nothing is given twice."""

    def __init__(self, backing: Backing, catalog: Catalog, worker: AirdropWorker) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._worker = worker

    async def all(self) -> list[Airdrop]:
        """Every airdrop, the first one first."""
        event_id = self._catalog.event.id
        return await self._store.transaction(partial(airdrops.all_of, event_id=event_id))

    async def find(self, name: str) -> Airdrop:
        """The airdrop of that name; raises `UnknownAirdrop`."""
        event_id = self._catalog.event.id
        found = await self._store.transaction(partial(airdrops.find, event_id=event_id, name=name))
        if found is None:
            raise UnknownAirdrop(name)
        return found

    async def try_dry(
        self, plan: AirdropPlan, rows: Iterable[ListedRow], left: int
    ) -> AsyncIterator[Trial]:
        """What would become of each row if `left` tokens could be given now; nothing is stored."""
        event = self._catalog.event
        for chunk in _chunks(rows):
            held = await self._store.transaction(
                partial(_held, event=event, requirements=plan.requirements, rows=chunk)
            )
            for row in chunk:
                person = attendee_id(row.owner)
                missing = tuple(one for one, people in held.items() if person not in people)
                left -= 0 if missing else row.amount
                yield Trial(row, missing, is_affordable=left >= 0)

    async def load(self, plan: AirdropPlan, rows: Iterable[ListedRow]) -> Airdrop:
        """Store an airdrop and the people of a list; who is in it already is in it once.

        Raises `AirdropExists` if the name stands for something else. The worker does the rest.
        """
        event_id, now = self._catalog.event.id, self._clock.now()
        wanted = Airdrop(
            id=airdrop_id(event_id, plan.name),
            name=plan.name,
            token_number=plan.token.number,
            requirements=plan.requirements,
            is_claimed=plan.is_claimed,
            chain=plan.chain,
            opened_at=now,
        )
        stored = await self._store.transaction(
            partial(airdrops.add, event_id=event_id, airdrop=wanted)
        )
        if replace(stored, opened_at=now, state=wanted.state) != wanted:
            raise AirdropExists(plan.name)

        def add(session: Session, chunk: Sequence[ListedRow]) -> None:
            owners = (row.owner for row in chunk)
            found = wallets.open_wallets(session, event_id, owners, now)
            given = zip(found, chunk, strict=True)
            airdrops.add_shares(
                session, stored, [(wallet, row.amount, row.address) for wallet, row in given]
            )

        for chunk in _chunks(rows):
            await self._store.transaction(partial(add, chunk=chunk))
        return stored

    async def run(self, airdrop: Airdrop) -> Progress:
        """Do all that can be done now; raises `ChainUnavailable`."""
        return await self._worker.work_at(airdrop)

    async def progress(self, airdrop: Airdrop) -> Progress:
        """How many shares, and how many tokens, are in each state."""
        return await self._store.transaction(partial(airdrops.progress, airdrop_id=airdrop.id))

    async def shares(self, airdrop: Airdrop) -> AsyncIterator[Share]:
        """Every share as it stands, in the order of the list."""
        after = 0
        while chunk := await self._shares(airdrop, after):
            after = chunk[-1].position
            for share in chunk:
                yield share

    async def transactions(self, airdrop: Airdrop) -> dict[int, str]:
        """What its chain calls the transaction of each batch that it has taken."""
        return await self._store.transaction(partial(airdrops.transactions, airdrop_id=airdrop.id))

    async def pause(self, airdrop: Airdrop) -> Airdrop:
        """Give nothing more until it is resumed."""
        return await self._set(airdrop, AirdropState.RUNNING, AirdropState.PAUSED)

    async def resume(self, airdrop: Airdrop) -> Airdrop:
        """Go on with a paused one."""
        return await self._set(airdrop, AirdropState.PAUSED, AirdropState.RUNNING)

    async def take_back(self, airdrop: Airdrop) -> Progress:
        """End an airdrop, and take back whatever of it is unspent."""
        ended = replace(airdrop, state=AirdropState.CLAWED_BACK)
        await self._store.transaction(
            lambda session: airdrops.set_state(session, airdrop, ended.state)
        )
        return await self._worker.work_at(ended)

    async def offered(self, wallet_id: int) -> list[tuple[Airdrop, Share]]:
        """What the owner of a wallet may claim now."""
        return await self._store.transaction(partial(airdrops.offered_to, wallet=wallet_id))

    async def claim(self, airdrop: Airdrop, share: Share) -> None:
        """Its owner wants it: from now on the worker cares for it."""
        await self._store.transaction(
            lambda session: airdrops.moved(session, [share], ShareState.PENDING)
        )

    async def _shares(self, airdrop: Airdrop, after: int) -> list[Share]:
        return await self._store.transaction(
            lambda session: airdrops.shares(session, airdrop.id, SHARES_AT_ONCE, after=after)
        )

    async def _set(self, airdrop: Airdrop, before: AirdropState, after: AirdropState) -> Airdrop:
        if airdrop.state is not before:
            return airdrop
        await self._store.transaction(lambda session: airdrops.set_state(session, airdrop, after))
        return replace(airdrop, state=after)


def _held(
    session: Session,
    event: Event,
    requirements: Sequence[Requirement],
    rows: Sequence[ListedRow],
) -> Mapping[Requirement, set[int]]:
    people = [attendee_id(row.owner) for row in rows]
    return {one: airdrop_conditions.met(session, event, [one], people) for one in requirements}


def _chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    left = iter(rows)
    while chunk := list(islice(left, SHARES_AT_ONCE)):
        yield chunk
