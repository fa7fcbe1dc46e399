"""Why somebody did something out of the ordinary, in their own words: it stays on record."""

from kiosk.domain.errors import InvalidName, InvalidReason
from kiosk.domain.people import checked_name


def checked_reason(text: str) -> str:
    """The trimmed reason, of as many characters as a name; raises `InvalidReason`."""
    try:
        return checked_name(text)
    except InvalidName as invalid:
        raise InvalidReason(invalid.reason) from None
