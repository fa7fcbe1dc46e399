"""What people come for, and the way that each goes; loaded once the first screen is there."""

from collections.abc import Mapping
from typing import Final

from kiosk.screens.check_in import CheckInVisit
from kiosk.screens.visit import Visit
from kiosk.screens.wallet_visit import WalletVisit
from kiosk.screens.welcome import Purpose

VISITS: Final[Mapping[Purpose, type[Visit]]] = {
    Purpose.BUY: Visit,
    Purpose.CHECK_IN: CheckInVisit,
    Purpose.WALLET: WalletVisit,
}
