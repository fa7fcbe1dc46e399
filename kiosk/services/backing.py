"""What every service stands on."""

from dataclasses import dataclass

from kiosk.clock import Clock
from kiosk.store.database import Database
from kiosk.store.keys import SigningKeys
from ledger.engine import Ledger


@dataclass(frozen=True, slots=True)
class Backing:
    """The open store and ledger, the keys that sign tickets, and the time."""

    store: Database
    ledger: Ledger
    keys: SigningKeys
    clock: Clock
