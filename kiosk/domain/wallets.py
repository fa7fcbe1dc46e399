"""Wallets: whose tokens, and why they are not moved."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.errors import KioskError
from kiosk.domain.people import Attendee


@dataclass(frozen=True, slots=True)
class PresentedWallet:
    """Somebody presents a code: whose wallet it names, which is closed yet."""

    text: str
    """What was presented."""
    wallet_id: int
    owner: Attendee
    """Masked, as anybody may hold the code."""
    version: int
    """Of the wallet's code."""
    has_pin: bool
    """Whether the owner chose a PIN; if not, whoever presents the code chooses one."""
    is_locked: bool = False
    """Whether it takes no PIN until staff reset it."""
    by_ticket: bool = True
    """Whether it was named by a ticket, and not by its own code."""


@dataclass(frozen=True, slots=True)
class OpenWallet:
    """A wallet whose owner has shown that it is theirs."""

    wallet_id: int
    owner: Attendee
    version: int
    """Of its code: once there is a newer one, this one opens nothing."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody that tokens may be sent to."""

    wallet_id: int
    owner: Attendee
    """Masked."""


class CodeFault(StrEnum):
    """Why a code names no wallet."""

    TYPO = "typo"
    """A ticket number whose check symbol does not fit: type it again."""
    NOT_OURS = "not_ours"
    """No ticket and no wallet of this event, or a forged one."""
    UNKNOWN = "unknown"
    """Well-formed, but there is no such ticket or wallet."""
    REPLACED = "replaced"
    """There is a newer one; only that one counts."""
    TICKET = "ticket"
    """A ticket that is not paid, was refunded, or was revoked."""


@dataclass(eq=False)
class CodeRefused(KioskError):
    """What was presented opens no wallet."""

    fault: CodeFault


@dataclass(eq=False)
class NoWallet(KioskError):
    """Nobody with this address has a wallet; a gift may wait for them."""

    email: str

    def __str__(self) -> str:
        return f"nobody with the address {self.email} has a wallet"


@dataclass(eq=False)
class SeveralWallets(KioskError):
    """Several people with this address have wallets: say whose."""

    email: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        names = ", ".join(map(repr, self.names))
        return f"several people have the address {self.email}; --name says which one: {names}"


@dataclass(eq=False)
class PinNotSet(KioskError):
    """The wallet has no PIN, or not any more: its owner chooses one."""

    wallet_id: int


@dataclass(eq=False)
class PinAlreadySet(KioskError):
    """The wallet has a PIN, which alone opens it."""

    wallet_id: int


@dataclass(eq=False)
class CodesUsedUp(KioskError):
    """The code of a wallet was replaced as often as it can be."""

    wallet_id: int

    def __str__(self) -> str:
        return "the code of this wallet was replaced as often as it can be"


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

    def __str__(self) -> str:
        return f"the event's limit of {self.most} ({self.limit}_max) leaves room for {self.left}"


@dataclass(eq=False)
class SameWallet(KioskError):
    """Nobody sends tokens to themselves."""

    wallet_id: int

    def __str__(self) -> str:
        return "both are the same wallet"


@dataclass(eq=False)
class UnknownWallet(KioskError):
    """There is no wallet with this id."""

    wallet_id: int

    def __str__(self) -> str:
        return f"there is no wallet {self.wallet_id:032x}"


@dataclass(eq=False)
class TokensGone(KioskError):
    """Fewer tokens than were asked for are left to issue; nothing was issued."""

    wanted: int
    left: int

    def __str__(self) -> str:
        return f"{self.wanted} were wanted, and {self.left} are left to issue"


@dataclass(eq=False)
class WalletBusy(KioskError):
    """Others spend from the same wallet at this moment, again and again; nothing was moved."""

    wallet_id: int

    def __str__(self) -> str:
        return "others spend from the same wallet at this moment: try again"
