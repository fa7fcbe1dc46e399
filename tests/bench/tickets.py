"""Tickets by the million, as if they had been sold: in the store, and on the ledger."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert
from sqlmodel import Session

from kiosk.domain.chart import AccountCode, LedgerNumber, TransferCode, slot_account_id
from kiosk.domain.codes import ticket_number
from kiosk.domain.events import Event
from kiosk.domain.orders import OrderState
from kiosk.domain.people import Attendee
from kiosk.domain.tickets import issue
from kiosk.store.database import Database
from kiosk.store.order_rows import attendee_id
from kiosk.store.tables import METADATA
from ledger.engine import Ledger
from ledger.ids import derived_id
from ledger.types import BATCH_MAX, CreateTransferStatus, Transfer
from tests.bench.shops import SLOT, Lost
from tests.kiosk.factories import a_claim

ROWS: Final = 5_000
"""So many are written to the store at once."""


async def sell_in_store(store: Database, event: Event, numbers: range) -> None:
    """Orders, claims and people who have accepted the Code of Conduct, by their numbers."""
    for chunk in _chunks(numbers, ROWS):
        await store.transaction(partial(_insert, event=event, numbers=chunk))


async def sell_on_ledger(ledger: Ledger, event: Event, numbers: range) -> None:
    """One place for each of them, taken from what is left."""
    slot = event.slot(SLOT)
    budget, spent = (
        slot_account_id(event, slot.number, code)
        for code in (AccountCode.BUDGET, AccountCode.SPENT)
    )
    for chunk in _chunks(numbers, BATCH_MAX):
        places = [
            Transfer(
                id=derived_id("bench-take", event.id, number),
                debit_account_id=budget,
                credit_account_id=spent,
                amount=1,
                user_data_128=claim_id(event, number),
                user_data_64=slot.number,
                ledger=LedgerNumber.TICKETS,
                code=TransferCode.TAKE,
            )
            for number in chunk
        ]
        results = await ledger.create_transfers(places)
        if any(one.status != CreateTransferStatus.CREATED for one in results):
            raise Lost("places that were to be sold")


def codes(event: Event, key: Ed25519PrivateKey, numbers: list[int]) -> Iterator[str]:
    """What the tickets with these numbers say."""
    slot = event.slot(SLOT)
    for number in numbers:
        claim = a_claim(id=claim_id(event, number), slot_number=slot.number)
        yield issue(claim, slot, key).code


def claim_id(event: Event, number: int) -> int:
    """The claim of one of them."""
    return derived_id("bench-claim", event.id, number)


def _chunks(numbers: range, size: int) -> Iterator[range]:
    return (numbers[at : at + size] for at in range(0, len(numbers), size))


def _insert(session: Session, event: Event, numbers: range) -> None:
    now, slot = datetime.now(UTC), event.slot(SLOT)
    rows: dict[str, list[dict[str, object]]] = {
        name: [] for name in ("attendee", "orders", "claim", "conduct_acceptance")
    }
    for number in numbers:
        who = Attendee(f"Buyer {number}", f"buyer-{number}@example.org")
        holder, order = attendee_id(who), derived_id("bench-order", event.id, number)
        rows["attendee"].append({"id": holder, "name": who.name, "email": who.email})
        rows["orders"].append(
            {
                **{"id": order, "event_id": event.id, "attendee_id": holder},
                **{"state": OrderState.PAID, "attempt": 1, "hold_seconds": 300, "settled": True},
                **{"placed_at": now, "held_until": now.replace(year=now.year + 1), "revision": 1},
            }
        )
        rows["claim"].append(
            {
                **{"id": claim_id(event, number), "order_id": order, "position": 0},
                **{"event_id": event.id, "slot_number": slot.number, "version": 1},
                **{"ticket_number": ticket_number(number), "price_minor": 400},
                "holder_id": holder,
            }
        )
        rows["conduct_acceptance"].append(
            {
                **{"event_id": event.id, "attendee_id": holder, "language": "en"},
                **{"digest": event.conduct["en"].digest, "accepted_at": now, "terminal_number": 1},
            }
        )
    for name, values in rows.items():
        session.connection().execute(insert(METADATA.tables[name]), values)
