"""Airdrops: tokens for many people at once, each share by itself from its condition to its bill.

    pending --reserve--> reserved --submit--> waiting --confirm--> received
                            ^------------fail-----------'

What was emitted pays for it: the ledger refuses a share when nothing is left. Each step of a share
has ids of its own, made of its attempt, so whoever is killed in between only asks again.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.errors import KioskError
from kiosk.domain.people import Attendee
from ledger.ids import derived_id


class AirdropState(StrEnum):
    """Whether the workers go on with it."""

    RUNNING = "running"
    PAUSED = "paused"
    CLAWED_BACK = "clawed_back"
    """What was unspent is taken back; nothing more is given."""


class ShareState(StrEnum):
    """How far the tokens of one person are."""

    OFFERED = "offered"
    """Waits until its owner claims it at the kiosk."""
    PENDING = "pending"
    """Waits for its conditions, and for a worker."""
    RESERVED = "reserved"
    """Set aside for its owner, and not sent yet."""
    WAITING = "waiting"
    """Sent to the chain, which has not confirmed it."""
    RECEIVED = "received"
    """A bill in its owner's wallet."""
    REFUSED = "refused"
    """Nothing was left to give."""
    TAKEN_BACK = "taken_back"


class Condition(StrEnum):
    """What somebody must have done to receive a share."""

    REDEEMED = "redeemed"
    """Been admitted to anything; or to the slot that is named after a colon."""
    CONDUCT = "conduct"
    """Accepted the Code of Conduct as it reads now."""
    BOUGHT = "bought"
    """Paid for a ticket; or for one of the slot that is named after a colon."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A condition, of one slot or of any."""

    condition: Condition
    slot_key: str = ""

    def __str__(self) -> str:
        return f"{self.condition}:{self.slot_key}" if self.slot_key else str(self.condition)


@dataclass(frozen=True, slots=True)
class Airdrop:
    """Tokens of one kind for a list of people."""

    id: int
    name: str
    token_number: int
    requirements: tuple[Requirement, ...]
    is_claimed: bool
    """Whether people claim it at the kiosk, rather than just finding it in their wallets."""
    chain: str
    """The chain that confirms it; "" if it goes straight into the wallets."""
    opened_at: datetime
    state: AirdropState = AirdropState.RUNNING


@dataclass(frozen=True, slots=True)
class Share:
    """What one person is given, once; `position` counts the shares of an airdrop from 1."""

    airdrop_id: int
    position: int
    owner: Attendee
    wallet_id: int
    amount: int
    address: str = ""
    state: ShareState = ShareState.PENDING
    attempt: int = 1
    batch_id: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How many shares, and how many tokens, are in each state."""

    shares: dict[ShareState, int]
    tokens: dict[ShareState, int]

    @property
    def is_done(self) -> bool:
        """Whether nothing is left for a worker to do by itself."""
        moving = (ShareState.PENDING, ShareState.RESERVED, ShareState.WAITING)
        return not any(self.shares.get(state) for state in moving)


@dataclass(eq=False)
class UnknownAirdrop(KioskError):
    """There is no airdrop of this name at the event."""

    name: str

    def __str__(self) -> str:
        return f"expected the name of an airdrop, and there is none called {self.name}"


@dataclass(eq=False)
class AirdropExists(KioskError):
    """There is an airdrop of this name already, and it may not become another one."""

    name: str

    def __str__(self) -> str:
        return f"expected another name, or all as before: there is an airdrop {self.name} already"


def airdrop_id(event_id: int, name: str) -> int:
    """The airdrop of that name: loading its list twice is loading it once."""
    return derived_id("airdrop", event_id, name)


def parse_requirement(text: str) -> Requirement | None:
    """A requirement as people write it, `redeemed` or `redeemed:workshop`; None if it is none."""
    word, _, slot_key = text.strip().partition(":")
    if word not in list(Condition) or (word == Condition.CONDUCT and slot_key):
        return None
    return Requirement(Condition(word), slot_key.strip())
