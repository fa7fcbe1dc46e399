"""Pay for what is held, while the countdown stays in view."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Digits, Static

from kiosk.domain.errors import HoldExpired, NotCancellable, NotPayable
from kiosk.domain.events import Role, StaffMember
from kiosk.domain.money import Money
from kiosk.domain.orders import Order
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.baskets import basket_face, basket_of
from kiosk.screens.cash import CashDialog
from kiosk.screens.change import ChangeDialog
from kiosk.screens.pin import PinDialog
from kiosk.screens.step import Step
from kiosk.widgets.countdown import Countdown
from kiosk.widgets.frame import Key
from kiosk.widgets.target import Target
from kiosk.widgets.ticket_card import TicketCard


class PayScreen(Step[Order]):
    """Answers the order as it ended: paid, unfulfilled, given back or run out."""

    CSS_PATH = "pay.tcss"
    STEP = 2
    AUTO_FOCUS = "Target"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, desk: Desk, order: Order) -> None:
        super().__init__(desk)
        self._order = order
        self._handed: tuple[StaffMember, Money] | None = None
        self._asking = False
        self.countdown = Countdown(desk.services.clock, order.held_until, desk.words("held"))

    def body(self) -> ComposeResult:
        words, total = self.words, self._order.total
        event = self.desk.services.catalog.event
        with Vertical(classes="column"):
            yield Static(Content(words("It is held for you.")), classes="question")
            yield TicketCard(basket_face(words, event, basket_of(self._order)))
            with Horizontal(id="due"):
                yield Static(Content(words("To pay")), id="due-label")
                yield Digits(words.bare_sum(total), id="sum")
                yield Static(Content(total.currency), id="currency")
            yield Static(Content(self._way()), id="note")
            yield Target(
                words("Pay cash at the desk") if total else words("Get your ticket"),
                classes="-main",
            )

    def beside(self) -> Widget:
        return self.countdown

    def keys(self) -> Sequence[Key]:
        words = self.words
        main = words("Pay cash") if self._order.total else words("Get your ticket")
        return (
            Key("Enter", main, "pay"),
            Key("Esc", words("Back: your hold is given back"), "back"),
        )

    def _way(self) -> str:
        until = self.words.clock(self._order.held_until)
        if not self._order.total:
            return self.words("It costs nothing, and it waits for you until {time}.", time=until)
        return self.words(
            "It waits for you until {time}. Pay with the person at this desk.", time=until
        )

    @on(Target.Pressed)
    def action_pay(self) -> None:
        if self._asking:
            return
        if self._handed or not self._order.total:
            self._take()
        else:
            self._ask_cashier()

    @work(group="cashier")
    async def _ask_cashier(self) -> None:
        self._asking = True
        cashier = await self.app.push_screen_wait(
            PinDialog(self.desk, Role.CASHIER, self.words("Cash at the desk"))
        )
        tendered: Money | None = None
        if cashier:
            asking = CashDialog(self.desk, self._order.total)
            tendered = await self.app.push_screen_wait(asking)
        self._asking = False
        if cashier and tendered:
            self._handed = cashier, tendered
            self._take()
        elif self.countdown.is_over:
            self._run_out()

    @work(group="take")
    async def _take(self) -> None:
        self._asking = self.busy = True
        self._say(self.words("One moment, we are writing it down …"))
        try:
            order = await self._book()
        except AWAY:
            self._offer_to_try_again()
            return
        if order.change and order.payment:
            await self.app.push_screen_wait(ChangeDialog(self.desk, order.payment))
        self.finish(order)

    async def _book(self) -> Order:
        """Take the money, once; what became of an order that cannot be paid is an answer too."""
        sales = self.desk.services.sales
        try:
            if self._handed is None:
                return await sales.take_free(self._order.id)
            cashier, tendered = self._handed
            return await sales.pay_cash(self._order.id, tendered, cashier)
        except (NotPayable, HoldExpired):
            return await sales.order(self._order.id)

    def _offer_to_try_again(self) -> None:
        """The outcome is unknown: the way back stays closed, and asking again is the way on."""
        self._asking = False
        self._say(
            self.words(
                "The books do not answer just now. Your payment is noted, and never taken twice."
                " Press Enter to try again."
            )
        )
        self.query_one(Target).say(self.words("Try again"))

    @on(Countdown.Over)
    def over(self) -> None:
        # A cashier who has begun may finish: money that comes late is taken if places are left.
        if not self._asking and not self.busy:
            self._run_out()

    @work(group="end")
    async def _run_out(self) -> None:
        self._asking = self.busy = True
        try:
            self.finish(await self.desk.services.sales.expire(self._order.id))
        except AWAY:
            # The hold ends on the ledger by itself.
            self.finish(self._order.expire(self.desk.now()))

    def action_back(self) -> None:
        if not self._asking:
            self._give_back()

    @work(group="end")
    async def _give_back(self) -> None:
        self._asking = self.busy = True
        sales = self.desk.services.sales
        try:
            self.finish(await sales.cancel(self._order.id))
        except NotCancellable:
            self.finish(await sales.order(self._order.id))
        except AWAY:
            self.finish(self._order.cancel())

    def _say(self, text: str) -> None:
        self.query_one("#note", Static).update(Content(text))
