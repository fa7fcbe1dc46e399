"""The claim payment: with which instruments the claims of an order are paid, and whether they are.

Three instruments play the role of money. Money is what came in. A credit note is what an attendee
owes the event: theirs to pay, not ours to spend yet. A discount is what the event will never
collect: it is written off. A debt is for the whole price, so a discount given with it, and money
that comes later, are what pays it off.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.money import Money, zero
from kiosk.domain.orders import Method, Order


class Kind(StrEnum):
    """What an instrument is."""

    MONEY = "money"
    CREDIT_NOTE = "credit_note"
    DISCOUNT = "discount"


@dataclass(frozen=True, slots=True)
class Instrument:
    """One thing that plays the role of money."""

    kind: Kind
    amount: Money
    reference: str = ""
    """Money: what the provider calls it. Discount: the code. Credit note: the invoice."""

    def __post_init__(self) -> None:
        assert self.amount.minor >= 0, "what is taken back is taken out, never subtracted"


@dataclass(frozen=True, slots=True)
class ClaimPayment:
    """What is due for some claims, and what there is for it; all of one currency."""

    prices: tuple[Money, ...]
    """Of the claims, and of the packs of each kind."""
    instruments: tuple[Instrument, ...] = ()
    currency: str = ""
    """Needed where there is no claim to take it from."""

    @property
    def total_due(self) -> Money:
        """What the claims cost together, before any discount."""
        return _sum(self.prices, self._currency)

    @property
    def money(self) -> Money:
        """What came in."""
        return self._of(Kind.MONEY)

    @property
    def credit(self) -> Money:
        """For what credit notes were issued, settled or not."""
        return self._of(Kind.CREDIT_NOTE)

    @property
    def discount(self) -> Money:
        """What was written off."""
        return self._of(Kind.DISCOUNT)

    def payment_balanced(self, amount: Money) -> bool:
        """Whether money, credit and discounts cover `amount`: enough to hand out what it buys."""
        return self.money + self.credit + self.discount >= amount

    @property
    def debt_balanced(self) -> bool:
        """Whether money and discounts cover all credit, or there never was any."""
        return self.money + self.discount >= self.credit

    @property
    def fulfilled(self) -> bool:
        """Whether everything is covered and no debt is left: paid, as a seal on an invoice says."""
        return self.payment_balanced(self.total_due) and self.debt_balanced

    @property
    def outstanding(self) -> Money:
        """What somebody has still to pay.

        A credit note for a part of the price would count as paid off by the money for the rest:
        ours are for the whole price, so that nothing is outstanding once all is fulfilled.
        """
        owed = max(self.total_due, self.credit) - self.money - self.discount
        return max(owed, zero(self._currency))

    @property
    def surplus(self) -> Money:
        """Money beyond what was to be paid: a refund that is due."""
        covered = self.total_due - min(self.discount, self.total_due)
        return max(self.money - covered, zero(self._currency))

    @property
    def _currency(self) -> str:
        return self.currency or self.prices[0].currency

    def _of(self, kind: Kind) -> Money:
        amounts = [one.amount for one in self.instruments if one.kind is kind]
        return _sum(amounts, self._currency)


def claim_payment(order: Order, settlements: Sequence[Instrument] = ()) -> ClaimPayment:
    """The claim payment of an order, with what was paid on its invoice later."""
    return ClaimPayment(
        prices=tuple(order.prices),
        instruments=(*_instruments(order), *settlements),
    )


def _instruments(order: Order) -> Iterable[Instrument]:
    if order.granted:
        assert order.discount is not None
        yield Instrument(Kind.DISCOUNT, order.granted, order.discount.code)
    if order.payment is None:
        return
    if order.payment.method is Method.INVOICE:
        yield Instrument(Kind.CREDIT_NOTE, order.total, str(order.number))
    elif order.payment.amount:
        yield Instrument(Kind.MONEY, order.payment.amount, order.payment.reference)


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, zero(currency))
