"""What is done with tokens, to be crashed or killed in the middle of."""

from collections.abc import Awaitable, Callable
from typing import Final

from kiosk.domain.airdrop_lists import ListedRow
from kiosk.domain.chains import Chain
from kiosk.domain.people import Attendee
from kiosk.domain.tokens import ExpiryRule, Origin, Token
from kiosk.services.airdrop_worker import AirdropWorker
from kiosk.services.airdrops import AirdropPlan, Airdrops
from kiosk.services.backing import Backing
from tests.fakes import FakeClock
from tests.kiosk.purses import Purses, a_token

Act = Callable[[Purses], Awaitable[object]]
Held = tuple[int, int]
"""What Ada and Grace can spend."""


def perishable(clock: FakeClock) -> Token:
    """Tokens that are gone at once when they are given away."""
    return a_token(ExpiryRule(until=clock.now(), origins=frozenset({Origin.AIRDROP})))


async def prepare(purses: Purses) -> None:
    """Ada's four bills of two, and one that has expired."""
    for _ in range(4):
        await purses.buy("Ada", 2)
    await purses.buy("Ada", 3, Origin.AIRDROP)
    await purses.of("Grace")


async def issue(purses: Purses) -> None:
    """Grace is given tokens."""
    await purses.buy("Grace", 5)


async def send(purses: Purses) -> None:
    """Ada sends more than one bill."""
    await purses.send("Ada", "Grace", 5)


async def spend(purses: Purses) -> None:
    """Ada spends more than one bill."""
    await purses.spend("Ada", 5)


async def claw_back(purses: Purses) -> None:
    """The organiser takes them."""
    errand = purses.wallets.errand(purses.token, 5)
    await purses.wallets.claw_back(errand, await purses.of("Ada"))


async def sweep(purses: Purses) -> None:
    """What has expired is booked."""
    await purses.wallets.sweep()


BEFORE: Final[Held] = (8, 0)
AFTER: Final[dict[Act, Held]] = {
    issue: (8, 5),
    send: (3, 5),
    spend: (3, 0),
    claw_back: (3, 0),
    sweep: BEFORE,
}
"""What they can spend once it is done."""


async def look(purses: Purses) -> Held:
    """What they can spend; and no token is lost or made."""
    ada, grace = sum(await purses.bills("Ada")), sum(await purses.bills("Grace"))
    await purses.wallets.sweep()
    issued, spent, expired = await purses.totals()
    assert issued == ada + grace + spent + expired
    return ada, grace


def airdrops_of(purses: Purses, chain: Chain, backing: Backing | None = None) -> Airdrops:
    """The airdrops of a terminal, with a chain that they may go over."""
    catalog = purses.terminal.services.catalog
    on = backing or purses.terminal.backing
    return Airdrops(
        on, catalog, AirdropWorker(on, catalog, purses.wallets.plans, {chain.name: chain})
    )


def rows(*people: Attendee, amount: int = 100) -> list[ListedRow]:
    """A list that gives each of them as much."""
    return [ListedRow(at, at + 1, person, amount) for at, person in enumerate(people, 1)]


def party(purses: Purses, chain: Chain) -> AirdropPlan:
    """An airdrop over a chain."""
    return AirdropPlan("party", purses.token, chain=chain.name)
