"""Money to give back, until the cashier has given it."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Digits, Static

from kiosk.domain.money import Money
from kiosk.domain.orders import Order
from kiosk.screens.base import Desk
from kiosk.screens.dialog import Dialog
from kiosk.widgets.target import Target


class ChangeDialog(Dialog[None]):
    """Shows the change in the headline face; `line` says what it is of."""

    AUTO_FOCUS = "Target"

    def __init__(self, desk: Desk, change: Money, line: str) -> None:
        super().__init__(desk, desk.words("Change"))
        self._change = change
        self._line = line

    def body(self) -> ComposeResult:
        words = self.words
        yield Static(Content(self._line), id="ask")
        with Horizontal(id="change"):
            yield Digits(words.bare_sum(self._change))
            yield Static(Content(self._change.currency), id="currency")
        yield Target(words("Change given"), classes="-main")

    @on(Target.Pressed)
    def given(self) -> None:
        self.dismiss(None)


def to_give_back(desk: Desk, order: Order, tendered: Money) -> ChangeDialog | None:
    """What the cashier hands back: the change, or all of it if it was not for this order."""
    words, payment = desk.words, order.payment
    if payment is None or payment.provider:
        return ChangeDialog(desk, tendered, words("Not needed: give it all back"))
    handed, due = words.sum(payment.tendered), words.sum(payment.amount)
    line = words("{tendered} for {due}", tendered=handed, due=due)
    return ChangeDialog(desk, payment.change, line) if payment.change else None
