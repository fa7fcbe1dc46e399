"""The organiser's page of tokens: how many were issued, and where they are."""

from collections.abc import Iterable

from textual.app import ComposeResult, RenderResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from kiosk.domain.books import BookReport, TokenTotals
from kiosk.screens.base import Desk
from kiosk.widgets.plain import cut, fit
from kiosk.widgets.stock_bar import shares
from kiosk.widgets.told import Told
from kiosk.words import Words

_COLUMNS_MAX = 18
_BESIDE_LONG = 3
"""How many numbers are beside each other where six are too long for that."""


class TokenBars(Widget):
    """Of each kind a bar, and the sum below it that must come out."""

    DEFAULT_CSS = """
    TokenBars { width: 100%; height: auto; }
    """

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.words = words
        self._totals: tuple[TokenTotals, ...] = ()

    def show(self, totals: tuple[TokenTotals, ...]) -> None:
        """Show other totals."""
        if totals != self._totals:
            self._totals = totals
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return sum(len(self._rows(one, width)) for one in self._totals)

    def render(self) -> RenderResult:
        width = self.content_size.width
        return Content("\n").join([row for one in self._totals for row in self._rows(one, width)])

    def _rows(self, one: TokenTotals, width: int) -> list[Content]:
        words = self.words
        said, style = words("the sum comes out"), "$fine"
        if one.has_moved:
            said, style = words("moving: counted again soon"), "$quiet"
        elif not one.balances:
            said, style = words("the sum does not come out"), "$alert"
        sign = "●" if one.balances else "✖"
        lamp = cut(f"{sign} {said}", width // 2)
        title = Content.assemble(
            (fit(one.token.name, width - len(lamp) - 1), "bold $ink"), " ", (lamp, style)
        )
        parts = (one.spent, one.in_wallets + one.on_its_way, one.expired, one.left)
        signs = (("▇", "$ink"), ("▒", "$lifted-quiet"), ("░", "$quiet"), ("·", "$quiet"))
        bar = Content.assemble(
            *(
                (sign * share, style)
                for (sign, style), share in zip(signs, shares(parts, width), strict=True)
            )
        )
        return [title, bar, *self._sum(one, width), Content("")]

    def _sum(self, one: TokenTotals, width: int) -> list[Content]:
        words = self.words
        columns = (
            (words("issued"), "", one.issued),
            (words("spent ▇"), "= ", one.spent),
            (words("wallets ▒"), "+ ", one.in_wallets),
            (words("on its way"), "+ ", one.on_its_way),
            (words("expired ░"), "+ ", one.expired),
            (words("left ·"), "", one.left),
        )
        said = [(head, sign + words.number(n)) for head, sign, n in columns]
        longest = max(len(number) for _, number in said) + 1
        beside = len(said) if longest <= width // len(said) else _BESIDE_LONG
        each = min(max(_COLUMNS_MAX, longest), width // beside)
        rows: list[Content] = []
        for at in range(0, len(said), beside):
            heads, numbers = zip(*said[at : at + beside], strict=True)
            rows += (_right(heads, each, "$quiet"), _right(numbers, each, "bold $ink"))
        return rows


def _right(texts: Iterable[str], columns: int, style: str) -> Content:
    return Content.styled("".join(fit(text, columns, right=True) for text in texts), style)


class TokensPage(VerticalScroll):
    """Where the tokens of every kind are."""

    can_focus = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="tokens")
        self.words = desk.words
        self._has_tokens = bool(desk.services.catalog.event.tokens)
        self._bars = TokenBars(desk.words)

    def compose(self) -> ComposeResult:
        yield Told("", classes="heading")
        yield self._bars

    def on_mount(self) -> None:
        words = self.words
        said = words("One moment, all tokens are being counted …")
        self._say(said if self._has_tokens else words("This event has no tokens."))

    def show(self, report: BookReport) -> None:
        """Show what was counted."""
        self._bars.show(report.tokens)
        if report.tokens:
            at = self.words.clock_with_seconds(report.at)
            self._say(self.words("all tokens, counted on the ledger at {time}", time=at))

    def _say(self, text: str) -> None:
        self.query_one(".heading", Static).update(Content(text))

    @property
    def scroller(self) -> VerticalScroll:
        """What is scrolled of it."""
        return self
