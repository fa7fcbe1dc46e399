"""Transfers of people at the door: places redeemed, and who is inside.

One transfer of each step has the id of its number and so decides whether the step is taken. What
a full hall may refuse is another one, linked to it, whose id has the number of the attempt: the
number of the step stays free for the next who asks.
"""

from kiosk.domain.chart import (
    AccountCode,
    LedgerNumber,
    TransferCode,
    linked,
    resource_account_id,
    slot_account_id,
)
from kiosk.domain.chart_places import step_id
from kiosk.domain.entries import Standing, StepKind, Wish
from kiosk.domain.events import Event, EventSlot, Resource
from kiosk.domain.orders import SlotClaim
from ledger.ids import derived_id
from ledger.types import Transfer


def counted_in(event: Event, slot: EventSlot) -> Resource:
    """What the people are counted in who are inside by tickets for a slot."""
    hall = event.hall_of(slot)
    return hall.resource if hall else slot.resource


def take_step(event: Event, claim: SlotClaim, standing: Standing, wish: Wish) -> list[Transfer]:
    """One chain: the step that `wish` wants of a claim whose earlier steps come to `standing`.

    The first transfer decides. Who asks again with the same wish hears the same answer.
    """
    match wish.kind:
        case StepKind.ENTER:
            chain = [_redeem(event, claim, wish), _enter(event, claim, wish)]
        case StepKind.RETURN:
            # Who is let in once more without an exit scan has left all the same.
            gone = [_leave(event, claim, wish)] if standing.is_inside else []
            chain = [_readmit(event, claim, wish), *gone, _enter(event, claim, wish)]
        case StepKind.LEAVE:
            chain = [_leave(event, claim, wish)]
            chain[0].id = step_id(claim.id, wish.number)
        case StepKind.UNDO:
            gone = [_leave(event, claim, wish)] if standing.is_inside else []
            chain = [_undo(event, claim, standing, wish), *gone]
        case StepKind.PASS_ON:
            raise AssertionError("nobody passes a ticket on at a door")
    return linked(chain)


def _redeem(event: Event, claim: SlotClaim, wish: Wish) -> Transfer:
    transfer = _transfer(claim, wish, LedgerNumber.TICKETS)
    transfer.id = step_id(claim.id, wish.number)
    transfer.debit_account_id = slot_account_id(event, claim.slot_number, AccountCode.SPENT)
    transfer.credit_account_id = slot_account_id(event, claim.slot_number, AccountCode.REDEEMED)
    transfer.code = TransferCode.REDEEM
    return transfer


def _readmit(event: Event, claim: SlotClaim, wish: Wish) -> Transfer:
    transfer = _redeem(event, claim, wish)
    transfer.amount = 0
    transfer.code = TransferCode.RETURN
    return transfer


def _undo(event: Event, claim: SlotClaim, standing: Standing, wish: Wish) -> Transfer:
    transfer = _redeem(event, claim, wish)
    transfer.debit_account_id, transfer.credit_account_id = (
        transfer.credit_account_id,
        transfer.debit_account_id,
    )
    # The place stays used if an earlier entry stands.
    transfer.amount = int(len(standing.standing) == 1)
    transfer.code = TransferCode.UNDO
    return transfer


def _enter(event: Event, claim: SlotClaim, wish: Wish) -> Transfer:
    transfer = _passage(event, claim, wish, "enter")
    transfer.debit_account_id = _account_id(event, claim, AccountCode.OUTSIDE)
    transfer.credit_account_id = _account_id(event, claim, AccountCode.INSIDE)
    transfer.code = TransferCode.ENTER
    return transfer


def _leave(event: Event, claim: SlotClaim, wish: Wish) -> Transfer:
    transfer = _passage(event, claim, wish, "leave")
    transfer.debit_account_id = _account_id(event, claim, AccountCode.INSIDE)
    transfer.credit_account_id = _account_id(event, claim, AccountCode.OUTSIDE)
    transfer.code = TransferCode.LEAVE
    return transfer


def _passage(event: Event, claim: SlotClaim, wish: Wish, name: str) -> Transfer:
    transfer = _transfer(claim, wish, LedgerNumber.PRESENCE)
    transfer.id = derived_id(name, claim.id, wish.number, wish.nonce, wish.terminal, wish.attempt)
    return transfer


def _transfer(claim: SlotClaim, wish: Wish, ledger: LedgerNumber) -> Transfer:
    return Transfer(
        amount=1,
        user_data_128=claim.id,
        user_data_64=wish.nonce,
        user_data_32=wish.terminal,
        ledger=ledger,
    )


def _account_id(event: Event, claim: SlotClaim, code: AccountCode) -> int:
    one = counted_in(event, event.slot(claim.slot_key))
    return resource_account_id(event, one.kind, one.number, code)
