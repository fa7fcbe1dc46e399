"""What this door is for: which way people go through it, and where it leads."""

from enum import Enum

from kiosk.domain.admission import EVERY_SLOT, Gate, Way
from kiosk.domain.doorways import Doorway
from kiosk.screens.base import Desk
from kiosk.screens.door_dialog import DoorDialog
from kiosk.widgets.pick_list import PickRow


class ThisDoor(Enum):
    """What else is done at a door."""

    TEST = "test"
    CONFLICTS = "conflicts"
    EMPTY = "empty"


_OTHER_ROWS = 5
"""Rows before those of what the door leads to."""


class ThisDoorDialog(DoorDialog[Doorway | ThisDoor]):
    """Answers another doorway, or what else is to be done."""

    def __init__(
        self, desk: Desk, doorway: Doorway, conflicts: int = 0, inside: int | None = None
    ) -> None:
        """`inside` is how many people are where it leads to; None if that is not known now."""
        super().__init__(desk, desk.words("This door"))
        self._conflicts = conflicts
        self._inside = inside
        self._way = doorway.way
        slots = desk.services.catalog.event.slots
        self._slots = {slot.key: doorway.gate.leads_to(slot.key) for slot in slots}

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        words, event = self.words, self.desk.services.catalog.event
        way = words("they leave") if self._way is Way.OUT else words("they come in")
        none = "" if self._conflicts else words("there are none")
        ticked = {slot.key: "✔" if self._slots[slot.key] else "·" for slot in event.slots}
        self.offer(
            [
                PickRow(words("Done")),
                PickRow(words("Which way people go"), way),
                PickRow(words("Test the scanner")),
                PickRow(words("Conflicts"), words.number(self._conflicts), none),
                self._everybody_out(),
                *[PickRow(f"{ticked[slot.key]} {slot.title}") for slot in event.slots],
            ]
        )

    def picked(self, index: int) -> None:
        match index:
            case 0:
                self._finish()
            case 1:
                self._way = Way.IN if self._way is Way.OUT else Way.OUT
                self._show()
            case 2:
                self.dismiss(ThisDoor.TEST)
            case 3:
                self.dismiss(ThisDoor.CONFLICTS)
            case 4:
                self.dismiss(ThisDoor.EMPTY)
            case _:
                key = [*self._slots][index - _OTHER_ROWS]
                self._slots[key] = not self._slots[key]
                self._show()

    def _everybody_out(self) -> PickRow:
        words, inside = self.words, self._inside
        if inside is None:
            return PickRow(words("Everybody has left"), why_not=words("not off line"))
        none = "" if inside else words("nobody is inside")
        return PickRow(
            words("Everybody has left"), words("{n} inside", n=words.number(inside)), none
        )

    def _finish(self) -> None:
        chosen = frozenset(key for key, is_chosen in self._slots.items() if is_chosen)
        if not chosen:
            self.say(self.words("A door leads somewhere: choose at least one."))
        else:
            everywhere = len(chosen) == len(self._slots)
            self.dismiss(Doorway(self._way, EVERY_SLOT if everywhere else Gate(chosen)))
