"""The organiser's first page: where every place and all money is."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Digits, Static

from kiosk.domain.money import Money
from kiosk.screens.base import Desk
from kiosk.screens.money_words import way_words
from kiosk.services.stats import Count, Snapshot, Takings
from kiosk.widgets.plain import fit
from kiosk.widgets.stock_bar import StockBar, StockFace
from kiosk.widgets.told import Told

_NUMBER_COLUMNS = 7
_LABEL_COLUMNS = 13
_SUM_COLUMNS = 13


class PlacesPage(Horizontal):
    """One bar for each slot, pool and goodie, and the money beside them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="places")
        self._desk = desk
        self.words = desk.words

    def compose(self) -> ComposeResult:
        currency = self._desk.services.catalog.event.currency
        with Vertical(id="stocks"):
            yield Static(Content("".join(self._in_columns(self._heads))), id="columns")
            yield VerticalScroll(id="stock", can_focus=False)
        with Vertical(id="money"):
            heading = self.words("{currency} received", currency=currency)
            yield Static(Content(heading), classes="heading")
            yield Digits("", id="received")
            yield Told("", id="ways")
            yield Told("", id="sales")
            yield Told("", id="refunds")

    @property
    def _heads(self) -> tuple[str, ...]:
        words = self.words
        return (words("sold"), words("held"), words("left"), words("in"))

    def _in_columns(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Each below its head, which some languages need more room for."""
        widths = (max(_NUMBER_COLUMNS, len(head) + 1) for head in self._heads)
        return tuple(fit(text, w, right=True) for text, w in zip(texts, widths, strict=True))

    async def show(self, now: Snapshot) -> None:
        """Show other figures."""
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

    def _face(self, count: Count) -> StockFace:
        figures = (count.sold, count.held, count.left, count.redeemed)
        numbers = self._in_columns([self.words.number(figure) for figure in figures])
        return StockFace(count.title, (count.sold, count.held, count.left), numbers)

    def _show_money(self, takings: Takings) -> None:
        words = self.words
        self.query_one("#received", Digits).update(words.bare_sum(takings.total_received))
        offered = self._desk.services.catalog.event.providers
        self._show_lines(
            "#ways",
            [
                (way_words(words, way), amount)
                for way, amount in takings.received.items()
                if amount or way in offered
            ],
        )
        sold = words("sold") if self._desk.services.catalog.event.packs else words("tickets")
        sales = [(sold, takings.sales), (words("discounts"), takings.discounts)]
        self._show_lines("#sales", sales)
        refunds = self.query_one("#refunds", Static)
        refunds.set_class(takings.refunds_due_count > 0, "-due")
        said = words("no refund is due")
        if count := takings.refunds_due_count:
            due = words.count("1 refund is due", "{n} refunds are due", count)
            said = f"{due}\n{words.sum(takings.refunds_due)}"
        refunds.update(Content(said))

    def _show_lines(self, where: str, sums: Sequence[tuple[str, Money]]) -> None:
        lines = [
            fit(label, _LABEL_COLUMNS) + fit(self.words.bare_sum(amount), _SUM_COLUMNS, right=True)
            for label, amount in sums
        ]
        self.query_one(where, Static).update(Content("\n".join(lines)))

    @property
    def scroller(self) -> VerticalScroll:
        """What is scrolled of it."""
        return self.query_one("#stock", VerticalScroll)
