"""Your ticket: the QR code at its full size, and the words beside it."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.tickets import Ticket
from kiosk.screens.base import Desk
from kiosk.screens.step import Step
from kiosk.widgets.plain import content, wrapped
from kiosk.widgets.qr_code import QrCode
from kiosk.widgets.target import Target

_STUB_COLUMNS = 30


class TicketScreen(Step[None]):
    """Shows the tickets of one order, one at a time; ends when the next person may come.

    At 80x24 the code takes every row: this screen has no frame, its stub carries the words.
    """

    CSS_PATH = "ticket.tcss"
    STEP = 3
    # Nothing has the focus: one Enter too many must not send the ticket away.
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,N", "next_person", show=False),
        Binding("left", "turn(-1)", show=False),
        Binding("right", "turn(1)", show=False),
    ]

    def __init__(self, desk: Desk, tickets: list[Ticket]) -> None:
        super().__init__(desk)
        self._tickets = tickets
        self._shown = 0

    def compose(self) -> ComposeResult:
        with Horizontal(id="ticket"):
            yield QrCode(self._tickets[0].code)
            yield Static(Content("\n".join("┊" * 23)), id="perforation")
            with Vertical(id="stub"):
                yield Static("", id="event")
                yield Static(Content("✔ " + self.words("Paid. See you there!")), id="paid")
                yield Static("", id="what")
                yield Static("", id="who")
                yield Static("", id="number")
                yield Static("", id="which")
                yield Target(f"N   {self.words('Next person')}", classes="-main")

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        words, ticket = self.words, self._tickets[self._shown]
        event = self.desk.services.catalog.event
        slot = event.slot(ticket.slot_key)
        self.query_one(QrCode).show(ticket.code)
        self._set("#event", "\n".join(wrapped(event.name, _STUB_COLUMNS, 2)))
        what = [*wrapped(slot.title, _STUB_COLUMNS, 2), words.window(ticket.valid)]
        self._set("#what", "\n".join([*what, *wrapped(slot.place, _STUB_COLUMNS, 1)]))
        self.query_one("#who", Static).update(content(ticket.holder.name))
        self._set("#number", words("Number to type:") + "\n" + ticket.number)
        several = len(self._tickets) > 1
        count = words("← {n} of {all} →", n=self._shown + 1, all=len(self._tickets))
        self._set("#which", count if several else words("Take a picture of this code."))

    def _set(self, selector: str, text: str) -> None:
        self.query_one(selector, Static).update(Content(text))

    def action_turn(self, by: int) -> None:
        self._shown = (self._shown + by) % len(self._tickets)
        self._show()

    @on(Target.Pressed)
    def action_next_person(self) -> None:
        self.finish(None)

    def action_back(self) -> None:
        """There is no way back from a ticket: the key does nothing rather than lose it."""
