"""Where the keys of a TOML text are: the standard parser tells no positions."""

import re
from typing import Final

Path = tuple[str | int, ...]
"""Keys from the top, with the index in an array of tables: `("slots", 0, "price")`."""

_HEADER: Final = re.compile(r"^\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY: Final = re.compile(
    r"""^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*="""
)
_PART: Final = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")


class KeyLines:
    """The line of each key and table header, counted from 1."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 1}
        self._counts: dict[Path, int] = {}
        table: Path = ()
        inside = ""
        for number, line in enumerate(text.splitlines(), 1):
            if inside:
                inside = "" if line.count(inside) % 2 else inside
                continue
            if header := _HEADER.match(line):
                table = self._enter(_parts(header[2]), is_array=header[1] == "[[")
                self._lines.setdefault(table, number)
            elif key := _KEY.match(line):
                self._lines.setdefault(table + _parts(key[1]), number)
                inside = next((q for q in ('"""', "'" * 3) if line.count(q) % 2), "")

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing around it that has one."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def _enter(self, parts: Path, *, is_array: bool) -> Path:
        path: Path = ()
        for part in parts[:-1]:
            path += (part,)
            if path in self._counts:
                path += (self._counts[path] - 1,)
        path += parts[-1:]
        if is_array:
            self._counts[path] = self._counts.get(path, 0) + 1
            path += (self._counts[path] - 1,)
        return path


def _parts(dotted: str) -> Path:
    return tuple(next(filter(None, found), "") for found in _PART.findall(dotted))
