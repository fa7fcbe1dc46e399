"""What a door is for."""

from collections.abc import Set
from dataclasses import dataclass, replace

from kiosk.domain.admission import EVERY_SLOT, Gate, Way


@dataclass(frozen=True, slots=True)
class Doorway:
    """Which way people go through a door, and where it leads."""

    way: Way = Way.IN
    gate: Gate = EVERY_SLOT

    def within(self, slot_keys: Set[str]) -> "Doorway":
        """The same for an event of these slots; a door that would lead nowhere leads everywhere."""
        if self.gate.slots is None:
            return self
        known = self.gate.slots & slot_keys
        return replace(self, gate=Gate(known) if known else EVERY_SLOT)
