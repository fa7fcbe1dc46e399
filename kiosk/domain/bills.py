"""Token bills: a wallet is the bills of its owner, and to spend is to choose among them.

Like paper money a bill is torn where change is needed, but the change simply stays with its owner.
What expires first is spent first; what never expires comes last; among equals, the oldest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from kiosk.domain.errors import KioskError

AMOUNT_MAX: Final = 10**15
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(eq=False)
class InvalidAmount(KioskError):
    """So many tokens cannot be moved: 1 to `most` can."""

    amount: int
    most: int

    def __str__(self) -> str:
        return f"{self.amount} tokens; expected 1 to {self.most}"


@dataclass(eq=False)
class InsufficientTokens(KioskError):
    """The wallet has fewer tokens than were asked for; nothing was moved."""

    wanted: int
    available: int
    expired: int = 0
    """Tokens that would have been enough or more, had they not expired."""

    def __str__(self) -> str:
        gone = f", and {self.expired} have expired" if self.expired else ""
        return f"{self.wanted} were wanted, and {self.available} can be spent{gone}"


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill: `amount` is what can be spent of it, `on_its_way` what is being moved away."""

    id: int
    amount: int
    expires_at: datetime | None
    received_at: datetime
    age: int
    """Of two bills that came in one instant, the older one has less."""
    on_its_way: int = 0

    def is_expired(self, now: datetime) -> bool:
        """Whether it cannot be spent any more: at its very second it is gone."""
        return self.expires_at is not None and now >= self.expires_at


@dataclass(frozen=True, slots=True)
class Part:
    """So much of one bill."""

    bill: Bill
    amount: int

    @property
    def empties(self) -> bool:
        """Whether nothing is left of the bill."""
        return self.amount == self.bill.amount and not self.bill.on_its_way


def in_spending_order(bills: Iterable[Bill]) -> list[Bill]:
    """The bills as they are spent: earliest expiry first, never last, then by age."""
    return sorted(bills, key=lambda bill: (bill.expires_at or _NEVER, bill.age))


def choose(bills: Iterable[Bill], amount: int, now: datetime) -> list[Part]:
    """The parts that make up `amount`, the last one torn if need be; expired bills are left.

    Raises `InsufficientTokens`.
    """
    assert amount > 0
    parts, missing, expired, available = [], amount, 0, 0
    for bill in in_spending_order(bills):
        if bill.is_expired(now):
            expired += bill.amount
            continue
        available += bill.amount
        if missing and bill.amount:
            taken = min(bill.amount, missing)
            parts.append(Part(bill, taken))
            missing -= taken
    if missing:
        raise InsufficientTokens(amount, available, expired)
    return parts


def balance(bills: Iterable[Bill], now: datetime) -> int:
    """What the bills are worth now."""
    return sum(bill.amount for bill in bills if not bill.is_expired(now))


def checked_amount(amount: int, most: int | None = None) -> int:
    """The amount, if so many tokens can be moved at once; raises `InvalidAmount`."""
    highest = AMOUNT_MAX if most is None else most
    if not 1 <= amount <= highest:
        raise InvalidAmount(amount, highest)
    return amount
