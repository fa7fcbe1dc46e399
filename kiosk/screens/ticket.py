"""Your tickets: the QR code at its full size, and the words beside it."""

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.goodies import GoodieState
from kiosk.domain.orders import Order
from kiosk.domain.tickets import Ticket
from kiosk.screens import helps, keeping
from kiosk.screens.base import Desk
from kiosk.screens.help import Help
from kiosk.screens.step import Step
from kiosk.services.ticket_files import TicketPicture
from kiosk.widgets.frame import Key
from kiosk.widgets.plain import content, one_line, wrapped
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
        Binding("s,S", "save", show=False),
        Binding("p,P", "print", show=False),
        Binding("left", "turn(-1)", show=False),
        Binding("right", "turn(1)", show=False),
    ]

    def __init__(self, desk: Desk, order: Order, tickets: list[Ticket]) -> None:
        super().__init__(desk)
        self._order = order
        self._tickets = tickets
        self._shown = 0
        self._may_print = False
        self._is_printing = False

    def compose(self) -> ComposeResult:
        words = self.words
        with Horizontal(id="ticket"):
            yield QrCode(self._tickets[0].code)
            yield Static(Content("\n".join("┊" * 23)), id="perforation")
            with Vertical(id="stub"):
                yield Static("", id="event")
                yield Static(Content("✔ " + words("Paid. See you there!")), id="paid")
                yield Static("", classes="gap")
                yield Static("", id="what")
                yield Static("", classes="gap")
                yield Static("", id="who")
                yield Static(content(self._goodies()), id="goodie")
                yield Static("", id="number")
                yield Static("", id="which")
                yield Static("", id="saved")
                with Vertical(id="ways"):
                    with Horizontal():
                        if self.desk.services.ticket_files:
                            yield Target(f"S  {words('Save')}", classes="save")
                        if self.desk.services.printer:
                            printing = Target(f"P  {words('Print')}", classes="print")
                            printing.display = False
                            yield printing
                    with Horizontal():
                        yield Target(f"N  {words('Next person')}", classes="-main")
                        yield Target(f"F1  {words('Help')}", classes="help")

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            *((Key("←→", words("Another ticket"), "turn(1)"),) if len(self._tickets) > 1 else ()),
            *((Key("S", words("Save"), "save"),) if self.desk.services.ticket_files else ()),
            *((Key("P", words("Print"), "print"),) if self._may_print else ()),
            Key("N", words("Next person"), "next_person"),
        )

    def help(self) -> Help:
        return helps.taking_along(self.words, self.keys())

    def on_mount(self) -> None:
        self._show()
        self._look_for_printer()

    @work(group="printer")
    async def _look_for_printer(self) -> None:
        printer = self.desk.services.printer
        if printer and await printer.is_there():
            self._may_print = True
            self.query_one(".print", Target).display = True

    def _show(self) -> None:
        words, ticket = self.words, self._tickets[self._shown]
        event = self.desk.services.catalog.event
        slot = event.slot(ticket.slot_key)
        self._set("#event", "\n".join(wrapped(event.name, _STUB_COLUMNS, 2)))
        what = [*wrapped(slot.title, _STUB_COLUMNS, 2), words.window(ticket.valid)]
        self._set("#what", "\n".join([*what, *wrapped(slot.place, _STUB_COLUMNS, 1)]))
        self.query_one("#who", Static).update(content(ticket.holder.name))
        self._set("#number", words("Number to type:") + "\n" + ticket.number)
        several = len(self._tickets) > 1
        count = words("← {n} of {all} →", n=self._shown + 1, all=len(self._tickets))
        self._set("#which", count if several else words("Take a picture of this code."))

    def _goodies(self) -> str:
        """`T-shirt: waiting at the desk`, for what was granted with the order."""
        granted = Counter(
            piece.goodie_key for piece in self._order.goodies if piece.state is GoodieState.GRANTED
        )
        names = [
            f"{granted[goodie.key]} × {goodie.name}" if granted[goodie.key] > 1 else goodie.name
            for goodie in self.desk.services.catalog.event.goodies
            if granted[goodie.key]
        ]
        if not names:
            return ""
        return "★ " + self.words("At the desk: {goodies}", goodies=", ".join(names))

    def _set(self, selector: str, text: str) -> None:
        self.query_one(selector, Static).update(Content(text))

    def action_turn(self, by: int) -> None:
        self._shown = (self._shown + by) % len(self._tickets)
        self.query_one(QrCode).show(self._tickets[self._shown].code)
        self._show()

    @on(Target.Pressed, ".save")
    def action_save(self) -> None:
        if not self.busy and self.desk.services.ticket_files:
            self.busy = True
            self._save()

    @work(group="save")
    async def _save(self) -> None:
        await keeping.save(self.desk, self._files_called, self._pictures(), self._say_saved)
        self.busy = False

    @on(Target.Pressed, ".print")
    def action_print(self) -> None:
        if self._may_print and not self._is_printing:
            self._is_printing = True
            self._print()

    @work(group="print")
    async def _print(self) -> None:
        await keeping.print_out(self.desk, self._files_called, self._pictures(), self._say_saved)
        self._is_printing = False

    @on(Target.Pressed, ".help")
    def help_pressed(self) -> None:
        self.action_help()

    @property
    def _files_called(self) -> str:
        return f"{self._order.number}-tickets"

    def _pictures(self) -> list[TicketPicture]:
        return [self._picture(ticket) for ticket in self._tickets]

    def _picture(self, ticket: Ticket) -> TicketPicture:
        words, event = self.words, self.desk.services.catalog.event
        slot = event.slot(ticket.slot_key)
        details = (words.window(ticket.valid), one_line(slot.place), self._goodies()[2:])
        return TicketPicture(
            event=one_line(event.name),
            title=one_line(slot.title),
            details=tuple(filter(None, details)),
            holder=one_line(ticket.holder.name),
            number_label=words("Number to type:"),
            number=ticket.number,
            code=ticket.code,
        )

    def _say_saved(self, text: str) -> None:
        self._set("#saved", "\n".join(wrapped(text, _STUB_COLUMNS, 2)))

    @on(Target.Pressed, ".-main")
    def action_next_person(self) -> None:
        self.finish(None)

    def action_back(self) -> None:
        """There is no way back from a ticket: the key does nothing rather than lose it."""
