"""What staff read about money that goes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kiosk.domain.chart import BANK
from kiosk.domain.events import ProviderName
from kiosk.domain.money import Money
from kiosk.domain.orders import Method, Order
from kiosk.domain.refunds import NotRefundable, RefundDue, RefundFault, RefundReason, RefundState
from kiosk.screens.base import Desk
from kiosk.screens.money_words import way_words
from kiosk.widgets.plain import cut, fit

_NAME_COLUMNS = 22
_NUMBER_COLUMNS = 7
_SUM_COLUMNS = 14
_SLOT_COLUMNS = 40
_CASH = ("", ProviderName.CASH)


@dataclass(frozen=True, slots=True)
class RefundWords:
    """Says refunds in the language of a desk."""

    desk: Desk

    def row(self, due: RefundDue) -> str:
        """One line: who, which order, how much, since when."""
        words, refund = self.desk.words, due.refund
        since = words.when(refund.since, self.desk.now())
        if refund.state is RefundState.ASKED:
            since = words("{name} has begun", name=refund.paid_by)
        name, number = due.order.attendee.name, words.number(due.order.number)
        amount = words.sum(refund.amount)
        return (
            f"{fit(name, _NAME_COLUMNS)} {fit(number, _NUMBER_COLUMNS, right=True)}"
            f" {fit(amount, _SUM_COLUMNS, right=True)}  {since}"
        )

    def why(self, due: RefundDue) -> str:
        """Why it is due."""
        words = self.desk.words
        return {
            RefundReason.UNFULFILLED: words("the money came when no places were left"),
            RefundReason.SURPLUS: words("it was more than was asked for, or came twice"),
            RefundReason.RETURNED: words("the whole order is given back"),
        }[due.refund.reason]

    def paid_by(self, due: RefundDue) -> str:
        """By which way the money came."""
        payment = due.order.payment
        whole = due.refund.reason is RefundReason.RETURNED
        if whole and payment is not None and payment.method is Method.INVOICE:
            return self.desk.words("by invoice")
        return way_words(self.desk.words, due.refund.provider)

    def give(self, amounts: Mapping[str, Money]) -> str:
        """What somebody has to do for money to be back that came by these ways."""
        given = [self._give(amount, way) for way, amount in amounts.items() if amount]
        return " ".join(given) or self.desk.words("No money goes back.")

    def _give(self, amount: Money, way: str) -> str:
        words, total = self.desk.words, self.desk.words.sum(amount)
        if way in _CASH:
            return words("Hand over {sum} in cash.", sum=total)
        if way == BANK:
            return words("Transfer {sum} back to their bank account.", sum=total)
        if way == ProviderName.TOKENS:
            return words("The tokens go back into the wallet by themselves.")
        said = way_words(words, way)
        return words("Send {sum} back the way it came: {way}.", sum=total, way=said)

    def tickets(self, order: Order) -> str:
        """What an order loses that is given back."""
        words, tickets = self.desk.words, len(order.claims)
        tokens = sum(pack.amount for pack in order.packs)
        said = []
        if tickets:
            said.append(
                words.count(
                    "Its ticket admits nobody then.", "Its {n} tickets admit nobody then.", tickets
                )
            )
        if tokens:
            said.append(
                words.count(
                    "Its token leaves the wallet.", "Its {n} tokens leave the wallet.", tokens
                )
            )
        return " ".join(said)

    def kept(self, fault: NotRefundable) -> str:
        """Why an order is not refunded."""
        words = self.desk.words
        slots = cut(self._titles(fault.slot_keys), _SLOT_COLUMNS)
        return {
            RefundFault.NOT_PAID: words("It was not paid, or it is refunded already."),
            RefundFault.USED: words("Somebody was let in with a ticket of it."),
            RefundFault.TOKENS_SPENT: words("Some of its tokens are spent, sent on or expired."),
            RefundFault.BEING_SETTLED: words("Money for it is just coming in: try again."),
            RefundFault.PASSING_ON: words("A ticket of it is just being passed on: try again."),
            RefundFault.PASSED_ON: words(
                "A ticket of it is another person's: revoke that one first."
            ),
            RefundFault.REQUIRED: words("Needed for {slots}: refund that first.", slots=slots),
        }[fault.reason]

    def _titles(self, slot_keys: Sequence[str]) -> str:
        titles = {slot.key: slot.title for slot in self.desk.services.catalog.event.slots}
        return ", ".join(titles.get(key, key) for key in slot_keys)
