"""What a provider tells the kiosk unasked: how it is signed, and how it is written.

The signature is an HMAC-SHA256 over `timestamp.body`, sent beside the timestamp in one header:
`t=1893456000,v1=<64 hexadecimal digits>`. While a secret is being changed a sender may sign with
both, each as a `v1` of its own. Fields with other names are for other versions and are skipped.
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from kiosk.domain.errors import KioskError
from kiosk.domain.money import CURRENCIES, Money
from kiosk.domain.providers import EventKind, ProviderEvent

SIGNATURE_HEADER: Final = "turnstile-signature"
"""In lower case: names of HTTP headers have none."""
TOLERANCE_SECONDS: Final = 300
"""How far the clocks of sender and receiver may be apart, and how late a copy may be replayed."""
BODY_BYTES_MAX: Final = 64 * 1024
SIGNATURES_MAX: Final = 8
AMOUNT_MAX: Final = 2**63 - 1
"""In minor units: what fits the database."""
TEXT_LENGTH_MAX: Final = 255

_TIMESTAMP_DIGITS_MAX: Final = 12
_TYPES: Final = {f"payment.{kind}": kind for kind in EventKind}
_CREATED_MAX: Final = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


@dataclass(eq=False)
class BadSignature(KioskError):
    """Not signed, or not by somebody who has the secret, or not lately: nothing in it counts."""

    why: str

    def __str__(self) -> str:
        return self.why


@dataclass(eq=False)
class MalformedEvent(KioskError):
    """Signed well, but not an event: sender and receiver are of different minds."""

    why: str

    def __str__(self) -> str:
        return self.why


@dataclass(frozen=True, slots=True)
class Answer:
    """What the sender of a webhook is told: an HTTP status, and why. Below 300 it sends no more."""

    status: int
    words: str


def sign(secret: bytes, timestamp: int, body: bytes) -> str:
    """The value of the signature's header for a body sent at `timestamp`, in Unix seconds."""
    return f"t={timestamp},v1={_mac(secret, str(timestamp), body)}"


def verify(
    secret: bytes,
    header: str,
    body: bytes,
    now: datetime,
    tolerance_seconds: int = TOLERANCE_SECONDS,
) -> None:
    """Return if a signature in `header` is ours and fresh; raises `BadSignature`."""
    assert secret, "an empty secret signs for everybody"
    stamp, signatures = _parts(header)
    expected = _mac(secret, stamp, body)
    # All are compared, each in constant time: how long it takes says nothing of what is right.
    matches = [hmac.compare_digest(expected.encode(), each.encode()) for each in signatures]
    if not any(matches):
        raise BadSignature("no signature fits this body and our secret")
    # After the signature: who cannot sign learns nothing about our clock.
    if abs(now.timestamp() - int(stamp)) > tolerance_seconds:
        raise BadSignature(f"signed more than {tolerance_seconds} seconds from now")


def parse(body: bytes) -> ProviderEvent:
    """The event in the body of a webhook; raises `MalformedEvent` with what was expected."""
    fields = _object(body)
    kind = _TYPES.get(_text(fields, "type"))
    if kind is None:
        raise MalformedEvent(f"type: expected one of {', '.join(_TYPES)}")
    currency = _text(fields, "currency")
    if currency not in CURRENCIES:
        raise MalformedEvent("currency: expected an ISO 4217 code in capitals, such as EUR")
    return ProviderEvent(
        id=_text(fields, "id"),
        kind=kind,
        reference=_text(fields, "reference"),
        amount=Money(_integer(fields, "amount", AMOUNT_MAX), currency),
        at=datetime.fromtimestamp(_integer(fields, "created", _CREATED_MAX), UTC),
    )


def render(event: ProviderEvent) -> bytes:
    """The body that `parse` reads; times lose what is below a second."""
    fields = {
        "id": event.id,
        "type": f"payment.{event.kind}",
        "reference": event.reference,
        "amount": event.amount.minor,
        "currency": event.amount.currency,
        "created": int(event.at.timestamp()),
    }
    return json.dumps(fields, separators=(",", ":")).encode()


def _mac(secret: bytes, stamp: str, body: bytes) -> str:
    return hmac.new(secret, stamp.encode() + b"." + body, sha256).hexdigest()


def _parts(header: str) -> tuple[str, Sequence[str]]:
    if not header:
        raise BadSignature("expected a signature, found none")
    pairs = [part.strip().partition("=")[::2] for part in header.split(",")]
    stamps = [value for name, value in pairs if name == "t"]
    signatures = [value for name, value in pairs if name == "v1"]
    # `isdecimal` alone would let digits of other scripts pass, and a stamp is signed as text.
    if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdecimal()):
        raise BadSignature("expected one timestamp t= in Unix seconds")
    if len(stamps[0]) > _TIMESTAMP_DIGITS_MAX:
        raise BadSignature("expected a timestamp of this age of the world")
    if not 0 < len(signatures) <= SIGNATURES_MAX:
        raise BadSignature(f"expected 1 to {SIGNATURES_MAX} signatures v1=")
    return stamps[0], signatures


def _object(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(
            body.decode(), object_pairs_hook=_no_duplicates, parse_constant=_no_constants
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as fault:
        raise MalformedEvent("expected JSON in UTF-8") from fault
    except ValueError as fault:
        # Python refuses to read integers of thousands of digits.
        raise MalformedEvent("expected JSON with numbers of this world") from fault
    if not isinstance(found, dict):
        raise MalformedEvent("expected a JSON object")
    return found


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        # Two readers may each pick another one of them.
        raise MalformedEvent("expected each key once")
    return fields


def _no_constants(name: str) -> object:
    raise MalformedEvent(f"expected JSON, which knows no {name}")


def _text(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= TEXT_LENGTH_MAX:
        raise MalformedEvent(f"{name}: expected a text of 1 to {TEXT_LENGTH_MAX} characters")
    if not value.isprintable():
        raise MalformedEvent(f"{name}: expected characters that can be printed")
    return value


def _integer(fields: dict[str, object], name: str, most: int) -> int:
    value = fields.get(name)
    # True is an integer to Python, and 1.0 an equal one.
    if type(value) is not int or not 0 <= value <= most:
        raise MalformedEvent(f"{name}: expected a whole number from 0 to {most}")
    return value
