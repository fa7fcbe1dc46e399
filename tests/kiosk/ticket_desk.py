"""What tests of a desk do with tickets, and what a crash leaves of that."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, update

from kiosk.domain.admission import NeedsConduct, Reason, Scan, Verdict
from kiosk.domain.claim_transfers import TicketKept
from kiosk.domain.claims import ClaimCard
from kiosk.domain.events import Role, Window
from kiosk.domain.orders import Order
from kiosk.domain.people import Attendee
from kiosk.domain.tickets import Ticket
from kiosk.services.reconciliation import Report
from kiosk.store.claim_tables import ClaimTransferRow
from kiosk.store.order_rows import attendee_id
from kiosk.store.tables import ClaimRow
from tests.kiosk.factories import ADA, GRACE, NOW, a_cashier, usd
from tests.kiosk.world import Terminal

KIM = a_cashier()
BOSS = a_cashier("Sam", role=Role.SUPERVISOR)
ROBIN = a_cashier("Robin", role=Role.STEWARD)


async def cards_of(terminal: Terminal, order: Order) -> list[ClaimCard]:
    """The tickets of an order."""
    return [await terminal.services.claims.card(claim.id) for claim in order.claims]


async def a_card(terminal: Terminal, basket: str = "general") -> ClaimCard:
    """The ticket of an order of one."""
    [card] = await cards_of(terminal, await terminal.sell(basket))
    return card


async def now(terminal: Terminal, card: ClaimCard) -> ClaimCard:
    """The ticket as it is now."""
    return await terminal.services.claims.card(card.claim_id)


async def pass_on(terminal: Terminal, *cards: ClaimCard, to: Attendee = GRACE) -> list[Ticket]:
    """Pass tickets on."""
    return await terminal.services.ticket_desk.transfer(cards, to, KIM)


async def kept(terminal: Terminal, *cards: ClaimCard, to: Attendee = GRACE) -> TicketKept:
    """Why the tickets cannot be passed on; nothing is as it was not before."""
    before = [await now(terminal, card) for card in cards]
    with pytest.raises(TicketKept) as refused:
        await pass_on(terminal, *cards, to=to)
    assert [await now(terminal, card) for card in cards] == before
    assert await terminal.services.reconciliation.run_once() == Report()
    return refused.value


async def scan(terminal: Terminal, text: str, nonce: int = 0) -> Verdict | NeedsConduct:
    """What the door says."""
    admission = terminal.services.admission
    return await admission.scan(Scan(text, nonce or admission.new_nonce()))


async def reason(terminal: Terminal, text: str) -> Reason:
    """Why the door says what it does."""
    said = await scan(terminal, text)
    assert isinstance(said, Verdict)
    return said.reason


async def in_once(terminal: Terminal, who: Attendee = ADA) -> None:
    """Let somebody accept the Code of Conduct: from then on a scan of theirs goes straight on."""
    sales = terminal.services.sales
    order = await sales.place(sales.new_order_id(), "general", who)
    await sales.pay_cash(order.id, usd(400), KIM)
    await terminal.admit(order.claims[0].ticket_number)


def later(hours: int = 1) -> Window:
    """Something that begins in some hours, and takes two."""
    return Window(NOW + timedelta(hours=hours), NOW + timedelta(hours=hours + 2))


async def set_version(terminal: Terminal, version: int) -> None:
    """As if all tickets had been replaced so often."""
    await terminal.backing.store.transaction(
        lambda session: session.exec(update(ClaimRow).values(version=version))
    )


async def forget_steps(terminal: Terminal, card: ClaimCard) -> None:
    """As if the process had died before it could record the answer."""
    await terminal.backing.store.transaction(
        lambda session: session.connection().execute(
            text("UPDATE door_step SET outcome = 'asked', done_at = NULL WHERE claim_id = :id"),
            {"id": card.claim_id.to_bytes(16, "big")},
        )
    )


async def forget_transfer(terminal: Terminal, card: ClaimCard, before: Ticket) -> None:
    """As if the process had died before it could record the answer."""

    def forget(session: Session) -> None:
        connection = session.connection()
        for table in ("former_ticket", "door_step"):
            connection.execute(text(f"DELETE FROM {table}"))
        session.exec(update(ClaimTransferRow).values(outcome="asked"))
        number = before.number.replace("-", "")
        of = col(ClaimRow.id) == card.claim_id
        was = {"version": 1, "ticket_number": number, "holder_id": attendee_id(before.holder)}
        session.exec(update(ClaimRow).where(of).values(passed_on=False, **was))

    await terminal.backing.store.transaction(forget)
