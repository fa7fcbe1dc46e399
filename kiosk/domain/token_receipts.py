"""Receipts of tokens that moved: a code that the event's key has signed, and what it says."""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.domain.errors import KioskError
from kiosk.domain.people import Attendee
from kiosk.domain.signed_codes import CodeKind, is_signed, read_signed, sign
from kiosk.domain.tokens import Token

_LAYOUT: Final = struct.Struct(">BH16s7sIH")
_AMOUNT_BYTES: Final = 7
_TAG_BITS: Final = 16


class ReceiptVerdict(StrEnum):
    """What a code is that somebody shows as a receipt."""

    VALID = "valid"
    FORGED = "forged"
    """It says that it is of this event, which never signed it."""
    OTHER_EVENT = "other_event"
    """It says that it is of another event; whether that signed it, nobody here can tell."""
    NOT_A_RECEIPT = "not_a_receipt"


@dataclass(eq=False)
class NoReceipt(KioskError):
    """There is no such move of tokens, or it has not happened."""

    move_id: int


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What the code itself says, so that it can be checked without a network."""

    event_tag: int
    """16 bits of the event's id: enough to tell events apart, not to prove anything."""
    move_id: int
    token_number: int
    amount: int
    at: datetime
    """Whole seconds."""

    @classmethod
    def of(cls, event_id: int, move_id: int, token_number: int, amount: int, at: datetime) -> Self:
        """The facts of a move."""
        tag = event_tag(event_id)
        return cls(tag, move_id, token_number, amount, at.astimezone(UTC).replace(microsecond=0))

    def to_bytes(self) -> bytes:
        """The 32 bytes that are signed."""
        return _LAYOUT.pack(
            CodeKind.RECEIPT,
            self.event_tag,
            self.move_id.to_bytes(16, "big"),
            self.amount.to_bytes(_AMOUNT_BYTES, "big"),
            int(self.at.timestamp()),
            self.token_number,
        )

    def signed(self, key: Ed25519PrivateKey) -> str:
        """The text of the QR: 154 symbols, all in its alphanumeric mode."""
        return sign(self.to_bytes(), key)


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """A receipt somebody shows, with a signature that may or may not be good."""

    facts: ReceiptFacts
    signature: bytes

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether the owner of `key` signed exactly this."""
        return is_signed(self.facts.to_bytes(), self.signature, key)


@dataclass(frozen=True, slots=True)
class MoveReceipt:
    """A receipt with all that is on record of its move."""

    code: str
    """The text of its QR."""
    event: str
    """What the event is called."""
    token: Token
    amount: int
    at: datetime
    sender: Attendee | None = None
    """Masked; None where they came from no wallet."""
    receiver: Attendee | None = None
    """Masked; None where they went to no wallet."""
    place: str = ""
    """Where they were spent."""
    email: str = ""
    """Of a gift: the half-hidden address of whom it is meant for."""


@dataclass(frozen=True, slots=True)
class CheckedReceipt:
    """What became of a check."""

    verdict: ReceiptVerdict
    facts: ReceiptFacts | None = None
    """Of a valid one: what it says itself."""
    receipt: MoveReceipt | None = None
    """Of a valid one: what is on record of it, if this store has it."""


def event_tag(event_id: int) -> int:
    """What tells receipts of different events apart."""
    return event_id & (1 << _TAG_BITS) - 1


def read_receipt(text: str) -> SignedReceipt | None:
    """What a scanned text says, not yet trusted; None if no receipt reads like it."""
    read = read_signed("".join(text.split()), CodeKind.RECEIPT, _LAYOUT.size)
    if read is None:
        return None
    data, signature = read
    _, tag, move_id, amount, seconds, token_number = _LAYOUT.unpack(data)
    facts = ReceiptFacts(
        event_tag=tag,
        move_id=int.from_bytes(move_id, "big"),
        token_number=token_number,
        amount=int.from_bytes(amount, "big"),
        at=datetime.fromtimestamp(seconds, UTC),
    )
    return SignedReceipt(facts, signature)
