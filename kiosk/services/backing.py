"""What every service stands on."""

from dataclasses import dataclass, field
from pathlib import Path

from kiosk.clock import Clock
from kiosk.services.courtesy import Courtesy
from kiosk.store.database import Database
from kiosk.store.keys import SigningKeys
from ledger.engine import Ledger


@dataclass(frozen=True, slots=True)
class Backing:
    """The open store and ledger, the keys that sign tickets, the time, and a folder."""

    store: Database
    ledger: Ledger
    keys: SigningKeys
    clock: Clock
    folder: Path
    """Where this machine keeps what no other one needs."""
    courtesy: Courtesy = field(default_factory=Courtesy)
    """What crowds wait for while somebody presses keys."""
