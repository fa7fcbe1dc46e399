"""The life of tokens: a bill, those it was sent on as, and what else became of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from kiosk.domain.errors import KioskError
from kiosk.domain.people import Attendee
from kiosk.domain.token_moves import MoveKind


@dataclass(eq=False)
class NoSuchBill(KioskError):
    """No bill of the event has an id that begins like this, or more than one has."""

    start: str
    found: int

    def __str__(self) -> str:
        said = "no bill" if not self.found else "more than one bill"
        return f"{said} begins with {self.start!r}: `kiosk wallet show` tells which there are"


@dataclass(frozen=True, slots=True)
class BillUse:
    """So much of a bill went where it became no other bill."""

    kind: MoveKind
    place: str
    amount: int


@dataclass(frozen=True, slots=True)
class BillRecord:
    """A bill with all that became of it."""

    id: int
    source: int | None
    """The bill it was sent from; None if it was issued."""
    token_number: int
    owner: Attendee
    amount: int
    """What it was funded with."""
    left: int
    received_at: datetime
    expires_at: datetime | None
    uses: tuple[BillUse, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A bill in a tree: `is_last` says of each bill above it, and of it, whether none follows."""

    bill: BillRecord
    is_last: tuple[bool, ...]

    def knot(self, depth_max: int | None = None) -> str:
        """What is drawn before it; of a branch deeper than that, how deep it is."""
        if not self.is_last:
            return ""
        *above, last = self.is_last
        deeper = "" if depth_max is None or len(above) < depth_max else f"{len(above)} … "
        shown = above if not deeper else above[len(above) - (depth_max or 0) :]
        lines = "".join("   " if one else "│  " for one in shown)
        return f"{deeper}{lines}{'└─ ' if last else '├─ '}"


def branches(bills: Iterable[BillRecord]) -> Iterator[Branch]:
    """The tree that bills make, each before those it was sent on as; the oldest go first.

    Lives may be thousands of bills long, so nothing here calls itself.
    """
    sent_on: defaultdict[int | None, list[BillRecord]] = defaultdict(list)
    known = {bill.id: bill for bill in bills}
    for bill in sorted(known.values(), key=lambda bill: (bill.received_at, bill.id)):
        sent_on[bill.source if bill.source in known else None].append(bill)
    waiting = [Branch(bill, ()) for bill in reversed(sent_on[None])]
    while waiting:
        branch = waiting.pop()
        yield branch
        children = sent_on[branch.bill.id]
        waiting += [
            Branch(child, (*branch.is_last, child is children[-1])) for child in reversed(children)
        ]
