"""128-bit identifiers: made once by whoever starts an operation, stored before they are sent."""

from hashlib import blake2b

import tigerbeetle

_MAX = 2**128 - 1


def new_id() -> int:
    """A fresh id, later ones larger: 48 bits of milliseconds, then 80 random bits."""
    return tigerbeetle.id()


def derived_id(kind: str, *parts: int | str | bytes) -> int:
    """The same id for the same `kind` and `parts`, never 0 or 2**128 - 1.

    A refused transfer id stays refused for ever, so whatever may be tried again needs its attempt
    number among the parts. Parts are length-prefixed and typed: `("a", "bc")`, `("ab", "c")` and
    `("1", 1)` all differ.
    """
    digest = blake2b(digest_size=16, person=b"ledger-id")
    for part in (kind, *parts):
        tag, data = _encoded(part)
        digest.update(tag + len(data).to_bytes(4, "big") + data)
    # The two forbidden values fold onto their neighbours; nobody will ever see it happen.
    return min(max(int.from_bytes(digest.digest(), "big"), 1), _MAX - 1)


def _encoded(part: int | str | bytes) -> tuple[bytes, bytes]:
    match part:
        case bytes():
            return b"b", part
        case str():
            return b"s", part.encode()
        case int():
            return b"i", part.to_bytes(part.bit_length() // 8 + 1, "big", signed=True)
