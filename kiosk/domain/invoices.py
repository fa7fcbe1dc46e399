"""Invoices: what somebody owes for an order whose tickets they have, and what they paid of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self

from kiosk.domain.chart import BANK
from kiosk.domain.claim_payment import Instrument, Kind, claim_payment
from kiosk.domain.errors import KioskError
from kiosk.domain.money import Money, zero
from kiosk.domain.orders import Method, Order, OrderState
from kiosk.domain.people import Attendee

REFERENCE_MAX: Final = 64
"""Characters; banks give fewer."""


@dataclass(eq=False)
class NotInvoiced(KioskError):
    """No credit note was issued for this order, or it was taken back with the order."""

    order_id: int


@dataclass(eq=False)
class MoreThanOwed(KioskError):
    """More money than is owed on an invoice; nothing was booked."""

    owed: Money
    offered: Money


@dataclass(eq=False)
class InvalidReference(KioskError):
    """A transfer has a reference of 1 to `REFERENCE_MAX` printable characters; this is none."""

    reference: str


@dataclass(frozen=True, slots=True)
class InvoicePayment:
    """Money for an invoice, stored before the ledger is asked; `settled` once it has answered."""

    id: int
    order_id: int
    amount: Money
    way: str
    """The way it came: `cash`, `bank`, or a provider."""
    reference: str
    taken_by: str
    taken_at: datetime
    settled: bool = False

    def as_settled(self) -> Self:
        """As it will be once the ledger has booked it."""
        return replace(self, settled=True)

    @property
    def instrument(self) -> Instrument:
        """What it is in the claim payment."""
        return Instrument(Kind.MONEY, self.amount, self.reference)


@dataclass(eq=False)
class AlreadyRecorded(KioskError):
    """The same transfer is on record for the same invoice; it was not booked again."""

    before: InvoicePayment


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One claim at its price; or the packs of one kind at theirs, which have no number."""

    slot_key: str
    ticket_number: str
    price: Money


@dataclass(frozen=True, slots=True)
class Invoice:
    """What an attendee is to pay, or has paid."""

    number: int
    """That of its order."""
    issued_at: datetime
    issued_by: str
    attendee: Attendee
    lines: tuple[InvoiceLine, ...]
    total: Money
    discount: Money
    paid: Money
    outstanding: Money
    is_paid: bool
    """The seal: everything is covered and no debt is left."""


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice on which something is owed; `owed` is the ledger's word."""

    order_id: int
    invoice: Invoice
    owed: Money

    @property
    def is_moving(self) -> bool:
        """Whether money for it is being booked just now."""
        return self.owed != self.invoice.outstanding


def checked_reference(typed: str, way: str) -> str:
    """The reference of money, trimmed; only cash needs none. Raises `InvalidReference`."""
    reference = typed.strip()
    if not reference.isprintable() or len(reference) > REFERENCE_MAX:
        raise InvalidReference(typed)
    if way == BANK and not reference:
        raise InvalidReference(typed)
    return reference


def check_new(paid: InvoicePayment, before: Iterable[InvoicePayment]) -> None:
    """Raise `AlreadyRecorded` if the same transfer is among what came before."""
    for one in before:
        if paid.reference and (one.way, one.reference) == (paid.way, paid.reference):
            raise AlreadyRecorded(one)


def invoice(order: Order, payments: tuple[InvoicePayment, ...]) -> Invoice:
    """The invoice of an order; raises `NotInvoiced`."""
    issued = order.payment
    if issued is None or issued.method is not Method.INVOICE or order.state is not OrderState.PAID:
        raise NotInvoiced(order.id)
    booked = [one.instrument for one in payments if one.settled]
    paid = claim_payment(order, booked)
    return Invoice(
        number=order.number,
        issued_at=issued.taken_at,
        issued_by=issued.taken_by,
        attendee=order.attendee,
        lines=(
            *(InvoiceLine(one.slot_key, one.ticket_number, one.price) for one in order.claims),
            *(InvoiceLine(pack.key, "", pack.total) for pack in order.packs),
        ),
        total=paid.total_due,
        discount=paid.discount,
        paid=paid.money,
        outstanding=paid.outstanding,
        is_paid=paid.fulfilled,
    )


def by_way(payments: Iterable[InvoicePayment]) -> Mapping[str, Money]:
    """The money that is booked, by the ways it came."""
    found: dict[str, Money] = {}
    for one in payments:
        if one.settled:
            found[one.way] = found.get(one.way, zero(one.amount.currency)) + one.amount
    return found
