"""The people of an event, as they name themselves."""

import unicodedata
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, Self

from email_validator import EmailNotValidError, validate_email

from kiosk.domain.errors import InvalidEmail, InvalidName

NAME_MAX: Final = 200
"""Characters of the longest name."""

_MASK: Final = "•"
_MASKED_WORDS_MAX: Final = 4
_MASKED_LETTERS_MAX: Final = 8
_MARKS_MAX: Final = 2
"""Accents on one letter that are shown: more of them are no letter but a joke."""


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
        return type(self)(short, masked_email(self.email))

    @property
    def masked(self) -> Self:
        """`A•• L•••••••`, `a•••@example.org`: who knows them sees that it is they, and who does not
        learns little."""
        words = [_masked(word) for word in self.name.split()[:_MASKED_WORDS_MAX]]
        return type(self)(" ".join(words), masked_email(self.email))


def masked_email(email: str) -> str:
    """`a•••@example.org`."""
    local, _, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"


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


def _masked(word: str) -> str:
    """The first letter of a word with its accents, and a dot for each other one."""
    # Marks of direction and joiners would mask nothing, and turn what stands beside them.
    seen = [char for char in word if unicodedata.category(char)[0] != "C"]
    marks = list(takewhile(_is_mark, seen[1:]))
    letters = sum(not _is_mark(char) for char in seen[1:])
    shown = "".join([*seen[:1], *marks[:_MARKS_MAX]]) or _MASK
    return shown + _MASK * min(letters, _MASKED_LETTERS_MAX)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


def _is_control(character: str) -> bool:
    # Joiners and direction marks are part of names; what moves a terminal's cursor is not, and
    # a lone surrogate cannot be stored.
    return ord(character) < 32 or 127 <= ord(character) < 160 or "\ud800" <= character <= "\udfff"
