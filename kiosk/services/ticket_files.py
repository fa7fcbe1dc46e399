"""Save tickets where people can take them along: a picture of each, and all of them to print."""

import asyncio
import os
import re
import unicodedata
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from kiosk.domain.errors import KioskError

DOTS_PER_INCH: Final = 254
"""Of saved tickets: ten dots to the millimetre."""
_NAME_MAX: Final = 40


@dataclass(frozen=True, slots=True)
class TicketPicture:
    """What is printed on one ticket, in the words of its holder's language."""

    event: str
    title: str
    details: tuple[str, ...]
    holder: str
    number_label: str
    number: str
    code: str


@dataclass(eq=False)
class CannotSave(KioskError):
    """The tickets were not saved, or not all of them; `reason` is the system's word."""

    folder: Path
    reason: str


class TicketFiles:
    """The folder that tickets are saved in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def save(self, name: str, tickets: Sequence[TicketPicture]) -> AsyncIterator[Path]:
        """Save each ticket as PNG, then all of them as one PDF of that name; each file once it is
        there.

        Saving again writes the same files. Raises `CannotSave`.
        """
        try:
            await asyncio.to_thread(self.folder.mkdir, mode=0o700, parents=True, exist_ok=True)
            for ticket in tickets:
                yield await asyncio.to_thread(self._save_png, name, ticket)
            yield await asyncio.to_thread(self._save_pdf, name, tickets)
        except OSError as fault:
            raise CannotSave(self.folder, fault.strerror or str(fault)) from fault

    async def not_drawn(self, tickets: Sequence[TicketPicture]) -> str:
        """The characters that could not be drawn, each once: the picture leaves them out."""
        from kiosk.services.ticket_pictures import not_drawn

        return await asyncio.to_thread(not_drawn, tickets)

    def _save_png(self, name: str, ticket: TicketPicture) -> Path:
        # Drawing is loaded when somebody wants it: a kiosk starts faster without.
        from kiosk.services.ticket_pictures import draw

        data = BytesIO()
        draw(ticket).save(data, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
        parts = (file_part(name), file_part(ticket.holder), file_part(ticket.number))
        return self._write("-".join(filter(None, parts)) + ".png", data.getvalue())

    def _save_pdf(self, name: str, tickets: Sequence[TicketPicture]) -> Path:
        return self._write(f"{file_part(name)}.pdf", pdf_of(tickets))

    def _write(self, name: str, data: bytes) -> Path:
        """Whole or not at all: a half-written ticket looks like one."""
        path, unfinished = self.folder / name, self.folder / f".{name}.part"
        try:
            opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(opened, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError:
            unfinished.unlink(missing_ok=True)
            raise
        return path


def pdf_of(tickets: Sequence[TicketPicture]) -> bytes:
    """All tickets as one PDF, a page each."""
    from kiosk.services.ticket_pictures import draw

    first, *others = [draw(ticket) for ticket in tickets]
    data = BytesIO()
    first.save(
        data,
        "PDF",
        save_all=True,
        append_images=others,
        resolution=DOTS_PER_INCH,
        quality=92,
        title=tickets[0].event,
    )
    return data.getvalue()


def file_part(text: str) -> str:
    """What people typed as a part of a file name: plain letters, digits and dashes only."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:_NAME_MAX].strip("-")
