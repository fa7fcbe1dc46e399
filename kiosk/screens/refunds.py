"""Money that is to go back: pay it out, or give a whole order back."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from kiosk.domain.claims import ClaimCard
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.events import StaffMember
from kiosk.domain.money import Money
from kiosk.domain.orders import Method, Order, OrderState
from kiosk.domain.refunds import NotRefundable, RefundDue, RefundFault, RefundState, UnknownRefund
from kiosk.domain.rights import Right
from kiosk.screens.base import AWAY, Desk, KioskScreen
from kiosk.screens.confirm import ConfirmDialog
from kiosk.screens.pin import approval
from kiosk.screens.refund_words import RefundWords
from kiosk.screens.search import SearchDialog
from kiosk.widgets.frame import FrameHeader, Key, KeyBar
from kiosk.widgets.plain import content, cut

REFRESH_SECONDS = 2
_NAME_COLUMNS = 24


class RefundsScreen(KioskScreen[None]):
    """Shows what is due again every other second; closes when it is locked."""

    CSS_PATH = "refunds.tcss"
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "refund", show=False),
        Binding("f8", "app.next_theme", show=False),
        Binding("f9,escape", "lock", show=False),
    ]

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__(desk)
        self._staff = staff
        self._said = RefundWords(desk)
        self._shown: list[RefundDue] = []

    def compose(self) -> ComposeResult:
        title = " · ".join([self.words("REFUNDS DUE"), self._staff.name])
        yield FrameHeader(title, Content(""), Static(""))
        yield OptionList(markup=False)
        yield Static("", id="detail")
        yield Static("", id="problem")
        yield KeyBar(self.keys())

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("↑↓", words("Choose"), "mark_next"),
            Key("Enter", words("Pay out"), "pay_out"),
            Key("F2", words("Refund an order"), "refund"),
            Key("F9", words("Lock"), "lock"),
        )

    def on_mount(self) -> None:
        self.look()
        self.set_interval(REFRESH_SECONDS, self.look)

    @work(group="look", exclusive=True)
    async def look(self) -> None:
        """Show what is due now."""
        try:
            found = await self.desk.services.refunds.due()
        except AWAY:
            self._say(self.words("The books do not answer just now. Please try again."))
            return
        if found != self._shown or not found:
            self._show(found)

    def _show(self, found: list[RefundDue]) -> None:
        """Show these; the mark stays on the refund it is on, wherever that is now."""
        listed, marked = self.query_one(OptionList), self._marked
        at = listed.highlighted or 0
        self._shown = found
        listed.clear_options()
        listed.add_options([Content(self._said.row(due)) for due in found])
        if found:
            ids = [due.refund.id for due in found]
            stays = marked is not None and marked.refund.id in ids
            listed.highlighted = (
                ids.index(marked.refund.id) if marked and stays else min(at, len(found) - 1)
            )
        self._describe()

    @on(OptionList.OptionHighlighted)
    def _describe(self) -> None:
        """Say of the marked refund what its row has no room for."""
        said = self.words("no refund is due")
        if (due := self._marked) is not None:
            facts = (
                due.order.attendee.email,
                self._said.why(due),
                self.words("paid: {way}", way=self._said.way(due.refund.provider)),
            )
            said = " · ".join(facts)
        self.query_one("#detail", Static).update(content(said))

    @property
    def _marked(self) -> RefundDue | None:
        marked = self.query_one(OptionList).highlighted
        return None if marked is None or not self._shown else self._shown[marked]

    def action_mark_next(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    @on(OptionList.OptionSelected)
    def action_pay_out(self) -> None:
        if (due := self._marked) is None or self.busy:
            return
        if due.refund.state is RefundState.DUE:
            self.busy = True
            self._pay_out(due)
        else:
            self._say(self.words("It ends by itself: give nothing."))

    @work(group="change")
    async def _pay_out(self, due: RefundDue) -> None:
        words, refund = self.words, due.refund
        name = cut(due.order.attendee.name, _NAME_COLUMNS)
        asked = ConfirmDialog(
            self.desk,
            words("Give {sum} back to {name}?", sum=words.sum(refund.amount), name=name),
            self._said.give(refund.amount, refund.provider),
            words("Paid out"),
        )
        if await self.app.push_screen_wait(asked):
            self._say(await self._paid_out(due))
        self.busy = False
        self.look()

    async def _paid_out(self, due: RefundDue) -> str:
        """What came of it."""
        words = self.words
        try:
            paid = await self.desk.services.refunds.pay_out(due.refund.id, self._staff)
        except AWAY:
            return words("No answer: as long as it is in this list it is not on record.")
        except (UnknownRefund, LedgerContradicts):
            return words("It could not be booked: an organiser has to look into it.")
        if paid.paid_by != self._staff.name:
            return words("{name} was first: give nothing.", name=paid.paid_by)
        return words("On record: {sum} went back.", sum=words.sum(paid.amount))

    def action_refund(self) -> None:
        if not self.busy:
            self.busy = True
            self._refund()

    @work(group="change")
    async def _refund(self) -> None:
        """Give a whole order back: find it, say what that means, and by whose word."""
        self._say("")
        card = await self.app.push_screen_wait(SearchDialog(self.desk, self._staff))
        if isinstance(card, ClaimCard):
            self._say(await self._refunded(card.order_id))
        self.busy = False
        self.look()

    async def _refunded(self, order_id: int) -> str:
        """What came of it; nothing if it was given up."""
        words = self.words
        try:
            order = await self.desk.services.sales.order(order_id)
            if order.payment is None or order.state is not OrderState.PAID:
                return self._said.kept(NotRefundable(order_id, RefundFault.NOT_PAID))
            provider, money = order.payment.provider, await self._money(order)
            supervisor = await self._approval(order, self._said.give(money, provider))
            if supervisor is None:
                return ""
            await self.desk.services.refunds.refund_order(order_id, supervisor)
        except NotRefundable as fault:
            return self._said.kept(fault)
        except AWAY:
            return words("No answer: search for the order again before you give anything.")
        except LedgerContradicts:
            return words("It could not be booked: an organiser has to look into it.")
        return " ".join(
            [words("Order {n} is refunded.", n=order.number), self._said.give(money, provider)]
        )

    async def _money(self, order: Order) -> Money:
        """What came in for an order, and goes back."""
        assert order.payment is not None
        if order.payment.method is not Method.INVOICE:
            return order.payment.amount
        return (await self.desk.services.invoices.invoice(order.id)).paid

    async def _approval(self, order: Order, give: str) -> StaffMember | None:
        """Whoever may refund, once it is sure: who works here, or somebody they ask for it."""
        words = self.words
        name = cut(order.attendee.name, _NAME_COLUMNS)
        title = words("Refund order {n} of {name}?", n=order.number, name=name)
        what = f"{self._said.tickets(order)} {give}"
        sure = ConfirmDialog(self.desk, title, what, words("Refund"))
        if not await self.app.push_screen_wait(sure):
            return None
        return await approval(self.app, self.desk, self._staff, Right.REFUND, title)

    def _say(self, text: str) -> None:
        self.query_one("#problem", Static).update(content(text))

    def action_lock(self) -> None:
        # Whoever leaves now would not read whether it is on record.
        if not self.busy:
            self.dismiss(None)
