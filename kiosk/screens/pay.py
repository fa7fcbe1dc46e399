"""Pay for what is held, while the countdown stays in view."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Digits, Static

from kiosk.domain.errors import DiscountRefused, HoldExpired, NotCancellable, NotPayable
from kiosk.domain.events import ProviderName, Role, StaffMember
from kiosk.domain.money import Money
from kiosk.domain.orders import Order, OrderState
from kiosk.domain.providers import ProviderUnavailable
from kiosk.screens import helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.baskets import basket_face, basket_of
from kiosk.screens.cash import CashDialog
from kiosk.screens.change import to_give_back
from kiosk.screens.code import CodeDialog
from kiosk.screens.help import Help
from kiosk.screens.invoicing import invoicing
from kiosk.screens.phone import PhoneScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.step import Step
from kiosk.screens.token_paying import opened_wallet, paid_with
from kiosk.screens.ways import Way, discount_refusal, payment_ended, ways_to_pay
from kiosk.widgets.countdown import Countdown
from kiosk.widgets.frame import Key, KeyBar
from kiosk.widgets.target import Target
from kiosk.widgets.ticket_card import TicketCard

AGAIN_SECONDS = 5


class WayTarget(Target):
    """A way of paying."""

    def __init__(self, way: Way, *, is_first: bool) -> None:
        super().__init__(way.title, note=way.note, classes="-main" if is_first else "")
        self.key = way.key


class PayScreen(Step[Order]):
    """Answers the order as it ended: paid, unfulfilled, given back or run out."""

    CSS_PATH = "pay.tcss"
    STEP = 2
    AUTO_FOCUS = "WayTarget"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
        Binding("f2", "code", show=False),
        Binding("f3", "invoice", show=False),
    ]

    def __init__(self, desk: Desk, order: Order) -> None:
        super().__init__(desk)
        self._order = order
        self._handed: tuple[StaffMember, Money | None] | None = None
        """Who took how much; no money if the buyer is to pay by invoice."""
        self._asking = False
        """Whether something is under way that a press must not begin again."""
        self._code_dialog: CodeDialog | None = None
        self.by_phone = False
        """Whether a phone may have the pay page of this order."""
        self.countdown = Countdown(desk.services.clock, order.held_until, desk.words("held"))

    def body(self) -> ComposeResult:
        words, event = self.words, self.desk.services.catalog.event
        with Vertical(classes="column"):
            yield Static(Content(words("It is held for you.")), classes="question")
            yield TicketCard(basket_face(words, event, basket_of(self._order)))
            with Horizontal(id="due"):
                yield Static(Content(words("To pay")), id="due-label")
                yield Digits(words.bare_sum(self._order.due), id="sum")
                yield Static(Content(self._order.due.currency), id="currency")
                if self._has_codes():
                    yield Target(f"F2  {self._code_words()}", classes="code")
            yield Static(Content(self._time()), id="note")
            with Horizontal(id="ways"):
                yield from self._targets()

    def beside(self) -> Widget:
        return self.countdown

    def keys(self) -> Sequence[Key]:
        return (
            Key("Enter", self._way().short, "pay"),
            Key("Esc", self.words("Back: your hold is given back"), "back"),
        )

    def help(self) -> Help:
        code = [Key("F2", self._code_words(), "code")] if self._has_codes() else []
        invoice = Key("F3", self.words("An organiser: tickets now, money later"), "invoice")
        return helps.paying(self.words, [*self.keys(), *code, invoice])

    def _code_words(self) -> str:
        given = self._order.granted
        return self.words("Take the code off") if given else self.words("I have a code")

    def _has_codes(self) -> bool:
        event = self.desk.services.catalog.event
        return bool(event.discounts) and any(one.price for one in self._order.claims)

    def _ways(self) -> Sequence[Way]:
        return ways_to_pay(self.words, self.desk.services, self._order)

    def _way(self) -> Way:
        """The way that Enter takes now."""
        ways, focused = self._ways(), self.focused
        key = focused.key if isinstance(focused, WayTarget) else ways[0].key
        return next((way for way in ways if way.key == key), ways[0])

    @on(events.DescendantFocus)
    async def name_the_way(self) -> None:
        await self.query_one(KeyBar).show(self.footer())

    def _targets(self) -> ComposeResult:
        for index, way in enumerate(self._ways()):
            yield WayTarget(way, is_first=index == 0)

    def _time(self) -> str:
        words, until = self.words, self.words.clock(self._order.held_until)
        if self._order.due:
            waits = words("It waits for you until {time}. How would you like to pay?", time=until)
        else:
            waits = words("It costs nothing, and it waits for you until {time}.", time=until)
        return " ".join(filter(None, [self._taken_off(), waits]))

    def _taken_off(self) -> str:
        order = self._order
        if not order.granted or order.discount is None:
            return ""
        off = self.words.sum(order.granted)
        return self.words("{sum} off, with {code}.", sum=off, code=order.discount.code)

    @on(WayTarget.Pressed)
    def pressed(self, pressed: WayTarget.Pressed) -> None:
        if isinstance(pressed.target, WayTarget):
            self._go(pressed.target.key)

    def action_pay(self) -> None:
        self._go(self._way().key)

    @property
    def cost(self) -> str:
        number = self._order.number
        if self._handed:
            return self.words("Staff: order {number} is being paid here.", number=number)
        return self.words("Staff: going on gives order {number} back.", number=number)

    def _go(self, way: str) -> None:
        # Taken here and not where it is worked on: of two presses one counts.
        if self._asking:
            return
        self._asking = True
        if self._handed or not self._order.due:
            self._take()
        elif way == ProviderName.CASH:
            self._ask_cashier()
        elif way == ProviderName.TOKENS:
            self._pay_with_tokens()
        else:
            self._pay_by_phone(way)

    @work(group="cashier")
    async def _ask_cashier(self) -> None:
        cashier = await self.app.push_screen_wait(
            PinDialog(self.desk, Role.CASHIER, self.words("Cash at the desk"))
        )
        tendered: Money | None = None
        if cashier:
            asking = CashDialog(self.desk, self._order.due)
            tendered = await self.app.push_screen_wait(asking)
        if cashier and tendered:
            self._handed = cashier, tendered
            self._take()
        else:
            self._go_on_waiting()

    def action_invoice(self) -> None:
        """Not offered to buyers: organisers know the key."""
        if not self._asking and self._order.due:
            self._asking = True
            self._ask_organiser()

    @work(group="cashier")
    async def _ask_organiser(self) -> None:
        if organiser := await invoicing(self.app, self.desk, self._order):
            self._handed = organiser, None
            self._take()
        else:
            self._go_on_waiting()

    @work(group="take")
    async def _take(self) -> None:
        self._asking = self.busy = True
        self._say(self.words("One moment, we are writing it down …"))
        try:
            order = await self._book()
        except AWAY:
            self._offer_to_try_again()
            return
        tendered = self._handed[1] if self._handed else None
        if tendered and (give_back := to_give_back(self.desk, order, tendered)):
            await self.app.push_screen_wait(give_back)
        self.finish(order)

    async def _book(self) -> Order:
        """Take the money, once; what became of an order that cannot be paid is an answer too."""
        sales = self.desk.services.sales
        try:
            if self._handed is None:
                return await sales.take_free(self._order.id)
            staff, tendered = self._handed
            if tendered is None:
                return await sales.pay_by_invoice(self._order.id, staff)
            return await sales.pay_cash(self._order.id, tendered, staff)
        except (NotPayable, HoldExpired):
            return await sales.order(self._order.id)

    def _offer_to_try_again(self) -> None:
        """The outcome is unknown: the way back stays closed, and asking again is the way on."""
        self._asking = False
        self._say(
            self.words(
                "The books do not answer just now. Your payment is noted, and never taken twice."
                " We keep asking; Enter asks at once."
            )
        )
        for target in self.query(WayTarget):
            target.say(self.words("Try again"))
        # Nobody need stay for it, and what comes of it is not left to who comes next.
        self.set_timer(AGAIN_SECONDS, self.ask_again)

    def ask_again(self) -> None:
        """Ask what became of the payment, unless somebody just did."""
        if self.busy:
            self._go("")

    @work(group="phone")
    async def _pay_by_phone(self, provider: str) -> None:
        # Who pays on a phone is not silent here: nobody is sent home.
        self.busy = True
        services, order_id = self.desk.services, self._order.id
        self._say(self.words("One moment …"))
        try:
            payment = await services.payments.request(order_id, provider, self.words.language)
            self.by_phone = True
            screen = PhoneScreen(self.desk, self._order, provider, payment)
            answer = await self.app.push_screen_wait(screen)
            if isinstance(answer, Order):
                self.finish(answer)
                return
            self._say(payment_ended(self.words, answer) or self._time())
            await services.payments.withdraw(order_id)
            await self._look_again()
        except (NotPayable, HoldExpired):
            await self._look_again()
        except (*AWAY, ProviderUnavailable):
            self._say(
                self.words("Paying by phone does not answer just now. Please try another way.")
            )
        self._go_on_waiting()

    @work(group="tokens")
    async def _pay_with_tokens(self) -> None:
        [way] = [one for one in self._ways() if one.key == ProviderName.TOKENS]
        title = f"{way.title} · {way.note}"
        said = ""
        if wallet := await opened_wallet(self.app, self.desk, title):
            # From here on tokens may go, and nobody is sent home.
            self.busy = True
            said = await paid_with(self.desk, self._order.id, wallet)
            await self._look_again()
        if not self.answer.done():
            self._say(said or self._time())
            self._go_on_waiting()

    async def _look_again(self) -> None:
        """It may have been paid, or have ended, in the meantime."""
        try:
            order = await self.desk.services.sales.order(self._order.id)
        except AWAY:
            # It ends with its time at the latest.
            return
        if order.state is not OrderState.HELD:
            self.finish(order)

    @on(Target.Pressed, ".code")
    def action_code(self) -> None:
        if self._asking or not self._has_codes():
            return
        self._asking = True
        if self._order.granted:
            self._take_code_off()
        else:
            self._ask_for_code()

    @work(group="code")
    async def _take_code_off(self) -> None:
        said = ""
        try:
            self._order = await self.desk.services.sales.remove_discount(self._order.id)
        except AWAY:
            said = self.words("The books do not answer just now. Please try again.")
        except (NotPayable, HoldExpired):
            await self._look_again()
        await self._show_due(said)
        self._go_on_waiting()

    @work(group="code")
    async def _ask_for_code(self) -> None:
        words = self.words
        ask, title = words("What is the code you were given?"), words("I have a discount code")
        self._code_dialog = CodeDialog(self.desk, title, ask, self._take_code)
        await self.app.push_screen_wait(self._code_dialog)
        self._code_dialog = None
        await self._show_due()
        self._go_on_waiting()

    async def _take_code(self, typed: str) -> str:
        try:
            self._order = await self.desk.services.sales.apply_discount(self._order.id, typed)
        except DiscountRefused as refused:
            return discount_refusal(self.words, refused)
        except (NotPayable, HoldExpired):
            await self._look_again()
            return self.words("Your hold has ended.")
        return ""

    async def _show_due(self, said: str = "") -> None:
        self.query_one("#sum", Digits).update(self.words.bare_sum(self._order.due))
        self.query_one(".code", Target).say(f"F2  {self._code_words()}")
        self._say(said or self._time())
        ways = self.query_one("#ways", Horizontal)
        await ways.remove_children()
        await ways.mount_all(list(self._targets()))
        self.query(WayTarget).first().focus()
        await self.query_one(KeyBar).show(self.footer())

    def _go_on_waiting(self) -> None:
        self._asking = self.busy = False
        if self.countdown.is_over:
            self._run_out()

    @on(Countdown.Over)
    def over(self) -> None:
        # A cashier who has begun may finish: money that comes late is taken if places are left.
        if self._code_dialog and not self._code_dialog.busy:
            self._code_dialog.action_close()
        elif not self._asking:
            self._run_out()

    def _run_out(self) -> None:
        if not self.answer.done():
            self._asking = self.busy = True
            self._expire()

    @work(group="end")
    async def _expire(self) -> None:
        try:
            self.finish(await self.desk.services.sales.expire(self._order.id))
        except AWAY:
            # The hold ends on the ledger by itself.
            self.finish(self._order.expire(self.desk.now()))

    def action_back(self) -> None:
        if not self._asking:
            self._asking = self.busy = True
            self._give_back()

    @work(group="end")
    async def _give_back(self) -> None:
        sales = self.desk.services.sales
        try:
            try:
                self.finish(await sales.cancel(self._order.id))
            except NotCancellable:
                self.finish(await sales.order(self._order.id))
        except AWAY:
            self.finish(self._order.cancel())

    def _say(self, text: str) -> None:
        self.query_one("#note", Static).update(Content(text))
