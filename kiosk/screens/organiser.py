"""The organiser's view: where every place, person, token and all money is, live."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import ContentSwitcher, Static

from kiosk.domain.books import BookReport
from kiosk.domain.events import StaffMember
from kiosk.domain.terminals import TerminalStatus
from kiosk.screens import staff_helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.books_page import BooksPage
from kiosk.screens.doors_page import DoorsPage
from kiosk.screens.exporting import ExportDialog
from kiosk.screens.help import Help
from kiosk.screens.invoices import InvoicesScreen
from kiosk.screens.lamps import Lamps
from kiosk.screens.lineage import FindBillDialog, life_of
from kiosk.screens.places_page import PlacesPage
from kiosk.screens.shift import StaffMode
from kiosk.screens.tokens_page import TokensPage
from kiosk.services.crowds import Crowd
from kiosk.services.stats import Snapshot
from kiosk.widgets.frame import FrameHeader, Key, KeyBar, steps
from kiosk.widgets.told import Told

REFRESH_SECONDS = 1
SELDOM: Final = 5
"""People and terminals are looked for with each look of so many."""
COMPARE_SECONDS = 60
PAGES: Final = ("places", "doors", "tokens", "books")


class OrganiserScreen(StaffMode):
    """Shows the figures again each second; closes when it is locked."""

    CSS_PATH = "organiser.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,shift+tab", "turn(-1)", show=False),
        Binding("right,tab", "turn(1)", show=False),
        *[Binding(str(n), f"open('{page}')", show=False) for n, page in enumerate(PAGES, 1)],
        Binding("up,pageup", "scroll_page(-1)", show=False),
        Binding("down,pagedown", "scroll_page(1)", show=False),
        Binding("f2", "export", show=False),
        Binding("f3", "invoices", show=False),
        Binding("f4", "trace", show=False),
        Binding("f5", "compare", show=False),
        Binding("f8", "app.next_theme", show=False),
        Binding("f9,escape", "lock", show=False),
    ]

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__(desk)
        self.staff = staff
        self._page = 0
        self._looks = 0
        self._is_looking = self._is_comparing = False
        self._turning = asyncio.Lock()
        self._now: Snapshot | None = None
        self._crowd: Crowd | None = None
        self._terminals: Sequence[TerminalStatus] = ()
        self._report: BookReport | None = None
        self.places, self.doors = PlacesPage(desk), DoorsPage(desk)
        self.tokens, self.books = TokensPage(desk), BooksPage(desk)
        self.lamps = Lamps(desk.words)

    def compose(self) -> ComposeResult:
        event = self.desk.services.catalog.event
        title = " · ".join([self.words("ORGANISER"), event.name, self.staff.name])
        yield FrameHeader(title, Content(""), Told("", id="time"))
        yield Told(self._where(), id="pages")
        with ContentSwitcher(initial=PAGES[0]):
            yield self.places
        yield self.lamps
        yield KeyBar(self.footer())

    @property
    def _pages(self) -> tuple[PlacesPage, DoorsPage, TokensPage, BooksPage]:
        return (self.places, self.doors, self.tokens, self.books)

    def _where(self) -> Content:
        words = self.words
        names = (words("Places"), words("Doors"), words("Tokens"), words("Books"))
        return steps(names, self._page)

    def keys(self) -> Sequence[Key]:
        words = self.words
        scroll = Key("↑↓", words("Scroll"), "scroll_page(1)")
        of_page = {
            "places": (
                Key("F2", words("Export"), "export"),
                Key("F3", words("Invoices"), "invoices"),
            ),
            "doors": (scroll,),
            "tokens": (scroll, *self._tracing()),
            "books": (scroll, Key("F5", words("Compare now"), "compare")),
        }
        return (
            Key("←→", words("Page"), "turn(1)"),
            *of_page[PAGES[self._page]],
            Key("F9", words("Lock"), "lock"),
        )

    def help(self) -> Help:
        return staff_helps.watching(self.words, self.keys())

    def on_mount(self) -> None:
        self.look()
        self.action_compare()
        self.set_interval(REFRESH_SECONDS, self.look)
        self.set_interval(COMPARE_SECONDS, self.action_compare)

    @work(group="figures")
    async def look(self) -> None:
        """Ask for the figures, and show them; how the ledger is even when it is away."""
        if self._is_looking:
            return
        self._is_looking = True
        time = self.words.clock_with_seconds(self.desk.now())
        self.query_one("#time", Static).update(Content(time))
        try:
            await self._ask()
        except AWAY:
            self.lamps.health = await self.desk.services.stats.health()
        self._is_looking = False
        await self._draw()

    async def _ask(self) -> None:
        services = self.desk.services
        self._now = await services.stats.snapshot()
        self.lamps.health, self.lamps.attention = self._now.health, self._now.attention
        if self._looks % SELDOM == 0:
            self._crowd = await services.crowds.look()
            self._terminals = await services.terminals.all()
        self._looks += 1

    @work(group="books")
    async def action_compare(self) -> None:
        """Hold the whole store against the ledger, unless that is being done."""
        if self._is_comparing:
            return
        self._is_comparing = True
        # Who does not answer, the lamps tell.
        with suppress(*AWAY):
            self._report = await self.desk.services.books.compare()
        self._is_comparing = False
        await self._draw()

    async def _draw(self) -> None:
        """Show what is known on the page that is open, and by the lamps."""
        match PAGES[self._page]:
            case "places" if self._now is not None:
                await self.places.show(self._now)
            case "doors" if self._crowd is not None:
                self.doors.show(self._crowd)
            case "tokens" if self._report is not None:
                self.tokens.show(self._report)
            case "books":
                self.books.show_books(self._report)
                self.books.show_terminals(self._terminals)
        self.lamps.conflicts = self._crowd.conflicts if self._crowd else 0
        self.lamps.show(self._report, self._terminals, self.desk.now())

    async def action_turn(self, by: int) -> None:
        # One page after the other: a tap is answered while a key still is, and either may leave.
        async with self._turning:
            if self._is_open:
                await self._open((self._page + by) % len(PAGES))

    async def action_open(self, page: str) -> None:
        async with self._turning:
            if self._is_open:
                await self._open(PAGES.index(page))

    @property
    def _is_open(self) -> bool:
        return self in self.app.screen_stack

    async def _open(self, number: int) -> None:
        switcher, opened = self.query_one(ContentSwitcher), self._pages[number]
        if opened.parent is None:
            # With all of them mounted from the first, the mode took half as long again to open.
            await switcher.add_content(opened, set_current=True)
            if not self._is_open:
                return
        else:
            switcher.current = PAGES[number]
        self._page = number
        self.query_one("#pages", Static).update(self._where())
        await self._draw()
        # Last: to mount other keys takes longest.
        await self.query_one(KeyBar).show(self.footer())

    def action_scroll_page(self, by: int) -> None:
        scroller = self._pages[self._page].scroller
        if by > 0:
            scroller.scroll_page_down()
        else:
            scroller.scroll_page_up()

    def action_export(self) -> None:
        self.app.push_screen(ExportDialog(self.desk, self.staff))

    def action_invoices(self) -> None:
        self.app.push_screen(InvoicesScreen(self.desk, self.staff))

    def _tracing(self) -> Sequence[Key]:
        if not self.desk.services.catalog.event.tokens:
            return ()
        return (Key("F4", self.words("Life of tokens"), "trace"),)

    @work(group="trace")
    async def action_trace(self) -> None:
        if not self._tracing():
            return
        typed = await self.app.push_screen_wait(FindBillDialog(self.desk))
        if typed:
            self.app.push_screen(life_of(self.desk, self.staff, typed))

    def action_lock(self) -> None:
        self.dismiss(None)
