"""Events that are wrong in one way or in two, to see which status comes first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from ledger.types import CreateAccountStatus, CreateTransferStatus

Status = CreateAccountStatus | CreateTransferStatus


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to violate one check, as changes to a valid event."""

    status: Status
    fields: Mapping[str, int] = field(default_factory=dict)
    flags: int = 0
    """To be set besides the event's own."""
    without: int = 0
    """To be left out, lest the check does not apply."""

    def changes(self) -> dict[str, int]:
        """The fields of an event with this fault."""
        return {**self.fields, "flags": self.flags}

    def joined(self, other: Self) -> "Fault | None":
        """Both faults in one event, with the status of this one; None if they contradict."""
        shared = self.fields.keys() & other.fields.keys()
        if any(self.fields[name] != other.fields[name] for name in shared):
            return None
        if self.flags & other.without or self.without & other.flags:
            return None
        fields = {**self.fields, **other.fields}
        flags, without = self.flags | other.flags, self.without | other.without
        return Fault(self.status, fields, flags, without)


def pairs(faults: Iterable[Fault], status: Status) -> list[Fault]:
    """Every way to have `status`, alone and joined with every fault that is checked later."""
    ordered = list(faults)
    found = []
    for i, first in enumerate(ordered):
        if first.status == status:
            joined = [first.joined(later) for later in ordered[i + 1 :]]
            found += [first, *(fault for fault in joined if fault is not None)]
    return found
