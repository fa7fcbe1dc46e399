"""How much of something is sold, held and left, as one bar beside its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from kiosk.widgets.plain import fit

_SIGNS = (("▇", "$ink"), ("▒", "$lifted-quiet"), ("·", "$quiet"))


def shares(parts: Sequence[int], cells: int) -> list[int]:
    """`cells` dealt out in proportion to `parts`; what is not nothing has one at least."""
    total = sum(parts)
    if not total:
        return [0] * len(parts)
    some = [1 if part else 0 for part in parts]
    spare = max(0, cells - sum(some))
    exact = [part * spare / total for part in parts]
    dealt = [least + int(share) for least, share in zip(some, exact, strict=True)]
    by_rest = sorted(range(len(parts)), key=lambda at: int(exact[at]) - exact[at])
    for at in by_rest[: cells - sum(dealt)]:
        dealt[at] += 1
    return dealt


@dataclass(frozen=True, slots=True)
class StockFace:
    """What a bar shows: the parts it is made of, and numbers as they are written, in columns."""

    title: str
    parts: tuple[int, int, int]
    """Sold, held and left."""
    numbers: tuple[str, ...]


class StockBar(Widget):
    """A title above a bar and its numbers, each number in a column of its own."""

    DEFAULT_CSS = """
    StockBar { width: 100%; height: 2; }
    """

    def __init__(self, face: StockFace) -> None:
        super().__init__()
        self._face = face

    def show(self, face: StockFace) -> None:
        """Show other figures."""
        if face != self._face:
            self._face = face
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 2

    def render(self) -> RenderResult:
        width, face = self.content_size.width, self._face
        numbers = "".join(face.numbers)
        cells = max(0, width - len(numbers))
        bar = [
            (sign * share, style)
            for (sign, style), share in zip(_SIGNS, shares(face.parts, cells), strict=True)
        ]
        gap = " " * (cells - sum(len(signs) for signs, _ in bar))
        return Content("\n").join(
            [
                Content.styled(fit(face.title, width), "bold $ink"),
                Content.assemble(*bar, gap, (numbers, "$ink")),
            ]
        )
