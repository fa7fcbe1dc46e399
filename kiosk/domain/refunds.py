"""Refunds: money that goes back by counter-transfers, never by deletions. Transitions are pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from kiosk.domain.errors import KioskError
from kiosk.domain.money import Money
from kiosk.domain.orders import Order, OrderState, Payment
from ledger.ids import derived_id


class RefundReason(StrEnum):
    """Why money goes back."""

    UNFULFILLED = "unfulfilled"
    """It came when no places were left."""
    SURPLUS = "surplus"
    """It bought nothing: a second payment, one for an order given up, or of another amount."""
    RETURNED = "returned"
    """The whole order is given back, with its places."""


class RefundState(StrEnum):
    """Where a refund is."""

    DUE = "due"
    """Nobody has paid it out."""
    ASKED = "asked"
    """Somebody pays it out: the intent is stored and the ledger is asked."""
    DONE = "done"
    REFUSED = "refused"
    """A place of the order was used at the door meanwhile, or its tokens; nothing was refunded."""


class RefundFault(StrEnum):
    """Why an order is not refunded."""

    NOT_PAID = "not_paid"
    """It was not paid, or was refunded already."""
    USED = "used"
    """Somebody was admitted with one of its tickets."""
    TOKENS_SPENT = "tokens_spent"
    """Some of its tokens were spent, sent to somebody else, or have expired."""
    BEING_SETTLED = "being_settled"
    """Money for its invoice is just coming in: try again."""
    PASSING_ON = "passing_on"
    """A ticket of it is just being passed on: try again."""
    PASSED_ON = "passed_on"
    """A ticket of it is another person's: revoke that one first, if they are to lose it."""
    REQUIRED = "required"
    """Tickets for `slot_keys` that the holder keeps need it: refund or revoke those first."""


@dataclass(eq=False)
class NotRefundable(KioskError):
    """The order is not refunded; it is as it was."""

    order_id: int
    reason: RefundFault
    slot_keys: tuple[str, ...] = ()


@dataclass(eq=False)
class UnknownRefund(KioskError):
    """There is no refund with this id."""

    refund_id: int


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that is to go back, or did. Of one payment, or of a whole order that is returned."""

    id: int
    order_id: int
    payment_id: int
    reason: RefundReason
    amount: Money
    provider: str
    """By which way of paying the money came; "" is cash at the desk."""
    since: datetime
    state: RefundState = RefundState.DUE
    paid_by: str = ""
    """Who at the event gave the money back."""
    done_at: datetime | None = None

    def pay_out(self, paid_by: str) -> Self:
        """Somebody gives the money back; only the first who wants to does."""
        if self.state is not RefundState.DUE:
            return self
        return replace(self, state=RefundState.ASKED, paid_by=paid_by)

    def done(self, at: datetime) -> Self:
        """The ledger has booked it."""
        if self.state is not RefundState.ASKED:
            return self
        return replace(self, state=RefundState.DONE, done_at=at)

    def refused(self, at: datetime) -> Self:
        """The ledger has not: a place is used."""
        if self.state is not RefundState.ASKED:
            return self
        return replace(self, state=RefundState.REFUSED, done_at=at)


@dataclass(frozen=True, slots=True)
class RefundDue:
    """A refund on the organiser's list, with whose it is."""

    refund: Refund
    order: Order


def due_id(payment_id: int) -> int:
    """The id of the refund of a payment that bought nothing: the same one, whoever notes it."""
    return derived_id("refund-due", payment_id)


def due_of(payment: Payment, order: Order, reason: RefundReason) -> Refund:
    """The refund that is due of a payment that bought nothing."""
    return Refund(
        id=due_id(payment.id),
        order_id=order.id,
        payment_id=payment.id,
        reason=reason,
        amount=payment.amount,
        provider=payment.provider,
        since=payment.taken_at,
    )


def check_refundable(order: Order) -> Payment:
    """The payment of an order that may be given back whole; raises `NotRefundable`."""
    if order.state is not OrderState.PAID or order.payment is None:
        raise NotRefundable(order.id, RefundFault.NOT_PAID)
    return order.payment
