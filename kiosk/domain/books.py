"""Whether the books balance: what the store says is there, and what the ledger has counted."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.tokens import Token


class Book(StrEnum):
    """What is compared."""

    ORDER = "order"
    """What an order's customer has paid too much, and the refunds that are due to them."""
    INVOICE = "invoice"
    """What is owed on the ledger, and by the instruments of the claim payment."""
    SLOT = "slot"
    """Places that were posted, and tickets that were issued."""
    TOKEN = "token"
    """Tokens that were issued, and where they are."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Store and ledger do not say the same, and nothing that is under way explains it."""

    book: Book
    what: str
    """The number of an order, the key of a slot or of a token."""
    stored: int
    counted: int
    """The ledger's word. Both are in the smallest unit of what is counted."""


@dataclass(frozen=True, slots=True)
class TokenTotals:
    """Where all tokens of one kind are."""

    token: Token
    issued: int
    in_wallets: int
    on_its_way: int
    """Set aside for somebody, or given to somebody who has not taken it yet."""
    spent: int
    expired: int
    left: int
    """That can still be issued."""
    has_moved: bool = False
    """Whether so much moved while it was counted that the sum says nothing."""

    @property
    def accounted(self) -> int:
        """What is somewhere: as many as were issued."""
        return self.in_wallets + self.on_its_way + self.spent + self.expired

    @property
    def balances(self) -> bool:
        """Whether issued = in wallets + spent + expired, those on their way included."""
        return self.issued == self.accounted or self.has_moved


@dataclass(frozen=True, slots=True)
class BookReport:
    """What one look at all books has found."""

    at: datetime
    orders: int
    """So many were compared."""
    tokens: tuple[TokenTotals, ...]
    differences: tuple[Difference, ...]

    @property
    def balances(self) -> bool:
        """Whether store and ledger say the same of everything."""
        return not self.differences
