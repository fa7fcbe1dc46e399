"""Killed at every step in turn, a gift waits, is claimed, or is back: whole, once one looks."""

from collections.abc import Awaitable, Callable

import pytest

from kiosk.domain import chart_tokens, token_moves
from kiosk.domain.gifts import Gift
from kiosk.services.gifts import Gifts
from kiosk.services.wallets import Wallets
from tests.kiosk.crashes import Crash, Fuse, crashing
from tests.kiosk.factories import an_event
from tests.kiosk.purses import Purses, a_token
from tests.kiosk.world import World

STEPS_MAX = 60
EMAIL = "grace@example.org"
Held = tuple[int, int, int]
"""What Ada has, what waits, and what Grace has."""
Act = Callable[[Purses, Gifts, Gift], Awaitable[object]]


async def give(purses: Purses, gifts: Gifts, before: Gift | None = None) -> Gift:
    """Ada gives more than one bill."""
    errand = purses.wallets.errand(purses.token, 5)
    return await gifts.give(errand, await purses.of("Ada"), EMAIL)


async def claim(purses: Purses, gifts: Gifts, before: Gift) -> object:
    """Grace claims what Ada gave before."""
    return await gifts.claim(before.code, await purses.of("Grace"))


async def take_back(purses: Purses, gifts: Gifts, before: Gift) -> object:
    """Ada wants it back."""
    return await gifts.take_back(before.id, await purses.of("Ada"))


async def send_back(purses: Purses, gifts: Gifts, before: Gift) -> object:
    """Nobody came in time."""
    return [await gifts.send_back(gift_id) for gift_id in await gifts.due()]


BEFORE: Held = (9, 5, 0)
AFTER: dict[Act, Held] = {
    give: (4, 10, 0),
    claim: (9, 0, 5),
    take_back: (14, 0, 0),
    send_back: (14, 0, 0),
}


@pytest.fixture(params=[250, 2], ids=["one chain", "many chains"])
def chain_max(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gifts of three bills fit in one chain, or do not."""
    for module in (token_moves, chart_tokens):
        monkeypatch.setattr(module, "CHAIN_MAX", request.param)


async def look(purses: Purses) -> Held:
    """Where the tokens are; none is lost or made."""
    waiting = await purses.terminal.services.gifts.waiting(await purses.of("Ada"))
    ada, grace = sum(await purses.bills("Ada")), sum(await purses.bills("Grace"))
    issued, _, _ = await purses.totals()
    assert issued == ada + grace + sum(gift.amount for gift in waiting)
    return ada, sum(gift.amount for gift in waiting), grace


@pytest.mark.usefixtures("chain_max")
@pytest.mark.parametrize("act", AFTER, ids=lambda act: act.__name__)
async def test_whole_or_not_at_all(world: World, act: Act) -> None:
    for step in range(STEPS_MAX):
        # At another event: what an earlier step left is none of this one's.
        world.event = an_event()
        survivor = await Purses.open(world, a_token(), "survivor")
        for _ in range(7):
            await survivor.buy("Ada", 2)
        gift = await give(survivor, survivor.terminal.services.gifts)
        if act is send_back:
            world.clock.advance(days=7)
        fuse = Fuse()
        backing = crashing(fuse)(survivor.terminal.backing)
        catalog = survivor.terminal.services.catalog
        wallets = Wallets(backing, catalog)
        doomed = Gifts(backing, catalog, wallets)
        fuse.set(step)
        try:
            await act(Purses(survivor.terminal, wallets), doomed, gift)
        except Crash:
            for move in await survivor.wallets.unfinished():
                await survivor.wallets.finish(move)
            assert await survivor.wallets.unfinished() == []
            assert await look(survivor) in (BEFORE, AFTER[act])
            await again(survivor, act, gift)
        else:
            assert await look(survivor) == AFTER[act]
            return
        await world.close_terminals()
    pytest.fail(f"more than {STEPS_MAX} steps")


async def again(survivor: Purses, act: Act, gift: Gift) -> None:
    """Whoever was at it asks once more, and hears what became of it."""
    if act is not give:
        await act(survivor, survivor.terminal.services.gifts, gift)
        assert await look(survivor) == AFTER[act]
