"""What all our QR codes are: bytes, of which the first says what it is, and who signed them."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.domain import codes

SIGNATURE_BYTES: Final = 64

VERSION_MAX: Final = 65535
"""The greatest version that a code has room for."""

# The zeros make it as long as a ticket: whoever waits for the whole of a code need know one
# length only.
_NAMING: Final = struct.Struct(">B16sH10x")


class CodeKind(IntEnum):
    """The first byte, so that nothing is ever taken for something else."""

    TICKET = 1
    BADGE = 2
    WALLET = 3
    RECEIPT = 4


def sign(data: bytes, key: Ed25519PrivateKey) -> str:
    """The text of the QR, all in its alphanumeric mode."""
    return codes.encode(data + key.sign(data))


def is_signed(data: bytes, signature: bytes, key: Ed25519PublicKey) -> bool:
    """Whether the owner of `key` signed exactly these bytes."""
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def read_signed(text: str, kind: CodeKind, size: int) -> tuple[bytes, bytes] | None:
    """The `size` bytes that a text says and their signature, not yet trusted; None if it is no
    code of this kind."""
    data = codes.decode(text.strip())
    if data is None or len(data) != size + SIGNATURE_BYTES or data[0] != kind:
        return None
    return data[:size], data[size:]


@dataclass(frozen=True, slots=True)
class NamingCode:
    """A code that names something, by 128 bits, and says no more of it than its version."""

    kind: CodeKind
    subject: int
    version: int

    def to_bytes(self) -> bytes:
        """The 29 bytes that are signed."""
        return _NAMING.pack(self.kind, self.subject.to_bytes(16, "big"), self.version)

    def signed(self, key: Ed25519PrivateKey) -> str:
        """The text of the QR: as many symbols as a ticket has."""
        return sign(self.to_bytes(), key)


@dataclass(frozen=True, slots=True)
class SignedNamingCode:
    """A code that somebody presents, with a signature that may or may not be good."""

    code: NamingCode
    signature: bytes

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether the owner of `key` signed exactly this code."""
        return is_signed(self.code.to_bytes(), self.signature, key)


def read_naming(text: str, kind: CodeKind) -> SignedNamingCode | None:
    """What a scanned text says, not yet trusted; None if no code of this kind reads like it."""
    read = read_signed(text, kind, _NAMING.size)
    if read is None:
        return None
    data, signature = read
    _, subject, version = _NAMING.unpack(data)
    code = NamingCode(kind, int.from_bytes(subject, "big"), version)
    return SignedNamingCode(code, signature) if code.to_bytes() == data else None
