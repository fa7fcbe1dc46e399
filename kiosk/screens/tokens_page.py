"""The organiser's page of tokens: how many were issued, and where they are."""

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
from kiosk.words import Words

_ROWS = 5
_COLUMNS_MAX = 18


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
            self.refresh(layout=len(totals) != len(self._totals))
            self._totals = totals

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._totals) * _ROWS

    def render(self) -> RenderResult:
        return Content("\n").join([line for one in self._totals for line in self._rows(one)])

    def _rows(self, one: TokenTotals) -> list[Content]:
        words, width = self.words, self.content_size.width
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
        return [title, bar, *self._sum(one), Content("")]

    def _sum(self, one: TokenTotals) -> list[Content]:
        words = self.words
        columns = (
            (words("issued"), "", one.issued),
            (words("spent ▇"), "= ", one.spent),
            (words("wallets ▒"), "+ ", one.in_wallets),
            (words("on its way"), "+ ", one.on_its_way),
            (words("expired ░"), "+ ", one.expired),
            (words("left ·"), "", one.left),
        )
        each = min(_COLUMNS_MAX, self.content_size.width // len(columns))
        heads = [fit(head, each, right=True) for head, _, _ in columns]
        numbers = [fit(sign + words.number(n), each, right=True) for _, sign, n in columns]
        return [
            Content.styled("".join(heads), "$quiet"),
            Content.styled("".join(numbers), "bold $ink"),
        ]


class TokensPage(VerticalScroll):
    """Where the tokens of every kind are."""

    can_focus = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="tokens")
        self.words = desk.words
        self._has_tokens = bool(desk.services.catalog.event.tokens)
        self._bars = TokenBars(desk.words)

    def compose(self) -> ComposeResult:
        yield Static("", classes="heading")
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
