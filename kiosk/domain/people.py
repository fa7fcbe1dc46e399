"""The people of an event, as they name themselves."""

from dataclasses import dataclass
from typing import Final, Self

from email_validator import EmailNotValidError, validate_email

from kiosk.domain.errors import InvalidEmail, InvalidName

NAME_MAX: Final = 200
"""Characters of the longest name."""


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody who comes to the event."""

    name: str
    email: str

    @classmethod
    def of(cls, name: str, email: str) -> Self:
        """Check and tidy what somebody typed; raises `InvalidName` or `InvalidEmail`."""
        return cls(checked_name(name), checked_email(email))

    @property
    def half_hidden(self) -> Self:
        """`Ada L.`, `a•••@example.org`: enough to greet by, too little for who looks on."""
        words = self.name.split()
        short = " ".join([*words[:1], *(f"{word[0]}." for word in words[1:][-1:])])
        local, _, domain = self.email.rpartition("@")
        return type(self)(short, f"{local[:1]}•••@{domain}")


def checked_name(name: str) -> str:
    """The trimmed name: 1 to 200 characters of any script, without control characters."""
    trimmed = name.strip()
    if not trimmed:
        raise InvalidName("empty")
    if len(trimmed) > NAME_MAX:
        raise InvalidName("too_long")
    if any(_is_control(character) for character in trimmed):
        raise InvalidName("control_character")
    return trimmed


def checked_email(email: str) -> str:
    """The address in its normal form; its domain is not looked up."""
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized
    except EmailNotValidError as invalid:
        raise InvalidEmail(str(invalid)) from None


def _is_control(character: str) -> bool:
    # Joiners and direction marks are part of names; what moves a terminal's cursor is not, and
    # a lone surrogate cannot be stored.
    return ord(character) < 32 or 127 <= ord(character) < 160 or "\ud800" <= character <= "\udfff"
