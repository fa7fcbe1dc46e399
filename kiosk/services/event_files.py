"""Event files on disk."""

from pathlib import Path

from kiosk.domain.errors import EventFileError, Fault
from kiosk.domain.event_file import parse_event
from kiosk.domain.events import Event


def load_event(path: Path) -> Event:
    """The event that a file describes; raises `EventFileError` with every fault in it."""

    def read_beside(name: str) -> str | None:
        return _text(path.parent / name)

    text = _text(path)
    if text is None:
        raise EventFileError((Fault(str(path), 1, "", "an event file in UTF-8 here"),))
    return parse_event(text, str(path), read_beside)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError):
        return None
