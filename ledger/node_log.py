"""The server's log: a file of bounded size, never the screen."""

import os
from pathlib import Path
from typing import BinaryIO

SIZE_BYTES_MAX = 4_000_000
_END_BYTES = 20_000


class NodeLog:
    """Where the server's output goes: `path`, and what no longer fitted there, `path`.1."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark = 0

    def open(self) -> BinaryIO:
        """A file to append to; `tail` then shows what was written since."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.trim()
        file = self.path.open("ab")
        self._mark = file.tell()
        return file

    def trim(self) -> None:
        """Set the log aside when it is full. The server appends, so it just goes on."""
        if not self.path.exists() or self.path.stat().st_size < SIZE_BYTES_MAX:
            return
        # The running server has the file open: copy it away and empty it, do not rename it.
        self.path.with_name(f"{self.path.name}.1").write_bytes(self.path.read_bytes())
        os.truncate(self.path, 0)
        self._mark = 0

    def tail(self, lines: int = 8) -> str:
        """The last lines written since `open`."""
        return "\n".join(self._end().splitlines()[-lines:])

    def says(self, words: str) -> bool:
        """Whether `words` were written since `open`."""
        return words in self._end()

    def _end(self) -> str:
        if not self.path.exists():
            return ""
        with self.path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(min(self._mark, end), end - _END_BYTES))
            return file.read().decode(errors="replace")
