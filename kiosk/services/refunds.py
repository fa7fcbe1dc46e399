"""Give money back: what is due of payments that bought nothing, and whole orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlmodel import Session

from kiosk.domain import chart_refunds
from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.claim_transfers import TicketKept, check_left
from kiosk.domain.entries import Standing
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.events import ProviderName, StaffMember
from kiosk.domain.invoices import InvoicePayment
from kiosk.domain.orders import Order
from kiosk.domain.refunds import (
    NotRefundable,
    Refund,
    RefundDue,
    RefundFault,
    RefundReason,
    RefundState,
    check_refundable,
)
from kiosk.domain.rights import Right, require
from kiosk.domain.stalls import given_back
from kiosk.domain.token_moves import Move
from kiosk.services.backing import Backing
from kiosk.services.booking import book
from kiosk.services.catalog import Catalog
from kiosk.services.packs import Packs
from kiosk.services.token_payments import spending_id
from kiosk.services.wallets import Wallets
from kiosk.store import (
    audit,
    claim_transfers,
    door,
    hand_outs,
    orders,
    pairings,
    payments,
    refunds,
    token_moves,
    wallets,
)
from ledger.ids import new_id
from ledger.types import CreateTransferStatus as Status

_SPENT = (Status.EXCEEDS_CREDITS, Status.ID_ALREADY_FAILED)
"""A bill that the order bought is not whole any more."""
_USED = (
    Status.EXISTS_WITH_DIFFERENT_FLAGS,
    Status.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID,
)
"""A step at the door has the id that the return of the place would have."""


@dataclass(frozen=True, slots=True)
class _Returned:
    """What is to go back of an order, by claim id, and by the positions of its pieces."""

    order: Order
    settlements: tuple[InvoicePayment, ...]
    standing: dict[int, Standing]
    attempts: Mapping[int, int]


class Refunds:
    """Refunds of one event. Every call may be repeated: money goes back once.

    `LedgerUnavailable` or `StoreUnavailable` mean that the outcome is unknown: repeat the call.
    If nobody does, reconciliation finishes what was stored.
    """

    def __init__(self, backing: Backing, catalog: Catalog, terminal: int) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog
        self._terminal = terminal
        self._packs = Packs(backing, catalog)
        self._wallets = Wallets(backing, catalog)

    async def due(self) -> list[RefundDue]:
        """Every refund whose money is still here, the oldest first."""
        event_id = self._catalog.event.id

        def read(session: Session) -> list[RefundDue]:
            found = refunds.unpaid(session, event_id)
            return [RefundDue(one, orders.get(session, one.order_id)) for one in found]

        return await self._store.transaction(read)

    async def pay_out(self, refund_id: int, staff: StaffMember) -> Refund:
        """Record that `staff` gave back what is due, the way it came; raises `UnknownRefund`."""
        require(staff, Right.PAY_OUT)

        def intend(session: Session) -> Refund:
            pairings.require_paired(session, self._terminal)
            before = refunds.find(session, refund_id)
            refund = refunds.change(session, refund_id, lambda one: one.pay_out(staff.name))
            # Only the first who gives it back does.
            if refund != before:
                self._record(session, Action.PAID_OUT, refund, staff)
            return refund

        return await self.finish(await self._store.transaction(intend))

    async def refund_order(self, order_id: int, staff: StaffMember) -> Order:
        """Take the whole order back: its places are free again, its money is given back.

        Raises `NotRefundable`: not paid, a ticket of it used, passed on, or needed by another; or
        some of its tokens spent, sent on or expired.
        Once one is used at the door no refund ever begins, and once a refund is booked the door
        refuses them all.
        """
        require(staff, Right.REFUND)
        fresh_id, now = new_id(), self._clock.now()

        def intend(session: Session) -> Refund:
            pairings.require_paired(session, self._terminal)
            # Locked first: another terminal may be doing the same.
            order = orders.get(session, order_id)
            for one in refunds.of_order(session, order_id):
                if one.reason is RefundReason.RETURNED and one.state is not RefundState.REFUSED:
                    return one
            payment = check_refundable(order)
            self._check_free(session, order)
            settlements = refunds.payments_of(session, order_id)
            if not all(one.settled for one in settlements):
                raise NotRefundable(order_id, RefundFault.BEING_SETTLED)
            money = sum((one.amount for one in settlements), payment.amount)
            refund = Refund(
                id=fresh_id,
                order_id=order_id,
                payment_id=payment.id,
                reason=RefundReason.RETURNED,
                amount=money,
                provider=payment.provider,
                since=now,
                state=RefundState.ASKED,
                paid_by=staff.name,
            )
            refunds.add(session, refund)
            self._record(session, Action.REFUND_BEGUN, refund, staff)
            return refund

        refund = await self.finish(await self._store.transaction(intend))
        order = await self._store.transaction(lambda session: orders.get(session, order_id))
        if refund.state is RefundState.REFUSED:
            if _is_in_other_hands(order):
                raise NotRefundable(order_id, RefundFault.PASSED_ON)
            whole = await self._packs.are_whole(order)
            raise NotRefundable(order_id, RefundFault.USED if whole else RefundFault.TOKENS_SPENT)
        return order

    def _record(self, session: Session, action: Action, refund: Refund, staff: StaffMember) -> None:
        now, actor = self._clock.now(), Actor(self._terminal, staff.name)
        entry = AuditEntry(now, actor, action, refund.order_id, str(refund.amount))
        audit.record(session, entry)

    def _check_free(self, session: Session, order: Order) -> None:
        """Raise `NotRefundable` if somebody would lose by it what they did not give back."""
        if any(claim_transfers.is_passing(session, claim.id) for claim in order.claims):
            raise NotRefundable(order.id, RefundFault.PASSING_ON)
        if _is_in_other_hands(order):
            raise NotRefundable(order.id, RefundFault.PASSED_ON)
        event, now = self._catalog.event, self._clock.now()
        going = {claim.id for claim in order.claims}
        for email in {claim.holder.email for claim in order.claims}:
            held = claim_transfers.held_by(session, event.id, email)
            kept = [claim for claim in held if claim.id not in going]
            try:
                check_left(event, order.claims, kept, now)
            except TicketKept as stranded:
                fault = RefundFault.REQUIRED
                raise NotRefundable(order.id, fault, stranded.slot_keys) from None

    async def finish(self, refund: Refund) -> Refund:
        """Ask the ledger for a refund that somebody began; others stay as they are."""
        if refund.state is not RefundState.ASKED:
            return refund
        returned = refund.reason is RefundReason.RETURNED
        done = await (self._take_back(refund) if returned else self._pay_out(refund))
        now = self._clock.now()
        tokens: list[Move] = []

        def record(session: Session) -> Refund:
            if not done:
                return refunds.change(session, refund.id, lambda one: one.refused(now))
            if refund.reason is not RefundReason.SURPLUS:
                order = orders.change(session, refund.order_id, Order.refunded)
                if returned:
                    self._packs.returned(session, order, refund)
            if refund.provider == ProviderName.TOKENS:
                tokens.append(self._give_tokens_back(session, refund, now))
            return refunds.change(session, refund.id, lambda one: one.done(now))

        recorded = await self._store.transaction(record)
        for move in tokens:
            await self._wallets.finish(move)
        return recorded

    def _give_tokens_back(self, session: Session, refund: Refund, now: datetime) -> Move:
        """Store that the tokens which paid go back into their wallet; reconciliation knows then."""
        paid = payments.of_order(session, refund.order_id)
        [reference] = [one.reference for one in paid if one.id == refund.payment_id]
        spent = token_moves.get(session, spending_id(reference))
        sources = [part.source for part in spent.parts if part.source is not None]
        bills = wallets.by_ids(session, sources).values()
        back = given_back(spent, {bill.id: bill.expires_at for bill in bills}, now, spent.note)
        return token_moves.add(session, self._catalog.event.id, back)

    async def _pay_out(self, refund: Refund) -> bool:
        order = await self._store.transaction(partial(orders.get, order_id=refund.order_id))
        transfer = chart_refunds.pay_out(self._catalog.event, order, refund)
        if refusal := await book(self._ledger, [transfer]):
            raise LedgerContradicts(f"refund of order {order.number}", refusal.name)
        return True

    async def _take_back(self, refund: Refund) -> bool:
        """Whether the ledger took everything back; False if something of it is used."""
        event = self._catalog.event

        def read(session: Session) -> _Returned:
            claims = orders.get(session, refund.order_id).claims
            standing = {one.id: door.history(session, one.id).standing for one in claims}
            # Read after the numbers of the steps: a ticket that is not passed on by now has its
            # number, which the ledger gives to one of the two; any other is seen here.
            order = orders.get(session, refund.order_id)
            return _Returned(
                order,
                refunds.payments_of(session, order.id),
                standing,
                hand_outs.attempts(session, order.id),
            )

        returned = await self._store.transaction(read)
        if any(one.is_redeemed for one in returned.standing.values()):
            return False
        if _is_in_other_hands(returned.order):
            return False
        next_steps = {of: one.next_number for of, one in returned.standing.items()}
        order = returned.order
        chain = chart_refunds.take_back(event, order, refund, returned.settlements, next_steps)
        match await book(self._ledger, chain):
            case None:
                pass
            case status if status in _USED or (order.packs and status in _SPENT):
                return False
            case status:
                raise LedgerContradicts(f"refund of order {order.number}", status.name)
        # By themselves: a present that is gone keeps nobody from their money.
        if goodies := chart_refunds.take_back_goodies(event, order, returned.attempts):
            await self._ledger.create_transfers(goodies)
        return True


def _is_in_other_hands(order: Order) -> bool:
    """Whether somebody else has a ticket of it that was not revoked."""
    return any(claim.passed_on and not claim.revoked for claim in order.claims)
