"""Pay with your phone: the code of the pay page, until somebody has paid there."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Digits, Static

from kiosk.domain.orders import Order, OrderState
from kiosk.domain.provider_payments import PaymentState
from kiosk.screens import helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.help import Help, HelpfulScreen
from kiosk.services.payments import OpenPayment
from kiosk.widgets.countdown import Countdown
from kiosk.widgets.frame import Key
from kiosk.widgets.plain import one_line, wrapped
from kiosk.widgets.qr_code import QrCode
from kiosk.widgets.target import Target

POLL_SECONDS = 1
_STUB_COLUMNS = 30
_CODE_ROWS_MAX = 23


class PhoneScreen(
    HelpfulScreen[Order | PaymentState | None], ModalScreen[Order | PaymentState | None]
):
    """Answers the order once it is more than held, how the payment ended without, or None to go
    back.

    At 80x24 the code takes every row, as on a ticket: there is no frame.
    """

    CSS_PATH = "phone.tcss"
    ALLOW_SELECT = False
    # A phone may take its time: the staff need not wait for it.
    LETS_STAFF_IN = True
    # Nothing has the focus: one Enter too many must not take the code away.
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", show=False)]

    def __init__(self, desk: Desk, order: Order, provider: str, payment: OpenPayment) -> None:
        super().__init__()
        self.desk = desk
        self.words = desk.words
        self._order = order
        self._provider = provider
        self._payment = payment
        self._is_looking = False
        self._ended = False
        self.countdown = Countdown(desk.services.clock, order.held_until, desk.words("held"))

    def compose(self) -> ComposeResult:
        words, amount = self.words, self._payment.request.amount
        event = self.desk.services.catalog.event
        with Horizontal(id="phone"):
            code = QrCode(self._payment.address)
            if code.rows <= _CODE_ROWS_MAX:
                with Vertical(id="code"):
                    yield code
            else:
                yield Static(Content(self._payment.address), id="address")
            with Vertical(id="stub"):
                yield Static(Content("\n".join(wrapped(event.name, _STUB_COLUMNS, 2))), id="event")
                yield Static(Content(words("Scan to pay with your phone")), id="scan")
                with Horizontal(id="due"):
                    yield Digits(words.bare_sum(amount), id="sum")
                    yield Static(Content(amount.currency), id="currency")
                yield self.countdown
                yield Static(Content(words("Your tickets appear here once you paid.")), id="note")
                with Horizontal(id="ways"):
                    yield Target("Esc  " + words("Another way"), classes="back")
                    yield Target("F1  " + words("Help"), classes="help")

    def keys(self) -> Sequence[Key]:
        """What can be pressed here."""
        return (Key("Esc", self.words("Another way"), "close"),)

    def help(self) -> Help:
        return helps.paying_by_phone(self.words, self.keys())

    def on_mount(self) -> None:
        self.set_interval(POLL_SECONDS, self.look)

    def look(self) -> None:
        """Ask whether somebody has paid, unless the last question still waits for its answer."""
        if not self._is_looking:
            self._is_looking = True
            self._ask()

    @work(group="look")
    async def _ask(self) -> None:
        services, request = self.desk.services, self._payment.request
        try:
            order = await services.sales.order(self._order.id)
            state = await services.payments.state(self._provider, request.reference)
        except AWAY:
            # No answer means asking again.
            return
        finally:
            self._is_looking = False
        if order.state is not OrderState.HELD:
            await self._end(order)
        elif state is not PaymentState.OPEN:
            await self._end(state)

    @on(Countdown.Over)
    @work(group="over")
    async def over(self) -> None:
        """The provider is asked once more: money of the last second is not late."""
        self.query_one("#note", Static).update(
            Content(one_line(self.words("Time is up. One moment, we look whether you paid …")))
        )
        try:
            await self._end(await self.desk.services.sales.expire(self._order.id))
        except AWAY:
            await self._end(self._order.expire(self.desk.now()))

    @on(Target.Pressed, ".help")
    def help_pressed(self) -> None:
        self.action_help()

    @on(Target.Pressed, ".back")
    async def action_close(self) -> None:
        await self._end(None)

    async def _end(self, answer: Order | PaymentState | None) -> None:
        if self._ended:
            return
        self._ended = True
        # What was opened over it, help or a PIN, has no more to be over.
        while self.app.screen is not self:
            await self.app.pop_screen()
        self.dismiss(answer)
