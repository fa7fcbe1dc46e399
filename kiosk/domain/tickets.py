"""Tickets: what the QR says, signed so that any terminal can trust it without a network."""

from dataclasses import dataclass

from kiosk.domain.events import Window
from kiosk.domain.people import Attendee


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket as its holder gets it; `code` is the text of the QR, upper-case alphanumeric."""

    claim_id: int
    number: str
    """For typing, as `XXXX-XXXX-XXXX`."""
    version: int
    slot_key: str
    valid: Window
    holder: Attendee
    code: str
