"""Your tickets: the QR code at its full size, and the words beside it."""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.goodies import GoodieState
from kiosk.domain.orders import Order
from kiosk.domain.tickets import Ticket
from kiosk.screens import helps
from kiosk.screens.base import Desk
from kiosk.screens.help import Help
from kiosk.screens.notices import tokens
from kiosk.screens.taking_along import STUB_COLUMNS, TakingAlong
from kiosk.services.ticket_files import TicketPicture
from kiosk.widgets.frame import Key
from kiosk.widgets.plain import content, one_line, wrapped
from kiosk.widgets.qr_code import QrCode


class TicketScreen(TakingAlong):
    """Shows the tickets of one order, one at a time; ends when the next person may come."""

    STEP = 3
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,N", "go_on", show=False),
        Binding("left", "turn(-1)", show=False),
        Binding("right", "turn(1)", show=False),
    ]

    def __init__(self, desk: Desk, order: Order, tickets: list[Ticket]) -> None:
        super().__init__(desk)
        self._order = order
        self._tickets = tickets
        self._shown = 0

    def code(self) -> str:
        return self._tickets[self._shown].code

    def stub(self) -> ComposeResult:
        yield Static("", id="event")
        yield Static(Content("✔ " + self.words("Paid. See you there!")), id="paid")
        yield Static("", classes="gap")
        yield Static("", id="what")
        yield Static("", classes="gap")
        yield Static("", id="who")
        yield Static(self._stars(), id="goodie")
        yield Static("", id="number")
        yield Static("", id="which")

    def _stars(self) -> Content:
        return Content("\n".join(f"★ {one_line(extra)}" for extra in self._extras()))

    def go_on(self) -> Key:
        return Key("N", self.words("Next person"), "go_on")

    def keys(self) -> Sequence[Key]:
        several = len(self._tickets) > 1
        turning = Key("←→", self.words("Another ticket"), "turn(1)")
        return (*((turning,) if several else ()), *super().keys())

    def help(self) -> Help:
        return helps.taking_along(self.words, self.keys())

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        words, ticket = self.words, self._tickets[self._shown]
        event = self.desk.services.catalog.event
        slot = event.slot(ticket.slot_key)
        self.set_text("#event", "\n".join(wrapped(event.name, STUB_COLUMNS, 2)))
        what = [*wrapped(slot.title, STUB_COLUMNS, 2), words.window(ticket.valid)]
        self.set_text("#what", "\n".join([*what, *wrapped(slot.place, STUB_COLUMNS, 1)]))
        self.query_one("#who", Static).update(content(ticket.holder.name))
        self.set_text("#number", words("Number to type:") + "\n" + ticket.number)
        several = len(self._tickets) > 1
        count = words("← {n} of {all} →", n=self._shown + 1, all=len(self._tickets))
        self.set_text("#which", count if several else words("Take a picture of this code."))

    def _extras(self) -> list[str]:
        """`At the desk: T-shirt`, `In your wallet: 10 × Drink`: what came with the tickets."""
        granted = Counter(
            piece.goodie_key for piece in self._order.goodies if piece.state is GoodieState.GRANTED
        )
        names = [
            f"{granted[goodie.key]} × {goodie.name}" if granted[goodie.key] > 1 else goodie.name
            for goodie in self.desk.services.catalog.event.goodies
            if granted[goodie.key]
        ]
        extras = []
        if names:
            extras.append(self.words("At the desk: {goodies}", goodies=", ".join(names)))
        if self._order.packs:
            bought = tokens(self.words, self.desk.services.catalog.event, self._order)
            extras.append(self.words("In your wallet: {tokens}", tokens=bought))
        return extras

    def action_turn(self, by: int) -> None:
        self._shown = (self._shown + by) % len(self._tickets)
        self.query_one(QrCode).show(self.code())
        self._show()

    def files_called(self) -> str:
        return f"{self._order.number}-tickets"

    def pictures(self) -> list[TicketPicture]:
        return [self._picture(ticket) for ticket in self._tickets]

    def _picture(self, ticket: Ticket) -> TicketPicture:
        words, event = self.words, self.desk.services.catalog.event
        slot = event.slot(ticket.slot_key)
        details = (words.window(ticket.valid), one_line(slot.place), *self._extras())
        return TicketPicture(
            event=one_line(event.name),
            title=one_line(slot.title),
            details=tuple(filter(None, details)),
            holder=one_line(ticket.holder.name),
            number_label=words("Number to type:"),
            number=ticket.number,
            code=ticket.code,
        )

    def action_back(self) -> None:
        """There is no way back from a ticket: the key does nothing rather than lose it."""
