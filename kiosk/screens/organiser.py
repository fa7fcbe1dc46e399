"""The organiser's view: where every place and all money is, live."""

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Digits, Static

from kiosk.domain.chart import BANK
from kiosk.domain.events import ProviderName, StaffMember
from kiosk.domain.money import Money
from kiosk.screens.base import AWAY, Desk, KioskScreen
from kiosk.services.stats import Count, Health, Snapshot, Takings
from kiosk.widgets.frame import FrameHeader, Key, KeyBar
from kiosk.widgets.plain import fit
from kiosk.widgets.stock_bar import NUMBER_COLUMNS, StockBar, StockFace

REFRESH_SECONDS = 1
_LABEL_COLUMNS = 13
_SUM_COLUMNS = 13


class OrganiserScreen(KioskScreen[None]):
    """Shows the figures again each second; closes when it is locked."""

    CSS_PATH = "organiser.tcss"
    AUTO_FOCUS = "#stock"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "app.next_theme", show=False),
        Binding("f9,escape", "lock", show=False),
    ]

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__(desk)
        self._staff = staff
        self._looking = False
        self._attention = 0

    def compose(self) -> ComposeResult:
        words, event = self.words, self.desk.services.catalog.event
        title = " · ".join([words("ORGANISER"), event.name, self._staff.name])
        yield FrameHeader(title, Content(""), Static("", id="time"))
        with Horizontal(id="figures"):
            with Vertical(id="places"):
                yield Static(Content(self._columns()), id="columns")
                yield VerticalScroll(id="stock")
            with Vertical(id="money"):
                yield Static(
                    Content(words("{currency} received", currency=event.currency)),
                    classes="heading",
                )
                yield Digits("", id="received")
                yield Static("", id="ways")
                yield Static("", id="sales")
                yield Static("", id="refunds")
        yield Static("", id="lamps")
        yield KeyBar(self.keys())

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("↑↓", words("Scroll"), "more"),
            Key("F8", words("Light or dark"), "app.next_theme"),
            Key("F9", words("Lock"), "lock"),
        )

    def _columns(self) -> str:
        words = self.words
        heads = (words("sold"), words("held"), words("left"), words("in"))
        return "".join(fit(head, NUMBER_COLUMNS, right=True) for head in heads)

    def on_mount(self) -> None:
        self.look()
        self.set_interval(REFRESH_SECONDS, self.look)

    @work(group="figures")
    async def look(self) -> None:
        """Ask for the figures, and show them; how the ledger is even when it is away."""
        if self._looking:
            return
        self._looking = True
        self.query_one("#time", Static).update(
            Content(self.words.clock_with_seconds(self.desk.now()))
        )
        stats = self.desk.services.stats
        try:
            snapshot = await stats.snapshot()
        except AWAY:
            self._show_health(await stats.health())
        else:
            await self._show(snapshot)
        self._looking = False

    async def _show(self, now: Snapshot) -> None:
        counts = [*now.slots, *now.pools, *now.goodies]
        bars = list(self.query(StockBar))
        if len(bars) != len(counts):
            stock = self.query_one("#stock", VerticalScroll)
            await stock.remove_children()
            await stock.mount_all([StockBar(self._face(count)) for count in counts])
        else:
            for bar, count in zip(bars, counts, strict=True):
                bar.show(self._face(count))
        self._show_money(now.takings)
        self._attention = now.attention
        self._show_health(now.health)

    def _face(self, count: Count) -> StockFace:
        figures = (count.sold, count.held, count.left, count.redeemed)
        numbers = tuple(self.words.number(figure) for figure in figures)
        return StockFace(count.title, (count.sold, count.held, count.left), numbers)

    def _show_money(self, takings: Takings) -> None:
        words, total = self.words, takings.total_received
        self.query_one("#received", Digits).update(words.bare_sum(total))
        names: dict[str, str] = {
            ProviderName.CASH: words("cash"),
            ProviderName.SANDBOX: words("by phone"),
            BANK: words("bank"),
        }
        offered = self.desk.services.catalog.event.providers
        ways = [
            self._line(names.get(way, way), amount)
            for way, amount in takings.received.items()
            if amount or way in offered
        ]
        self.query_one("#ways", Static).update(Content("\n".join(ways)))
        sales = [
            self._line(words("tickets"), takings.sales),
            self._line(words("discounts"), takings.discounts),
        ]
        self.query_one("#sales", Static).update(Content("\n".join(sales)))
        refunds = self.query_one("#refunds", Static)
        refunds.set_class(takings.refunds_due_count > 0, "-due")
        said = words("no refund is due")
        if count := takings.refunds_due_count:
            due = words.count("1 refund is due", "{n} refunds are due", count)
            said = f"{due}\n{words.sum(takings.refunds_due)}"
        refunds.update(Content(said))

    def _line(self, label: str, amount: Money) -> str:
        figure = self.words.bare_sum(amount)
        return fit(label, _LABEL_COLUMNS) + fit(figure, _SUM_COLUMNS, right=True)

    def _show_health(self, health: Health) -> None:
        words = self.words
        lamps = [
            self._lamp(
                words("ledger {engine}", engine=health.ledger_engine), health.ledger_seconds
            ),
            self._lamp(words("store"), health.store_seconds),
        ]
        if self._attention:
            needs = words.count(
                "1 order needs attention", "{n} orders need attention", self._attention
            )
            lamps.insert(0, Content.styled(f"▲ {needs}", "$alert"))
        self.query_one("#lamps", Static).update(Content("   ").join(lamps))

    def _lamp(self, name: str, seconds: float | None) -> Content:
        if seconds is None:
            away = self.words("{what} does not answer", what=name)
            return Content.assemble(("✖ ", "$alert"), (away, "$alert"))
        took = self.words("{n} ms", n=f"{seconds * 1000:.1f}")
        return Content.assemble(("● ", "$fine"), name, (f" {took}", "$quiet"))

    def action_more(self) -> None:
        self.query_one("#stock", VerticalScroll).scroll_page_down()

    def action_lock(self) -> None:
        self.dismiss(None)
