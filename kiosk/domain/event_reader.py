"""Reads tables of TOML with expectations, and collects every fault instead of stopping at one."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from typing import TypeVar
from zoneinfo import ZoneInfo

from kiosk.domain.errors import Fault
from kiosk.domain.toml_lines import KeyLines, Path

T = TypeVar("T")


class Faults:
    """The faults found in one file so far."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._lines = KeyLines(text)
        self._found: list[Fault] = []

    def add(self, path: Path, expected: str) -> None:
        """Note that what is at `path` is not what was expected."""
        self._found.append(Fault(self._file, self._lines.line(path), dotted(path), expected))

    def found(self) -> tuple[Fault, ...]:
        """All faults, in the order of the file."""
        return tuple(sorted(self._found, key=lambda fault: fault.line))


class Table:
    """One table of the file. Each method reads one key; what is missing or wrong is a fault.

    A value that had a fault comes back as None (or as the given default), so that reading goes on.
    """

    def __init__(self, values: Mapping[str, object], path: Path, faults: Faults) -> None:
        self._values = values
        self._path = path
        self.faults = faults

    def fault(self, key: str, expected: str) -> None:
        """Note a fault of `key`, or of the table itself if `key` is empty."""
        self.faults.add((*self._path, key) if key else self._path, expected)

    def allow(self, *keys: str) -> None:
        """Note each key that is not among `keys`, with the one that was probably meant."""
        for key in self._values:
            if key not in keys:
                close = get_close_matches(key, keys, n=1)
                hint = f"; did you mean {close[0]}?" if close else f": {', '.join(keys)}"
                self.fault(key, f"a known key{hint}")

    def text(self, key: str, *, default: str | None = None) -> str | None:
        """A text that is not blank."""
        value = self._get(key, "a text", required=default is None)
        if value is None:
            return default
        if not isinstance(value, str) or not (value.strip() or default == ""):
            self.fault(key, "a text")
            return None
        return value.strip()

    def choice(self, key: str, choices: Mapping[str, T], *, default: T | None = None) -> T | None:
        """One of the given words, as what it stands for."""
        expected = f"one of {', '.join(choices)}"
        value = self._get(key, expected, required=default is None)
        if value is None:
            return default
        if value is not None and (not isinstance(value, str) or value not in choices):
            self.fault(key, expected)
            return None
        return choices[value] if isinstance(value, str) else None

    def some(self, key: str, at_least: int, at_most: int) -> int | None:
        """A whole number between two bounds; None if it is left out."""
        return self.whole(key, at_least, at_most) if key in self._values else None

    def whole(self, key: str, at_least: int, at_most: int, default: int | None = None) -> int:
        """A whole number between two bounds."""
        expected = f"a whole number from {at_least} to {at_most}"
        value = self._get(key, expected, required=default is None)
        if isinstance(value, int) and not isinstance(value, bool) and at_least <= value <= at_most:
            return value
        if value is not None:
            self.fault(key, expected)
        return at_least if default is None else default

    def texts(self, key: str, expected: str, *, required: bool = False) -> tuple[str, ...]:
        """Texts in square brackets, none of them twice; () if they are left out."""
        value = self._get(key, expected, required=required)
        if value is None:
            return ()
        items = value if isinstance(value, list) else []
        texts = [item.strip() for item in items if isinstance(item, str) and item.strip()]
        if not items or len(texts) < len(items) or len(set(texts)) < len(texts):
            self.fault(key, expected)
            return ()
        return tuple(texts)

    def number(self, key: str, expected: str, *, required: bool = True) -> Decimal | None:
        """A number, exactly as written."""
        value = self._get(key, expected, required=required)
        if value is None:
            return None
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            return Decimal(value)
        self.fault(key, expected)
        return None

    def flag(self, key: str, *, default: bool) -> bool:
        """`true` or `false`."""
        value = self._values.get(key, default)
        if isinstance(value, bool):
            return value
        self.fault(key, "true or false")
        return default

    def instant(self, key: str, zone: ZoneInfo | None) -> datetime | None:
        """A local date and time of `zone`, in UTC; None if it is left out."""
        expected = "a local date and time without an offset, like 2027-03-12T09:00:00"
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, datetime) or value.tzinfo is not None:
            self.fault(key, expected)
            return None
        if not 1971 <= value.year <= 2105:
            self.fault(key, "a year from 1971 to 2105")
            return None
        if zone is None:
            return None
        instant = value.replace(tzinfo=zone).astimezone(UTC)
        if instant.astimezone(zone).replace(tzinfo=None) != value:
            self.fault(key, f"a time that exists: the clocks of {zone.key} skip this one")
            return None
        return instant

    def time_of_day(self, key: str) -> time | None:
        """A local time; None if it is left out."""
        value = self._values.get(key)
        if value is None or isinstance(value, time):
            return value
        self.fault(key, "a time of day, like 05:00:00")
        return None

    def table(self, key: str, *, required: bool = True) -> "Table":
        """A table inside this one; an empty one in place of a missing one."""
        value = self._get(key, f"a table [{key}]", required=required)
        if value is not None and not isinstance(value, dict):
            self.fault(key, f"a table [{key}]")
        return Table(_mapping(value), (*self._path, key), self.faults)

    def tables(self, key: str, *, required: bool) -> Iterator["Table"]:
        """The tables of an array of tables."""
        expected = f"one table [[{key}]] or more"
        value = self._get(key, expected, required=required)
        items = value if isinstance(value, list) else []
        if value is not None and not all(isinstance(item, dict) for item in items or [None]):
            self.fault(key, expected)
        for index, item in enumerate(items):
            yield Table(_mapping(item), (*self._path, key, index), self.faults)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def _get(self, key: str, expected: str, *, required: bool) -> object:
        if required and key not in self._values:
            self.faults.add(self._path, f"{key}, {expected}")
        return self._values.get(key)


Read = Callable[[str], str | None]
"""Gives the text of a file beside the event file, or None if it cannot be read as UTF-8."""


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def dotted(path: Path) -> str:
    """A path as people read it: `slots[2].price`, counted from 1."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")
