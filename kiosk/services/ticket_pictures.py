"""Tickets as pictures of postcard size: a code that any phone reads, and the words beside it."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

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


@dataclass(frozen=True, slots=True)
class _Face:
    """How something is written: of what size, and quiet or not."""

    size: int
    is_quiet: bool = False


def draw(ticket: TicketPicture) -> Image.Image:
    """The picture. Letters that the font lacks are boxes; the code says everything anyway."""
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
    for line in _lines(text, font):
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
    name = "Roboto-Regular.ttf" if face.is_quiet else "Roboto-Bold.ttf"
    font = files("font_roboto") / "files" / name
    # The basic layout needs no system library, and so looks the same everywhere.
    return ImageFont.truetype(str(font), face.size, layout_engine=ImageFont.Layout.BASIC)
