"""The modules of QR codes."""

from typing import Final

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_L

QUIET_ZONE: Final = 4
"""Light modules on each side, as the standard asks."""


def qr_modules(text: str) -> list[list[bool]]:
    """The code of `text` at error correction L with its quiet zone, row by row; True is dark.

    Upper-case letters and digits make the smallest code: 154 of them are 45 modules a side.
    """
    code = QRCode(error_correction=ERROR_CORRECT_L, border=QUIET_ZONE)
    # Undivided, so that alphanumeric text stays in the alphanumeric mode.
    code.add_data(text, optimize=0)
    return [[bool(module) for module in row] for row in code.get_matrix()]
