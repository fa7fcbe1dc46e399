"""What can be true instead of what was asked: named for the fact, carrying what a screen says."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.domain.events import Window
    from kiosk.domain.money import Money
    from kiosk.domain.orders import OrderState


class KioskError(Exception):
    """Something expected went otherwise; a screen says it in words and goes on."""


@dataclass(eq=False)
class InvalidName(KioskError):
    """A name cannot be used: `empty`, `too_long` or `control_character`."""

    reason: str


@dataclass(eq=False)
class InvalidEmail(KioskError):
    """Not an e-mail address; `reason` is a sentence in English."""

    reason: str


@dataclass(eq=False)
class InvalidReason(KioskError):
    """A reason to go on record cannot be used: `empty`, `too_long` or `control_character`."""

    reason: str


class SaleState(StrEnum):
    """Whether a slot can be bought now."""

    UPCOMING = "upcoming"
    OPEN = "open"
    ENDED = "ended"
    NOT_PUBLIC = "not_public"


class BasketFault(KioskError):
    """Something about a basket keeps it from being bought; nothing was held."""


@dataclass(eq=False)
class EmptyBasket(BasketFault):
    """Nothing was chosen."""


@dataclass(eq=False)
class UnknownSlot(BasketFault):
    """The event has no such slot, and no such pack."""

    slot_key: str


@dataclass(eq=False)
class NoneWanted(BasketFault):
    """Of a slot that was chosen, none or less was asked for."""

    slot_key: str
    count: int


@dataclass(eq=False)
class NotOnSale(BasketFault):
    """The slot is not sold now: too early, too late, or not to everybody."""

    slot_key: str
    state: SaleState
    sale: "Window"


@dataclass(eq=False)
class TooManyTickets(BasketFault):
    """More than one order may have, of `slot_key` or (None) altogether."""

    slot_key: str | None
    most: int
    wanted: int


@dataclass(eq=False)
class WalletFull(BasketFault):
    """The buyer's wallet may have `most` tokens of a pack's kind: `left` more would be within."""

    pack_key: str
    most: int
    left: int


@dataclass(eq=False)
class RequiredSlotMissing(BasketFault):
    """One of `requires` must be the holder's too, in the same order or already."""

    slot_key: str
    requires: tuple[str, ...]
    email: str = ""
    """The holder's, where holders were named."""


@dataclass(eq=False)
class SoldOut(KioskError):
    """Not enough places are free; those on hold by others may come back.

    Where `pool_key` is given, the pool is what is out, and `left` and `on_hold` count its places.
    Where the slot is a pack, they count packs that can still be made up.
    """

    slot_key: str
    left: int
    on_hold: int
    retry_seconds: int
    """Until the last of today's holds has ended, if nobody pays; 0 when nothing is on hold."""
    wanted: int = 1
    """How many the order asked for."""
    pool_key: str | None = None


@dataclass(eq=False)
class HoldExpired(KioskError):
    """The time to pay is over and the places went back; a new order is a new chance."""

    order_id: int


@dataclass(eq=False)
class UnknownOrder(KioskError):
    """There is no order with this id."""

    order_id: int


@dataclass(eq=False)
class NotPayable(KioskError):
    """The order is not waiting for money."""

    order_id: int
    state: "OrderState"


@dataclass(eq=False)
class NotCancellable(KioskError):
    """The order is being paid or was paid: there is nothing to give back."""

    order_id: int
    state: "OrderState"


@dataclass(eq=False)
class TooLittleTendered(KioskError):
    """Less money was handed over than is due; nothing was booked."""

    due: "Money"
    tendered: "Money"


class DiscountFault(StrEnum):
    """Why a discount code takes nothing off."""

    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    OVER = "over"
    NOTHING_TO_LOWER = "nothing_to_lower"
    """The order has none of the tickets it is for, or they cost nothing."""
    USED_UP = "used_up"
    """`on_hold` uses are held by others who are paying, and may come back."""
    ANOTHER_GIVEN = "another_given"
    """An order has one code at a time: take that one back first."""


@dataclass(eq=False)
class DiscountRefused(KioskError):
    """A discount code was not given; the order is as it was."""

    code: str
    reason: DiscountFault
    on_hold: int = 0


@dataclass(eq=False)
class WrongPin(KioskError):
    """Nobody with the needed role has this PIN; the next try counts after `retry_seconds`."""

    retry_seconds: int
    is_early: bool = False
    """Whether this one did not count, right or wrong, so soon after a wrong one."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an event file; `line` counts from 1, `key` is dotted."""

    file: str
    line: int
    key: str
    expected: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        return f"{where}: {self.key + ': ' if self.key else ''}expected {self.expected}"


@dataclass(eq=False)
class EventFileError(KioskError):
    """An event file cannot be used, with every fault found in it."""

    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


@dataclass(eq=False)
class EventChanged(KioskError):
    """The event file contradicts what was already opened, sold or funded under its key."""

    event_key: str
    change: str

    def __str__(self) -> str:
        return f"{self.event_key}: {self.change}"


@dataclass(eq=False)
class SigningKeyMissing(KioskError):
    """This event's tickets are signed with a key this machine does not have."""

    event_key: str
    path: str

    def __str__(self) -> str:
        return (
            f"the tickets of {self.event_key} are signed with another key than {self.path}:"
            " copy the key file there from the machine that opened the event first"
        )


@dataclass(eq=False)
class StoreUnavailable(KioskError):
    """The database did not answer, and what was asked may be stored or not: ask again."""

    reason: str


@dataclass(eq=False)
class StoreTooNew(KioskError):
    """The database was last used by a newer release of this program."""

    revision: str
    known: str

    def __str__(self) -> str:
        return (
            f"the database is at revision {self.revision}, and this program knows {self.known}"
            " at most: use the newer program"
        )


@dataclass(eq=False)
class LedgerContradicts(KioskError):
    """The ledger's answer cannot follow from what was stored: a fault to look into, not to retry.

    It is never repaired silently; everything else goes on.
    """

    what: str
    status: str
