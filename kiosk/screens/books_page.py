"""The organiser's page of what all this stands on: the books, the machines, the terminals."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.books import Book, BookReport, Difference
from kiosk.domain.money import Money
from kiosk.domain.terminals import TerminalState, TerminalStatus
from kiosk.screens.base import Desk
from kiosk.widgets.plain import fit, one_line
from kiosk.widgets.told import Told

_DIFFERENCES_MAX = 8
_NAME_COLUMNS = 24


class BooksPage(VerticalScroll):
    """Whether the books balance, and which terminals were heard of."""

    can_focus = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="books")
        self._desk = desk
        self.words = desk.words

    def compose(self) -> ComposeResult:
        yield Static(Content(self.words("the books")), classes="heading")
        yield Told("", id="balance")
        yield Static(Content(self.words("terminals")), classes="heading")
        yield Told("", id="terminals")

    def show_books(self, report: BookReport | None) -> None:
        """Show what was compared; None while nothing was yet."""
        self.query_one("#balance", Static).update(self._balance(report))

    def _balance(self, report: BookReport | None) -> Content:
        words = self.words
        if report is None:
            return Content(words("One moment, store and ledger are being compared …"))
        at = words.clock_with_seconds(report.at)
        compared = words(
            "Compared at {time} · orders: {orders} · slots: {slots} · kinds of tokens: {tokens}",
            time=at,
            orders=words.number(report.orders),
            slots=len(self._desk.services.catalog.event.slots),
            tokens=len(report.tokens),
        )
        if report.balances:
            lamp = Content.styled("● ", "$fine")
            return Content("\n").join([lamp + words("Store and ledger agree."), Content(compared)])
        shown = report.differences[:_DIFFERENCES_MAX]
        lines = [Content.styled(f"✖ {self._difference(one)}", "$alert") for one in shown]
        if more := len(report.differences) - len(shown):
            lines.append(Content(words("and {n} more", n=words.number(more))))
        return Content("\n").join([*lines, Content(compared)])

    def _difference(self, one: Difference) -> str:
        words = self.words
        match one.book:
            case Book.ORDER:
                said = words(
                    "Order {what}: {stored} is to go back; the ledger has {counted}.",
                    **self._facts(one, is_money=True),
                )
            case Book.INVOICE:
                said = words(
                    "Invoice {what}: {stored} is owed; the ledger has {counted}.",
                    **self._facts(one, is_money=True),
                )
            case Book.SLOT:
                said = words(
                    "{what}: {stored} tickets are issued; the ledger has {counted} places.",
                    **self._facts(one),
                )
            case Book.TOKEN:
                said = words(
                    "{what}: {stored} are issued; the ledger finds {counted} of them.",
                    **self._facts(one),
                )
        return one_line(said)

    def _facts(self, one: Difference, *, is_money: bool = False) -> dict[str, str]:
        words, currency = self.words, self._desk.services.catalog.event.currency

        def figure(number: int) -> str:
            return words.sum(Money(number, currency)) if is_money else words.number(number)

        return {"what": one.what, "stored": figure(one.stored), "counted": figure(one.counted)}

    def show_terminals(self, terminals: Sequence[TerminalStatus]) -> None:
        """Show every terminal there ever was."""
        lines = [self._terminal(one) for one in terminals]
        self.query_one("#terminals", Static).update(Content("\n").join(lines))

    def _terminal(self, one: TerminalStatus) -> Content:
        words, now = self.words, self._desk.now()
        seen = words.when(one.seen_at, now) if one.seen_at else words("never")
        sign, style, said = "●", "$fine", words("last heard of: {when}", when=seen)
        if one.state is TerminalState.REVOKED:
            sign, style, said = "✖", "$quiet", words("sent out")
        elif one.state is TerminalState.NEW:
            sign, style, said = "○", "$quiet", words("not let in yet")
        elif one.is_silent(now):
            sign, style = "▲", "$hurry"
        here = words("you are here") if one.name == self._desk.services.terminal else ""
        facts = " · ".join(filter(None, (said, here)))
        return Content.assemble((f"{sign} ", style), fit(one.name, _NAME_COLUMNS), "  ", facts)

    @property
    def scroller(self) -> VerticalScroll:
        """What is scrolled of it."""
        return self
