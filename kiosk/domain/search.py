"""How people are found by what staff type: by the beginnings of words, however they are spelled.

Case, accents and apostrophes say nothing: `muller` finds Müller, `obrien` finds O'Brien.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final, Self

from kiosk.domain import codes
from kiosk.domain.errors import KioskError
from kiosk.domain.people import Attendee

LETTERS_MIN: Final = 3
"""Letters and digits of the shortest search: fewer would list half the event."""
WORD_MIN: Final = 2
"""Letters and digits of the longest of its words, likewise."""
WORDS_MAX: Final = 16
"""So many words of somebody's name can be searched for; so many may be searched for at once."""

_SPELLED: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
    | {"\N{LATIN SMALL LETTER DOTLESS I}": "i"}
    | dict.fromkeys("'\N{RIGHT SINGLE QUOTATION MARK}\N{MODIFIER LETTER APOSTROPHE}", "")
)


@dataclass(eq=False)
class TooShort(KioskError):
    """Too little was typed to search for."""

    letters_min: int = LETTERS_MIN


@dataclass(frozen=True, slots=True)
class Findable:
    """How somebody is found: by how `words` begin."""

    text: str
    """All of them, with a blank before each: where it has a blank and a beginning, one does."""
    words: tuple[str, ...]

    @classmethod
    def of(cls, attendee: Attendee) -> Self:
        """How `attendee` is found: by each word of name and address, and by the whole address."""
        email = _folded(attendee.email)
        named = _words(_folded(attendee.name))[:WORDS_MAX]
        words = tuple(dict.fromkeys((*named, *_words(email.rpartition("@")[0]), email)))
        return cls("".join(f" {word}" for word in words), words)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody searches for."""

    words: tuple[str, ...]
    """How words of one person begin, the longest first."""
    number: str
    """How a ticket number begins, or "" if none begins like this."""

    @classmethod
    def of(cls, typed: str) -> Self:
        """What `typed` says; raises `TooShort`."""
        text = _folded(typed)
        parts = text.split() if "@" in text else _words(text)
        words = sorted(dict.fromkeys(parts), key=len, reverse=True)[:WORDS_MAX]
        if sum(map(len, words)) < LETTERS_MIN or len(words[0]) < WORD_MIN:
            raise TooShort
        return cls(tuple(words), codes.parse_number_start(typed) or "")


def _folded(text: str) -> str:
    """`text` without case, accents, apostrophes, and what cannot be seen."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = (
        char
        for char in decomposed
        if not unicodedata.combining(char)
        and (char.isspace() or unicodedata.category(char)[0] != "C")
    )
    return "".join(kept).translate(_SPELLED)


def _words(text: str) -> list[str]:
    # Letters, digits, and the marks that are parts of letters; whatever else parts words.
    return "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in text).split()
