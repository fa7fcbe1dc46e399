"""Take codes along: saved as pictures, or printed. What comes of it is said in words."""

from collections.abc import Callable, Sequence

from kiosk.screens.base import Desk
from kiosk.services.printing import NotPrinted, PrinterSilent
from kiosk.services.ticket_files import CannotSave, TicketPicture


async def save(
    desk: Desk, name: str, pictures: Sequence[TicketPicture], say: Callable[[str], None]
) -> None:
    """Save each picture, and all of them as one file of that name."""
    files, words = desk.services.ticket_files, desk.words
    assert files is not None
    done, of = 0, len(pictures) + 1
    say(words("Saving {n} of {all} …", n=1, all=of))
    try:
        async for _ in files.save(name, pictures):
            done += 1
            say(words("Saving {n} of {all} …", n=min(done + 1, of), all=of))
    except CannotSave as fault:
        say(words("Not saved: {reason}", reason=fault.reason))
        return
    # The code on it says everything, whatever can be written beside it.
    if missing := await files.not_drawn(pictures):
        say(words("✔ Saved, without: {letters}", letters=missing))
    else:
        say(words("✔ Saved in {folder}", folder=str(files.folder)))


async def print_out(
    desk: Desk, name: str, pictures: Sequence[TicketPicture], say: Callable[[str], None]
) -> None:
    """Print the pictures. Who does not wait for it makes room for the next person."""
    printer, words = desk.services.printer, desk.words
    assert printer is not None
    say(words("Printing …"))
    try:
        await printer.print(name, pictures)
    except NotPrinted as fault:
        say(words("Not printed: {reason}", reason=str(fault)))
    except PrinterSilent:
        say(words("The printer does not answer. Is there paper in it?"))
    else:
        say(words("✔ On its way to the printer."))
