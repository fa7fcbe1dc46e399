"""Builders of valid ledger objects with keyword overrides, and a clock that tests set."""

from dataclasses import dataclass, field

from ledger.ids import new_id
from ledger.types import (
    Account,
    AccountFilter,
    AccountFilterFlags,
    AccountFlags,
    QueryFilter,
    QueryFilterFlags,
    Transfer,
    TransferFlags,
)

SECOND_NS = 1_000_000_000
MILLISECOND_NS = 1_000_000


@dataclass(slots=True)
class FakeClock:
    """Nanoseconds since the epoch: each reading is `step` later than the one before."""

    now: int = 1_750_000_000 * SECOND_NS
    step: int = field(default=MILLISECOND_NS, kw_only=True)

    def __call__(self) -> int:
        """Read the clock."""
        self.now += self.step
        return self.now

    def advance(self, *, seconds: float) -> None:
        """Let time pass; a negative number sets the clock back."""
        self.now += round(seconds * SECOND_NS)


def an_account(**fields: int) -> Account:
    """An account of ledger 1 and code 1 with a fresh id."""
    flags = AccountFlags(fields.pop("flags", 0))
    return Account(**({"id": new_id(), "ledger": 1, "code": 1} | fields), flags=flags)


def a_transfer(**fields: int) -> Transfer:
    """A transfer of 1 on ledger 1 with code 1 and a fresh id; the accounts are the caller's."""
    flags = TransferFlags(fields.pop("flags", 0))
    return Transfer(**({"id": new_id(), "amount": 1, "ledger": 1, "code": 1} | fields), flags=flags)


def an_account_filter(account_id: int, **fields: int) -> AccountFilter:
    """Both sides of one account, oldest first, no other condition."""
    both = AccountFilterFlags.DEBITS | AccountFilterFlags.CREDITS
    flags = AccountFilterFlags(fields.pop("flags", both))
    conditions = ("user_data_128", "user_data_64", "user_data_32", "code")
    empty = dict.fromkeys((*conditions, "timestamp_min", "timestamp_max"), 0)
    return AccountFilter(**(empty | {"account_id": account_id, "limit": 100} | fields), flags=flags)


def a_query(**fields: int) -> QueryFilter:
    """Everything, oldest first."""
    flags = QueryFilterFlags(fields.pop("flags", 0))
    conditions = ("user_data_128", "user_data_64", "user_data_32", "ledger", "code")
    empty = dict.fromkeys((*conditions, "timestamp_min", "timestamp_max"), 0)
    return QueryFilter(**(empty | {"limit": 100} | fields), flags=flags)
