"""QR codes on the command line: shown, or saved as pictures to be printed."""

import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kiosk.services.ticket_files import TicketPicture

_BLACK_ON_WHITE: Final = "\x1b[30;107m"
_AS_BEFORE: Final = "\x1b[0m"


def print_code(code: str) -> None:
    """Show a code where it can be scanned."""
    from kiosk.widgets.qr_code import qr_lines

    # Readers want black on white; a file has no colours, and says so by being printed on white.
    before, after = (_BLACK_ON_WHITE, _AS_BEFORE) if sys.stdout.isatty() else ("", "")
    for line in qr_lines(code):
        print(f"{before}{line}{after}")


def save_code(path: Path, picture: "TicketPicture") -> None:
    """Save a picture as a PNG file; raises `FileExistsError`."""
    from kiosk.services.ticket_files import DOTS_PER_INCH
    from kiosk.services.ticket_pictures import draw

    data = BytesIO()
    draw(picture).save(data, "PNG", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    # A new file, its owner's alone: it opens doors, or wallets.
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(data.getvalue())
