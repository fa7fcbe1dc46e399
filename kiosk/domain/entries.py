"""How often a ticket admits: the steps of its claim at the door, and what its policy allows next.

A claim's steps are numbered from 1, and the ledger gives each number away once. So of any two
things that happen to a claim in the same instant, at whatever door, one takes the number, and the
other is judged again by what is true then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Final, Self

from kiosk.domain.admission import Reason, Way
from kiosk.domain.events import EntryPolicy

FIRST_STEP: Final = 1


class StepKind(StrEnum):
    """What happens to a claim at the door."""

    ENTER = "enter"
    """Its place is used: the first entry, or the first after one that was undone."""
    RETURN = "return"
    """In once more, its place being used already."""
    LEAVE = "leave"
    UNDO = "undo"
    """The latest entry did not happen after all."""
    PASS_ON = "pass_on"
    """The claim became another person's; only one whose place is not used does."""


ENTRIES: Final = (StepKind.ENTER, StepKind.RETURN)


@dataclass(frozen=True, slots=True)
class Wish:
    """A step that somebody wants a claim to take: stored before the ledger is asked."""

    claim_id: int
    number: int
    kind: StepKind
    nonce: int
    terminal: int
    attempt: int = 1
    """Counts the times the hall was asked for room: a refused transfer id is refused for ever."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step that was taken."""

    number: int
    kind: StepKind
    nonce: int
    terminal: int
    asked_at: datetime
    """When, by the clock of the terminal: this says which day it was."""
    done_at: datetime
    """When, by the ledger's clock."""

    def is_by(self, nonce: int, terminal: int) -> bool:
        """Whether it came of this scan."""
        return (self.nonce, self.terminal) == (nonce, terminal)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the steps of a claim come to."""

    steps: tuple[Step, ...] = ()
    standing: tuple[Step, ...] = ()
    """The entries that were not undone."""
    left: Step | None = None
    """How the holder left after the latest entry; None if they are inside or never entered."""

    @classmethod
    def after(cls, steps: Iterable[Step]) -> Self:
        """What `steps` come to, in the order of their numbers."""
        taken = tuple(steps)
        standing: tuple[Step, ...] = ()
        left = None
        for step in taken:
            match step.kind:
                case StepKind.ENTER | StepKind.RETURN:
                    standing, left = (*standing, step), None
                case StepKind.LEAVE:
                    left = step
                case StepKind.UNDO:
                    # Whoever entered before and was let in once more is outside now.
                    standing, left = standing[:-1], step
                case StepKind.PASS_ON:
                    pass
        return cls(taken, standing, left if standing else None)

    @property
    def next_number(self) -> int:
        """The number of the step that comes next."""
        return self.steps[-1].number + 1 if self.steps else FIRST_STEP

    @property
    def entered(self) -> Step | None:
        """The latest entry that stands."""
        return self.standing[-1] if self.standing else None

    @property
    def is_redeemed(self) -> bool:
        """Whether the place is used."""
        return bool(self.standing)

    @property
    def is_inside(self) -> bool:
        """Whether the holder is inside."""
        return bool(self.standing) and self.left is None

    @property
    def whereabouts(self) -> "Whereabouts":
        """As much of it as the policy asks about."""
        entered = self.entered
        return Whereabouts(entered.asked_at if entered else None, self.is_inside)

    def step_of(self, nonce: int, terminal: int) -> Step | None:
        """The step that a scan has led to."""
        return next((step for step in self.steps if step.is_by(nonce, terminal)), None)

    def before(self, step: Step) -> Self:
        """What stood when `step` was taken."""
        return self.after(one for one in self.steps if one.number < step.number)


@dataclass(frozen=True, slots=True)
class History:
    """What a claim has been through at the door, and what it is asked for now."""

    standing: Standing = Standing()
    asked: tuple[Wish, ...] = ()
    """Wishes of which nobody has recorded what became of them."""

    def rival(self, nonce: int, terminal: int) -> Wish | None:
        """The wish of another scan that may have taken the next step already."""
        number = self.standing.next_number
        rivals = (one for one in self.asked if (one.nonce, one.terminal) != (nonce, terminal))
        return next((one for one in rivals if one.number == number), None)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the holder of a claim is, as far as the policy asks."""

    entered_at: datetime | None = None
    """When they were last let in, by the clock of that terminal; None if no entry stands."""
    is_inside: bool = False


@dataclass(frozen=True, slots=True)
class EntryRule:
    """How often a slot admits, where the event is."""

    policy: EntryPolicy
    zone: tzinfo
    """Whose midnight ends a day."""


def way_refusal(rule: EntryRule, of: Whereabouts, way: Way, at: datetime) -> Reason | None:
    """Why somebody may not go this way at `at`, or None if nothing is in the way."""
    if way is Way.OUT:
        return None if of.is_inside else Reason.NOT_INSIDE
    if of.entered_at is None:
        return None
    match rule.policy:
        case EntryPolicy.SINGLE:
            may_return = False
        case EntryPolicy.DAILY:
            # Who went home without a scan is let in the next day all the same.
            days = {each.astimezone(rule.zone).date() for each in (of.entered_at, at)}
            may_return = len(days) > 1
        case EntryPolicy.FREE:
            may_return = not of.is_inside
    if may_return:
        return None
    return Reason.ALREADY_IN if of.is_inside else Reason.NO_RETURN


def step_kind(standing: Standing, way: Way) -> StepKind:
    """The step of somebody who may go this way."""
    if way is Way.OUT:
        return StepKind.LEAVE
    return StepKind.RETURN if standing.is_redeemed else StepKind.ENTER
