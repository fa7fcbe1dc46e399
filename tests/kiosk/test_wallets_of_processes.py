"""Wallets used by processes of their own: killed at any step, or spending in the same instant."""

import asyncio
import multiprocessing
import signal
from multiprocessing.context import ForkServerContext

import pytest

from kiosk.chains.sandbox import SandboxChain
from kiosk.chains.sandbox_file import SandboxFile
from kiosk.domain import chart_tokens, token_moves
from kiosk.domain.airdrops import ShareState
from kiosk.domain.token_moves import CHAIN_MAX
from kiosk.services.reconciliation import Report
from ledger.ids import new_id
from ledger.node import Node
from tests.kiosk.doomed_wallet import PLAYS, WalletVenue, play, purses_of, race
from tests.kiosk.factories import ADA, GRACE
from tests.kiosk.purses import Purses
from tests.kiosk.wallet_acts import AFTER, BEFORE, airdrops_of, look, party, rows, send
from tests.kiosk.world import World

STEPS_MAX = 120
ROUNDS = 12
PATIENCE_SECONDS = 60
LATER = 4e9
"""When everything is confirmed, in seconds since 1970."""


@pytest.fixture(scope="module")
def forks() -> ForkServerContext:
    """Processes that begin with everything loaded, and without the threads of this one."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([race.__module__])
    return context


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
        venue = WalletVenue(embedded.folder, embedded.clock.now(), f"event-{new_id():x}")
        process = forks.Process(target=play, args=(venue, name, step, chain_max))
        process.start()
        process.join(PATIENCE_SECONDS)
        assert process.exitcode in (0, -signal.SIGKILL)

        terminal = await embedded.open(venue.event, "doomed")
        report = await terminal.services.reconciliation.run_once()
        assert report.contradictions == ()
        await audit(purses_of(terminal), name, is_done=process.exitcode == 0)
        assert await terminal.services.reconciliation.run_once() == Report()
        await embedded.close_terminals()
        if process.exitcode == 0:
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
    engine: str,
    request: pytest.FixtureRequest,
    amounts: tuple[int, int],
    both: bool,
) -> None:
    node: Node | None = request.getfixturevalue("node") if engine == "server" else None
    server = (node.cluster_id, node.address) if node else None
    venue = WalletVenue(world.folder, world.clock.now(), f"event-{new_id():x}", server)
    purses = purses_of(await world.open(venue.event))
    wallets = [await purses.of(f"Owner{at}") for at in range(ROUNDS)]
    for at in range(ROUNDS):
        for amount in (2, 2, 1):
            await purses.buy(f"Owner{at}", amount)
    start = forks.Barrier(2)
    pipes = [forks.Pipe(duplex=False) for _ in amounts]
    apps = [f"{name}:{amount}" for name, amount in zip(("bar", "games"), amounts, strict=True)]
    processes = [
        forks.Process(target=race, args=(venue, app, wallets, start, told))
        for app, (_, told) in zip(apps, pipes, strict=True)
    ]
    for process in processes:
        process.start()

    said = await asyncio.to_thread(lambda: [[heard.recv() for _ in wallets] for heard, _ in pipes])

    for process in processes:
        process.join(PATIENCE_SECONDS)
    for one in zip(*said, strict=True):
        assert sum(one) == (2 if both else 1)
    left = [await purses.wallets.balance(wallet, purses.token) for wallet in wallets]
    assert left == [0 if both else 2] * ROUNDS
    assert await purses.terminal.services.reconciliation.run_once() == Report()
