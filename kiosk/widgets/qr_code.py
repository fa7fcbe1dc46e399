"""A QR code that a reader can read off a terminal: half blocks, black on white, always."""

from textual.content import Content
from textual.widgets import Static

from kiosk.domain.qr import qr_modules

_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def qr_lines(text: str) -> list[str]:
    """The code of `text` as lines of half blocks, its quiet zone included: dark is foreground.

    Upper-case letters and digits make the smallest code: 154 of them are 45 by 23 cells.
    """
    rows = qr_modules(text)
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    return [
        "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]


class QrCode(Static):
    """Shows a text as a QR code. The colours are the code's own: readers want black on white."""

    DEFAULT_CSS = """
    QrCode {
        width: auto;
        height: auto;
        color: #000000;
        background: #ffffff;
    }
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.show(text)

    def show(self, text: str) -> None:
        """Show another code."""
        lines = qr_lines(text)
        self.update(Content("\n".join(lines)))
        self.rows = len(lines)
