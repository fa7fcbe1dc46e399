"""Tables for spreadsheets: what people typed is text in them, and never a formula."""

from datetime import UTC, datetime
from typing import Final

Cell = str | int | bool | datetime | None
"""What a column holds. Times are written in UTC; ids of 128 bits as they are on the ledger."""

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def printable(text: str) -> str:
    """`text` so that no terminal obeys it: people's words must not move anybody's cursor."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def harmless(text: str) -> str:
    """`text` so that no spreadsheet calculates it, and no terminal obeys it."""
    # Some trim what they read before they look at how it begins.
    is_formula = text.lstrip(" ").startswith(_FORMULAS)
    return f"'{printable(text)}" if is_formula else printable(text)


def written(cell: Cell) -> str:
    """A cell as it stands in the file; nothing for None."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case int():
            return str(cell)
        case datetime():
            return cell.astimezone(UTC).isoformat(timespec="microseconds")
        case _:
            return harmless(cell)
