"""Money that is to go back: pay it out, or give a whole order back."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from kiosk.domain.claims import ClaimCard
from kiosk.domain.errors import LedgerContradicts, UnknownOrder
from kiosk.domain.events import StaffMember
from kiosk.domain.money import Money
from kiosk.domain.orders import Method, Order, OrderState
from kiosk.domain.refunds import NotRefundable, RefundDue, RefundFault, RefundState, UnknownRefund
from kiosk.domain.rights import Right
from kiosk.screens import staff_helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.confirm import ConfirmDialog
from kiosk.screens.help import Help
from kiosk.screens.listing import ListScreen
from kiosk.screens.pin import approval
from kiosk.screens.refund_words import RefundWords
from kiosk.screens.search import OrderSearch
from kiosk.screens.shift import StaffMode
from kiosk.widgets.frame import Key
from kiosk.widgets.plain import cut

_NAME_COLUMNS = 24


class RefundsScreen(ListScreen[RefundDue], StaffMode):
    """What is due, and the way to give a whole order back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2", "refund", show=False)]

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__(desk, staff)
        self._said = RefundWords(desk)

    def heading(self) -> str:
        return self.words("REFUNDS DUE")

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("↑↓", words("Choose"), "mark_next"),
            Key("Enter", words("Pay out"), "pick"),
            Key("F2", words("Refund an order"), "refund"),
            self.lock_key(),
        )

    def help(self) -> Help:
        return staff_helps.refunding(self.words, self.keys())

    async def found(self) -> Sequence[RefundDue]:
        return await self.desk.services.refunds.due()

    def identity(self, item: RefundDue) -> int:
        return item.refund.id

    def row(self, item: RefundDue) -> str:
        return self._said.row(item)

    def nothing(self) -> str:
        return self.words("no refund is due")

    def detail(self, item: RefundDue) -> str:
        paid = self.words("paid: {way}", way=self._said.paid_by(item))
        return " · ".join((item.order.attendee.email, self._said.why(item), paid))

    def pick(self, item: RefundDue) -> None:
        if item.refund.state is RefundState.DUE:
            self.busy = True
            self._pay_out(item)
        else:
            self.say(self.words("It ends by itself: give nothing."))

    @work(group="change")
    async def _pay_out(self, due: RefundDue) -> None:
        words, refund = self.words, due.refund
        name = cut(due.order.attendee.name, _NAME_COLUMNS)
        asked = ConfirmDialog(
            self.desk,
            words("Give {sum} back to {name}?", sum=words.sum(refund.amount), name=name),
            self._said.give({refund.provider: refund.amount}),
            words("Paid out"),
        )
        if await self.app.push_screen_wait(asked):
            self.say(await self._paid_out(due))
        self.busy = False
        self.look()

    async def _paid_out(self, due: RefundDue) -> str:
        """What came of it."""
        words = self.words
        try:
            paid = await self.desk.services.refunds.pay_out(due.refund.id, self.staff)
        except AWAY:
            return words("No answer: as long as it is in this list it is not on record.")
        except (UnknownRefund, LedgerContradicts):
            return words("It could not be booked: an organiser has to look into it.")
        if paid.paid_by != self.staff.name:
            return words("{name} was first: give nothing.", name=paid.paid_by)
        return words("On record: {sum} went back.", sum=words.sum(paid.amount))

    def action_refund(self) -> None:
        if not self.busy:
            self.busy = True
            self._refund()

    @work(group="change")
    async def _refund(self) -> None:
        """Give a whole order back: find it, say what that means, and by whose word."""
        self.say("")
        search, sales = OrderSearch(self.desk, self.staff), self.desk.services.sales
        card = await self.app.push_screen_wait(search)
        if isinstance(card, ClaimCard):
            self.say(await self._refunded(sales.order(card.order_id)))
        elif search.number is not None:
            self.say(await self._refunded(sales.numbered(search.number)))
        self.busy = False
        self.look()

    async def _refunded(self, found: Awaitable[Order]) -> str:
        """What came of it; nothing if it was given up."""
        words = self.words
        try:
            order = await found
            if order.payment is None or order.state is not OrderState.PAID:
                return self._said.kept(NotRefundable(order.id, RefundFault.NOT_PAID))
            give = self._said.give(await self._money(order))
            supervisor = await self._approval(order, give)
            if supervisor is None:
                return ""
            await self.desk.services.refunds.refund_order(order.id, supervisor)
            # Money for its invoice may have come while somebody was asked.
            give = self._said.give(await self._money(order))
        except UnknownOrder:
            return words("There is no such order.")
        except NotRefundable as fault:
            return self._said.kept(fault)
        except AWAY:
            return words("No answer: search for the order again before you give anything.")
        except LedgerContradicts:
            return words("It could not be booked: an organiser has to look into it.")
        return " ".join([words("Order {n} is refunded.", n=order.number), give])

    async def _money(self, order: Order) -> Mapping[str, Money]:
        """What came in for an order, and goes back, by the ways it came."""
        assert order.payment is not None
        if order.payment.method is not Method.INVOICE:
            return {order.payment.provider: order.payment.amount}
        return await self.desk.services.invoices.received(order.id)

    async def _approval(self, order: Order, give: str) -> StaffMember | None:
        """Whoever may refund, once it is sure: who works here, or somebody they ask for it."""
        words = self.words
        name = cut(order.attendee.name, _NAME_COLUMNS)
        title = words("Refund order {n} of {name}?", n=order.number, name=name)
        what = f"{self._said.tickets(order)} {give}"
        sure = ConfirmDialog(self.desk, title, what, words("Refund"))
        if not await self.app.push_screen_wait(sure):
            return None
        return await approval(self.app, self.desk, self.staff, Right.REFUND, title)
