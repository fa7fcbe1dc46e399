"""Wallets are opened by a code and a PIN; lost codes and forgotten PINs cost nobody a token."""

import asyncio
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain.audit import Action, AuditRecord
from kiosk.domain.errors import WrongPin
from kiosk.domain.events import Role
from kiosk.domain.orders import Order
from kiosk.domain.pins import PIN_TRIES_MAX, InvalidPin, PinFault, PinsLocked
from kiosk.domain.rights import NotAllowed
from kiosk.domain.signed_codes import VERSION_MAX
from kiosk.domain.terminals import NotPaired
from kiosk.domain.tickets import Ticket
from kiosk.domain.tokens import Origin
from kiosk.domain.wallet_codes import wallet_code
from kiosk.domain.wallets import (
    CodeFault,
    CodeRefused,
    CodesUsedUp,
    OpenWallet,
    PinAlreadySet,
    PinNotSet,
    PresentedWallet,
    UnknownWallet,
)
from kiosk.services.terminals import Terminals
from kiosk.services.wallet_access import WalletAccess
from kiosk.store import audit, wallet_access
from tests.kiosk.factories import ADA, a_cashier
from tests.kiosk.purses import Purses
from tests.kiosk.world import Terminal, World

PIN, OTHER = "2580", "1937"
SUPERVISOR = a_cashier("Sam", role=Role.SUPERVISOR)

pytestmark = pytest.mark.every_store


@dataclass(frozen=True)
class Kiosk:
    """Somebody with a paid ticket stands before a kiosk."""

    world: World
    purses: Purses
    access: WalletAccess
    order: Order
    ticket: Ticket

    @property
    def terminal(self) -> Terminal:
        return self.purses.terminal

    async def choose(self) -> OpenWallet:
        """Open the wallet the first time."""
        return await self.access.choose_pin(await self.access.present(self.ticket.code), PIN)

    async def recorded(self, action: Action) -> list[AuditRecord]:
        """What is on record of one kind."""
        found = await self.terminal.backing.store.transaction(audit.page)
        return [record for record in found if record.action == action]

    async def fault(self, text: str) -> CodeFault:
        """Why a text opens nothing."""
        with pytest.raises(CodeRefused) as refused:
            await self.access.present(text)
        return refused.value.fault


@pytest.fixture
async def kiosk(world: World) -> Kiosk:
    purses = await Purses.open(world)
    order = await purses.terminal.sell()
    [ticket] = purses.terminal.services.sales.tickets_of(order)
    return Kiosk(world, purses, purses.terminal.services.wallet_access, order, ticket)


async def test_a_ticket_and_a_new_pin_open_the_wallet_of_its_holder(kiosk: Kiosk) -> None:
    presented = await kiosk.access.present(kiosk.ticket.code)
    assert (presented.owner, presented.has_pin, presented.by_ticket) == (ADA.masked, False, True)
    opened = await kiosk.access.choose_pin(presented, PIN)
    assert (opened.wallet_id, opened.owner) == ((await kiosk.purses.wallets.open(ADA)).id, ADA)
    again = await kiosk.access.present(kiosk.ticket.number.lower())
    assert again.has_pin
    assert await kiosk.access.unlock(again, PIN) == opened


async def test_presenting_makes_no_wallet(kiosk: Kiosk) -> None:
    presented = await kiosk.access.present(kiosk.ticket.code)
    with pytest.raises(UnknownWallet):
        await kiosk.purses.wallets.find(presented.wallet_id)


async def test_the_code_of_the_wallet_opens_it_too(kiosk: Kiosk) -> None:
    opened = await kiosk.choose()
    presented = await kiosk.access.present(await kiosk.access.code(opened))
    assert (presented.wallet_id, presented.by_ticket) == (opened.wallet_id, False)
    assert await kiosk.access.unlock(presented, PIN) == opened


async def test_a_wallet_without_a_pin_is_not_unlocked(kiosk: Kiosk) -> None:
    with pytest.raises(PinNotSet):
        await kiosk.access.unlock(await kiosk.access.present(kiosk.ticket.code), PIN)


async def test_of_two_who_choose_the_first_pin_one_does(kiosk: Kiosk) -> None:
    presented = await kiosk.access.present(kiosk.ticket.code)
    ends = await asyncio.gather(
        *(kiosk.access.choose_pin(presented, pin) for pin in (PIN, OTHER)), return_exceptions=True
    )
    assert sorted(type(end).__name__ for end in ends) == ["OpenWallet", "PinAlreadySet"]


async def test_an_easy_pin_is_not_taken(kiosk: Kiosk) -> None:
    presented = await kiosk.access.present(kiosk.ticket.code)
    with pytest.raises(InvalidPin) as refused:
        await kiosk.access.choose_pin(presented, "1234")
    assert refused.value.fault is PinFault.EASY
    opened = await kiosk.choose()
    with pytest.raises(InvalidPin):
        await kiosk.access.change_pin(opened, PIN, "12")


async def test_a_changed_pin_is_the_only_one(kiosk: Kiosk) -> None:
    opened = await kiosk.choose()
    with pytest.raises(WrongPin):
        await kiosk.access.change_pin(opened, OTHER, OTHER)
    await kiosk.access.change_pin(opened, PIN, OTHER)
    presented = await kiosk.access.present(kiosk.ticket.code)
    with pytest.raises(WrongPin):
        await kiosk.access.unlock(presented, PIN)
    assert await kiosk.access.unlock(presented, OTHER) == opened


async def lock(kiosk: Kiosk) -> PresentedWallet:
    """Type wrong PINs until none is taken any more."""
    presented = await kiosk.access.present(kiosk.ticket.code)
    for _ in range(PIN_TRIES_MAX - 1):
        with pytest.raises(WrongPin) as refused:
            await kiosk.access.unlock(presented, OTHER)
        kiosk.world.clock.advance(seconds=refused.value.retry_seconds)
    with pytest.raises(PinsLocked):
        await kiosk.access.unlock(presented, OTHER)
    return presented


async def test_wrong_pins_wait_longer_and_longer_and_then_lock(kiosk: Kiosk) -> None:
    await kiosk.choose()
    await lock(kiosk)
    kiosk.world.clock.advance(days=1)
    presented = await kiosk.access.present(kiosk.ticket.code)
    assert presented.is_locked
    with pytest.raises(PinsLocked):
        await kiosk.access.unlock(presented, PIN)
    assert len(await kiosk.recorded(Action.WALLET_LOCKED)) == 1


async def test_many_tries_at_once_count_each(kiosk: Kiosk) -> None:
    await kiosk.choose()
    presented = await kiosk.access.present(kiosk.ticket.code)
    tries = [kiosk.access.unlock(presented, f"{pin:04}") for pin in range(12)]
    ends = await asyncio.gather(*tries, return_exceptions=True)
    assert {type(end) for end in ends} == {WrongPin}
    with pytest.raises(WrongPin):
        await kiosk.access.unlock(presented, PIN)


async def test_a_right_pin_forgives_the_wrong_ones(kiosk: Kiosk) -> None:
    await kiosk.choose()
    presented = await kiosk.access.present(kiosk.ticket.code)
    for _ in range(PIN_TRIES_MAX):
        with pytest.raises(WrongPin):
            await kiosk.access.unlock(presented, OTHER)
        await kiosk.access.unlock(presented, PIN)


async def test_a_lost_code_is_replaced_and_nothing_moves(kiosk: Kiosk) -> None:
    opened = await kiosk.choose()
    errand = kiosk.purses.wallets.errand(kiosk.purses.token, 7)
    await kiosk.purses.wallets.issue(errand, opened.wallet_id, Origin.PURCHASE)
    lost = await kiosk.access.code(opened)
    renewed = await kiosk.access.reissue(opened)
    assert await kiosk.fault(lost) is CodeFault.REPLACED
    presented = await kiosk.access.present(await kiosk.access.code(renewed))
    assert await kiosk.access.unlock(presented, PIN) == renewed
    assert await kiosk.purses.wallets.balance(opened.wallet_id, kiosk.purses.token) == 7
    with pytest.raises(CodeRefused):
        await kiosk.access.code(opened)
    with pytest.raises(CodeRefused):
        await kiosk.access.reissue(opened)
    [record] = await kiosk.recorded(Action.WALLET_REISSUED)
    assert (record.subject, record.detail) == (opened.wallet_id, "version 2")


async def test_a_code_that_is_replaced_while_the_pin_is_typed_opens_nothing(kiosk: Kiosk) -> None:
    opened = await kiosk.choose()
    found = await kiosk.access.present(await kiosk.access.code(opened))
    await kiosk.access.reissue(opened)
    with pytest.raises(CodeRefused) as refused:
        await kiosk.access.unlock(found, PIN)
    assert refused.value.fault is CodeFault.REPLACED


async def test_a_supervisor_resets_a_locked_pin_and_the_old_codes_are_void(kiosk: Kiosk) -> None:
    opened = await kiosk.choose()
    code = await kiosk.access.code(opened)
    presented = await lock(kiosk)
    with pytest.raises(NotAllowed):
        await kiosk.access.reset_pin(presented.wallet_id, a_cashier("Kim"))
    await kiosk.access.reset_pin(presented.wallet_id, SUPERVISOR)
    assert await kiosk.fault(code) is CodeFault.REPLACED
    with pytest.raises(PinNotSet):
        await kiosk.access.unlock(await kiosk.access.present(kiosk.ticket.code), PIN)
    again = await kiosk.access.choose_pin(await kiosk.access.present(kiosk.ticket.code), OTHER)
    assert again.wallet_id == opened.wallet_id
    [record] = await kiosk.recorded(Action.WALLET_PIN_RESET)
    assert (record.subject, record.staff) == (opened.wallet_id, "Sam")


async def test_a_pin_of_no_wallet_is_not_reset(kiosk: Kiosk) -> None:
    with pytest.raises(UnknownWallet):
        await kiosk.access.reset_pin(42, SUPERVISOR)


async def test_whoever_is_given_a_code_by_the_organiser_chooses_a_pin(kiosk: Kiosk) -> None:
    opened = await kiosk.choose()
    desk = WalletAccess(kiosk.terminal.backing, kiosk.terminal.services.catalog)
    await desk.reset_pin(opened.wallet_id)
    code = await desk.reissue_of(opened.wallet_id)
    with pytest.raises(UnknownWallet):
        await desk.reissue_of(42)
    assert (await kiosk.access.choose_pin(await kiosk.access.present(code), OTHER)).owner == ADA


async def test_codes_are_not_replaced_without_end(kiosk: Kiosk) -> None:
    opened = await kiosk.choose()
    await kiosk.terminal.backing.store.transaction(
        lambda session: wallet_access.set_version(session, opened.wallet_id, VERSION_MAX)
    )
    presented = await kiosk.access.present(kiosk.ticket.code)
    last = await kiosk.access.unlock(presented, PIN)
    with pytest.raises(CodesUsedUp):
        await kiosk.access.reissue(last)


async def test_what_is_no_code_of_ours_says_why(kiosk: Kiosk) -> None:
    number = kiosk.ticket.number
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    forged = wallet_code(1, 1).signed(Ed25519PrivateKey.generate())
    unknown = wallet_code(1, 1).signed(kiosk.terminal.services.catalog.signing_key)
    assert await kiosk.fault(wrong) is CodeFault.TYPO
    assert await kiosk.fault(forged) is CodeFault.NOT_OURS
    assert await kiosk.fault(unknown) is CodeFault.UNKNOWN
    for text in ("", "[/]", "[@click=app.quit]x[/]", "👩‍👩‍👧", "\u202e", "n" * 200, "A" * 149):
        assert await kiosk.fault(text) is CodeFault.NOT_OURS


async def test_a_ticket_that_was_replaced_or_revoked_opens_nothing(kiosk: Kiosk) -> None:
    services = kiosk.terminal.services
    card = await services.claims.card(kiosk.ticket.claim_id)
    ticket = await services.ticket_desk.reissue(card, SUPERVISOR)
    assert await kiosk.fault(kiosk.ticket.code) is CodeFault.REPLACED
    assert await kiosk.fault(kiosk.ticket.number) is CodeFault.REPLACED
    card = await services.claims.card(kiosk.ticket.claim_id)
    await services.ticket_desk.revoke([card], "stolen", SUPERVISOR)
    assert await kiosk.fault(ticket.code) is CodeFault.TICKET


async def test_a_terminal_that_was_sent_out_opens_nothing(kiosk: Kiosk) -> None:
    opened = await kiosk.choose()
    presented = await kiosk.access.present(kiosk.ticket.code)
    backing = kiosk.terminal.backing
    await Terminals(backing.store, backing.clock).revoke("north")
    for refused in (
        kiosk.access.unlock(presented, PIN),
        kiosk.access.choose_pin(presented, PIN),
        kiosk.access.code(opened),
        kiosk.access.reissue(opened),
        kiosk.access.reset_pin(opened.wallet_id, SUPERVISOR),
    ):
        with pytest.raises(NotPaired):
            await refused


async def test_the_pin_is_already_set_for_who_comes_second(kiosk: Kiosk) -> None:
    presented = await kiosk.access.present(kiosk.ticket.code)
    await kiosk.choose()
    with pytest.raises(PinAlreadySet):
        await kiosk.access.choose_pin(presented, OTHER)
