"""What the ledger says of every claim at the door must be what its recorded steps come to."""

from collections import Counter
from typing import Final

from sqlmodel import Session, select

from kiosk.domain.chart import AccountCode, TransferCode, resource_account_id
from kiosk.domain.chart_places import step_id
from kiosk.domain.chart_presence import counted_in
from kiosk.domain.entries import Standing, StepKind
from kiosk.domain.events import Resource
from kiosk.store import door
from kiosk.store.tables import ClaimRow
from tests.kiosk.world import Terminal

CODES: Final = {
    StepKind.ENTER: TransferCode.REDEEM,
    StepKind.RETURN: TransferCode.RETURN,
    StepKind.LEAVE: TransferCode.LEAVE,
    StepKind.UNDO: TransferCode.UNDO,
    StepKind.PASS_ON: TransferCode.PASS_ON,
}


async def standings(terminal: Terminal) -> dict[int, tuple[int, Standing]]:
    """By claim: the number of its slot, and what its steps come to; nobody waits for an answer."""
    event_id = terminal.services.catalog.event.id

    def read(session: Session) -> dict[int, tuple[int, Standing]]:
        found = {}
        claims = select(ClaimRow.id, ClaimRow.slot_number).where(ClaimRow.event_id == event_id)
        for claim_id, slot_number in session.exec(claims).all():
            history = door.history(session, claim_id)
            assert history.asked == ()
            found[claim_id] = (slot_number, history.standing)
        return found

    return await terminal.backing.store.transaction(read)


async def audit_door(terminal: Terminal) -> None:
    """Check every account and every step of a door that has nothing left to finish."""
    event = terminal.services.catalog.event
    known = await standings(terminal)
    used = Counter(number for number, one in known.values() if one.is_redeemed)
    inside = Counter[Resource]()
    for slot in event.slots:
        redeemed = await terminal.slot_account(AccountCode.REDEEMED, slot.number)
        assert redeemed.credits_posted - redeemed.debits_posted == used[slot.number]
        here = [one for number, one in known.values() if number == slot.number and one.is_inside]
        inside[counted_in(event, slot)] += len(here)
    for place, people in inside.items():
        account = resource_account_id(event, place.kind, place.number, AccountCode.INSIDE)
        assert await terminal.balance(account) == people
    for claim_id, (_, standing) in known.items():
        await _steps(terminal, claim_id, standing)


async def _steps(terminal: Terminal, claim_id: int, standing: Standing) -> None:
    numbers = range(1, standing.next_number + 1)
    ids = [step_id(claim_id, number) for number in numbers]
    found = {one.id: one for one in await terminal.backing.ledger.lookup_transfers(ids)}
    for step, transfer_id in zip(standing.steps, ids, strict=False):
        transfer = found.pop(transfer_id)
        assert transfer.code == CODES[step.kind]
        assert (transfer.user_data_64, transfer.user_data_32) == (step.nonce, step.terminal)
    # What comes next may have been taken by the refund of the order, and by nothing else.
    assert {one.code for one in found.values()} <= {TransferCode.TAKE_BACK}
