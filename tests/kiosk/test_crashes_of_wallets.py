"""Killed at every step in turn, tokens have moved whole or not at all once somebody looks."""

from collections.abc import Awaitable, Callable

import pytest

from kiosk.domain import chart_tokens, token_moves
from kiosk.domain.token_moves import Move
from kiosk.domain.tokens import ExpiryRule, Origin
from kiosk.services.wallets import Wallets
from tests.kiosk.crashes import Crash, Fuse, crashing
from tests.kiosk.factories import an_event
from tests.kiosk.purses import Purses, a_token
from tests.kiosk.world import World

STEPS_MAX = 60
Scene = Callable[[Purses], Awaitable[Move | int]]


async def issue(purses: Purses) -> Move:
    return await purses.buy("Grace", 5)


async def send(purses: Purses) -> Move:
    return await purses.send("Ada", "Grace", 5)


async def spend(purses: Purses) -> Move:
    return await purses.spend("Ada", 5)


async def claw_back(purses: Purses) -> Move:
    errand = purses.wallets.errand(purses.token, 5)
    return await purses.wallets.claw_back(errand, await purses.of("Ada"))


async def sweep(purses: Purses) -> int:
    return await purses.wallets.sweep()


BEFORE = (8, 0)
AFTER: dict[Scene, tuple[int, int]] = {
    issue: (8, 5),
    send: (3, 5),
    spend: (3, 0),
    claw_back: (3, 0),
    sweep: BEFORE,
}
"""What Ada and Grace can spend once it is done."""


@pytest.fixture(params=[250, 2], ids=["one chain", "many chains"])
def chain_max(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moves of three bills fit in one chain, or do not."""
    for module in (token_moves, chart_tokens):
        monkeypatch.setattr(module, "CHAIN_MAX", request.param)


async def open_purses(world: World, name: str) -> Purses:
    """Ada's four bills of two, and one that has expired."""
    gone = ExpiryRule(until=world.clock.now(), origins=frozenset({Origin.AIRDROP}))
    return await Purses.open(world, a_token(gone), name)


async def prepare(purses: Purses) -> None:
    for _ in range(4):
        await purses.buy("Ada", 2)
    await purses.buy("Ada", 3, Origin.AIRDROP)
    await purses.of("Grace")


async def look(purses: Purses) -> tuple[int, int]:
    """What Ada and Grace can spend; and no token is lost or made."""
    ada, grace = sum(await purses.bills("Ada")), sum(await purses.bills("Grace"))
    await purses.wallets.sweep()
    issued, spent, expired = await purses.totals()
    assert issued == ada + grace + spent + expired
    return ada, grace


@pytest.mark.usefixtures("chain_max")
@pytest.mark.parametrize("scene", AFTER, ids=lambda scene: scene.__name__)
async def test_whole_or_not_at_all(world: World, scene: Scene) -> None:
    for step in range(STEPS_MAX):
        # At another event: what an earlier step left is none of this one's.
        world.event = an_event()
        survivor = await open_purses(world, "survivor")
        await prepare(survivor)
        fuse = Fuse()
        backing = crashing(fuse)(survivor.terminal.backing)
        catalog = survivor.terminal.services.catalog
        doomed = Purses(survivor.terminal, Wallets(backing, catalog))
        fuse.set(step)
        try:
            await scene(doomed)
        except Crash:
            for move in await survivor.wallets.unfinished():
                await survivor.wallets.finish(move)
            assert await survivor.wallets.unfinished() == []
            assert await look(survivor) in (BEFORE, AFTER[scene])
        else:
            assert await look(survivor) == AFTER[scene]
            return
        await world.close_terminals()
    pytest.fail(f"more than {STEPS_MAX} steps")
