"""Tickets: what the QR says, signed so that any terminal can trust it without a network."""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.domain import codes
from kiosk.domain.events import EventSlot, Window
from kiosk.domain.orders import SlotClaim
from kiosk.domain.people import Attendee
from kiosk.domain.signed_codes import SIGNATURE_BYTES, CodeKind, is_signed, read_signed, sign

TEXT_MAX: Final = 154
"""Symbols that a QR code of version 5 holds at error correction L: 45 by 23 cells on screen."""

_LAYOUT: Final = struct.Struct(">B16sHHII")

TEXT_SYMBOLS: Final = len(codes.encode(bytes(_LAYOUT.size + SIGNATURE_BYTES)))
"""Symbols of every ticket's QR."""


@dataclass(frozen=True, slots=True)
class Payload:
    """What a ticket's QR says about itself; whole seconds, and nothing about the person."""

    claim_id: int
    version: int
    slot_number: int
    valid: Window

    def to_bytes(self) -> bytes:
        """The 29 bytes that are signed."""
        return _LAYOUT.pack(
            CodeKind.TICKET,
            self.claim_id.to_bytes(16, "big"),
            self.version,
            self.slot_number,
            _seconds(self.valid.starts),
            _seconds(self.valid.ends),
        )

    def signed(self, key: Ed25519PrivateKey) -> str:
        """The text of the QR: at most 154 symbols, all in QR's alphanumeric mode."""
        return sign(self.to_bytes(), key)


@dataclass(frozen=True, slots=True)
class SignedPayload:
    """A payload somebody presents, with a signature that may or may not be good."""

    payload: Payload
    signature: bytes

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether the owner of `key` signed exactly this payload."""
        return is_signed(self.payload.to_bytes(), self.signature, key)


def read_code(text: str) -> SignedPayload | None:
    """What a scanned text says, not yet trusted; None if no ticket reads like it."""
    read = read_signed(text, CodeKind.TICKET, _LAYOUT.size)
    if read is None:
        return None
    data, signature = read
    _, claim_id, version, slot_number, starts, ends = _LAYOUT.unpack(data)
    window = Window(_instant(starts), _instant(ends))
    payload = Payload(int.from_bytes(claim_id, "big"), version, slot_number, window)
    return SignedPayload(payload, signature)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket as its holder gets it; `code` is the text of the QR, upper-case alphanumeric."""

    claim_id: int
    number: str
    """For typing, as `XXXX-XXXX-XXXX`."""
    version: int
    slot_key: str
    valid: Window
    holder: Attendee
    code: str


def issue(claim: SlotClaim, slot: EventSlot, key: Ed25519PrivateKey) -> Ticket:
    """The ticket for a paid claim; the same claim and version give the same ticket."""
    payload = Payload(claim.id, claim.version, claim.slot_number, slot.valid)
    return Ticket(
        claim_id=claim.id,
        number=codes.format_number(claim.ticket_number),
        version=claim.version,
        slot_key=claim.slot_key,
        valid=slot.valid,
        holder=claim.holder,
        code=payload.signed(key),
    )


def _seconds(instant: datetime | None) -> int:
    return 0 if instant is None else int(instant.timestamp())


def _instant(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
