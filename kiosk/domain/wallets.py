"""Wallets: whose tokens, and why they are not moved."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.errors import KioskError


class WalletLimit(StrEnum):
    """Which limit of the event file a move would exceed."""

    BALANCE = "balance"
    """What the receiver may hold."""
    TRANSFER = "transfer"
    """What one move to somebody else may be."""
    DAILY = "daily"
    """What may go to others on one day."""


@dataclass(eq=False)
class LimitExceeded(KioskError):
    """Nothing was moved: `left` more tokens would have been within the limit of `most`."""

    limit: WalletLimit
    most: int
    left: int


@dataclass(eq=False)
class SameWallet(KioskError):
    """Nobody sends tokens to themselves."""

    wallet_id: int


@dataclass(eq=False)
class UnknownWallet(KioskError):
    """There is no wallet with this id."""

    wallet_id: int


@dataclass(eq=False)
class TokensGone(KioskError):
    """Fewer tokens than were asked for are left to issue; nothing was issued."""

    wanted: int
    left: int


@dataclass(eq=False)
class WalletBusy(KioskError):
    """Others spend from the same wallet at this moment, again and again; nothing was moved."""

    wallet_id: int
