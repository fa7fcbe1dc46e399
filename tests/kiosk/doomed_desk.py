"""A desk in a process of its own: killed at a given step of what it does, or racing another."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Final

from kiosk.domain.claim_transfers import TicketKept
from kiosk.domain.claims import ClaimCard
from kiosk.domain.events import Event
from tests.kiosk.crashes import crashing
from tests.kiosk.desk_acts import ACTS, Desk, a_desk_event
from tests.kiosk.doomed_door import Venue
from tests.kiosk.doomed_process import Kill
from tests.kiosk.doors import SUPERVISOR, let_in
from tests.kiosk.factories import GRACE
from tests.kiosk.world import Terminal


@dataclass(frozen=True)
class DeskVenue(Venue):
    """Where desks of several processes are."""

    @property
    def event(self) -> Event:
        """Tickets that come with T-shirts."""
        return a_desk_event(self.places, key=self.event_key)


async def admit(terminal: Terminal, card: ClaimCard) -> str:
    """Let the holder of a ticket in."""
    return (await let_in(terminal, card.ticket_number)).reason


async def pass_on(terminal: Terminal, card: ClaimCard) -> str:
    """Give a ticket to somebody else."""
    try:
        await terminal.services.ticket_desk.transfer([card], GRACE, SUPERVISOR)
    except TicketKept as kept:
        return kept.reason
    return "passed on"


async def hand_out(terminal: Terminal, card: ClaimCard) -> str:
    """Hand out the T-shirt that comes with a ticket."""
    hand_outs = terminal.services.hand_outs
    [piece] = await hand_outs.pieces(card.claim_id)
    said = await hand_outs.hand_out(card.claim_id, piece, hand_outs.new_nonce(), SUPERVISOR)
    return "ours" if said.is_ours else "theirs"


RACES: Final[dict[str, Callable[[Terminal, ClaimCard], Awaitable[str]]]] = {
    "admit": admit,
    "pass on": pass_on,
    "hand out": hand_out,
}


def play(venue: DeskVenue, name: str, step: int) -> None:
    """Play an act; this returns only if it has fewer steps than the one that is the last."""
    asyncio.run(_play(venue, name, step))


async def _play(venue: DeskVenue, name: str, step: int) -> None:
    fuse, (before, act) = Kill(), ACTS[name]
    async with venue.door("doomed", crashing(fuse)) as terminal:
        desk = await Desk.open(terminal)
        if before:
            await before(desk)
        fuse.set(step)
        await act(desk)


def race(
    venue: DeskVenue, name: str, claim_ids: list[int], start: Barrier, answers: Connection
) -> None:
    """Do the same with each ticket, at the same instant as the other desk; tell what came of it."""
    asyncio.run(_race(venue, name, claim_ids, start, answers))


async def _race(
    venue: DeskVenue, name: str, claim_ids: list[int], start: Barrier, answers: Connection
) -> None:
    async with venue.door(f"{name} {id(answers)}") as terminal:
        cards = [await terminal.services.claims.card(claim_id) for claim_id in claim_ids]
        for card in cards:
            start.wait()
            answers.send(await RACES[name](terminal, card))
