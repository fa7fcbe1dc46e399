"""Tokens: what an event issues besides tickets, and when they expire."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from kiosk.domain.errors import KioskError
from kiosk.domain.money import Money

SUPPLY_MAX: Final = 10**15
"""Tokens of one kind; far below what the ledger counts."""

GIFT_LIFE: Final = timedelta(days=7)
"""How long a gift waits to be claimed, where an event says nothing."""


class Origin(StrEnum):
    """How tokens came to their owner."""

    PURCHASE = "purchase"
    TRANSFER = "transfer"
    AIRDROP = "airdrop"
    APP = "app"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Tokens arrive in a wallet: what rules of expiry decide upon."""

    at: datetime
    """Aware, in the time zone of the event, so that days and weeks are those of its people."""
    origin: Origin
    amount: int
    expires_at: datetime | None
    """When they would expire without any rule; None is never."""


Condition = Callable[[Receipt], bool]
Hook = Callable[[Receipt], datetime | None]
"""A rule in Python: when the tokens expire by it, None if it says nothing."""


def _first_week_of_month(receipt: Receipt) -> bool:
    return receipt.at.day <= 7


def _weekend(receipt: Receipt) -> bool:
    return receipt.at.isoweekday() >= 6


CONDITIONS: Final[dict[str, Condition]] = {
    "first_week_of_month": _first_week_of_month,
    "weekend": _weekend,
}
"""The conditions an event file may name."""


@dataclass(frozen=True, slots=True)
class ExpiryRule:
    """Tokens that arrive by one of `origins`, if all of `conditions` hold, expire `within` so long
    of their arrival, at `until`, or when `hook` says; of several, the first to come."""

    within: timedelta | None = None
    until: datetime | None = None
    origins: frozenset[Origin] = frozenset(Origin)
    conditions: tuple[Condition, ...] = ()
    hook: Hook | None = None

    def expiry(self, receipt: Receipt) -> datetime | None:
        """When the tokens of `receipt` expire by this rule; None if it says nothing."""
        if receipt.origin not in self.origins:
            return None
        if not all(holds(receipt) for holds in self.conditions):
            return None
        said = [self.until, receipt.at + self.within if self.within else None]
        return earliest(*said, self.hook(receipt) if self.hook else None)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one wallet may hold and send of one kind of token; None is no limit."""

    balance_max: int | None = None
    transfer_max: int | None = None
    daily_max: int | None = None
    """Sent to others within one day of the event's time zone."""
    pin_above: int = 0
    """More than so many at once take the owner's PIN, where staff take tokens."""


@dataclass(frozen=True, slots=True)
class Token:
    """One kind of token. `supply` is how many there can ever be."""

    key: str
    name: str
    supply: int
    expiry: tuple[ExpiryRule, ...] = ()
    limits: Limits = Limits()
    number: int = 0
    """What stands for it on the ledger; 0 until the store has given it one."""
    gift_life: timedelta = GIFT_LIFE
    """How long a gift waits to be claimed before it goes back to its giver."""
    value: Money | None = None
    """What one is worth when an order is paid with it; None pays for nothing."""
    contract: str = ""
    """The address of its contract on an Ethereum chain, if airdrops of it go there."""

    def worth(self, due: Money) -> int:
        """How many of a kind that has a value pay what is due: whole ones, so rather too many."""
        assert self.value is not None
        return -(-due.minor // self.value.minor)

    def expires_at(self, receipt: Receipt) -> datetime | None:
        """When tokens that arrive now expire. Rules set or shorten it and never lengthen it."""
        return earliest(receipt.expires_at, *(rule.expiry(receipt) for rule in self.expiry))


@dataclass(eq=False)
class HookFailed(KioskError):
    """A rule in Python cannot be used; `why` says what was expected."""

    hook: str
    why: str

    def __str__(self) -> str:
        return f"{self.hook}: {self.why}"


def python_hook(source: str, file: str, function: str) -> Hook:
    """The rule that `function` of a Python source is; raises `HookFailed`, also when it is asked.

    It is called with a `Receipt` and answers an aware datetime or None. The code is the
    organiser's own, as trusted as the event file that names it.
    """
    name = f"{file}:{function}"
    names: dict[str, object] = {"__name__": file}
    try:
        exec(compile(source, file, "exec"), names)  # what it is for
    except Exception as error:  # Whatever the organiser's code raises.
        raise HookFailed(name, f"Python that runs, and it fails with {error!r}") from error
    found = names.get(function)
    if not callable(found):
        raise HookFailed(name, f"a function {function}, and there is none")

    def hook(receipt: Receipt) -> datetime | None:
        try:
            said = found(receipt)
        except Exception as error:
            raise HookFailed(name, f"an answer, and it fails with {error!r}") from error
        if said is None or (isinstance(said, datetime) and said.tzinfo is not None):
            return said
        raise HookFailed(name, f"an aware datetime or None, not {said!r}")

    return hook


def earliest(*instants: datetime | None) -> datetime | None:
    """The first to come of several instants, None being never; whole seconds, as on the ledger."""
    known = [instant for instant in instants if instant is not None]
    return min(known).replace(microsecond=0) if known else None
