"""Tickets as pictures of postcard size: a code that any phone reads, and the words beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Final

import pymupdf_fonts  # type: ignore[import-untyped]  # fonts as bytes, and nothing else
from PIL import Image, ImageDraw, ImageFont

from kiosk.domain.qr import qr_modules
from kiosk.services.ticket_files import TicketPicture

_SIZE: Final = (1480, 1050)
"""148 by 105 millimetres, at ten dots each."""
_MARGIN: Final = 70
_CODE: Final = 760
_WORDS_LEFT: Final = _MARGIN + _CODE + 60
_WORDS_WIDTH: Final = _SIZE[0] - _MARGIN - _WORDS_LEFT
_INK: Final = "#12141c"
_QUIET: Final = "#4d5160"
_TIGER: Final = "#ff9f1c"
_ROWS_MAX: Final = 3
_REGULAR: Final = "figo"
_BOLD: Final = "figbo"
_NOWHERE: Final = "\U000e1234"
"""A character that no font has."""


@dataclass(frozen=True, slots=True)
class _Face:
    """How something is written: of what size, and quiet or not."""

    size: int
    is_quiet: bool = False


def draw(ticket: TicketPicture) -> Image.Image:
    """The picture. Characters that the font lacks are left out: see `not_drawn`."""
    image = Image.new("RGB", _SIZE, "white")
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, _SIZE[0], 24), fill=_TIGER)
    _draw_code(image, ticket.code)
    perforation = _MARGIN + _CODE + 25
    for top in range(60, _SIZE[1], 30):
        pen.line((perforation, top, perforation, top + 14), fill=_QUIET, width=3)
    below = _write(pen, ticket.event, 90, _Face(56))
    below = _write(pen, ticket.title, below + 50, _Face(46))
    for detail in ticket.details:
        below = _write(pen, detail, below + 8, _Face(36, is_quiet=True))
    below = _write(pen, ticket.holder, below + 50, _Face(50))
    below = _write(pen, ticket.number_label, below + 50, _Face(32, is_quiet=True))
    _write(pen, ticket.number, below + 8, _Face(46))
    return image


def not_drawn(tickets: Iterable[TicketPicture]) -> str:
    """The characters of these tickets that the font lacks, each once: those of some scripts."""
    written = (
        text
        for ticket in tickets
        for text in (ticket.event, ticket.title, *ticket.details, ticket.holder)
    )
    return "".join(dict.fromkeys(char for char in "".join(written) if not _is_drawn(char)))


def _draw_code(image: Image.Image, text: str) -> None:
    modules = qr_modules(text)
    code = Image.new("1", (len(modules), len(modules)), 1)
    code.putdata([0 if dark else 1 for row in modules for dark in row])
    # Whole dots a module: a reader wants straight edges.
    side = _CODE // len(modules) * len(modules)
    top = (_SIZE[1] - side) // 2
    image.paste(code.resize((side, side), Image.Resampling.NEAREST), (_MARGIN, top))


def _write(pen: ImageDraw.ImageDraw, text: str, top: int, face: _Face) -> int:
    """Write `text` in the words' column from `top` on; where it ends."""
    font = _font(face)
    for line in _lines("".join(filter(_is_drawn, text)), font):
        pen.text((_WORDS_LEFT, top), line, font=font, fill=_QUIET if face.is_quiet else _INK)
        top += face.size * 5 // 4
    return top


def _lines(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= _WORDS_WIDTH or not lines[-1]:
            lines[-1] = longer
        elif len(lines) < _ROWS_MAX:
            lines.append(word)
        else:
            lines[-1] = f"{longer} …"
            break
    return [_cut(line, font) for line in lines]


def _cut(line: str, font: ImageFont.FreeTypeFont) -> str:
    if font.getlength(line) <= _WORDS_WIDTH:
        return line
    while line and font.getlength(f"{line}…") > _WORDS_WIDTH:
        line = line[:-1]
    return f"{line}…"


@lru_cache
def _font(face: _Face) -> ImageFont.FreeTypeFont:
    # From right to left, and with joined letters, where the drawing library can.
    return ImageFont.truetype(_font_file(_REGULAR if face.is_quiet else _BOLD), face.size)


@lru_cache
def _is_drawn(char: str) -> bool:
    font = ImageFont.truetype(_font_file(_BOLD), 40, layout_engine=ImageFont.Layout.BASIC)
    return char.isspace() or bytes(font.getmask(char)) != bytes(font.getmask(_NOWHERE))


def _font_file(name: str) -> BytesIO:
    return BytesIO(_font_data(name))


@lru_cache
def _font_data(name: str) -> bytes:
    data: bytes = pymupdf_fonts.myfont(name)
    return data
