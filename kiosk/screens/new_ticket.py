"""A new ticket, to take a picture of, to save, or to print."""

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kiosk.domain.tickets import Ticket
from kiosk.screens import keeping
from kiosk.screens.base import Desk
from kiosk.screens.door_dialog import NextScan
from kiosk.screens.ending import EndingScreen
from kiosk.services.ticket_files import TicketPicture
from kiosk.widgets.frame import Key, KeyHint
from kiosk.widgets.plain import one_line, wrapped
from kiosk.widgets.qr_code import QrCode
from kiosk.widgets.scan_input import ScanInput

_STUB_COLUMNS = 30


class NewTicketScreen(EndingScreen[NextScan | None], ModalScreen[NextScan | None]):
    """Shows it until Escape, or until the next ticket is scanned.

    While `more` new tickets come after it only Escape goes on: a scan must not hide those.
    """

    CSS_PATH = "new_ticket.tcss"
    ALLOW_SELECT = False
    AUTO_FOCUS = "ScanInput"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False),
        Binding("f2", "save", show=False),
        Binding("f3", "print", show=False),
    ]

    def __init__(self, desk: Desk, order_number: int, ticket: Ticket, more: int) -> None:
        super().__init__()
        self._desk = desk
        self._order_number = order_number
        self._ticket = ticket
        self._more = more
        self._is_at_work = False

    def compose(self) -> ComposeResult:
        words, services, ticket = self._desk.words, self._desk.services, self._ticket
        slot = services.catalog.event.slot(ticket.slot_key)
        lines = [
            words("The new ticket"),
            "",
            *wrapped(ticket.holder.name, _STUB_COLUMNS, 2),
            *wrapped(slot.title, _STUB_COLUMNS, 2),
            words.window(ticket.valid),
            "",
            words("Number to type:"),
            ticket.number,
            "",
            *wrapped(words("Take a picture of this code."), _STUB_COLUMNS, 2),
        ]
        with Horizontal(id="ticket"):
            yield QrCode(ticket.code)
            with Vertical(id="stub"):
                yield Static(Content("\n".join(lines)))
                yield Static("", id="said")
                if services.ticket_files:
                    yield KeyHint(Key("F2", words("Save"), "save"))
                if services.printer:
                    yield KeyHint(Key("F3", words("Print"), "print"))
                after = words("The next new ticket") if self._more else words("Back to the door")
                yield KeyHint(Key("Esc", after, "close"))
                yield ScanInput(services.clock)

    @on(ScanInput.Scanned)
    def _scanned(self, scanned: ScanInput.Scanned) -> None:
        if self._more:
            self._say(self._desk.words("Esc first: there is another new ticket."))
        else:
            self.dismiss(NextScan(scanned.code))

    def action_close(self) -> None:
        self.dismiss(None)

    def action_save(self) -> None:
        if not self._is_at_work and self._desk.services.ticket_files:
            self._is_at_work = True
            self._save()

    def action_print(self) -> None:
        if not self._is_at_work and self._desk.services.printer:
            self._is_at_work = True
            self._print()

    @work(group="save")
    async def _save(self) -> None:
        await keeping.save(self._desk, self._files_called, [self._picture()], self._say)
        self._is_at_work = False

    @work(group="print")
    async def _print(self) -> None:
        await keeping.print_out(self._desk, self._files_called, [self._picture()], self._say)
        self._is_at_work = False

    @property
    def _files_called(self) -> str:
        return f"{self._order_number}-tickets"

    def _picture(self) -> TicketPicture:
        words, ticket, event = self._desk.words, self._ticket, self._desk.services.catalog.event
        slot = event.slot(ticket.slot_key)
        return TicketPicture(
            event=one_line(event.name),
            title=one_line(slot.title),
            details=tuple(filter(None, (words.window(ticket.valid), one_line(slot.place)))),
            holder=one_line(ticket.holder.name),
            number_label=words("Number to type:"),
            number=ticket.number,
            code=ticket.code,
        )

    def _say(self, text: str) -> None:
        self.query_one("#said", Static).update(Content("\n".join(wrapped(text, _STUB_COLUMNS, 2))))
