"""What people do at a door, to be crashed or killed in the middle of."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from kiosk.domain.admission import Reason, Verdict
from kiosk.domain.events import EntryPolicy, Event, Hall
from kiosk.domain.orders import Order
from tests.kiosk.doors import let_in, let_out, undo
from tests.kiosk.factories import a_slot, an_event
from tests.kiosk.world import Terminal


@dataclass
class Doorway:
    """A door, a ticket that goes in and out, and one of somebody else."""

    door: Terminal
    order: Order

    async def enter(self) -> Verdict:
        return await let_in(self.door, self.order.claims[0].ticket_number)

    async def leave(self) -> Verdict:
        return await let_out(self.door, self.order.claims[0].ticket_number)

    async def undo(self) -> Verdict:
        return await undo(self.door, self.order.claims[0].id)

    async def crowd(self) -> Verdict:
        """Somebody else takes the last room in the hall."""
        return await let_in(self.door, self.order.claims[1].ticket_number)


def a_tight_event(capacity: int = 2, limit: int = 1, **changes: object) -> Event:
    """A hall for one, and two tickets that go in and out."""
    slot = a_slot(capacity=capacity, hall="dome", entry=EntryPolicy.FREE)
    return an_event(slot, halls=(Hall("dome", "Dome", limit),), **changes)


Act = Callable[[Doorway], Awaitable[Verdict]]


@dataclass(frozen=True)
class Play:
    """What comes before, unharmed; the act; and what it says when it is done once more."""

    before: tuple[Act, ...]
    act: Act
    says: Reason
    again: Reason
    """What somebody hears who does it again, once it was done."""


ENTER, LEAVE, UNDO = Doorway.enter, Doorway.leave, Doorway.undo
PLAYS: Final = {
    "enter": Play((), ENTER, Reason.ADMITTED, Reason.ALREADY_IN),
    "leave": Play((ENTER,), LEAVE, Reason.LEFT, Reason.NOT_INSIDE),
    "return": Play((ENTER, LEAVE), ENTER, Reason.ADMITTED, Reason.ALREADY_IN),
    "undo": Play((ENTER,), UNDO, Reason.UNDONE, Reason.NOTHING_TO_UNDO),
    "undo after leaving": Play((ENTER, LEAVE), UNDO, Reason.UNDONE, Reason.NOTHING_TO_UNDO),
    "full": Play((Doorway.crowd,), ENTER, Reason.HALL_FULL, Reason.HALL_FULL),
}
