"""What the store says of tickets and goodies must be what the ledger says, and on record once."""

from collections import Counter

from sqlmodel import Session, select

from kiosk.domain.chart import AccountCode
from kiosk.domain.events import ResourceKind
from kiosk.store import audit
from kiosk.store.claim_tables import (
    ClaimTransferRow,
    FormerTicketRow,
    HandOutRow,
    HandOutUndoRow,
)
from kiosk.store.tables import ClaimRow, PieceRow
from tests.kiosk.door_audit import audit_door
from tests.kiosk.world import Terminal


async def audit_desk(terminal: Terminal) -> Counter[str]:
    """Check a desk that has nothing left to finish; how often what was done, of any event."""
    await audit_door(terminal)
    event_id = terminal.services.catalog.event.id
    gone = await terminal.backing.store.transaction(lambda session: _gone(session, event_id))
    for goodie in terminal.services.catalog.event.goodies:
        redeemed = await terminal.account(ResourceKind.GOODIE, AccountCode.REDEEMED, goodie.number)
        assert redeemed.credits_posted - redeemed.debits_posted == gone[goodie.number]
    return await terminal.backing.store.transaction(_check)


def _gone(session: Session, event_id: int) -> Counter[int]:
    """How many pieces of each goodie are handed out."""
    pieces = {
        (one.order_id, one.position): one.goodie_number
        for one in session.exec(select(PieceRow).where(PieceRow.event_id == event_id))
    }
    handed = session.exec(select(HandOutRow).where(HandOutRow.outcome == "handed")).all()
    undone = session.exec(select(HandOutUndoRow)).all()
    gone = Counter(pieces.get((one.order_id, one.position), 0) for one in handed)
    gone.subtract(pieces.get((one.order_id, one.position), 0) for one in undone)
    return gone


def _check(session: Session) -> Counter[str]:
    former = Counter(session.exec(select(FormerTicketRow.claim_id)).all())
    claims = session.exec(select(ClaimRow.id, ClaimRow.version, ClaimRow.ticket_number)).all()
    for claim_id, version, _ in claims:
        assert version == former[claim_id] + 1
    numbers = [number for _, _, number in claims]
    numbers += session.exec(select(FormerTicketRow.ticket_number)).all()
    assert len(set(numbers)) == len(numbers)
    outcomes = Counter(session.exec(select(ClaimTransferRow.outcome)).all())
    handed = Counter(session.exec(select(HandOutRow.outcome)).all())
    undone = session.exec(select(HandOutUndoRow.done_at)).all()
    assert None not in undone
    actions = Counter(one.action for one in audit.page(session, limit=1000))
    assert outcomes["asked"] == handed["asked"] == 0
    assert actions["ticket_transferred"] == outcomes["done"]
    assert actions["ticket_transferred"] + actions["ticket_reissued"] == former.total()
    assert actions["handed_out"] == handed["handed"]
    assert actions["hand_out_undone"] == len(undone)
    return actions
