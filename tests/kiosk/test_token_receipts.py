"""Who tokens may be sent to, and the receipt both sides can have checked afterwards."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain.errors import InvalidEmail
from kiosk.domain.people import Attendee
from kiosk.domain.statements import HistoryKind
from kiosk.domain.tickets import TEXT_MAX
from kiosk.domain.token_receipts import NoReceipt, ReceiptVerdict, read_receipt
from kiosk.domain.wallet_codes import wallet_code
from kiosk.domain.wallets import CodeFault, CodeRefused, NoWallet, Recipient, SameWallet
from tests.kiosk.factories import ADA, NOW, an_event
from tests.kiosk.purses import BAR, Purses, a_token
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store

TONY = Attendee("Tony", "tony@example.org")


@pytest.fixture
async def purses(world: World) -> Purses:
    return await Purses.open(world)


async def test_whoever_shows_a_ticket_may_receive(purses: Purses) -> None:
    order = await purses.terminal.sell()
    [ticket] = purses.terminal.services.sales.tickets_of(order)
    who, tony = purses.terminal.services.recipients.who, await purses.of("Tony")
    for text in (ticket.code, ticket.number):
        [found] = await who(text, tony)
        assert found == Recipient((await purses.wallets.open(ADA)).id, ADA.masked)
    await purses.buy("Tony", 5)
    errand = purses.wallets.errand(purses.token, 2)
    await purses.wallets.send(errand, tony, found.wallet_id)
    assert await purses.wallets.balance(found.wallet_id, purses.token) == 2
    with pytest.raises(SameWallet):
        await who(ticket.code, found.wallet_id)


async def test_whoever_shows_a_wallet_may_receive(purses: Purses) -> None:
    key = purses.terminal.services.catalog.signing_key
    code = wallet_code(await purses.of("Tony"), 1).signed(key)
    who = purses.terminal.services.recipients.who
    [found] = await who(code, await purses.of("Pepper"))
    assert found == Recipient(await purses.of("Tony"), TONY.masked)
    with pytest.raises(SameWallet):
        await who(code, await purses.of("Tony"))


async def test_an_address_names_everybody_who_has_it(purses: Purses) -> None:
    family = [Attendee(name, "tony@example.org") for name in ("Tony", "[/] Morgan")]
    wallets = [(await purses.wallets.open(one)).id for one in family]
    who = purses.terminal.services.recipients.who
    found = await who(" TONY@example.org ", await purses.of("Pepper"))
    assert {one.wallet_id for one in found} == set(wallets)
    assert [one.owner.name for one in found] == ["T•••", "[•• M•••••"]
    # One of the family sends to the others.
    assert [one.wallet_id for one in await who("tony@example.org", wallets[0])] == wallets[1:]


async def test_who_cannot_receive(purses: Purses) -> None:
    who, pepper = purses.terminal.services.recipients.who, await purses.of("Pepper")
    with pytest.raises(NoWallet) as nobody:
        await who("happy@example.org", pepper)
    assert nobody.value.email == "happy@example.org"
    with pytest.raises(SameWallet):
        await who("pepper@example.org", pepper)
    with pytest.raises(InvalidEmail):
        await who("[@click=app.quit]x[/]", pepper)
    with pytest.raises(CodeRefused) as refused:
        await who("[/]", pepper)
    assert refused.value.fault is CodeFault.NOT_OURS


async def test_a_receipt_says_who_sent_what_to_whom(purses: Purses) -> None:
    await purses.buy("Tony", 5)
    move = await purses.send("Tony", "Pepper", 3)
    receipts = purses.terminal.services.token_receipts
    receipt = await receipts.of(move.id)
    assert len(receipt.code) <= TEXT_MAX
    assert receipt.code.isalnum()
    assert receipt.code.isupper()
    assert (receipt.amount, receipt.token, receipt.at) == (3, purses.token, NOW)
    pepper = Attendee("Pepper", "pepper@example.org")
    assert (receipt.sender, receipt.receiver) == (TONY.masked, pepper.masked)
    assert await receipts.of(move.id) == receipt
    checked = await receipts.check(f" {receipt.code.lower()[:70]}\n{receipt.code[70:]} ")
    assert (checked.verdict, checked.receipt) == (ReceiptVerdict.VALID, receipt)
    lines = await purses.terminal.services.statements.history(await purses.of("Tony"), purses.token)
    assert move.id in {line.move_id for line in lines if line.kind is HistoryKind.SENT}


async def test_what_was_spent_has_a_receipt_too(purses: Purses) -> None:
    await purses.buy("Tony", 5)
    move = await purses.spend("Tony", 1)
    receipt = await purses.terminal.services.token_receipts.of(move.id)
    assert (receipt.place, receipt.receiver, receipt.sender) == (BAR, None, TONY.masked)


async def test_what_did_not_happen_has_no_receipt(purses: Purses) -> None:
    with pytest.raises(NoReceipt):
        await purses.terminal.services.token_receipts.of(42)


async def test_a_receipt_that_was_changed_is_forged(purses: Purses) -> None:
    await purses.buy("Tony", 5)
    move = await purses.send("Tony", "Pepper", 3)
    receipts = purses.terminal.services.token_receipts
    signed = read_receipt((await receipts.of(move.id)).code)
    assert signed is not None
    more = replace(signed.facts, amount=300).signed(Ed25519PrivateKey.generate())
    assert (await receipts.check(more)).verdict is ReceiptVerdict.FORGED
    for text in ("", "[/]", "👩‍👩‍👧", "n" * 200, "0" * TEXT_MAX):
        assert (await receipts.check(text)).verdict is ReceiptVerdict.NOT_A_RECEIPT


async def test_a_receipt_of_another_event_is_told_as_one(world: World) -> None:
    first = await Purses.open(world)
    await first.buy("Tony", 5)
    code = (await first.terminal.services.token_receipts.of((await first.spend("Tony", 1)).id)).code
    world.event = an_event(key="other", tokens=(a_token(),))
    second = await Purses.open(world, name="south")
    checked = await second.terminal.services.token_receipts.check(code)
    assert (checked.verdict, checked.receipt) == (ReceiptVerdict.OTHER_EVENT, None)


async def test_a_receipt_is_valid_where_the_move_is_not_on_record(purses: Purses) -> None:
    await purses.buy("Tony", 5)
    move = await purses.send("Tony", "Pepper", 3)
    catalog = purses.terminal.services.catalog
    receipts = purses.terminal.services.token_receipts
    signed = read_receipt((await receipts.of(move.id)).code)
    assert signed is not None
    unknown = replace(signed.facts, move_id=42).signed(catalog.signing_key)
    checked = await receipts.check(unknown)
    assert (checked.verdict, checked.receipt) == (ReceiptVerdict.VALID, None)
    assert checked.facts == replace(signed.facts, move_id=42)
