"""Money that came in for an invoice: how much, how, and by which reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from kiosk.domain.chart import BANK
from kiosk.domain.events import ProviderName
from kiosk.domain.invoices import REFERENCE_MAX, InvalidReference, OpenInvoice, checked_reference
from kiosk.domain.money import Money
from kiosk.screens.base import Desk
from kiosk.screens.cash import parse_typed
from kiosk.screens.dialog import Dialog
from kiosk.widgets.frame import Key, KeyHint
from kiosk.widgets.plain import content, cut

_NAME_COLUMNS = 30
_WAYS = (BANK, str(ProviderName.CASH))


@dataclass(frozen=True, slots=True)
class Received:
    """Money as somebody typed it, and it can be booked."""

    amount: Money
    way: str
    reference: str


class SettleDialog(Dialog[Received | None]):
    """Answers what came in; less than is owed must be said twice."""

    CSS_PATH = "settling.tcss"
    AUTO_FOCUS = "#amount"
    BINDINGS: ClassVar[list[BindingType]] = [
        # Before a field hears it: what a fast typist types next belongs to the next field.
        Binding("tab,down", "app.focus_next", show=False, priority=True),
        Binding("shift+tab,up", "app.focus_previous", show=False, priority=True),
        Binding("f2", "other_way", show=False),
    ]

    def __init__(self, desk: Desk, owed: OpenInvoice) -> None:
        number = owed.invoice.number
        super().__init__(desk, desk.words("Money for invoice {n}", n=number))
        self._owed = owed
        self._way = 0
        self._part: Money | None = None
        """What was said once to be a part."""

    def body(self) -> ComposeResult:
        words, owed = self.words, self._owed.owed
        name = cut(self._owed.invoice.attendee.name, _NAME_COLUMNS)
        asked = words("{name} owes {sum}.", name=name, sum=words.sum(owed))
        yield Static(content(asked), id="ask")
        yield Input(str(owed.decimal), id="amount", max_length=15)
        yield Input(
            placeholder=words("reference of the transfer"),
            id="reference",
            max_length=REFERENCE_MAX,
        )
        yield Static(self._came(), id="way")

    def hints(self) -> ComposeResult:
        yield KeyHint(Key("Enter", self.words("Record it"), "submit"))
        yield KeyHint(Key("F2", self.words("Bank or cash"), "other_way"))
        yield from super().hints()

    def _came(self) -> Content:
        words = self.words
        ways: Sequence[str] = (words("bank"), words("cash"))
        parts: list[Content | tuple[str, str]] = [Content(words("It came by: "))]
        for at, name in enumerate(ways):
            chosen = at == self._way
            parts.append(
                (f" {'●' if chosen else '○'} {name} ", "bold $ink" if chosen else "$quiet")
            )
        return Content.assemble(*parts)

    def action_other_way(self) -> None:
        self._way = (self._way + 1) % len(_WAYS)
        self.query_one("#way", Static).update(self._came())
        self.say("")

    @on(Input.Changed)
    def changed(self) -> None:
        self._part = None
        self.say("")

    @on(Input.Submitted)
    def action_submit(self) -> None:
        words, owed, way = self.words, self._owed.owed, _WAYS[self._way]
        amount = parse_typed(self.query_one("#amount", Input).value, owed.currency)
        if amount is None or not amount:
            self.say(words("Please type an amount, like {sum}.", sum=words.bare_sum(owed)))
            return
        if amount > owed:
            more = words.sum(amount - owed)
            said = words("That is {more} more than is owed.", more=more)
            then = words("Record {owed}, and send the rest back.", owed=words.sum(owed))
            self.say(f"{said} {then}")
            return
        try:
            reference = checked_reference(self.query_one("#reference", Input).value, way)
        except InvalidReference:
            self.query_one("#reference", Input).focus()
            self.say(words("Please type the reference that the bank statement has."))
            return
        if amount < owed and self._part != amount:
            self._part = amount
            rest = words.sum(owed - amount)
            self.say(words("{rest} stays owed. Enter records it as a part.", rest=rest))
            return
        self.dismiss(Received(amount, way, reference))
