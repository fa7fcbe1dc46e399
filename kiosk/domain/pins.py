"""PINs, of staff and of wallets: which are taken, and how wrong ones slow down who guesses."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final, Self

from kiosk.domain.errors import KioskError, WrongPin

PIN_TRIES_MAX: Final = 10
"""After so many wrong PINs in a row none is taken until somebody frees it."""
FREE_TRIES: Final = 2
WAIT_SECONDS_MAX: Final = 300

PIN_DIGITS_MIN: Final = 4
PIN_DIGITS_MAX: Final = 8


@dataclass(eq=False)
class PinsLocked(KioskError):
    """Too many wrong PINs in a row: none is taken any more, at this terminal or for this wallet.

    An organiser frees a terminal: from another one, with a badge at this one, or by the command
    line. A wallet's PIN is reset by a supervisor.
    """


class PinFault(StrEnum):
    """Why nobody may choose such a PIN."""

    DIGITS = "digits"
    """It has other symbols than the digits 0 to 9."""
    SHORT = "short"
    LONG = "long"
    EASY = "easy"
    """All digits are the same, or each is the one after or before the last: tried first."""


@dataclass(eq=False)
class InvalidPin(KioskError):
    """A PIN cannot be chosen; the one before it, if any, stays."""

    fault: PinFault


def checked_pin(typed: str) -> str:
    """The PIN somebody chooses, 4 to 8 digits that are no row; raises `InvalidPin`."""
    pin = typed.strip()
    if not (pin.isascii() and pin.isdigit()) and pin:
        raise InvalidPin(PinFault.DIGITS)
    if len(pin) < PIN_DIGITS_MIN:
        raise InvalidPin(PinFault.SHORT)
    if len(pin) > PIN_DIGITS_MAX:
        raise InvalidPin(PinFault.LONG)
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        raise InvalidPin(PinFault.EASY)
    return pin


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong tries in a row, and when the next one counts."""

    failures: int = 0
    retry_at: datetime | None = None

    @property
    def is_locked(self) -> bool:
        """Whether there were too many."""
        return self.failures >= PIN_TRIES_MAX

    @property
    def refusal(self) -> WrongPin | PinsLocked:
        """What to tell whoever made the last of them."""
        return PinsLocked() if self.is_locked else WrongPin(wait_seconds(self.failures))

    def one_more(self, now: datetime) -> Self:
        """One more, counted as wrong before it is judged, so that neither a restart nor many tries
        at once shorten the wait. Raises `WrongPin` if the last wrong one is too recent."""
        if self.retry_at is not None:
            remaining = -(-(self.retry_at - now) // timedelta(seconds=1))
            # Longer than it ever was: the clock was set back, and nobody waits for that.
            if 0 < remaining <= wait_seconds(self.failures):
                raise WrongPin(remaining, is_early=True)
        failures = self.failures + 1
        return type(self)(failures, now + timedelta(seconds=wait_seconds(failures)))

    def one_more_pin(self, now: datetime) -> Self:
        """As `one_more`; raises `PinsLocked` after too many, too."""
        if self.is_locked:
            raise PinsLocked
        return self.one_more(now)


def wait_seconds(failures: int) -> int:
    """How long to wait after so many wrong PINs in a row: 2, 4, 8 … seconds after two free ones."""
    if failures <= FREE_TRIES:
        return 0
    # The exponent is bounded too: a million tries must not make a number of a million bits.
    doubled: int = 2 ** min(failures - FREE_TRIES, 16)
    return min(doubled, WAIT_SECONDS_MAX)
