"""The door: admitted once, on any terminal, with a reason for everything else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session, col, select, update

from kiosk.domain.admission import Colour, NeedsConduct, Reason, Scan, Verdict
from kiosk.domain.audit import Action
from kiosk.domain.chart import AccountCode
from kiosk.domain.codes import ALPHABET
from kiosk.domain.events import CodeOfConduct, Window
from kiosk.domain.tickets import Ticket, issue
from kiosk.domain.wallet_codes import wallet_code
from kiosk.store import audit
from kiosk.store.tables import ClaimRow, ConductRow, OrderRow
from tests.kiosk.factories import ADA, a_claim, a_slot, an_event
from tests.kiosk.world import Terminal, World

pytestmark = pytest.mark.every_store


async def a_ticket(terminal: Terminal, slot_key: str = "general") -> Ticket:
    """A ticket somebody bought."""
    order = await terminal.sell(slot_key)
    [ticket] = await terminal.services.sales.tickets(order.id)
    return ticket


async def verdict(terminal: Terminal, text: str) -> Verdict:
    """What a scan by itself says."""
    admission = terminal.services.admission
    said = await admission.scan(Scan(text, admission.new_nonce()))
    assert isinstance(said, Verdict)
    return said


async def asked(terminal: Terminal, text: str, nonce: int) -> NeedsConduct:
    """The question about the Code of Conduct."""
    needs = await terminal.services.admission.scan(Scan(text, nonce))
    assert isinstance(needs, NeedsConduct)
    return needs


async def test_the_first_scan_asks_for_the_code_of_conduct_and_admits_nobody(
    terminal: Terminal,
) -> None:
    ticket = await a_ticket(terminal)

    needs = await asked(terminal, ticket.code, nonce=7)

    assert (needs.holder, needs.ticket_number) == (ADA, ticket.number)
    assert (await terminal.slot_account(AccountCode.REDEEMED)).credits_posted == 0


async def test_accepting_admits_and_is_on_record(terminal: Terminal) -> None:
    ticket = await a_ticket(terminal)
    needs = await asked(terminal, ticket.code, nonce=7)

    said = await terminal.services.admission.accept_conduct(needs, "es", Scan(needs.text, nonce=7))

    assert (said.reason, said.colour) == (Reason.ADMITTED, Colour.GREEN)
    assert (said.holder, said.slot_key, said.terminal) == (ADA, "general", "north")
    assert (await terminal.slot_account(AccountCode.REDEEMED)).credits_posted == 1
    [row] = await terminal.backing.store.transaction(_acceptances)
    conduct = terminal.services.catalog.event.conduct["es"]
    assert row == ("es", conduct.digest, terminal.services.clock.now())


async def test_the_same_scan_again_is_the_same_green(terminal: Terminal) -> None:
    ticket = await a_ticket(terminal)
    needs = await asked(terminal, ticket.code, nonce=7)
    said = await terminal.services.admission.accept_conduct(needs, "en", Scan(needs.text, nonce=7))

    assert await terminal.services.admission.scan(Scan(ticket.code, nonce=7)) == said


async def test_another_scan_is_amber_with_when_and_where(world: World) -> None:
    north = await world.open(name="north")
    south = await world.open(name="south")
    ticket = await a_ticket(north)
    needs = await asked(north, ticket.code, nonce=7)
    admitted = await north.services.admission.accept_conduct(needs, "en", Scan(needs.text, nonce=7))

    said = await verdict(south, ticket.code)

    assert (said.reason, said.colour) == (Reason.ALREADY_IN, Colour.AMBER)
    assert (said.at, said.terminal) == (admitted.at, "north")


async def test_a_typed_number_admits_like_the_code(terminal: Terminal) -> None:
    ticket = await a_ticket(terminal)
    typed = ticket.number.lower().replace("-", " ")

    needs = await asked(terminal, typed, nonce=7)
    said = await terminal.services.admission.accept_conduct(needs, "en", Scan(needs.text, nonce=7))

    assert said.reason is Reason.ADMITTED
    assert (await verdict(terminal, ticket.code)).reason is Reason.ALREADY_IN


async def test_who_accepted_once_is_not_asked_for_the_next_ticket(terminal: Terminal) -> None:
    await terminal.admit((await a_ticket(terminal)).code)
    assert (await verdict(terminal, (await a_ticket(terminal)).code)).reason is Reason.ADMITTED


async def test_a_new_text_is_asked_again_but_not_of_who_is_in(world: World) -> None:
    terminal = await world.open()
    inside, outside = await a_ticket(terminal), await a_ticket(terminal)
    await terminal.admit(inside.code)
    changed = {"en": CodeOfConduct("en", "Code of Conduct", "Be kind, and be on time.")}

    later = await world.open(replace(world.event, conduct=changed))

    assert (await verdict(later, inside.code)).reason is Reason.ALREADY_IN
    await asked(later, outside.code, nonce=7)


async def test_one_wrong_symbol_of_a_number_is_a_typo(terminal: Terminal) -> None:
    number = (await a_ticket(terminal)).number
    other = ALPHABET[(ALPHABET.index(number[0]) + 1) % 32]
    assert (await verdict(terminal, other + number[1:])).reason is Reason.TYPO


@pytest.mark.parametrize("text", ["", "hello", "https://example.org/t/1", "0" * 149, "🎟" * 12])
async def test_what_is_not_a_ticket_is_not_ours(terminal: Terminal, text: str) -> None:
    said = await verdict(terminal, text)
    assert (said.reason, said.colour) == (Reason.NOT_OURS, Colour.RED)


async def test_a_forged_ticket_is_not_ours(terminal: Terminal) -> None:
    order = await terminal.sell()
    slot = terminal.services.catalog.event.slots[0]
    forged = issue(order.claims[0], slot, Ed25519PrivateKey.generate())
    assert (await verdict(terminal, forged.code)).reason is Reason.NOT_OURS


async def test_the_code_of_a_wallet_admits_nobody_and_is_called_so(terminal: Terminal) -> None:
    ours = terminal.services.catalog.signing_key
    said = await verdict(terminal, wallet_code(7, 1).signed(ours))
    assert (said.reason, said.colour) == (Reason.WALLET, Colour.RED)
    forged = wallet_code(7, 1).signed(Ed25519PrivateKey.generate())
    assert (await verdict(terminal, forged)).reason is Reason.NOT_OURS


async def test_a_signed_ticket_nobody_knows_is_unknown(terminal: Terminal) -> None:
    catalog = terminal.services.catalog
    stray = issue(a_claim(), catalog.event.slots[0], catalog.signing_key)
    assert (await verdict(terminal, stray.code)).reason is Reason.UNKNOWN


async def test_what_is_no_ticket_is_on_record_too(terminal: Terminal) -> None:
    catalog = terminal.services.catalog
    stray = issue(a_claim(), catalog.event.slots[0], catalog.signing_key)
    forged = issue(a_claim(), catalog.event.slots[0], Ed25519PrivateKey.generate())
    for nonce, text in enumerate(("[/]", forged.code, stray.code), start=1):
        await terminal.services.admission.scan(Scan(text, nonce, "Robin"))

    records = await terminal.backing.store.transaction(audit.page)

    assert [(one.action, one.detail, one.subject) for one in records if one.staff == "Robin"] == [
        (Action.TURNED_AWAY, "not_ours", None),
        (Action.TURNED_AWAY, "not_ours", None),
        (Action.TURNED_AWAY, "unknown", None),
    ]
    assert (await verdict(terminal, "0000-0000-0000")).reason is Reason.UNKNOWN


async def test_a_ticket_of_another_event_says_of_which(world: World) -> None:
    elsewhere = await world.open(an_event(name="RustFest"))
    ticket = await a_ticket(elsewhere)
    terminal = await world.open(an_event())

    for text in (ticket.code, ticket.number):
        said = await verdict(terminal, text)
        assert (said.reason, said.other_event) == (Reason.OTHER_EVENT, "RustFest")


async def test_an_unpaid_ticket_is_refused(terminal: Terminal) -> None:
    order = await terminal.hold()
    said = await verdict(terminal, order.claims[0].ticket_number)
    assert (said.reason, said.holder) == (Reason.UNPAID, ADA)


async def test_a_refunded_ticket_is_refused(terminal: Terminal) -> None:
    ticket = await a_ticket(terminal)
    await terminal.backing.store.transaction(
        lambda session: session.exec(update(OrderRow).values(state="refunded"))
    )
    assert (await verdict(terminal, ticket.code)).reason is Reason.REFUNDED


async def test_an_older_version_is_refused_by_name(terminal: Terminal) -> None:
    ticket = await a_ticket(terminal)
    await terminal.backing.store.transaction(
        lambda session: session.exec(
            update(ClaimRow).where(col(ClaimRow.id) == ticket.claim_id).values(version=2)
        )
    )
    assert (await verdict(terminal, ticket.code)).reason is Reason.REPLACED


async def test_a_ticket_is_good_in_its_window_only(world: World) -> None:
    start = world.clock.now() + timedelta(hours=1)
    window = Window(start, start + timedelta(hours=1))
    terminal = await world.open(an_event(a_slot(valid=window)))
    ticket = await a_ticket(terminal)

    early = await verdict(terminal, ticket.code)
    world.clock.advance(minutes=60)
    needs = await terminal.services.admission.scan(Scan(ticket.code, 7))
    world.clock.advance(minutes=60)
    late = await verdict(terminal, ticket.code)

    assert (early.reason, early.valid) == (Reason.NOT_VALID_YET, window)
    assert isinstance(needs, NeedsConduct)
    assert late.reason is Reason.NOT_VALID_ANY_MORE


def _acceptances(session: Session) -> list[tuple[object, ...]]:
    columns = (ConductRow.language, ConductRow.digest, ConductRow.accepted_at)
    return [tuple(row) for row in session.exec(select(*columns))]
