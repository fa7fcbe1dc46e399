"""Gifts on both engines: claimed once, or the giver's again, whoever is faster."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.domain.bills import InsufficientTokens
from kiosk.domain.errors import InvalidEmail
from kiosk.domain.gifts import Gift, GiftFault, GiftRefused, WrongGiftCode, gift_code
from kiosk.domain.people import Attendee
from kiosk.domain.statements import HistoryKind
from kiosk.domain.tokens import ExpiryRule, Limits, Origin
from kiosk.domain.wallets import LimitExceeded, UnknownWallet, WalletLimit
from kiosk.services.gifts import Gifts, GiftState
from ledger.ids import new_id
from tests.kiosk.factories import NOW, an_event
from tests.kiosk.purses import Purses, a_token
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store

TONY = Attendee("Tony", "tony@example.org")
MONTH = ExpiryRule(within=timedelta(days=30), origins=frozenset({Origin.TRANSFER}))
PEPPER = "pepper@example.org"
HOSTILE = "[@click=app.quit]x[/]"


def gifts(purses: Purses) -> Gifts:
    return purses.terminal.services.gifts


async def give(purses: Purses, amount: int, name: str = "Tony", note: str = "") -> Gift:
    errand = purses.wallets.errand(purses.token, amount, note)
    return await gifts(purses).give(errand, await purses.of(name), PEPPER)


async def fault(purses: Purses, code: str, name: str) -> GiftFault:
    """Why somebody cannot have a gift."""
    with pytest.raises(GiftRefused) as refused:
        await gifts(purses).claim(code, await purses.of(name))
    return refused.value.fault


@pytest.fixture
async def purses(world: World) -> Purses:
    purses = await Purses.open(world)
    for _ in range(2):
        await purses.buy("Tony", 5)
    return purses


async def test_a_gift_waits_and_is_claimed_with_its_history(purses: Purses) -> None:
    gift = await give(purses, 7, note=HOSTILE)
    assert (gift.amount, gift.email, gift.giver, gift.note) == (7, PEPPER, TONY.masked, HOSTILE)
    assert gift.returns_at == NOW + purses.token.gift_life
    assert await purses.bills("Tony") == [3]
    assert await gifts(purses).waiting(await purses.of("Tony")) == [gift]
    claimed = await gifts(purses).claim(gift.code.lower(), await purses.of("Pepper"))
    assert (claimed.amount, claimed.giver, claimed.note) == (7, TONY.masked, HOSTILE)
    assert await purses.bills("Pepper") == [5, 2]
    assert await purses.histories("Pepper") == ["Tony Pepper", "Tony Pepper"]
    assert await gifts(purses).waiting(await purses.of("Tony")) == []


async def test_the_books_balance_while_a_gift_waits(purses: Purses) -> None:
    gift = await give(purses, 7)
    books = purses.terminal.services.books
    totals = await books.tokens(purses.token)
    assert (totals.in_wallets, totals.on_its_way, totals.balances) == (3, 7, True)
    await gifts(purses).claim(gift.code, await purses.of("Pepper"))
    totals = await books.tokens(purses.token)
    assert (totals.in_wallets, totals.on_its_way, totals.balances) == (10, 0, True)


async def test_given_and_claimed_twice_is_once(purses: Purses) -> None:
    errand = purses.wallets.errand(purses.token, 4)
    tony, pepper = await purses.of("Tony"), await purses.of("Pepper")
    given = await asyncio.gather(*(gifts(purses).give(errand, tony, PEPPER) for _ in range(3)))
    assert len(set(given)) == 1
    claims = (gifts(purses).claim(given[0].code, pepper) for _ in range(3))
    assert len(set(await asyncio.gather(*claims))) == 1
    assert await purses.bills("Tony") == [1, 5]
    assert await purses.bills("Pepper") == [4]


async def test_of_two_who_know_the_code_one_has_the_gift(purses: Purses) -> None:
    gift = await give(purses, 4)
    names = ("Pepper", "Happy")
    wallets = [await purses.of(name) for name in names]
    ends = await asyncio.gather(
        *(gifts(purses).claim(gift.code, wallet) for wallet in wallets), return_exceptions=True
    )
    assert sum(isinstance(end, GiftRefused) for end in ends) == 1
    assert sum([sum(await purses.bills(name)) for name in names]) == 4
    loser = names[0] if isinstance(ends[0], GiftRefused) else names[1]
    assert await fault(purses, gift.code, loser) is GiftFault.CLAIMED


async def test_nobody_came_and_it_goes_back_as_it_was(world: World) -> None:
    purses = await Purses.open(world, a_token(MONTH))
    await purses.buy("Happy", 5)
    await purses.send("Happy", "Tony", 3)
    await purses.buy("Tony", 5)
    gift = await give(purses, 4)
    world.clock.advance(days=7, seconds=-1)
    await purses.terminal.services.reconciliation.run_once()
    assert await purses.bills("Tony") == [4]
    world.clock.advance(seconds=1)
    await purses.terminal.services.reconciliation.run_once()
    assert await purses.histories("Tony") == ["Happy Tony Tony", "Tony", "Tony Tony"]
    bills = await purses.wallets.bills(await purses.of("Tony"), purses.token)
    assert [(bill.amount, bill.expires_at) for bill in bills] == [
        (3, NOW + timedelta(days=30)),
        (4, None),
        (1, None),
    ]
    assert await fault(purses, gift.code, "Pepper") is GiftFault.RETURNED
    assert [one.state for one in await gifts(purses).all()] == [GiftState.RETURNED]


async def test_the_giver_takes_it_back_before(purses: Purses) -> None:
    gift = await give(purses, 7)
    tony, pepper = await purses.of("Tony"), await purses.of("Pepper")
    with pytest.raises(GiftRefused) as refused:
        await gifts(purses).take_back(gift.id, pepper)
    assert refused.value.fault is GiftFault.UNKNOWN
    for _ in range(2):
        assert await gifts(purses).take_back(gift.id, tony) == 7
    assert sum(await purses.bills("Tony")) == 10
    other = await give(purses, 1)
    await gifts(purses).claim(other.code, pepper)
    with pytest.raises(GiftRefused) as late:
        await gifts(purses).take_back(other.id, tony)
    assert late.value.fault is GiftFault.CLAIMED
    with pytest.raises(GiftRefused):
        await gifts(purses).take_back(42, tony)


async def test_claimed_and_returned_at_one_instant_it_goes_one_way(world: World) -> None:
    purses = await Purses.open(world)
    south = await Purses.open(world, name="south")
    await purses.buy("Tony", 100)
    ways = set()
    for first in (True, False):
        gift = await give(purses, 3)
        claim = gifts(south).claim(gift.code, await purses.of("Pepper"))
        back = gifts(purses).take_back(gift.id, await purses.of("Tony"))
        both = (claim, back) if first else (back, claim)
        ends = await asyncio.gather(*both, return_exceptions=True)
        [lost] = [end for end in ends if isinstance(end, GiftRefused)]
        ways.add(lost.fault)
        held = sum(await purses.bills("Tony")) + sum(await purses.bills("Pepper"))
        assert held == 100
    assert ways <= {GiftFault.CLAIMED, GiftFault.RETURNED}


async def test_a_return_that_is_due_leaves_a_claimed_gift(world: World, purses: Purses) -> None:
    gift = await give(purses, 3)
    assert not await gifts(purses).send_back(gift.id)
    world.clock.advance(days=7)
    assert await gifts(purses).due() == [gift.id]
    await gifts(purses).claim(gift.code, await purses.of("Pepper"))
    assert not await gifts(purses).send_back(gift.id)
    assert await gifts(purses).due() == []
    assert await purses.bills("Pepper") == [3]


async def test_what_expires_while_it_waits(world: World) -> None:
    purses = await Purses.open(world, a_token(MONTH))
    await purses.buy("Happy", 2)
    await purses.send("Happy", "Tony", 2)
    world.clock.advance(days=29)
    await purses.buy("Tony", 5)
    some, all_of_it = await give(purses, 1), await give(purses, 3)
    world.clock.advance(days=1)
    assert await fault(purses, some.code, "Pepper") is GiftFault.EXPIRED
    claimed = await gifts(purses).claim(all_of_it.code, await purses.of("Pepper"))
    assert claimed.amount == 2
    bills = await purses.wallets.bills(await purses.of("Pepper"), purses.token)
    # The rule of what is received sets an expiry where there was none.
    assert [bill.amount for bill in bills] == [2]
    assert bills[0].expires_at is not None
    assert bills[0].expires_at.date() == (NOW + timedelta(days=60)).date()
    world.clock.advance(days=7)
    await purses.terminal.services.reconciliation.run_once()
    held = sum(await purses.bills("Tony")) + sum(await purses.bills("Pepper"))
    issued, spent, expired = await purses.totals()
    assert (issued, held, spent, expired) == (7, 5, 0, 2)


async def test_codes_that_are_no_gift(purses: Purses) -> None:
    gift = await give(purses, 3)
    wrong = gift.code[:-1] + ("0" if gift.code[-1] != "0" else "1")
    for text in (wrong, "", "[/]", HOSTILE, "👩‍👩‍👧", "n" * 200):
        assert await fault(purses, text, "Pepper") is GiftFault.TYPO
    assert await fault(purses, gift.code, "Tony") is GiftFault.OWN
    with pytest.raises(UnknownWallet):
        await gifts(purses).claim(gift.code, 42)
    assert (await gifts(purses).claim(gift.code, await purses.of("Pepper"))).amount == 3


async def test_who_guesses_codes_waits_longer_and_longer(world: World, purses: Purses) -> None:
    gift = await give(purses, 3)
    key = purses.terminal.services.catalog.signing_key
    pepper = await purses.of("Pepper")
    for _ in range(3):
        assert await fault(purses, gift_code(new_id(), key), "Pepper") is GiftFault.UNKNOWN
    with pytest.raises(WrongGiftCode) as refused:
        await gifts(purses).claim(gift.code, pepper)
    assert refused.value.retry_seconds == 2
    world.clock.advance(seconds=2)
    assert (await gifts(purses).claim(gift.code, pepper)).amount == 3


async def test_a_gift_is_within_the_limits_of_sending(world: World) -> None:
    limits = Limits(balance_max=10, transfer_max=6, daily_max=8)
    purses = await Purses.open(world, a_token(limits=limits))
    await purses.buy("Tony", 10)
    with pytest.raises(LimitExceeded) as refused:
        await give(purses, 7)
    assert refused.value.limit is WalletLimit.TRANSFER
    gift = await give(purses, 6)
    with pytest.raises(LimitExceeded) as again:
        await give(purses, 3)
    assert again.value.limit is WalletLimit.DAILY
    await purses.buy("Pepper", 5)
    with pytest.raises(LimitExceeded) as full:
        await gifts(purses).claim(gift.code, await purses.of("Pepper"))
    assert (full.value.limit, full.value.left) == (WalletLimit.BALANCE, 5)
    await purses.spend("Pepper", 1)
    await gifts(purses).claim(gift.code, await purses.of("Pepper"))
    with pytest.raises(LimitExceeded):
        await purses.buy("Pepper", 1)


async def test_nothing_is_given_that_is_not_there(purses: Purses) -> None:
    with pytest.raises(InsufficientTokens):
        await give(purses, 11)
    errand = purses.wallets.errand(purses.token, 1)
    with pytest.raises(InvalidEmail):
        await gifts(purses).give(errand, await purses.of("Tony"), "[/]")
    assert await gifts(purses).waiting(await purses.of("Tony")) == []
    assert sum(await purses.bills("Tony")) == 10


async def test_both_sides_read_of_it(world: World, purses: Purses) -> None:
    gift = await give(purses, 3)
    world.clock.advance(seconds=1)
    await gifts(purses).claim(gift.code, await purses.of("Pepper"))
    world.clock.advance(seconds=1)
    back = await give(purses, 2)
    world.clock.advance(seconds=1)
    await gifts(purses).take_back(back.id, await purses.of("Tony"))
    history = purses.terminal.services.statements.history
    lines = await history(await purses.of("Tony"), purses.token, limit=3)
    assert [(line.kind, line.amount, line.place, line.other) for line in lines] == [
        (HistoryKind.GIFT_RETURNED, 2, "", None),
        (HistoryKind.GIFT_GIVEN, -2, "p•••@example.org", None),
        (HistoryKind.GIFT_GIVEN, -3, "p•••@example.org", None),
    ]
    [line] = await history(await purses.of("Pepper"), purses.token)
    assert (line.kind, line.amount, line.other) == (HistoryKind.GIFT_CLAIMED, 3, TONY.masked)
    receipt = await purses.terminal.services.token_receipts.of(gift.id)
    assert (receipt.email, receipt.receiver) == ("p•••@example.org", None)


async def test_a_gift_of_another_event_is_unknown(world: World, purses: Purses) -> None:
    gift = await give(purses, 3)
    world.event = an_event(key="other", tokens=(a_token(),))
    other = await Purses.open(world, name="south")
    assert await fault(other, gift.code, "Pepper") is GiftFault.UNKNOWN


async def test_the_event_says_how_long_gifts_wait(world: World) -> None:
    token = replace(a_token(), gift_life=timedelta(hours=2))
    purses = await Purses.open(world, token)
    await purses.buy("Tony", 1)
    assert (await give(purses, 1)).returns_at == NOW + timedelta(hours=2)
