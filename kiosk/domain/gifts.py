"""Gifts: tokens for somebody who has no wallet yet, who claims them by a code.

A gift is claimed once, or goes back to its giver: by itself after a time that the event file sets,
or before that when the giver wants it back.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain import codes
from kiosk.domain.errors import KioskError
from kiosk.domain.people import Attendee
from kiosk.domain.token_moves import Move, MoveKind, MovePart, bill_id
from kiosk.domain.tokens import Token
from ledger.ids import derived_id

_CODE_BITS: Final = 55
_CODE_PURPOSE: Final = b"gift code"


class GiftFault(StrEnum):
    """Why a gift cannot be had."""

    TYPO = "typo"
    """The check symbol does not fit: type it again. It counts as no try."""
    UNKNOWN = "unknown"
    """There is no gift with this code."""
    OWN = "own"
    """The giver's own; it can be taken back."""
    CLAIMED = "claimed"
    """Somebody else has it."""
    RETURNED = "returned"
    """It went back to its giver."""
    EXPIRED = "expired"
    """All tokens in it have expired."""


@dataclass(eq=False)
class GiftRefused(KioskError):
    """Nothing was claimed or taken back."""

    fault: GiftFault


@dataclass(eq=False)
class WrongGiftCode(KioskError):
    """Too soon after a wrong code to count; the next try does after `retry_seconds`."""

    retry_seconds: int


@dataclass(frozen=True, slots=True)
class Gift:
    """Tokens that wait to be claimed."""

    id: int
    """That of the move from its giver."""
    code: str
    """12 symbols, to be shown as `codes.format_number` does; whoever knows it may claim."""
    token: Token
    amount: int
    giver: Attendee
    email: str
    """Whom it is meant for."""
    note: str
    given_at: datetime
    returns_at: datetime


@dataclass(frozen=True, slots=True)
class ClaimedGift:
    """A gift has become its claimer's."""

    token: Token
    amount: int
    """What of it can be spent."""
    giver: Attendee
    """Masked."""
    note: str


def gift_code(gift_id: int, key: Ed25519PrivateKey) -> str:
    """The code of a gift: only the event's key can tell it, so it need be stored nowhere."""
    secret = sha256(key.sign(_CODE_PURPOSE + gift_id.to_bytes(16, "big"))).digest()
    return codes.ticket_number(int.from_bytes(secret, "big") & (1 << _CODE_BITS) - 1)


def parse_gift_code(typed: str) -> str:
    """The code somebody typed, tidied; raises `GiftRefused` if it was mistyped."""
    code = codes.parse_number(typed)
    if code is None or not codes.is_number_intact(code):
        raise GiftRefused(GiftFault.TYPO)
    return code


def end_id(gift_id: int) -> int:
    """The move that ends a gift: one id for the claim and the return, so that one of them is."""
    return derived_id("gift-end", gift_id)


def ending(
    gift: Move,
    kind: MoveKind,
    *,
    receiver: int,
    expiry: Callable[[MovePart], datetime | None],
    at: datetime,
) -> Move:
    """The move that ends a gift: every part of it becomes a bill of `receiver`.

    `expiry` says when what a part becomes expires.
    """
    assert gift.kind is MoveKind.GIFT
    move_id = end_id(gift.id)
    parts = tuple(
        replace(part, bill=bill_id(move_id, 1, at), expires_at=expiry(part), empties=False)
        for at, part in enumerate(gift.parts)
    )
    return Move(
        id=move_id,
        kind=kind,
        token_number=gift.token_number,
        amount=gift.amount,
        sender=gift.sender,
        receiver=receiver,
        asked_at=at,
        parts=parts,
        note=gift.note,
    )
