"""The verdict at the door, seen from two metres: colour, word and symbol, over the whole width."""

from dataclasses import dataclass

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from kiosk.widgets.headline import BLOCK_FROM_COLUMNS, block_lines, spaced_capitals
from kiosk.widgets.plain import wrapped


@dataclass(frozen=True, slots=True)
class VerdictFace:
    """What the panel shows. `look` is green, amber, red, grey, or waiting."""

    look: str
    symbol: str
    headline: str
    lines: tuple[str, ...] = ()


_INDENT = 4


class VerdictPanel(Widget):
    """Shows one verdict until the next."""

    DEFAULT_CSS = """
    VerdictPanel {
        width: 100%;
        height: 8;
        padding: 1 2;
        background: $surface;
        color: $ink;
        &.-green { background: $verdict-green; color: $on-verdict; }
        &.-amber { background: $verdict-amber; color: $on-verdict; }
        &.-red { background: $verdict-red; color: $on-verdict; }
        &.-grey { background: $verdict-grey; color: $on-verdict; }
    }
    """

    def __init__(self, face: VerdictFace) -> None:
        super().__init__(classes=f"-{face.look}")
        self._face = face

    @property
    def face(self) -> VerdictFace:
        """What is shown."""
        return self._face

    def show(self, face: VerdictFace) -> None:
        """Show another verdict."""
        self.remove_class(f"-{self._face.look}")
        self.add_class(f"-{face.look}")
        self._face = face
        self.refresh()

    def render(self) -> RenderResult:
        width, height = self.content_size
        room, indent = width - _INDENT, " " * _INDENT
        first, *others = headline = self._headline(room, height)
        facts = self._facts(room, height - len(headline))
        blank = [""] * (len(headline) + len(facts) < height)
        rest = [indent + line for line in (*others, *blank, *facts)]
        return Content("\n".join([f"{self._face.symbol}{indent[1:]}{first}", *rest]))

    def _facts(self, columns: int, rows: int) -> list[str]:
        """The lines, on two rows each where they are long and there is room."""
        spare = max(0, rows - len(self._face.lines))
        facts: list[str] = []
        for line in self._face.lines:
            broken = wrapped(line, columns, 2 if spare else 1)
            spare -= len(broken) - 1
            facts += broken
        return facts

    def _headline(self, columns: int, rows: int) -> list[str]:
        blocks: list[str] = []
        if self.app.size.width >= BLOCK_FROM_COLUMNS:
            blocks = block_lines(self._face.headline, columns)
        if blocks and len(blocks) + len(self._face.lines) + 1 <= rows:
            return blocks
        return [spaced_capitals(self._face.headline, columns)]
