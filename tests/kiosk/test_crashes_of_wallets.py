"""Killed at every step in turn, tokens have moved whole or not at all once somebody looks."""

import pytest

from kiosk.domain import chart_tokens, token_moves
from kiosk.services.wallets import Wallets
from tests.kiosk.crashes import Crash, Fuse, crashing
from tests.kiosk.factories import an_event
from tests.kiosk.purses import Purses
from tests.kiosk.wallet_acts import AFTER, BEFORE, Act, look, perishable, prepare
from tests.kiosk.world import World

STEPS_MAX = 60


@pytest.fixture(params=[250, 2], ids=["one chain", "many chains"])
def chain_max(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Moves of three bills fit in one chain, or do not."""
    for module in (token_moves, chart_tokens):
        monkeypatch.setattr(module, "CHAIN_MAX", request.param)


@pytest.mark.usefixtures("chain_max")
@pytest.mark.parametrize("act", AFTER, ids=lambda act: act.__name__)
async def test_whole_or_not_at_all(world: World, act: Act) -> None:
    for step in range(STEPS_MAX):
        # At another event: what an earlier step left is none of this one's.
        world.event = an_event()
        survivor = await Purses.open(world, perishable(world.clock), "survivor")
        await prepare(survivor)
        fuse = Fuse()
        backing = crashing(fuse)(survivor.terminal.backing)
        catalog = survivor.terminal.services.catalog
        doomed = Purses(survivor.terminal, Wallets(backing, catalog))
        fuse.set(step)
        try:
            await act(doomed)
        except Crash:
            for move in await survivor.wallets.unfinished():
                await survivor.wallets.finish(move)
            assert await survivor.wallets.unfinished() == []
            assert await look(survivor) in (BEFORE, AFTER[act])
        else:
            assert await look(survivor) == AFTER[act]
            return
        await world.close_terminals()
    pytest.fail(f"more than {STEPS_MAX} steps")
