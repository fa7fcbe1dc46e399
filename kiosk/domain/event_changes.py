"""What an event file may not change any more, because tickets were sold."""

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.domain.events import Event, EventSlot, Window


@dataclass(frozen=True, slots=True)
class SlotOnRecord:
    """What the tickets rely on that were sold, or are being sold, for one slot."""

    key: str
    valid: Window
    pool: str | None


def refused_changes(
    event: Event, currency: str, slots_sold: Iterable[SlotOnRecord]
) -> tuple[str, ...]:
    """Each change that would break sold tickets, in words; none if `event` may be opened.

    `currency` is the one the event was opened with. Capacity is not judged here: how far it may
    shrink, the ledger decides.
    """
    refused = []
    if event.currency != currency:
        refused.append(f"its currency is {currency} for ever, not {event.currency}")
    slots = {slot.key: slot for slot in event.slots}
    for sold in slots_sold:
        slot = slots.get(sold.key)
        if slot is None:
            refused.append(f"tickets for {sold.key} are sold, so it cannot be removed")
            continue
        refused += _refused_of_slot(slot, sold)
    return tuple(refused)


def _refused_of_slot(slot: EventSlot, sold: SlotOnRecord) -> list[str]:
    refused = []
    if not slot.valid.covers(sold.valid):
        refused.append(
            f"tickets for {slot.key} are sold as valid {sold.valid}, which {slot.valid} cuts short"
        )
    if slot.pool != sold.pool:
        was, would_be = sold.pool or "no pool", slot.pool or "no pool"
        refused.append(f"places of {slot.key} were sold from {was}, not from {would_be}")
    return refused
