"""Who are you: name and e-mail, then the place is held."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.errors import BasketFault, HoldExpired, InvalidEmail, InvalidName, SoldOut
from kiosk.domain.orders import Order
from kiosk.domain.people import NAME_MAX, Attendee, checked_email, checked_name
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.baskets import basket_face
from kiosk.screens.checkout import Checkout
from kiosk.screens.step import Step
from kiosk.widgets.field import Field
from kiosk.widgets.frame import Key
from kiosk.widgets.target import Target
from kiosk.widgets.ticket_card import TicketCard

EMAIL_MAX = 254


class YouScreen(Step[Order | SoldOut | BasketFault | HoldExpired | None]):
    """Answers the held order, or why there is none; None goes one step back."""

    CSS_PATH = "you.tcss"
    STEP = 1
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
    ]

    def __init__(self, desk: Desk, checkout: Checkout) -> None:
        super().__init__(desk)
        self._checkout = checkout
        words = self.words
        self._name_field = Field(
            words("Your name"),
            checkout.name,
            self._name_problem,
            hint=words("as it should be on the ticket"),
            length=NAME_MAX,
        )
        self._email_field = Field(
            words("Your e-mail"),
            checkout.email,
            self._email_problem,
            hint=words("you@example.org"),
            length=EMAIL_MAX,
        )

    def body(self) -> ComposeResult:
        words, event = self.words, self.desk.services.catalog.event
        with Vertical(classes="column"):
            yield Static(Content(words("Who is it for?")), classes="question")
            yield TicketCard(basket_face(words, event, self._checkout.choice.basket))
            yield self._name_field
            yield self._email_field
            yield Static(Content(self._promise()), id="promise")
            yield Target(words("Continue"), classes="-main")

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("Tab", words("Next field"), "app.focus_next"),
            Key("Enter", words("Continue"), "submit"),
            Key("Esc", words("Back"), "back"),
        )

    def _promise(self) -> str:
        minutes = max(1, self.desk.services.catalog.event.hold_seconds // 60)
        return self.words.count(
            "Then we hold it for you for one minute while you pay.",
            "Then we hold it for you for {n} minutes while you pay.",
            minutes,
        )

    def _name_problem(self, typed: str) -> str:
        try:
            checked_name(typed)
        except InvalidName as invalid:
            match invalid.reason:
                case "empty":
                    return self.words("Please tell us a name.")
                case "too_long":
                    return self.words("That is longer than our tickets are. A shorter form?")
                case _:
                    return self.words("There is a character in it that cannot be printed.")
        return ""

    def _email_problem(self, typed: str) -> str:
        try:
            checked_email(typed)
        except InvalidEmail:
            if not typed.strip():
                return self.words("Please tell us an e-mail address.")
            if "@" not in typed:
                return self.words("An e-mail address has an @ in it, like you@example.org.")
            return self.words("That does not look like an e-mail address yet.")
        return ""

    @on(Field.Submitted)
    def field_submitted(self, submitted: Field.Submitted) -> None:
        if (
            submitted.field is self._name_field
            and self._name_field.is_right()
            and not self._email_field.value
        ):
            self._email_field.ask()
        else:
            self.action_submit()

    @on(Target.Pressed)
    def action_submit(self) -> None:
        wrong = [field for field in (self._name_field, self._email_field) if not field.is_right()]
        if wrong:
            wrong[0].ask()
        elif not self.busy:
            self.busy = True
            self._checkout.tell(self._name_field.value, self._email_field.value)
            self._say(self.words("One moment, we are holding your place …"))
            self._hold(Attendee.of(self._name_field.value, self._email_field.value))

    @work(group="hold")
    async def _hold(self, attendee: Attendee) -> None:
        checkout = self._checkout
        basket, codes = checkout.choice.basket, checkout.choice.codes
        try:
            order = await self.desk.services.sales.place(checkout.order_id, basket, attendee, codes)
        except (SoldOut, BasketFault, HoldExpired) as refusal:
            self.finish(refusal)
        except AWAY:
            self._say(
                self.words(
                    "The books do not answer just now. Nothing was taken. Press Enter to try again."
                )
            )
            self.busy = False
        else:
            self.finish(order)

    def _say(self, text: str) -> None:
        self.query_one("#promise", Static).update(Content(text))

    def action_back(self) -> None:
        self._checkout.tell(self._name_field.value, self._email_field.value)
        self.finish(None)
