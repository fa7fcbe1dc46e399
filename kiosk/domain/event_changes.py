"""What an event file may not change any more once tickets were sold."""

from dataclasses import dataclass

from kiosk.domain.events import Event, Window


@dataclass(frozen=True, slots=True)
class SlotOnRecord:
    """What a slot was when the event was last opened: its tickets rely on that."""

    key: str
    number: int
    valid: Window
    pool: str | None


def breaks_tickets(event: Event, record: SlotOnRecord) -> tuple[str, ...]:
    """What about `event` would break tickets for a slot, in words; () if nothing would.

    Capacity is not judged here: how far it may shrink, the ledger decides.
    """
    slot = next((one for one in event.slots if one.key == record.key), None)
    if slot is None:
        return (f"tickets for {record.key} are sold, so it cannot be removed",)
    broken = []
    if not slot.valid.covers(record.valid):
        broken.append(
            f"tickets for {slot.key} are sold as valid {record.valid},"
            f" which {slot.valid} cuts short"
        )
    if slot.pool != record.pool:
        was, would_be = record.pool or "no pool", slot.pool or "no pool"
        broken.append(f"places of {slot.key} were sold from {was}, not from {would_be}")
    return tuple(broken)
