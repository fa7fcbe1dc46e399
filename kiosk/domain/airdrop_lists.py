"""Lists of people for an airdrop, as spreadsheets write them, with a reason for each bad row."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from typing import Final, Protocol

from kiosk.domain.errors import InvalidEmail, InvalidName, KioskError
from kiosk.domain.people import Attendee
from kiosk.domain.tokens import SUPPLY_MAX

COLUMNS: Final = ("name", "email", "amount", "address")
_DIGITS_MAX: Final = len(str(SUPPLY_MAX))
_REQUIRED: Final = frozenset({"name", "email"})


class RowFault(StrEnum):
    """Why a row of a list is not used."""

    NAME = "name"
    """1 to 200 characters are expected."""
    EMAIL = "email"
    """An e-mail address is expected."""
    AMOUNT = "amount"
    """A whole number of tokens, 1 or more, is expected."""
    TWICE = "twice"
    """The same person stands in an earlier row."""
    ADDRESS = "address"
    """An address on the chain is expected."""
    COLUMNS = "columns"
    """The row has more cells than there are columns."""


@dataclass(eq=False)
class InvalidList(KioskError):
    """A list cannot be read at all; `expected` says what should be there."""

    expected: str

    def __str__(self) -> str:
        return f"expected {self.expected}"


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row that can be used; `position` counts rows of people from 1."""

    position: int
    line: int
    owner: Attendee
    amount: int
    address: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot, and why; `values` are by the names of their columns."""

    position: int
    line: int
    values: Mapping[str, str]
    fault: RowFault


def read_list(
    text: str, amount: int | None = None, is_address: Callable[[str], bool] | None = None
) -> Iterator[ListedRow | BadRow]:
    """The rows of a CSV text with `,` or `;` between cells and names of columns in its first line.

    `amount` is for rows that give none; `is_address` says what the chain takes, and None that
    there is no need of any. Raises `InvalidList`.
    """
    header, _, _ = text.removeprefix("\ufeff").partition("\n")
    delimiter = ";" if header.count(";") > header.count(",") else ","
    lines = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    names = [cell.strip().lower() for cell in next(lines, [])]
    wanted = _REQUIRED | (set() if amount else {"amount"}) | ({"address"} if is_address else set())
    _check_columns(names, wanted)
    return _rows(lines, names, amount, is_address or _is_anything)


def _is_anything(address: str) -> bool:
    return True


def _check_columns(names: list[str], wanted: frozenset[str]) -> None:
    if not wanted <= set(names):
        raise InvalidList(f"columns named {', '.join(sorted(wanted))} in the first line")
    if unknown := [name for name in names if name not in COLUMNS]:
        raise InvalidList(f"no columns but {', '.join(COLUMNS)}, and not {unknown[0] or 'a blank'}")
    if len(set(names)) < len(names):
        raise InvalidList("each column once")


class _Lines(Protocol):
    """What `csv.reader` gives."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...


def _rows(
    lines: _Lines, names: list[str], amount: int | None, is_address: Callable[[str], bool]
) -> Iterator[ListedRow | BadRow]:
    seen: set[Attendee] = set()
    position = 0
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        position += 1
        values = dict(zip(names, cells, strict=False))
        too_many = len(cells) > len(names)
        row = RowFault.COLUMNS if too_many else _row(position, lines.line_num, values, amount)
        if isinstance(row, ListedRow):
            if row.owner in seen:
                row = RowFault.TWICE
            elif not is_address(row.address):
                row = RowFault.ADDRESS
            else:
                seen.add(row.owner)
        if isinstance(row, RowFault):
            yield BadRow(position, lines.line_num, values, row)
        else:
            yield row


def _row(
    position: int, line: int, values: Mapping[str, str], amount: int | None
) -> ListedRow | RowFault:
    try:
        owner = Attendee.of(values.get("name", ""), values.get("email", ""))
    except InvalidName:
        return RowFault.NAME
    except InvalidEmail:
        return RowFault.EMAIL
    given = values.get("amount", "").strip()
    is_number = given.isascii() and given.isdigit() and len(given) <= _DIGITS_MAX
    tokens = amount if not given else int(given) if is_number else 0
    if tokens is None or not 1 <= tokens <= SUPPLY_MAX:
        return RowFault.AMOUNT
    return ListedRow(position, line, owner, tokens, values.get("address", "").strip())
