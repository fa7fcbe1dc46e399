"""Tokens moved by a process of its own: killed at a given step, or racing another."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from kiosk.chains.sandbox import SandboxChain
from kiosk.domain import chart_tokens, token_moves
from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.events import Event
from kiosk.services.wallets import Wallets
from tests.fakes import FakeClock
from tests.kiosk.crashes import crashing
from tests.kiosk.doomed_door import Venue
from tests.kiosk.doomed_process import Kill
from tests.kiosk.factories import ADA, GRACE, an_event
from tests.kiosk.purses import Purses
from tests.kiosk.wallet_acts import AFTER, Act, airdrops_of, party, perishable, prepare, rows
from tests.kiosk.world import Terminal


@dataclass(frozen=True)
class WalletVenue(Venue):
    """Where wallets are used by several processes."""

    @property
    def event(self) -> Event:
        """An event with tokens."""
        return an_event(tokens=(perishable(FakeClock(self.began)),), key=self.event_key)


def purses_of(terminal: Terminal) -> Purses:
    """The wallets as a terminal sees them."""
    return Purses(terminal, Wallets(terminal.backing, terminal.services.catalog))


async def airdrop(purses: Purses) -> None:
    """Tokens for two over the sandbox chain, and what is unspent of them taken back."""
    chain = SandboxChain(purses.terminal.backing.folder / f"{event_key(purses)}.sqlite")
    drops = airdrops_of(purses, chain)
    try:
        loaded = await drops.load(party(purses, chain), rows(ADA, GRACE))
        await drops.run(loaded)
        await drops.take_back(loaded)
    finally:
        await chain.close()


def event_key(purses: Purses) -> str:
    """What the event of a terminal is called."""
    return purses.terminal.services.catalog.event.key


PLAYS: dict[str, Act] = {act.__name__: act for act in (*AFTER, airdrop)}


def play(venue: WalletVenue, name: str, step: int, chain_max: int) -> None:
    """Play an act; this returns only if it has fewer steps than the one that is the last."""
    for module in (token_moves, chart_tokens):
        module.CHAIN_MAX = chain_max  # type: ignore[attr-defined]  # ours alone
    asyncio.run(_play(venue, name, step))


async def _play(venue: WalletVenue, name: str, step: int) -> None:
    fuse = Kill()
    async with venue.door("doomed", crashing(fuse)) as terminal:
        backing = crashing(fuse)(terminal.backing)
        purses = purses_of(Terminal(terminal.services, backing))
        await prepare(purses)
        fuse.set(step)
        await PLAYS[name](purses)


def race(
    venue: WalletVenue, app: str, wallet_ids: Sequence[int], start: Barrier, answers: Connection
) -> None:
    """Spend from each wallet, at the same instant as the other; tell whether there was enough."""
    asyncio.run(_race(venue, app, wallet_ids, start, answers))


async def _race(
    venue: WalletVenue, app: str, wallet_ids: Sequence[int], start: Barrier, answers: Connection
) -> None:
    name, _, amount = app.partition(":")
    async with venue.door(name) as terminal:
        purses = purses_of(terminal)
        for wallet_id in wallet_ids:
            errand = purses.wallets.errand(purses.token, int(amount))
            start.wait()
            try:
                await purses.wallets.spend(errand, wallet_id, name)
            except InsufficientTokens:
                answers.send(False)
            else:
                answers.send(True)
