"""What people typed, made safe to draw: one line, no control characters, a width we can trust."""

import unicodedata

from rich.cells import cell_len
from textual.content import Content

_EMOJI_SELECTORS = ("\ufe0e", "\ufe0f")


def one_line(text: str) -> str:
    """`text` without line breaks, controls, direction overrides and joiners.

    Joiners and selectors change an emoji's width from one terminal to the next: without them a
    family is three faces, and the frame around it stands straight everywhere.
    """
    kept = []
    for char in text:
        if char.isspace():
            kept.append(" ")
        elif unicodedata.category(char)[0] != "C" and char not in _EMOJI_SELECTORS:
            kept.append(char)
    return " ".join("".join(kept).split())


def cut(text: str, width: int) -> str:
    """`text` on one line of at most `width` cells, with an ellipsis where it was cut."""
    line = one_line(text)
    if cell_len(line) <= width:
        return line
    if width < 1:
        return ""
    while cell_len(line) > width - 1:
        line = line[:-1]
    return line.rstrip() + "…"


def fit(text: str, width: int, *, right: bool = False) -> str:
    """`text` cut and padded to exactly `width` cells."""
    line = cut(text, width)
    gap = " " * (width - cell_len(line))
    return gap + line if right else line + gap


def wrapped(text: str, width: int, rows: int) -> list[str]:
    """`text` in at most `rows` lines of at most `width` cells, broken between words."""
    lines = [""]
    for word in one_line(text).split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(longer) <= width or len(lines) == rows or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return [cut(line, width) for line in lines]


def content(text: str) -> Content:
    """`text` as it is: never markup."""
    return Content(one_line(text))
