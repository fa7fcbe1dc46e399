"""128-bit identifiers: made once by whoever starts an operation, stored before they are sent."""

from functools import cache
from hashlib import blake2b

import tigerbeetle

_MAX = 2**128 - 1
_RANDOM_BITS = 80
_RANDOM_MASK = (1 << _RANDOM_BITS) - 1


def new_id() -> int:
    """A fresh id, later ones larger: 48 bits of milliseconds, then 80 random bits."""
    return tigerbeetle.id()


def milliseconds_of(id_: int) -> int:
    """When `new_id` made an id, in Unix milliseconds."""
    return id_ >> _RANDOM_BITS


def derived_id(kind: str, *parts: int | str | bytes) -> int:
    """The same id for the same `kind` and `parts`, never 0 or 2**128 - 1.

    A refused transfer id stays refused for ever, so whatever may be tried again needs its attempt
    number among the parts. Parts are length-prefixed and typed: `("a", "bc")`, `("ab", "c")` and
    `("1", 1)` all differ.
    """
    digest = _begun(kind).copy()
    digest.update(b"".join([_encoded(part) for part in parts]))
    number = int.from_bytes(digest.digest(), "big")
    # The two forbidden values fold onto their neighbours; nobody will ever see it happen.
    return min(number or 1, _MAX - 1)


def derived_id_beside(id_: int, kind: str, *parts: int | str | bytes) -> int:
    """As `derived_id`, from `id_` and `parts`, but it begins with the milliseconds of `id_`.

    What is made together sorts together then, and is stored on one page and not on many.
    """
    return id_ >> _RANDOM_BITS << _RANDOM_BITS | derived_id(kind, id_, *parts) & _RANDOM_MASK


@cache
def _begun(kind: str) -> blake2b:
    # There are few kinds, and a copy is made five times as fast as a new digest.
    return blake2b(_encoded(kind), digest_size=16, person=b"ledger-id")


def _encoded(part: int | str | bytes) -> bytes:
    if isinstance(part, int):
        size = part.bit_length() // 8 + 1
        return b"i" + size.to_bytes(4, "big") + part.to_bytes(size, "big", signed=True)
    tag, data = (b"s", part.encode()) if isinstance(part, str) else (b"b", part)
    return tag + len(data).to_bytes(4, "big") + data
