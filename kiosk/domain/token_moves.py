"""Moves of tokens: stored whole before the ledger is asked. Transitions are pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from ledger.ids import derived_id

CHAIN_MAX: Final = 250
"""Transfers in one chain: even a server for development takes so many. A move of more bills is
held in several chains first and posted after, so that all of it happens or nothing."""

ATTEMPTS_MAX: Final = 8
"""How often a move is planned anew when others were faster, before its owner is told."""


class MoveKind(StrEnum):
    """What happens to the tokens."""

    ISSUE = "issue"
    """They come to be: debt → new bill."""
    SEND = "send"
    """Bills → new bills of somebody else."""
    SPEND = "spend"
    """Bills → what they are spent at."""
    GIVE_BACK = "give_back"
    """What they were spent at → new bills in place of those that were spent."""
    EXPIRE = "expire"
    """Bills → expired."""
    CLAW_BACK = "claw_back"
    """Bills → debt: the organiser takes back what is unspent."""
    GIFT = "gift"
    """Bills → a gift, which keeps them for whoever has its code."""
    GIFT_CLAIM = "gift_claim"
    """A gift → new bills of whoever claims it."""
    GIFT_RETURN = "gift_return"
    """A gift that nobody claimed → new bills of its giver."""


class MoveState(StrEnum):
    """Where a move is."""

    ASKED = "asked"
    """The plan is stored and the ledger is asked."""
    HELD = "held"
    """All of a long move is held, and is being posted."""
    DONE = "done"
    REFUSED = "refused"
    """The ledger refused the last plan; nothing moved."""


@dataclass(frozen=True, slots=True)
class MovePart:
    """What leaves one bill, or comes to be, and where it goes.

    `source` is None where tokens are issued, `bill` where they do not become a bill. Of tokens that
    are given back, `source` is the bill they were spent from.
    """

    source: int | None
    bill: int | None
    amount: int
    expires_at: datetime | None = None
    empties: bool = False
    """Whether the plan leaves nothing of the source."""
    held: int | None = None
    """Of a gift: the account that keeps it between its source and its next bill."""


@dataclass(frozen=True, slots=True)
class Move:
    """Tokens of one kind go from one wallet to another, or to a place that is no wallet."""

    id: int
    kind: MoveKind
    token_number: int
    amount: int
    sender: int | None
    """The wallet they come from, None where they come from none."""
    receiver: int | None
    """The wallet they go to, None if they go to none."""
    asked_at: datetime
    parts: tuple[MovePart, ...]
    app: str = ""
    """Where they are spent, or were."""
    note: str = ""
    """What for, in the words of who asked."""
    attempt: int = 1
    state: MoveState = MoveState.ASKED
    done_at: datetime | None = None
    order_id: int | None = None
    """The order it belongs to: one that buys tokens, or is paid with them."""

    @property
    def is_long(self) -> bool:
        """Whether it takes more than one chain."""
        return len(self.parts) > CHAIN_MAX

    @property
    def is_unfinished(self) -> bool:
        """Whether the ledger may not have done all of it, or its answer is not recorded."""
        return self.state in (MoveState.ASKED, MoveState.HELD)

    def planned(self, parts: tuple[MovePart, ...]) -> Self:
        """With the parts that make it up."""
        return replace(self, amount=sum(part.amount for part in parts), parts=parts)

    def again(self) -> Self:
        """Others were faster: the next attempt, whose plan is still to be made."""
        assert self.state is MoveState.ASKED
        return replace(self, attempt=self.attempt + 1)

    def held(self) -> Self:
        """All parts are held."""
        return replace(self, state=MoveState.HELD) if self.state is MoveState.ASKED else self

    def done(self, at: datetime) -> Self:
        """The ledger has done it."""
        return replace(self, state=MoveState.DONE, done_at=at) if self.is_unfinished else self

    def refused(self) -> Self:
        """The ledger has not, and will not."""
        return replace(self, state=MoveState.REFUSED) if self.is_unfinished else self


def bill_id(move_id: int, attempt: int, position: int) -> int:
    """The bill that a part of a move makes."""
    return derived_id("bill", move_id, attempt, position)
