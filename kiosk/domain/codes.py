"""Text for scanners and fingers: an alphabet no keyboard layout and no eye mistakes.

Digits and letters without I and O (which look like 1 and 0) and without Y and Z (which German
keyboards swap, and with them a scanner that pretends to be a keyboard): 32 symbols, 5 bits each.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWX"
NUMBER_SYMBOLS: Final = 12
"""Symbols of a ticket number: 11 that are random and one that checks them."""

_SYMBOLS: Final = bytes.maketrans(bytes(range(len(ALPHABET))), ALPHABET.encode())
_VALUES: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}
_LOOKALIKES: Final = str.maketrans("OI", "01")
_GROUP: Final = 4


def encode(data: bytes) -> str:
    """`data` in base 32, most significant bit first, filled up with zero bits."""
    size = -(-len(data) * 8 // 5)
    symbols, spreads = _spreads(size)
    number = int.from_bytes(data, "big") << symbols * 5 - len(data) * 8
    for low, high, shift in spreads:
        number = number & low | (number & high) << shift
    return number.to_bytes(symbols, "big").translate(_SYMBOLS)[:size].decode()


def decode(text: str) -> bytes | None:
    """The bytes `encode` made `text` of, whatever its case; None if it made nothing like it."""
    if not text.isascii():
        # Some letters become two in upper case.
        return None
    number = 0
    for symbol in text.upper():
        value = _VALUES.get(symbol)
        if value is None:
            return None
        number = number << 5 | value
    size, spare = divmod(len(text) * 5, 8)
    # Spare bits say nothing, so each value has exactly one text: a flipped symbol is never lost.
    if spare >= 5 or number & (1 << spare) - 1:
        return None
    return (number >> spare).to_bytes(size, "big")


def ticket_number(random_bits: int) -> str:
    """The ticket number for 55 random bits, with its check symbol."""
    return checked(random_bits, NUMBER_SYMBOLS)


def checked(random_bits: int, symbols: int) -> str:
    """A number of so many symbols (at most 12) for 5 random bits each, the last one checking."""
    shifts = range(5 * (symbols - 2), -5, -5)
    body = "".join([ALPHABET[random_bits >> shift & 31] for shift in shifts])
    return body + ALPHABET[_check(body)]


def format_number(number: str) -> str:
    """A number in groups, as people read and type it: `XXXX-XXXX-XXXX`."""
    return "-".join([number[at : at + _GROUP] for at in range(0, len(number), _GROUP)])


def parse_number(typed: str, symbols: int = NUMBER_SYMBOLS) -> str | None:
    """The number somebody typed, a ticket's by its length, tidied; None if it cannot be one.

    Whether its symbols are right, `is_number_intact` tells.
    """
    bare = _bare(typed)
    return bare if bare.isalnum() and len(bare) == symbols else None


def parse_number_start(typed: str) -> str | None:
    """How the ticket number begins that somebody typed, or None if none begins like it."""
    bare = _bare(typed)
    is_start = 0 < len(bare) <= NUMBER_SYMBOLS and all(symbol in _VALUES for symbol in bare)
    return bare if is_start else None


def number_range(start: str) -> tuple[str, str]:
    """The least and the greatest ticket number that begin with `start`."""
    return start.ljust(NUMBER_SYMBOLS, ALPHABET[0]), start.ljust(NUMBER_SYMBOLS, ALPHABET[-1])


def _bare(typed: str) -> str:
    """`typed` without what people put between symbols, "" if some are no symbols anywhere."""
    if not typed.isascii():
        return ""
    return "".join(typed.upper().split()).replace("-", "").translate(_LOOKALIKES)


def is_number_intact(number: str) -> bool:
    """Whether the check symbol fits: one wrong symbol or two swapped ones never do."""
    if any(symbol not in _VALUES for symbol in number):
        return False
    return _VALUES[number[-1]] == _check(number[:-1])


def _check(body: str) -> int:
    total = 0
    # Shorter numbers use the first weights only.
    for products, symbol in zip(_WEIGHTED, body, strict=False):
        total ^= products[_VALUES[symbol]]
    return total


@cache
def _spreads(size: int) -> tuple[int, tuple[tuple[int, int, int], ...]]:
    """How to have groups of 5 bits a byte each: room for how many symbols, and in each step which
    bits stay, which move, and how far. Every step halves all runs of groups at once.
    """
    symbols = 1 << (size - 1).bit_length()
    spreads, run = [], symbols // 2
    while run:
        low = sum((1 << 5 * run) - 1 << 16 * run * at for at in range(symbols // run // 2))
        spreads.append((low, low << 5 * run, 3 * run))
        run //= 2
    return symbols, tuple(spreads)


def _weighted() -> Iterator[tuple[int, ...]]:
    # A weighted sum over GF(32), the weights being different powers of a generator: one wrong
    # symbol changes it, and so does any exchange of two different ones.
    weight = 1
    for _ in range(NUMBER_SYMBOLS - 1):
        weight = _times_generator(weight)
        yield tuple(_multiply(weight, value) for value in range(len(ALPHABET)))


def _times_generator(value: int) -> int:
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 32 else doubled


def _multiply(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left, right = _times_generator(left), right >> 1
    return product


_WEIGHTED: Final = tuple(_weighted())
"""By position and value of a symbol: what it adds to the check."""
