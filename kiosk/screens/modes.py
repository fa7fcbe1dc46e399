"""The staff's modes, by what they ask for; loaded when somebody does, or in a quiet moment."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from kiosk.screens.door import DoorScreen
from kiosk.screens.organiser import OrganiserScreen
from kiosk.screens.refunds import RefundsScreen
from kiosk.screens.staff import StaffWish
from kiosk.screens.stall import StallScreen
from kiosk.screens.terminals import TerminalsScreen

AnyMode: TypeAlias = DoorScreen | OrganiserScreen | TerminalsScreen | RefundsScreen | StallScreen

MODES: Final[Mapping[StaffWish, type[AnyMode]]] = {
    StaffWish.DOOR: DoorScreen,
    StaffWish.WATCH: OrganiserScreen,
    StaffWish.TERMINALS: TerminalsScreen,
    StaffWish.REFUNDS: RefundsScreen,
    StaffWish.STALL: StallScreen,
}
