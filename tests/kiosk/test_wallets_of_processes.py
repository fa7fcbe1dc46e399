"""Wallets used by processes of their own: killed at any step, or spending in the same instant."""

from multiprocessing.context import ForkServerContext

import pytest

from kiosk.chains.sandbox import SandboxChain
from kiosk.chains.sandbox_file import SandboxFile
from kiosk.domain import chart_tokens, token_moves
from kiosk.domain.airdrops import ShareState
from kiosk.domain.token_moves import CHAIN_MAX
from kiosk.services.reconciliation import Report
from tests.kiosk.doomed_wallet import PLAYS, WalletVenue, play, purses_of, race
from tests.kiosk.factories import ADA, GRACE
from tests.kiosk.processes import forking, is_killed, raced
from tests.kiosk.purses import Purses
from tests.kiosk.wallet_acts import AFTER, BEFORE, airdrops_of, look, party, rows, send
from tests.kiosk.world import World

STEPS_MAX = 120
ROUNDS = 12
LATER = 4e9
"""When everything is confirmed, in seconds since 1970."""


@pytest.fixture(scope="module")
def forks() -> ForkServerContext:
    return forking(race)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "chain_max"), [*((name, CHAIN_MAX) for name in PLAYS), (send.__name__, 2)]
)
async def test_a_terminal_that_is_killed_is_followed_by_one_that_makes_it_good(
    embedded: World,
    forks: ForkServerContext,
    name: str,
    chain_max: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Whether a move takes one chain or more is the same for whoever is killed and for us.
    for module in (token_moves, chart_tokens):
        monkeypatch.setattr(module, "CHAIN_MAX", chain_max)
    for step in range(STEPS_MAX):
        venue = WalletVenue.of(embedded)
        killed = await is_killed(forks, play, venue, name, step, chain_max)

        terminal = await embedded.open(venue.event, "doomed")
        report = await terminal.services.reconciliation.run_once()
        assert report.contradictions == ()
        await audit(purses_of(terminal), name, is_done=not killed)
        assert await terminal.services.reconciliation.run_once() == Report()
        await embedded.close_terminals()
        if not killed:
            assert step > 1
            return
    pytest.fail(f"more than {STEPS_MAX} steps")


async def audit(purses: Purses, name: str, *, is_done: bool) -> None:
    """It has happened whole, or not at all; an airdrop can be brought to its end, and back."""
    after = {act.__name__: held for act, held in AFTER.items()}
    if name in after:
        assert await look(purses) in ((after[name],) if is_done else (BEFORE, after[name]))
        return
    folder, key = purses.terminal.backing.folder, purses.terminal.services.catalog.event.key
    chain = SandboxChain(folder / f"{key}.sqlite")
    drops = airdrops_of(purses, chain)
    loaded = await drops.load(party(purses, chain), rows(ADA, GRACE))
    await drops.run(loaded)
    progress = await drops.take_back(loaded)
    await chain.close()
    assert progress.shares == {ShareState.TAKEN_BACK: 2}
    file = SandboxFile(folder / f"{key}.sqlite")
    assert file.paid(LATER) == 200
    file.close()
    assert await look(purses) == BEFORE


@pytest.mark.parametrize(
    ("amounts", "both"), [((3, 3), False), ((2, 3), True)], ids=["one of two", "both"]
)
async def test_two_processes_never_spend_more_than_there_is(
    world: World,
    forks: ForkServerContext,
    server: tuple[int, str] | None,
    amounts: tuple[int, int],
    both: bool,
) -> None:
    venue = WalletVenue.of(world, server)
    purses = purses_of(await world.open(venue.event))
    wallets = [await purses.of(f"Owner{at}") for at in range(ROUNDS)]
    for at in range(ROUNDS):
        for amount in (2, 2, 1):
            await purses.buy(f"Owner{at}", amount)
    apps = [f"{name}:{amount}" for name, amount in zip(("bar", "games"), amounts, strict=True)]

    for one in await raced(forks, race, [(venue, app, wallets) for app in apps], ROUNDS):
        assert one.count(True) == (2 if both else 1)
    left = [await purses.wallets.balance(wallet, purses.token) for wallet in wallets]
    assert left == [0 if both else 2] * ROUNDS
    assert await purses.terminal.services.reconciliation.run_once() == Report()
