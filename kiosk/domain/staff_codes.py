"""Staff badges: a signed QR that says who works here, and can be made void."""

import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.domain import codes
from kiosk.domain.errors import KioskError
from kiosk.domain.tickets import TEXT_SYMBOLS
from ledger.ids import derived_id

# The first byte tells badges from tickets, so that no ticket is ever a badge. The zeros make it
# as long as a ticket: whoever waits for the whole of a code need know one length only.
_LAYOUT: Final = struct.Struct(">B16sH10x")
_FORMAT: Final = 2
_SIGNATURE_BYTES: Final = 64

VERSION_MAX: Final = 65535

assert len(codes.encode(bytes(_LAYOUT.size + _SIGNATURE_BYTES))) == TEXT_SYMBOLS


class BadgeFault(StrEnum):
    """Why a badge opens nothing."""

    NOT_OURS = "not_ours"
    """Of another event, forged, or of somebody who does not work here any more."""
    VOID = "void"
    """It was made void, as when it was lost: there may be a newer one."""
    ROLE = "role"
    """Its owner may not do that."""


@dataclass(eq=False)
class BadgeRefused(KioskError):
    """A badge did not open what was asked."""

    fault: BadgeFault


@dataclass(eq=False)
class UnknownStaff(KioskError):
    """Nobody of this name works at the event."""

    name: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"nobody called {self.name!r} works here; expected one of: {', '.join(self.known)}"


@dataclass(eq=False)
class EventNotOpened(KioskError):
    """The event has no identity or no key on this machine yet: its badges cannot be signed."""

    event_key: str

    def __str__(self) -> str:
        return f"the event {self.event_key} was not opened here yet: `kiosk event load` opens it"


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge says about itself; nothing that could be read without the event."""

    member_id: int
    version: int

    def to_bytes(self) -> bytes:
        """The 29 bytes that are signed."""
        return _LAYOUT.pack(_FORMAT, self.member_id.to_bytes(16, "big"), self.version)

    def signed(self, key: Ed25519PrivateKey) -> str:
        """The text of the QR: as many symbols as a ticket has, all in QR's alphanumeric mode."""
        data = self.to_bytes()
        return codes.encode(data + key.sign(data))


@dataclass(frozen=True, slots=True)
class SignedBadge:
    """A badge somebody presents, with a signature that may or may not be good."""

    badge: Badge
    signature: bytes

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether the owner of `key` signed exactly this badge."""
        try:
            key.verify(self.signature, self.badge.to_bytes())
        except InvalidSignature:
            return False
        return True


def member_id(event_id: int, name: str) -> int:
    """What stands for a member of an event's staff: the same as long as the name is."""
    return derived_id("staff", event_id, name)


def read_badge(text: str) -> SignedBadge | None:
    """What a scanned text says, not yet trusted; None if no badge reads like it."""
    data = codes.decode(text.strip())
    if data is None or len(data) != _LAYOUT.size + _SIGNATURE_BYTES or data[0] != _FORMAT:
        return None
    signed, signature = data[: _LAYOUT.size], data[_LAYOUT.size :]
    _, member, version = _LAYOUT.unpack(signed)
    badge = Badge(int.from_bytes(member, "big"), version)
    return SignedBadge(badge, signature) if badge.to_bytes() == signed else None


def last_badge(text: str) -> str | None:
    """The whole badge that `text` ends with; None while there is none."""
    tail = "".join(text.split())[-TEXT_SYMBOLS:].upper()
    return tail if read_badge(tail) else None
