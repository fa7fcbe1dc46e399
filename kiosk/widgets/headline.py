"""The headline face: at most one thing on a screen is written in it."""

from functools import lru_cache

from pyfiglet import Figlet
from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from kiosk.widgets.plain import cut, one_line

BLOCK_FROM_COLUMNS = 100
_FACE = "ansi_regular"


@lru_cache(maxsize=1)
def _face() -> Figlet:
    return Figlet(font=_FACE, width=10_000)


@lru_cache(maxsize=64)
def _blocks(word: str) -> tuple[str, ...]:
    """One word in block letters without empty rows, or nothing where the face lacks a letter."""
    if any(ord(char) not in _face().Font.chars for char in word):
        return ()
    lines = _face().renderText(word).splitlines()
    while lines and not lines[-1].strip():
        lines.pop()
    width = max(map(len, lines), default=0)
    return tuple(line.ljust(width) for line in lines)


def block_lines(text: str, columns: int) -> list[str]:
    """`text` in block letters, broken between words; empty where it does not fit `columns`."""
    rows: list[list[str]] = []
    for word in one_line(text).split():
        blocks = list(_blocks(word))
        if not blocks or len(blocks[0]) > columns:
            return []
        if rows and len(rows[-1]) == len(blocks):
            beside = [f"{left}   {right}" for left, right in zip(rows[-1], blocks, strict=True)]
            if len(beside[0]) <= columns:
                rows[-1] = beside
                continue
        rows.append(blocks)
    return [line for index, row in enumerate(rows) for line in ([""] if index else []) + row]


def spaced_capitals(text: str, columns: int) -> str:
    """`text` as `S P A C E D` capitals, or plain and cut where there is no room for that."""
    words = [" ".join(word.upper()) for word in one_line(text).split()]
    spaced = "   ".join(words)
    return spaced if len(spaced) <= columns else cut(text, columns)


class Headline(Widget):
    """A few words seen from two metres: block letters from 100 columns on, else capitals."""

    DEFAULT_CSS = """
    Headline { width: 100%; height: auto; text-style: bold; }
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def show(self, text: str) -> None:
        """Say something else."""
        self._text = text
        self.refresh(layout=True)

    def lines(self, columns: int) -> list[str]:
        """What is drawn in so many columns."""
        blocks: list[str] = []
        if self.app.size.width >= BLOCK_FROM_COLUMNS:
            blocks = block_lines(self._text, columns)
        return blocks or [spaced_capitals(self._text, columns)]

    def render(self) -> RenderResult:
        return Content("\n".join(self.lines(self.content_size.width)))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.lines(width))
