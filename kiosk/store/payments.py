"""Payments at providers and what these said of them, in and out of the tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, bindparam, insert, select, text, update
from sqlmodel import Session

from kiosk.domain.money import Money
from kiosk.domain.provider_payments import Effect, PaymentState, ProviderPayment
from kiosk.domain.providers import EventKind, ProviderEvent
from kiosk.store.payment_tables import METADATA
from kiosk.store.upserts import insert_missing

_ORDERS: Final = METADATA.tables["orders"]
_EVENTS: Final = METADATA.tables["event"]
_PAYMENTS: Final = METADATA.tables["provider_payment"]
_SAID: Final = METADATA.tables["provider_event"]

# The conditions of partial indexes, in the same words; orders have columns of these names too.
_IS_OPEN: Final = text("provider_payment.state = 'open'")
_IS_UNSETTLED: Final = text("provider_payment.settled = 0")
_IS_UNDONE: Final = text("provider_event.effect IS NULL")

_WITH_CURRENCY: Final = (
    select(_PAYMENTS, _EVENTS.c.currency)
    .join(_ORDERS, _ORDERS.c.id == _PAYMENTS.c.order_id)
    .join(_EVENTS, _EVENTS.c.id == _ORDERS.c.event_id)
)
_BY_REFERENCE: Final = _WITH_CURRENCY.where(
    _PAYMENTS.c.provider == bindparam("provider"),
    _PAYMENTS.c.reference == bindparam("reference"),
).with_for_update(of=_PAYMENTS)
_OPEN_OF_ORDERS: Final = (
    _WITH_CURRENCY.where(_PAYMENTS.c.order_id.in_(bindparam("order_ids", expanding=True)))
    .where(_IS_OPEN)
    # In one order, so that terminals which lock several never wait for each other in a circle.
    .order_by(_PAYMENTS.c.id)
    .with_for_update(of=_PAYMENTS)
)
_OF_ORDER: Final = _WITH_CURRENCY.where(_PAYMENTS.c.order_id == bindparam("order_id")).order_by(
    _PAYMENTS.c.opened_at, _PAYMENTS.c.id
)
_UNSETTLED: Final = (
    _WITH_CURRENCY.where(_ORDERS.c.event_id == bindparam("event_id"))
    .where(_IS_UNSETTLED)
    .order_by(_PAYMENTS.c.opened_at)
)
_CHANGING: Final = ("state", "settled", "received_minor")
_UPDATE: Final = (
    update(_PAYMENTS)
    .where(_PAYMENTS.c.id == bindparam("payment_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)

_SAID_WITH_CURRENCY: Final = (
    select(_SAID, _PAYMENTS.c.order_id, _EVENTS.c.currency)
    .join(_PAYMENTS, _PAYMENTS.c.reference == _SAID.c.reference)
    .join(_ORDERS, _ORDERS.c.id == _PAYMENTS.c.order_id)
    .join(_EVENTS, _EVENTS.c.id == _ORDERS.c.event_id)
)
_SAID_BY_ID: Final = _SAID_WITH_CURRENCY.where(
    _SAID.c.provider == bindparam("provider"), _SAID.c.id == bindparam("id")
)
_UNDONE: Final = (
    _SAID_WITH_CURRENCY.where(_ORDERS.c.event_id == bindparam("event_id"))
    .where(_IS_UNDONE)
    .order_by(_SAID.c.received_at)
)
_DONE: Final = (
    update(_SAID)
    .where(_SAID.c.provider == bindparam("by"), _SAID.c.id == bindparam("event_id"))
    .values(effect=bindparam("new_effect"))
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a provider said of a payment for an order."""

    order_id: int
    provider: str
    event: ProviderEvent


def by_reference(session: Session, provider: str, reference: str) -> ProviderPayment | None:
    """The payment a provider calls so, locked until the unit of work ends."""
    names = {"provider": provider, "reference": reference}
    return _one(session.connection().execute(_BY_REFERENCE, names).first())


def open_of(session: Session, order_id: int) -> ProviderPayment | None:
    """The payment that is open for an order, locked until the unit of work ends."""
    [found] = open_of_all(session.connection(), [order_id])
    return found


def open_of_all(connection: Connection, order_ids: Sequence[int]) -> list[ProviderPayment | None]:
    """The payment that is open for each order, locked until the unit of work ends."""
    rows = connection.execute(_OPEN_OF_ORDERS, {"order_ids": order_ids})
    found = {row.order_id: _payment(row) for row in rows}
    return [found.get(order_id) for order_id in order_ids]


def of_order(session: Session, order_id: int) -> list[ProviderPayment]:
    """All payments at providers that were ever asked for an order, the first one first."""
    rows = session.connection().execute(_OF_ORDER, {"order_id": order_id})
    return [_payment(row) for row in rows]


def unsettled(session: Session, event_id: int) -> Sequence[ProviderPayment]:
    """The payments about which a provider or the ledger must still be asked."""
    rows = session.connection().execute(_UNSETTLED, {"event_id": event_id})
    return [_payment(row) for row in rows]


def insert_payment(session: Session, payment: ProviderPayment) -> None:
    """Store a payment before its provider is asked."""
    values = {
        "id": payment.id,
        "order_id": payment.order_id,
        "provider": payment.provider,
        "reference": payment.reference,
        "amount_minor": payment.amount.minor,
        "language": payment.language,
        "opened_at": payment.opened_at,
        "expires_at": payment.expires_at,
        **_changing(payment),
    }
    session.connection().execute(insert(_PAYMENTS), values)


def change(
    session: Session,
    payment: ProviderPayment,
    transition: Callable[[ProviderPayment], ProviderPayment],
) -> ProviderPayment:
    """Apply a pure transition to what is stored of `payment`."""
    before = by_reference(session, payment.provider, payment.reference)
    assert before is not None, "payments are never deleted"
    after = transition(before)
    if after != before:
        values = {f"new_{name}": value for name, value in _changing(after).items()}
        session.connection().execute(_UPDATE, values | {"payment_id": after.id})
    return after


def said(session: Session, provider: str, event_id: str) -> tuple[ProviderEvent, Effect | None]:
    """What a provider said under this id, and its effect once it had one; `KeyError`."""
    names = {"provider": provider, "id": event_id}
    row = session.connection().execute(_SAID_BY_ID, names).first()
    if row is None:
        raise KeyError(event_id)
    return _event(row), None if row.effect is None else Effect(row.effect)


def undone(session: Session, event_id: int) -> list[Heard]:
    """What providers said that may not have had its effect."""
    rows = session.connection().execute(_UNDONE, {"event_id": event_id})
    return [Heard(row.order_id, row.provider, _event(row)) for row in rows]


def note(session: Session, provider: str, event: ProviderEvent, at: datetime) -> None:
    """Store what a provider said, once, before anything is done about it."""
    values = {
        "provider": provider,
        "id": event.id,
        "kind": event.kind,
        "reference": event.reference,
        "amount_minor": event.amount.minor,
        "at": event.at,
        "received_at": at,
    }
    insert_missing(session, _SAID, values)


def done(session: Session, provider: str, event: ProviderEvent, effect: Effect) -> None:
    """Store the effect of what a provider said: the ledger has its part done."""
    values = {"by": provider, "event_id": event.id, "new_effect": effect}
    session.connection().execute(_DONE, values)


def _changing(payment: ProviderPayment) -> dict[str, object]:
    received = payment.received
    return {
        "state": payment.state,
        "settled": payment.settled,
        "received_minor": None if received is None else received.minor,
    }


def _one(row: Row[*tuple[object, ...]] | None) -> ProviderPayment | None:
    return None if row is None else _payment(row)


def _payment(row: Row[*tuple[object, ...]]) -> ProviderPayment:
    received = row.received_minor
    return ProviderPayment(
        id=row.id,
        order_id=row.order_id,
        provider=row.provider,
        reference=row.reference,
        amount=Money(row.amount_minor, row.currency),
        language=row.language,
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        state=PaymentState(row.state),
        settled=row.settled,
        received=None if received is None else Money(received, row.currency),
    )


def _event(row: Row[*tuple[object, ...]]) -> ProviderEvent:
    return ProviderEvent(
        id=row.id,
        kind=EventKind(row.kind),
        reference=row.reference,
        amount=Money(row.amount_minor, row.currency),
        at=row.at,
    )
