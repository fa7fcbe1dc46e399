"""The change to give back, until the cashier has given it."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Digits, Static

from kiosk.domain.orders import Payment
from kiosk.screens.base import Desk
from kiosk.screens.dialog import Dialog
from kiosk.widgets.target import Target


class ChangeDialog(Dialog[None]):
    """Shows the change in the headline face."""

    AUTO_FOCUS = "Target"

    def __init__(self, desk: Desk, payment: Payment) -> None:
        super().__init__(desk, desk.words("Change"))
        self._payment = payment

    def body(self) -> ComposeResult:
        words, payment = self.words, self._payment
        yield Static(
            Content(
                words(
                    "{tendered} for {due}",
                    tendered=words.sum(payment.tendered),
                    due=words.sum(payment.amount),
                )
            ),
            id="ask",
        )
        with Horizontal(id="change"):
            yield Digits(words.bare_sum(payment.change))
            yield Static(Content(payment.change.currency), id="currency")
        yield Target(words("Change given"), classes="-main")

    @on(Target.Pressed)
    def given(self) -> None:
        self.dismiss(None)
