"""The organiser's word about tokens: to whom, and on record."""

import pytest

from kiosk.domain.audit import Action
from kiosk.domain.people import Attendee
from kiosk.domain.tokens import Limits
from kiosk.domain.wallets import LimitExceeded, NoWallet, SeveralWallets, TokensGone
from kiosk.services.token_office import TokenOffice
from kiosk.store import audit
from tests.kiosk.factories import ADA
from tests.kiosk.purses import Purses, a_token
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store


def office(purses: Purses) -> TokenOffice:
    terminal = purses.terminal
    return TokenOffice(terminal.backing, terminal.services.catalog, purses.wallets)


async def recorded(purses: Purses, action: Action) -> list[tuple[int | None, str]]:
    found = await purses.terminal.backing.store.transaction(audit.page)
    return [(one.subject, one.detail) for one in found if one.action == action]


async def test_whoever_has_a_ticket_and_no_wallet_is_known_by_the_ticket(world: World) -> None:
    purses = await Purses.open(world)
    with pytest.raises(NoWallet):
        await office(purses).one_or_new(ADA.email)
    await purses.terminal.sell()
    wallet = await office(purses).one_or_new(ADA.email)
    assert wallet.owner == ADA
    assert await office(purses).one(ADA.email) == wallet


async def test_whoever_is_named_has_a_wallet_from_then_on(world: World) -> None:
    purses = await Purses.open(world)
    twin = Attendee("[/] Ada", ADA.email)
    for person in (ADA, twin, ADA):
        assert (await office(purses).one_or_new(person.email, person.name)).owner == person
    with pytest.raises(SeveralWallets) as refused:
        await office(purses).one_or_new(ADA.email)
    assert set(refused.value.names) == {ADA.name, twin.name}


async def test_what_is_issued_and_sent_is_on_record(world: World) -> None:
    purses = await Purses.open(world)
    desk = office(purses)
    ada, bo = await desk.one_or_new(ADA.email, "Ada"), await desk.one_or_new("bo@example.org", "Bo")
    await desk.issue(purses.wallets.errand(purses.token, 5), ada)
    await desk.send(purses.wallets.errand(purses.token, 2), ada, bo)
    assert await purses.wallets.balance(bo.id, purses.token) == 2
    assert await recorded(purses, Action.TOKENS_ISSUED) == [(ada.id, "5 beer")]
    assert await recorded(purses, Action.TOKENS_SENT) == [(ada.id, "2 beer to Bo <bo@example.org>")]


async def test_what_is_refused_is_not_on_record(world: World) -> None:
    purses = await Purses.open(world, a_token(limits=Limits(balance_max=900, transfer_max=3)))
    desk = office(purses)
    ada, bo = await desk.one_or_new(ADA.email, "Ada"), await desk.one_or_new("bo@example.org", "Bo")
    with pytest.raises(TokensGone):
        await desk.issue(purses.wallets.errand(purses.token, 1001), ada)
    with pytest.raises(LimitExceeded):
        await desk.issue(purses.wallets.errand(purses.token, 901), ada)
    await desk.issue(purses.wallets.errand(purses.token, 9), ada)
    with pytest.raises(LimitExceeded):
        await desk.send(purses.wallets.errand(purses.token, 4), ada, bo)
    assert len(await recorded(purses, Action.TOKENS_ISSUED)) == 1
    assert await recorded(purses, Action.TOKENS_SENT) == []
