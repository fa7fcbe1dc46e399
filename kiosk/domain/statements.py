"""What the owner of a wallet is shown: how much there is, until when, and how it came and went."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.bills import Bill, balance
from kiosk.domain.people import Attendee
from kiosk.domain.tokens import Token
from kiosk.domain.wallets import WalletLimit


@dataclass(frozen=True, slots=True)
class Expiring:
    """So many tokens expire at one instant, or (None) never."""

    at: datetime | None
    amount: int


@dataclass(frozen=True, slots=True)
class Statement:
    """One kind of token in one wallet."""

    token: Token
    balance: int
    """What can be spent now."""
    on_its_way: int
    """What is being moved away at this moment."""
    expiries: tuple[Expiring, ...]
    """The balance by when it expires: soonest first, never last."""
    bills: tuple[Bill, ...]
    """In the order they are spent."""

    @classmethod
    def of(cls, token: Token, bills: Sequence[Bill], now: datetime) -> "Statement":
        """What these bills, none of them expired, come to."""
        sums: defaultdict[datetime | None, int] = defaultdict(int)
        for bill in bills:
            if bill.amount:
                # As they are spent: the order of the bills is that of their expiry.
                sums[bill.expires_at] += bill.amount
        return cls(
            token=token,
            balance=balance(bills, now),
            on_its_way=sum(bill.on_its_way for bill in bills),
            expiries=tuple(Expiring(at, amount) for at, amount in sums.items()),
            bills=tuple(bills),
        )


class HistoryKind(StrEnum):
    """How tokens came or went."""

    BOUGHT = "bought"
    GRANTED = "granted"
    """The organiser gave them."""
    RECEIVED = "received"
    SENT = "sent"
    GIFT_GIVEN = "gift_given"
    """`place` is the half-hidden address of whom it is for."""
    GIFT_CLAIMED = "gift_claimed"
    GIFT_RETURNED = "gift_returned"
    """Nobody claimed it."""
    AIRDROP = "airdrop"
    """`place` is what the airdrop is called."""
    SPENT = "spent"
    """At `place`."""
    GIVEN_BACK = "given_back"
    """What was spent at `place`."""
    EXPIRED = "expired"
    REFUNDED = "refunded"
    """They went back with the order that had bought them."""
    TAKEN_BACK = "taken_back"
    """By the organiser; of an airdrop `place` says which."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Tokens came, or went."""

    at: datetime
    kind: HistoryKind
    amount: int
    """Less than nothing where they went."""
    other: Attendee | None = None
    """From whom or to whom; masked."""
    place: str = ""
    note: str = ""
    """What for, in the words of who sent them."""
    expires_at: datetime | None = None
    """When the first of what came expires or expired."""
    move_id: int | None = None
    """Of what a receipt can be had for."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much may be sent to others now."""

    most: int
    limit: WalletLimit | None
    """What allows no more; None is the balance."""
