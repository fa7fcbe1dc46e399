"""Event files on disk."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kiosk.domain.errors import EventFileError, Fault
from kiosk.domain.event_file import parse_event
from kiosk.domain.event_reader import dotted
from kiosk.domain.event_sense import cautions
from kiosk.domain.events import Event
from kiosk.domain.toml_lines import KeyLines


@dataclass(frozen=True, slots=True)
class FileWarning:
    """Something in a file that is allowed and hardly meant."""

    file: str
    line: int
    key: str
    words: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: warning: {self.key}: {self.words}"


def load_event(path: Path) -> Event:
    """The event that a file describes; raises `EventFileError` with every fault in it."""

    def read_beside(name: str) -> str | None:
        return _text(path.parent / name)

    return parse_event(_whole(path), str(path), read_beside)


def check_event(path: Path, now: datetime) -> tuple[Event, tuple[FileWarning, ...]]:
    """The event and what makes no sense in it, in the order of the file; raises as `load_event`."""
    event = load_event(path)
    lines = KeyLines(_whole(path))
    found = [
        FileWarning(str(path), lines.line(one.path), dotted(one.path), one.words)
        for one in cautions(event, now)
    ]
    return event, tuple(sorted(found, key=lambda one: one.line))


def _whole(path: Path) -> str:
    text = _text(path)
    if text is None:
        wanted = (
            "an event file in UTF-8" if path.exists() else "an event file, and there is no file"
        )
        raise EventFileError((Fault(str(path), 1, "", f"{wanted} here"),))
    return text


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError):
        return None
