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
    hall: str | None = None


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


def moves_people(event: Event, record: SlotOnRecord) -> tuple[str, ...]:
    """What about `event` would count people elsewhere than where they are; () if nothing would.

    For a slot by whose tickets somebody is inside: when they leave, they leave where they entered.
    """
    slot = next((one for one in event.slots if one.key == record.key), None)
    if slot is None or slot.hall == record.hall:
        return ()
    was, would_be = record.hall or "no hall", slot.hall or "no hall"
    return (
        f"people are inside by tickets for {slot.key}: its hall cannot change from {was}"
        f" to {would_be}",
    )
