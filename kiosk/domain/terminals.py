"""Terminals: named, and paired once by a code that an organiser gives out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

from kiosk.domain import codes
from kiosk.domain.errors import KioskError, StoreUnavailable
from kiosk.domain.pins import Tries

CODE_SYMBOLS: Final = 8
"""Symbols of a pairing code: 7 that are random and one that checks them."""
CODE_BITS: Final = 35

CODE_LIFE: Final = timedelta(minutes=15)
CODE_TRIES_MAX: Final = 5
"""After so many wrong codes at a terminal the right one is void too: ask for another."""

NAME_LENGTH_MAX: Final = 64

SILENT_AFTER: Final = timedelta(minutes=2)
"""A terminal that works says twice a minute that it is there."""


class TerminalState(StrEnum):
    """Whether a terminal may do anything."""

    NEW = "new"
    """It has never been let in."""
    PAIRED = "paired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class TerminalStatus:
    """A terminal, as an organiser sees it."""

    number: int
    name: str
    state: TerminalState
    since: datetime | None = None
    """When it was paired or revoked."""
    invited_until: datetime | None = None
    """Until when the code that was given out for it is good."""
    may_search: bool = True
    """Whether staff may find people by name there."""
    wrong_pins: int = 0
    """In a row."""
    seen_at: datetime | None = None
    """When it last said that it is there."""

    def is_silent(self, now: datetime) -> bool:
        """Whether nothing was heard for too long of a terminal that may do something."""
        heard = self.seen_at or self.since
        return (
            self.state is TerminalState.PAIRED and heard is not None and now - heard >= SILENT_AFTER
        )

    @property
    def is_locked(self) -> bool:
        """Whether it takes no PIN until somebody frees it."""
        return Tries(self.wrong_pins).is_locked


@dataclass(frozen=True, slots=True)
class Invitation:
    """A code that lets one terminal in, once."""

    terminal: str
    code: str
    """For typing, as `XXXX-XXXX`; it is stored nowhere."""
    expires_at: datetime


class PairingFault(StrEnum):
    """Why a code did not let a terminal in."""

    TYPO = "typo"
    """Its check symbol does not fit: type it again. It counts as no try."""
    WRONG = "wrong"
    """Not the code that was given out for this terminal; `tries_left` says how often more."""
    VOID = "void"
    """No code is open for this terminal, or not any more: ask for a new one."""


@dataclass(eq=False)
class PairingRefused(KioskError):
    """A code did not let a terminal in; nothing was changed but the number of tries."""

    fault: PairingFault
    tries_left: int = 0


@dataclass(eq=False)
class UnknownTerminal(KioskError):
    """There is no terminal of this name."""

    name: str

    def __str__(self) -> str:
        return f"there is no terminal called {self.name!r}; expected one of `kiosk terminal list`"


@dataclass(eq=False)
class InvalidTerminalName(KioskError):
    """A terminal cannot be called this."""

    name: str

    def __str__(self) -> str:
        return (
            f"no terminal can be called {self.name!r}; expected 1 to {NAME_LENGTH_MAX} printable"
            " characters, for example door-2"
        )


@dataclass(eq=False)
class NotPaired(StoreUnavailable):
    """This terminal was never paired, or was revoked: whatever was asked, nothing was done."""

    reason: str = "this terminal is not paired"

    def __str__(self) -> str:
        return f"{self.reason}: `kiosk terminal invite` gives a code for it"


def checked_terminal_name(name: str) -> str:
    """The trimmed name; raises `InvalidTerminalName`."""
    trimmed = name.strip()
    if not trimmed.isprintable() or not 0 < len(trimmed) <= NAME_LENGTH_MAX:
        raise InvalidTerminalName(name)
    return trimmed


def pairing_code(random_bits: int) -> str:
    """The pairing code for 35 random bits, with its check symbol."""
    return codes.checked(random_bits, CODE_SYMBOLS)


def parse_pairing_code(typed: str) -> str:
    """The code somebody typed, tidied; raises `PairingRefused` if it was mistyped."""
    code = codes.parse_number(typed, CODE_SYMBOLS)
    if code is None or not codes.is_number_intact(code):
        raise PairingRefused(PairingFault.TYPO)
    return code


def secret_digest(secret: bytes | str) -> bytes:
    """What is stored of a secret that nobody can guess: 32 bytes."""
    return sha256(secret if isinstance(secret, bytes) else secret.encode()).digest()
