"""A code to take along, at its full size, with the words beside it: seen, saved, or printed."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from kiosk.screens import keeping
from kiosk.screens.base import Desk
from kiosk.screens.step import Step
from kiosk.services.ticket_files import TicketPicture
from kiosk.widgets.frame import Key
from kiosk.widgets.plain import wrapped
from kiosk.widgets.qr_code import QrCode
from kiosk.widgets.target import Target

STUB_COLUMNS = 30
_CODE_COLUMNS = 76
"""Of the largest code with its stub."""
_CODE_ROWS = 23


class TakingAlong(Step[None]):
    """Ends when whoever has the code goes on.

    At 80x24 the code takes every row: this screen has no frame, its stub carries the words.
    """

    CSS_PATH = "taking_along.tcss"
    # Nothing has the focus: one Enter too many must not send the code away.
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s,S", "save", show=False),
        Binding("p,P", "print", show=False),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._may_print = False
        self._is_printing = False

    def code(self) -> str:
        """What the code says."""
        raise NotImplementedError

    def stub(self) -> ComposeResult:
        """The words beside it."""
        raise NotImplementedError

    def files_called(self) -> str:
        """The name of what is saved or printed."""
        raise NotImplementedError

    def pictures(self) -> Sequence[TicketPicture]:
        """What is saved or printed."""
        raise NotImplementedError

    def go_on(self) -> Key:
        """The key that ends it."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        words, go_on = self.words, self.go_on()
        with Horizontal(id="ticket"):
            yield QrCode(self.code())
            yield Static(Content(self._too_small()), id="too-small")
            yield Static(Content("\n".join("┊" * 23)), id="perforation")
            with Vertical(id="stub"):
                yield from self.stub()
                yield Static("", id="saved")
                with Vertical(id="ways"):
                    with Horizontal(classes="upper"):
                        if self.desk.services.ticket_files:
                            yield Target(f"S  {words('Save')}", classes="save")
                        if self.desk.services.printer:
                            printing = Target(f"P  {words('Print')}", classes="print")
                            printing.display = False
                            yield printing
                    with Horizontal():
                        yield Target(f"{go_on.label}  {go_on.words}", classes="-main")
                        yield Target(f"F1  {words('Help')}", classes="help")

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            *((Key("S", words("Save"), "save"),) if self.desk.services.ticket_files else ()),
            *((Key("P", words("Print"), "print"),) if self._may_print else ()),
            self.go_on(),
        )

    def _too_small(self) -> str:
        return self.words("This screen is too small for the code: save it, or print it.")

    def on_mount(self) -> None:
        self._look_for_printer()

    def on_resize(self, resized: events.Resize) -> None:
        # Half a code is none.
        fits = resized.size.width >= _CODE_COLUMNS and resized.size.height >= _CODE_ROWS
        self.query_one(QrCode).display = fits
        self.query_one("#too-small").display = not fits

    @work(group="printer")
    async def _look_for_printer(self) -> None:
        printer = self.desk.services.printer
        if printer and await printer.is_there():
            self._may_print = True
            self.query_one(".print", Target).display = True

    @on(Target.Pressed, ".save")
    def action_save(self) -> None:
        if not self.busy and self.desk.services.ticket_files:
            self.busy = True
            self._save()

    @work(group="save")
    async def _save(self) -> None:
        await keeping.save(self.desk, self.files_called(), self.pictures(), self._say_saved)
        self.busy = False

    @on(Target.Pressed, ".print")
    def action_print(self) -> None:
        if self._may_print and not self._is_printing:
            self._is_printing = True
            self._print()

    @work(group="print")
    async def _print(self) -> None:
        await keeping.print_out(self.desk, self.files_called(), self.pictures(), self._say_saved)
        self._is_printing = False

    @on(Target.Pressed, ".help")
    def help_pressed(self) -> None:
        self.action_help()

    @on(Target.Pressed, "#ways .-main")
    def action_go_on(self) -> None:
        self.finish(None)

    def _say_saved(self, text: str) -> None:
        self.set_text("#saved", "\n".join(wrapped(text, STUB_COLUMNS, 2)))

    def set_text(self, selector: str, text: str) -> None:
        """Say something on the stub."""
        self.query_one(selector, Static).update(Content(text))
