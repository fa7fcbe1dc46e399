"""How much cash was handed over: a few likely amounts, or any other typed in."""

from decimal import Decimal, InvalidOperation
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from kiosk.domain.money import CURRENCIES, Money, parse_amount
from kiosk.screens.base import Desk
from kiosk.screens.dialog import Dialog
from kiosk.widgets.target import Target

QUICK_MAX = 3
_NOTES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000)


def likely_amounts(due: Money) -> list[Money]:
    """The exact sum, and the next larger notes somebody may hand over."""
    unit = 10 ** CURRENCIES[due.currency].digits
    notes = [Money(note * unit, due.currency) for note in _NOTES]
    return [due, *[note for note in notes if note > due][:QUICK_MAX]]


def parse_typed(typed: str, currency: str) -> Money | None:
    """The amount in `4`, `4.5` or `4,50`; None where that is not an amount of `currency`."""
    try:
        amount = Decimal(typed.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return parse_amount(amount, currency)


class CashDialog(Dialog[Money | None]):
    """Answers the amount handed over, at least what is due, or None."""

    AUTO_FOCUS = "Target"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def __init__(self, desk: Desk, due: Money) -> None:
        super().__init__(desk, desk.words("Cash handed over"))
        self._due = due
        self._amounts = likely_amounts(due)

    def body(self) -> ComposeResult:
        words = self.words
        yield Static(Content(words("{sum} is due.", sum=words.sum(self._due))), id="ask")
        with Horizontal(id="quick"):
            for index, amount in enumerate(self._amounts):
                words_of = words("exactly") if index == 0 else words.sum(amount)
                yield Target(words_of, note=words.sum(amount) if index == 0 else "")
        yield Input(
            placeholder=words("another amount"), restrict=r"[0-9]*[.,]?[0-9]*", max_length=9
        )

    @on(Target.Pressed)
    def quick(self, pressed: Target.Pressed) -> None:
        targets = list(self.query(Target))
        self.dismiss(self._amounts[targets.index(pressed.target)])

    @on(Input.Submitted)
    def typed(self, submitted: Input.Submitted) -> None:
        tendered = parse_typed(submitted.value, self._due.currency)
        if tendered is None:
            self.say(self.words("Please type an amount, like {sum}.", sum=self._example()))
        elif tendered < self._due:
            missing = self.words.sum(self._due - tendered)
            self.say(self.words("{sum} is still missing.", sum=missing))
        else:
            self.dismiss(tendered)

    def _example(self) -> str:
        return self.words.bare_sum(self._due)
