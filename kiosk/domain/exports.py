"""What organisers take along of an event: one table of each kind."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.errors import KioskError


class Table(StrEnum):
    """A table that is written, and the name of its file."""

    ORDERS = "orders"
    TICKETS = "tickets"
    PAYMENTS = "payments"
    ADMISSIONS = "admissions"
    REFUNDS = "refunds"
    TOKENS = "tokens"

    @property
    def file_name(self) -> str:
        """What its file is called."""
        return f"{self.value}.csv"


@dataclass(eq=False)
class FolderInUse(KioskError):
    """Nothing is written over: the folder is there already."""

    folder: str

    def __str__(self) -> str:
        return f"{self.folder} is there already; expected the name of a new folder"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an export is: rows of the table that is being written."""

    table: Table
    rows: int
