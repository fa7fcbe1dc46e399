"""What a scanner sends: a burst of typing, which may end with Enter and may not."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kiosk.domain import codes
from kiosk.domain.staff_codes import read_badge
from kiosk.domain.tickets import TEXT_SYMBOLS, read_code
from kiosk.domain.wallet_codes import read_wallet_code

TEST_TEXT: Final = "TURNSTILE-0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""What a scanner should send of the code on the test screen."""

_HARMLESS: Final = frozenset("YZIO-")
"""Symbols of the test that no code of ours is made of."""


def last_code(text: str) -> str | None:
    """The whole code, of ticket, badge or wallet, that `text` ends with; None while there is none.

    What lies before it is what somebody began to type, or what an earlier scan lost half of.
    """
    tail = tidied(text)[-TEXT_SYMBOLS:]
    is_ours = read_code(tail) or read_badge(tail) or read_wallet_code(tail)
    return tail if is_ours else None


def is_ticket(typed: str) -> bool:
    """Whether this is a whole code or an intact ticket number, and not just words of its length."""
    number = codes.parse_number(typed)
    is_number = number is not None and codes.is_number_intact(number)
    return last_code(typed) is not None or (is_number and any(map(str.isdigit, typed)))


def tidied(text: str) -> str:
    """`text` in upper case and without blanks, as codes are compared."""
    # Symbol by symbol: some letters become two in upper case, and none may move its neighbours.
    return "".join(
        upper if len(upper := one.upper()) == 1 else one for one in "".join(text.split())
    )


class Ending(StrEnum):
    """How a scan ended."""

    ENTER = "enter"
    TAB = "tab"
    SILENCE = "silence"


class Hearing(StrEnum):
    """How well the scanner's typing arrives."""

    RIGHT = "right"
    HARMLESS = "harmless"
    """Some symbols arrive as others, but none that our codes are made of."""
    LAYOUT = "layout"
    """Symbols of our codes arrive as others: the keyboard layouts differ."""
    LOST = "lost"
    """Symbols are missing, or there are too many."""
    ANOTHER = "another"
    """This was not the code of the test."""


@dataclass(frozen=True, slots=True)
class ScannerReport:
    """What the test found. `wrong` is each symbol beside the one that arrived in its place."""

    hearing: Hearing
    ending: Ending
    wrong: tuple[tuple[str, str], ...] = ()
    twice: bool = False
    """It sends everything two times."""


def report_on(typed: str, ending: Ending, *, again: bool = False) -> ScannerReport:
    """Compare what arrived with what the code says; `again` if the same arrived just before."""
    heard = tidied(typed)
    half = len(heard) // 2
    doubled = half > 0 and heard[:half] == heard[half:]
    if doubled:
        heard = heard[half:]
    twice = again or doubled
    if read_code(heard) or codes.parse_number(heard):
        return ScannerReport(Hearing.ANOTHER, ending, twice=twice)
    if len(heard) != len(TEST_TEXT):
        return ScannerReport(Hearing.LOST, ending, twice=twice)
    pairs = zip(TEST_TEXT, heard, strict=True)
    wrong = tuple(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))
    hearing = Hearing.RIGHT
    if wrong:
        harmless = all(symbol in _HARMLESS for symbol, _ in wrong)
        hearing = Hearing.HARMLESS if harmless else Hearing.LAYOUT
    return ScannerReport(hearing, ending, wrong, twice)
