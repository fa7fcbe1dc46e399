"""What each role may do: one table, asked by the screens and enforced by the services."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kiosk.domain.errors import KioskError
from kiosk.domain.events import Role, StaffMember


class Right(StrEnum):
    """Something that not everybody may do."""

    OPEN_DOOR = "open_door"
    """Scan, admit, let out."""
    SEARCH = "search"
    """Find people by name, and see half of their address."""
    HAND_OUT = "hand_out"
    NOTE = "note"
    """Leave a note on a ticket that all doors show."""
    TAKE_CASH = "take_cash"
    TAKE_TOKENS = "take_tokens"
    """Take tokens at a stall."""
    PAY_OUT = "pay_out"
    """Give back what is due."""
    TRANSFER = "transfer"
    REISSUE = "reissue"
    EMPTY = "empty"
    """Say that everybody has left, whom nobody scanned out."""
    UNDO = "undo"
    """Take an admission or a hand-out back, or give tokens back."""
    REVOKE = "revoke"
    """Take the right to be admitted from a ticket, or give it back."""
    REFUND = "refund"
    """Take an order back that was paid."""
    ACKNOWLEDGE = "acknowledge"
    """Have seen what two doors did to one ticket."""
    RESET_WALLET = "reset_wallet"
    """Take the PIN from a wallet, so that its owner chooses another."""
    CLOSE = "close"
    """Leave the kiosk for the machine under it."""
    WATCH = "watch"
    """See where all places and all money are."""
    GIVE_INVOICE = "give_invoice"
    """Let somebody have tickets now for money that comes later."""
    BOOK_BANK = "book_bank"
    """Say that money for an invoice came to the bank account."""
    EXPORT = "export"
    """Take tables of everything along."""
    TERMINALS = "terminals"
    """Invite, revoke and free terminals."""
    BADGES = "badges"
    """Give out staff badges, and make them void."""


_LEAST: Final = {
    Right.OPEN_DOOR: Role.STEWARD,
    Right.SEARCH: Role.STEWARD,
    Right.HAND_OUT: Role.STEWARD,
    Right.NOTE: Role.STEWARD,
    Right.TAKE_CASH: Role.CASHIER,
    Right.TAKE_TOKENS: Role.CASHIER,
    Right.PAY_OUT: Role.CASHIER,
    Right.TRANSFER: Role.CASHIER,
    Right.REISSUE: Role.CASHIER,
    Right.EMPTY: Role.SUPERVISOR,
    Right.UNDO: Role.SUPERVISOR,
    Right.REVOKE: Role.SUPERVISOR,
    Right.REFUND: Role.SUPERVISOR,
    Right.ACKNOWLEDGE: Role.SUPERVISOR,
    Right.RESET_WALLET: Role.SUPERVISOR,
    Right.CLOSE: Role.SUPERVISOR,
    Right.WATCH: Role.ORGANISER,
    Right.GIVE_INVOICE: Role.ORGANISER,
    Right.BOOK_BANK: Role.ORGANISER,
    Right.EXPORT: Role.ORGANISER,
    Right.TERMINALS: Role.ORGANISER,
    Right.BADGES: Role.ORGANISER,
}
"""The least role that has each right; those above it have it too."""


@dataclass(eq=False)
class NotAllowed(KioskError):
    """Somebody's role does not have the right to what was asked; nothing was done."""

    right: Right
    role: Role


def least_role(right: Right) -> Role:
    """The least role that has a right."""
    return _LEAST[right]


def may(role: Role, right: Right) -> bool:
    """Whether a role has a right."""
    return role >= _LEAST[right]


def require(member: StaffMember, right: Right) -> None:
    """Raise `NotAllowed` unless a member of staff has a right."""
    if not may(member.role, right):
        raise NotAllowed(right, member.role)
