"""Outside chains that tokens are sent to: what is asked of one, and what it may say."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kiosk.domain.errors import KioskError


class ChainState(StrEnum):
    """What a chain says of a transaction."""

    PENDING = "pending"
    """It is on its way, or the chain does not know it yet."""
    CONFIRMED = "confirmed"
    FAILED = "failed"
    """It will never happen."""


@dataclass(eq=False)
class ChainUnavailable(KioskError):
    """The chain did not answer, or took nothing: what was submitted may be there or not.

    Ask again; `reason` is what people may do about it meanwhile, in words.
    """

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, slots=True)
class Payout:
    """So many tokens for one receiver; `address` is what the chain knows them by."""

    address: str
    amount: int


@dataclass(frozen=True, slots=True)
class PayoutBatch:
    """Payouts of one transaction. `id` is 128 bits: submitted again it is the same transaction."""

    id: int
    token_key: str
    payouts: Sequence[Payout]


class Chain(Protocol):
    """Somewhere outside that keeps tokens too."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def batch_max(self) -> int:
        """Payouts that go into one transaction."""

    async def submit(self, batch: PayoutBatch) -> str:
        """Send a batch, once however often it is submitted; the id of its transaction.

        Raises `ChainUnavailable`: then submit it again.
        """

    async def status(self, transaction_id: str) -> ChainState:
        """What became of a transaction; raises `ChainUnavailable`."""
