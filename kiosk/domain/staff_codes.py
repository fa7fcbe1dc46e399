"""Staff badges: a signed QR that says who works here, and can be made void."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.errors import KioskError
from kiosk.domain.signed_codes import CodeKind, NamingCode, SignedNamingCode, read_naming
from kiosk.domain.tickets import TEXT_SYMBOLS
from ledger.ids import derived_id


class BadgeFault(StrEnum):
    """Why a badge opens nothing."""

    NOT_OURS = "not_ours"
    """Of another event, forged, or of somebody who does not work here any more."""
    VOID = "void"
    """It was made void, as when it was lost: there may be a newer one."""
    ROLE = "role"
    """Its owner may not do that."""


@dataclass(eq=False)
class BadgeRefused(KioskError):
    """A badge did not open what was asked."""

    fault: BadgeFault


@dataclass(eq=False)
class UnknownStaff(KioskError):
    """Nobody of this name works at the event."""

    name: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return f"nobody called {self.name!r} works here; expected one of: {', '.join(self.known)}"


@dataclass(eq=False)
class EventNotOpened(KioskError):
    """The event has no identity or no key on this machine yet: its badges cannot be signed."""

    event_key: str

    def __str__(self) -> str:
        return f"the event {self.event_key} was not opened here yet: `kiosk event load` opens it"


def badge_code(member_id: int, version: int) -> NamingCode:
    """What a badge says about itself; nothing that could be read without the event."""
    return NamingCode(CodeKind.BADGE, member_id, version)


def member_id(event_id: int, name: str) -> int:
    """What stands for a member of an event's staff: the same as long as the name is."""
    return derived_id("staff", event_id, name)


def read_badge(text: str) -> SignedNamingCode | None:
    """What a scanned text says, not yet trusted; None if no badge reads like it."""
    return read_naming(text, CodeKind.BADGE)


def last_badge(text: str) -> str | None:
    """The whole badge that `text` ends with; None while there is none."""
    tail = "".join(text.split())[-TEXT_SYMBOLS:].upper()
    return tail if read_badge(tail) else None
