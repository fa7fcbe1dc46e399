"""What the owner of a wallet is told: how much, until when, how it came and went, what may go."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.domain.airdrop_lists import ListedRow
from kiosk.domain.events import Role
from kiosk.domain.people import Attendee
from kiosk.domain.statements import Allowance, Expiring, HistoryKind, HistoryLine
from kiosk.domain.tokens import ExpiryRule, Limits, Origin
from kiosk.domain.wallets import WalletLimit
from kiosk.services.airdrops import AirdropPlan
from kiosk.services.statements import Statements
from tests.kiosk.bar import Bar, a_bar
from tests.kiosk.factories import ADA, NOW, a_cashier
from tests.kiosk.purses import BAR, Purses, a_token
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store

MONTH = ExpiryRule(within=timedelta(days=30), origins=frozenset({Origin.TRANSFER}))
HOSTILE = "[@click=app.quit]x[/]"


def statements(purses: Purses) -> Statements:
    return purses.terminal.services.statements


async def history(purses: Purses, name: str, **paging: int) -> list[HistoryLine]:
    """What somebody is told, without what receipts can be had for."""
    wallet = await purses.of(name)
    lines = await statements(purses).history(wallet, purses.token, **paging)
    return [replace(line, move_id=None) for line in lines]


async def kinds(purses: Purses, name: str) -> list[tuple[HistoryKind, int]]:
    return [(line.kind, line.amount) for line in await history(purses, name)]


async def test_the_balance_by_when_it_expires(world: World) -> None:
    purses = await Purses.open(world, a_token(MONTH))
    await purses.buy("Tony", 20)
    await purses.buy("Pepper", 1)
    for _ in range(2):
        await purses.send("Tony", "Pepper", 3)
    world.clock.advance(days=1)
    await purses.send("Tony", "Pepper", 5)
    await purses.spend("Pepper", 4)
    found = await statements(purses).statement(await purses.of("Pepper"), purses.token)
    assert found.balance == 8
    assert found.expiries == (
        Expiring(NOW + timedelta(days=30), 2),
        Expiring(NOW + timedelta(days=31), 5),
        Expiring(None, 1),
    )
    assert [bill.amount for bill in found.bills] == [2, 5, 1]
    assert found.on_its_way == 0


async def test_an_empty_wallet_has_an_empty_statement(world: World) -> None:
    purses = await Purses.open(world)
    found = await statements(purses).statement(await purses.of("Ada"), purses.token)
    assert (found.balance, found.expiries, found.bills) == (0, (), ())
    assert await history(purses, "Ada") == []


async def test_from_whom_to_whom_when_and_why(world: World) -> None:
    purses = await Purses.open(world, a_token(MONTH))
    await purses.buy("Tony", 8)
    world.clock.advance(seconds=1)
    errand = purses.wallets.errand(purses.token, 5, HOSTILE)
    await purses.wallets.send(errand, await purses.of("Tony"), await purses.of("Pepper"))
    sent_at = world.clock.now()
    assert await history(purses, "Pepper") == [
        HistoryLine(
            at=sent_at,
            kind=HistoryKind.RECEIVED,
            amount=5,
            other=Attendee("Tony", "tony@example.org").masked,
            note=HOSTILE,
            expires_at=(sent_at + timedelta(days=30)).replace(microsecond=0),
        )
    ]
    sent, granted = await history(purses, "Tony")
    assert sent == HistoryLine(
        at=sent_at,
        kind=HistoryKind.SENT,
        amount=-5,
        other=Attendee("Pepper", "pepper@example.org").masked,
        note=HOSTILE,
    )
    assert (granted.kind, granted.amount, granted.other) == (HistoryKind.GRANTED, 8, None)


async def test_what_was_spent_expired_and_taken_back(world: World) -> None:
    purses = await Purses.open(world, a_token(MONTH))
    await purses.buy("Tony", 9)
    await purses.send("Tony", "Pepper", 6)
    world.clock.advance(seconds=1)
    await purses.spend("Pepper", 1)
    world.clock.advance(seconds=1)
    errand = purses.wallets.errand(purses.token, 2)
    await purses.wallets.claw_back(errand, await purses.of("Pepper"))
    world.clock.advance(days=31)
    await purses.wallets.sweep()
    lines = await history(purses, "Pepper")
    assert [(line.kind, line.amount, line.place) for line in lines] == [
        (HistoryKind.EXPIRED, -3, ""),
        (HistoryKind.TAKEN_BACK, -2, ""),
        (HistoryKind.SPENT, -1, BAR),
        (HistoryKind.RECEIVED, 6, ""),
    ]


async def test_airdrops_and_what_was_taken_back_of_them(world: World) -> None:
    purses = await Purses.open(world)
    airdrops = purses.terminal.services.airdrops
    rows = [ListedRow(1, 2, Attendee("Ada", "ada@example.org"), 10)]
    airdrop = await airdrops.load(AirdropPlan(HOSTILE, purses.token), rows)
    await airdrops.run(airdrop)
    assert await kinds(purses, "Ada") == [(HistoryKind.AIRDROP, 10)]
    await purses.spend("Ada", 4)
    await airdrops.take_back(airdrop)
    lines = await history(purses, "Ada")
    assert sorted((line.kind, line.amount, line.place) for line in lines) == [
        (HistoryKind.AIRDROP, 10, HOSTILE),
        (HistoryKind.SPENT, -4, BAR),
        (HistoryKind.TAKEN_BACK, -6, HOSTILE),
    ]


async def test_what_an_order_bought_and_what_went_back_with_it(world: World) -> None:
    bar = Bar(await world.open(a_bar()))
    services = bar.terminal.services
    paid = await bar.buy("ten-drinks")
    await services.refunds.refund_order(paid.id, a_cashier(role=Role.SUPERVISOR))
    wallet = await services.wallets.open(ADA)
    lines = await services.statements.history(wallet.id, bar.token)
    assert sorted((line.kind, line.amount) for line in lines) == [
        (HistoryKind.BOUGHT, 10),
        (HistoryKind.REFUNDED, -10),
    ]


async def test_history_is_read_in_pages(world: World) -> None:
    purses = await Purses.open(world)
    for amount in range(1, 8):
        await purses.buy("Ada", amount)
        world.clock.advance(seconds=1)
    pages = [await history(purses, "Ada", skipped=skipped, limit=3) for skipped in (0, 3, 6, 9)]
    amounts = [[line.amount for line in page] for page in pages]
    assert amounts == [[7, 6, 5], [4, 3, 2], [1], []]


@pytest.mark.parametrize(
    ("limits", "allowance"),
    [
        (Limits(), Allowance(6, None)),
        (Limits(transfer_max=5), Allowance(5, WalletLimit.TRANSFER)),
        (Limits(transfer_max=9), Allowance(6, None)),
        (Limits(daily_max=7), Allowance(3, WalletLimit.DAILY)),
        (Limits(daily_max=4), Allowance(0, WalletLimit.DAILY)),
    ],
)
async def test_what_may_be_sent_now(world: World, limits: Limits, allowance: Allowance) -> None:
    purses = await Purses.open(world, a_token(limits=limits))
    await purses.buy("Ada", 10)
    await purses.send("Ada", "Grace", 4)
    ada = await purses.of("Ada")
    assert await statements(purses).allowance(ada, purses.token) == allowance
    world.clock.advance(days=1)
    if limits.daily_max is not None:
        assert (await statements(purses).allowance(ada, purses.token)).most > allowance.most
